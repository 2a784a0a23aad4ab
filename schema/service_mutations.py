"""Acts on services."""

from models.policy import Action
from resolvers import payloads as resolve
from resolvers import service_acts, service_status
from schema.answers import SingleAnswer
from schema.fields import mutation, object_type, open_field
from schema.request_mutations import SINGLE_OBJECT
from schema.services import Service


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
