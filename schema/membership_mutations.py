"""Acts on memberships: to make, to deactivate, to reactivate and to delete them."""

from models.policy import Action
from resolvers import appointing, attaching, duplicating, leaving, membership_life
from resolvers import payloads as resolve
from schema.answers import ListAnswer, SingleAnswer
from schema.fields import mutation, object_type, open_field, plain
from schema.memberships import Membership
from schema.request_mutations import ITEM_OBJECT, ITEMS, SINGLE_OBJECT, ItemResult
from schema.structure_mutations import StructureResult


@object_type(row=None)
class MembershipResult(ItemResult):
    """Outcome of one item of a list."""

    membership: Membership | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class AttachUsersPayload(ListAnswer):
    """Answer of attachUsers."""

    results: list[MembershipResult] = plain(ITEMS)


@object_type(row=None)
class DeactivateMembershipsPayload(ListAnswer):
    """Answer of deactivateMemberships."""

    results: list[MembershipResult] = plain(ITEMS)


@object_type(row=None)
class ReactivateMembershipsPayload(ListAnswer):
    """Answer of reactivateMemberships."""

    results: list[MembershipResult] = plain(ITEMS)


@object_type(row=None)
class DeleteMembershipsPayload(ListAnswer):
    """Answer of deleteMemberships."""

    results: list[MembershipResult] = plain(ITEMS)


@object_type(row=None)
class AppointSecondaryManagerPayload(SingleAnswer):
    """Answer of appointSecondaryManager."""

    membership: Membership | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class RevokeSecondaryManagerPayload(SingleAnswer):
    """Answer of revokeSecondaryManager."""

    membership: Membership | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class LeaveStructuresPayload(ListAnswer):
    """Answer of leaveStructures."""

    results: list[StructureResult] = plain(ITEMS)


@object_type(row=None)
class DuplicateRightsPayload(ListAnswer):
    """Answer of duplicateRights."""

    results: list[MembershipResult] = plain(ITEMS)


@object_type(row=None)
class MembershipMutations:
    """Acts on memberships."""

    attach_users: AttachUsersPayload | None = mutation(
        attaching.attach_users,
        "Connect users by login, on one or several structures, without a request.",
        allow=Action.USER_ATTACH,
    )
    deactivate_memberships: DeactivateMembershipsPayload | None = mutation(
        membership_life.deactivate_memberships,
        "Deactivate the authorisations of users; what they have is kept, and grants nothing.",
        allow=Action.MEMBERSHIP_DEACTIVATE,
    )
    reactivate_memberships: ReactivateMembershipsPayload | None = mutation(
        membership_life.reactivate_memberships,
        "Reactivate the authorisations of users, as they were before.",
        allow=Action.MEMBERSHIP_REACTIVATE,
    )
    delete_memberships: DeleteMembershipsPayload | None = mutation(
        membership_life.delete_memberships,
        "Delete the authorisations of users; their rights on areas end.",
        allow=Action.MEMBERSHIP_DELETE,
    )
    appoint_secondary_manager: AppointSecondaryManagerPayload | None = mutation(
        appointing.appoint_secondary_manager,
        "Make a simple user secondary manager.",
        allow=Action.SECONDARY_MANAGER_APPOINT,
    )
    revoke_secondary_manager: RevokeSecondaryManagerPayload | None = mutation(
        appointing.revoke_secondary_manager,
        "Make a secondary manager simple user again; his services and rights stay.",
        allow=Action.SECONDARY_MANAGER_APPOINT,
    )
    leave_structures: LeaveStructuresPayload | None = mutation(
        leaving.leave_structures,
        "Delete your own connections; the primary manager transfers his role instead.",
        allow=Action.MEMBERSHIP_LEAVE,
    )
    duplicate_rights: DuplicateRightsPayload | None = mutation(
        duplicating.duplicate_rights,
        "Give users the services and rights of another user of the structure, never a manager's "
        "role; what they have already stays.",
        allow=Action.SUBSCRIPTION_DUPLICATE,
    )
