"""Services and the users who reach them."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from strawberry import Parent

from executor import batched
from models.memberships import MembershipScope, MembershipStatus, Role
from models.policy import Action
from resolvers import areas, effective_rights, service_users, structures, users
from resolvers import services as resolve
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.service_users import ServiceUser as ServiceUserRecord
from schema.addresses import Address
from schema.areas import AreaAccess, StructureArea
from schema.fields import computed, guarded, object_type, owner, plain, reference
from schema.memberships import Membership
from schema.nodes import Node, global_id
from schema.pages import Connection
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


@batched
def _service_user_ids(roots: Parent[list[ServiceUserRecord]], info: Info) -> Any:
    encode = info.context.node_ids.encode
    kind = NodeKind.SERVICE_USER
    return [encode(kind, root.membership.id, root.service_id) for root in roots]


@object_type(row=Action.SERVICE_LIST, records=resolve.ServiceRecord)
class Service(Node):
    """A subset of a legal entity, used to limit users' rights; public ones are readable by all."""

    id: strawberry.ID = global_id(NodeKind.SERVICE)
    code: str = plain("Code, unique in the structure (codeService).")
    name: str = plain("Name (nomService).")
    description: str | None = plain("What the service is for (descriptionService).")
    address: Address | None = computed(resolve.address, "Postal address.")
    active: bool = computed(
        resolve.active, "It is switched on and today lies within its dates (estActif)."
    )
    valid_from: date | None = plain("First day of validity (dateDebutValidite).")
    valid_to: date | None = plain("Last day of validity (dateFinValidite).")
    engagement_number_required: bool = plain(
        "Invoices sent to this service must carry an engagement number (numeroEngagement)."
    )
    version: int = plain("Grows with every change.")
    structure: Structure = owner(
        reference(structures.by_ids, "structure_id"), "The structure it belongs to."
    )
    users: Connection["ServiceUser"] | None = guarded(
        service_users.of_service,
        "Users who reach this service, listed on it or through all services.",
        allow=Action.USER_LIST,
    )
    opened_areas: list[StructureArea] | None = guarded(
        areas.opened_on_service,
        "Areas opened on this service only, in the order of the tabs.",
        allow=Action.OPENED_AREA_LIST,
    )


@object_type(row=Action.MEMBERSHIP_READ, records=ServiceUserRecord)
class ServiceUser(Node):
    """A user on one service: the person is in `user`, the rights here in `areas`."""

    id: strawberry.ID = computed(_service_user_ids, "Opaque global id, of membership and service.")
    membership: Membership = owner(None, "The connection to the structure behind it.")
    user: User = owner(
        reference(users.by_ids, "membership.user_id", joined="membership.user"), "The person."
    )
    service: "Service" = owner(reference(resolve.by_ids, "service_id"), "The service.")
    role: Role = plain("Role on the structure.")
    status: MembershipStatus = plain(
        "Status on this service: the weaker of the membership's and the listing's."
    )
    via: MembershipScope = plain("How the service is reached: listed, or through all services.")
    areas: list[AreaAccess] | None = guarded(
        effective_rights.effective,
        "Effective rights on this service, one per area.",
        allow=Action.SUBSCRIPTION_LIST,
    )
