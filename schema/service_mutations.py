"""Acts on services."""

from models.policy import Action
from resolvers import membership_scope, service_acts, service_status, service_user_acts
from resolvers import payloads as resolve
from schema.answers import ListAnswer, SingleAnswer
from schema.fields import mutation, object_type, open_field, plain
from schema.memberships import Membership
from schema.request_mutations import ITEM_OBJECT, ITEMS, SINGLE_OBJECT, ItemResult
from schema.services import Service, ServiceUser


@object_type(row=None)
class CreateServicePayload(SingleAnswer):
    """Answer of createService."""

    service: Service | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class UpdateServicePayload(SingleAnswer):
    """Answer of updateService."""

    service: Service | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class DeactivateServicePayload(SingleAnswer):
    """Answer of deactivateService."""

    service: Service | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class ReactivateServicePayload(SingleAnswer):
    """Answer of reactivateService."""

    service: Service | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class ServiceUserResult(ItemResult):
    """Outcome of one item of a list."""

    service_user: ServiceUser | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class EnableServiceUsersPayload(ListAnswer):
    """Answer of enableServiceUsers."""

    results: list[ServiceUserResult] = plain(ITEMS)


@object_type(row=None)
class DisableServiceUsersPayload(ListAnswer):
    """Answer of disableServiceUsers."""

    results: list[ServiceUserResult] = plain(ITEMS)


@object_type(row=None)
class SetMembershipScopePayload(SingleAnswer):
    """Answer of setMembershipScope."""

    membership: Membership | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class ServiceMutations:
    """Acts on services."""

    create_service: CreateServicePayload | None = mutation(
        service_acts.create_service, "Add a service.", allow=Action.SERVICE_MANAGE
    )
    update_service: UpdateServicePayload | None = mutation(
        service_acts.update_service, "Change a service.", allow=Action.SERVICE_MANAGE
    )
    deactivate_service: DeactivateServicePayload | None = mutation(
        service_status.deactivate_service,
        "Make a service inactive; who is listed on it no longer reaches it.",
        allow=Action.SERVICE_MANAGE,
    )
    reactivate_service: ReactivateServicePayload | None = mutation(
        service_status.reactivate_service,
        "Make a service active again; who was listed on it then reaches it again.",
        allow=Action.SERVICE_MANAGE,
    )
    enable_service_users: EnableServiceUsersPayload | None = mutation(
        service_user_acts.enable_service_users,
        "List users on a service; who reaches all services is left as he is.",
        allow=Action.SERVICE_USER_MANAGE,
    )
    disable_service_users: DisableServiceUsersPayload | None = mutation(
        service_user_acts.disable_service_users,
        "Take users off a service; their rights on it end.",
        allow=Action.SERVICE_USER_MANAGE,
    )
    set_membership_scope: SetMembershipScopePayload | None = mutation(
        membership_scope.set_membership_scope,
        "Let a user reach all services, or those listed; rights on services that he loses end.",
        allow=Action.SERVICE_USER_MANAGE,
    )
