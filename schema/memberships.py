"""Connections of users to structures."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.memberships import MembershipOrigin, MembershipScope, MembershipStatus, Role
from models.policy import Action
from resolvers import areas, explaining, services, structures, users
from resolvers import memberships as resolve
from resolvers.node_ids import NodeKind
from schema.areas import AreaSubscription
from schema.fields import computed, guarded, object_type, owner, plain, reference
from schema.nodes import Node, global_id
from schema.pages import Connection
from schema.rights import Decision
from schema.users import User


if TYPE_CHECKING:
    from schema.services import Service
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]
    Service = Annotated["Service", strawberry.lazy("schema.services")]


@object_type(
    row=Action.MEMBERSHIP_READ,
    records=resolve.MembershipRecord,
)
class Membership(Node):
    """A user's connection to a structure, with his role; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.MEMBERSHIP)
    user: User = owner(reference(users.by_ids, "user_id", joined="user"), "The person.")
    structure: Structure = owner(
        reference(structures.by_ids, "structure_id", joined="structure"), "The structure."
    )
    role: Role = plain("Role on this structure.")
    status: MembershipStatus = plain("Active, inactive or deleted.")
    scope: MembershipScope = plain("All services or listed ones.")
    origin: MembershipOrigin = plain("How the connection came to be.")
    version: int = plain("Grows with every change.")
    created_at: datetime = plain("When the connection began.")
    updated_at: datetime = plain("When it last changed.")
    services: Connection[Service] | None = guarded(
        services.of_membership,
        "Services that the connection reaches.",
        allow=Action.MEMBERSHIP_READ,
    )
    areas: Connection[AreaSubscription] | None = guarded(
        areas.subscriptions,
        "Rights on areas, in the order of the tabs.",
        allow=Action.SUBSCRIPTION_LIST,
    )
    viewer_can: list[Decision] = computed(
        explaining.of_memberships,
        "What you may do to this membership; without a list, every action on a membership.",
    )
