"""Areas, their opening, and users' rights on them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models import catalogue as models
from models.areas import AreaCode, AreaMode, AreaScope
from models.policy import Action
from resolvers import areas as resolve
from resolvers import memberships, services, structures, users
from resolvers.node_ids import NodeKind
from resolvers.tabs import AreaTabReason
from schema.fields import computed, guarded, object_type, owner, plain, reference
from schema.nodes import Node, global_id
from schema.users import User


if TYPE_CHECKING:
    from schema.errors import AreaUnavailableError
    from schema.memberships import Membership
    from schema.services import Service
    from schema.structures import Structure
else:
    AreaUnavailableError = Annotated["AreaUnavailableError", strawberry.lazy("schema.errors")]
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]
    Service = Annotated["Service", strawberry.lazy("schema.services")]
    Membership = Annotated["Membership", strawberry.lazy("schema.memberships")]


@object_type(row=None, records=models.Area)
class Area:
    """An area of the portal, shown as a tab."""

    code: AreaCode = plain("Code.")
    label: str = plain("Name of the tab in English.")
    label_french: str = plain("Name of the tab in French.")
    position: int = plain("Place in the top menu, from 1.")
    default: bool = plain("Always there by itself: never opened, closed or requested.")
    description: str = plain("What the area is for.")
    prerequisites: list[str] = plain(
        "What a structure or user needs before the area can be opened or used."
    )


@object_type(
    row=Action.OPENED_AREA_LIST,
    records=resolve.StructureAreaRecord,
)
class StructureArea(Node):
    """An area opened on a structure or one service: the ceiling of users' rights there."""

    id: strawberry.ID = global_id(NodeKind.STRUCTURE_AREA)
    structure: Structure = owner(reference(structures.by_ids, "structure_id"), "The structure.")
    service: Service | None = owner(
        reference(services.by_ids, "service_id"), "The service, if opened on one only."
    )
    scope: AreaScope = plain("Whole structure or one service.")
    area: Area = owner(resolve.entry, "The area.")
    mode: AreaMode = plain("The most that users can be given.")
    available: bool = computed(
        resolve.available, "Its condition is met; false for Commitments before a first payment."
    )
    unavailable: AreaUnavailableError | None = computed(
        resolve.unavailable,
        "What it answers while its condition is not met: AREA_NOT_YET_AVAILABLE for Commitments.",
    )
    opened_at: datetime = plain("When it was opened.")
    opened_by: User | None = guarded(
        reference(users.by_ids, "opened_by_id"), "Who opened it.", allow=Action.ADMINISTRATION_READ
    )


@object_type(
    row=Action.SUBSCRIPTION_LIST,
    records=resolve.AreaSubscriptionRecord,
)
class AreaSubscription(Node):
    """A user's right on an area: mode and scope; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.AREA_SUBSCRIPTION)
    membership: Membership = owner(
        reference(memberships.by_ids, "membership_id"), "Whose right it is, and where."
    )
    area: Area = owner(resolve.entry, "The area.")
    mode: AreaMode = plain("Consultation or modification.")
    scope: AreaScope = plain("Whole structure or one service.")
    service: Service | None = owner(
        reference(services.by_ids, "service_id"), "The service, if for one only."
    )
    version: int = plain("Grows with every change.")
    created_at: datetime = plain("When it was given.")


@object_type(row=None)
class AreaAccess:
    """The effective right on one area: the stronger mode wins."""

    area: Area = plain("The area.")
    mode: AreaMode = plain("Consultation or modification.")
    scope: AreaScope = plain("Whether the right comes from the structure or from this service.")


@object_type(row=None)
class AreaTab:
    """A tab of the top menu, as it stands for you."""

    area: Area = plain("The area.")
    available: bool = plain("You can use it now.")
    mode: AreaMode | None = plain("The most that you may do in it.")
    missing: AreaTabReason | None = plain("What is missing, if you cannot use it.")
