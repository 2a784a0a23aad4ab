"""Connections of users to structures."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from strawberry import Parent

from executor import batched
from models import memberships as models
from models.memberships import MembershipOrigin, MembershipScope, MembershipStatus, Role
from models.policy import Action
from resolvers import areas, services, structures, users
from resolvers import memberships as resolve
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.service_users import ServiceUser
from schema.areas import AreaSubscription
from schema.fields import guarded, object_type, owner, plain
from schema.nodes import Node, global_id
from schema.pages import Connection
from schema.users import User


if TYPE_CHECKING:
    from schema.services import Service
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]
    Service = Annotated["Service", strawberry.lazy("schema.services")]


def _people(roots: list[models.Membership], info: Info) -> Any:
    joined = [getattr(root, "user", None) for root in roots]
    if all(joined):
        return joined
    return users.by_ids(info.context, [root.user_id for root in roots])


@batched
def _users(roots: Parent[list[models.Membership]], info: Info) -> Any:
    return _people(roots, info)


@batched
def _structures(roots: Parent[list[models.Membership]], info: Info) -> Any:
    joined = [getattr(root, "structure", None) for root in roots]
    if all(joined):
        return joined
    return structures.by_ids(info.context, [root.structure_id for root in roots])


@batched
def users_of(roots: Parent[list[ServiceUser]], info: Info) -> Any:
    """Give the people behind users of services."""
    return _people([root.membership for root in roots], info)


@batched
def memberships_of(roots: Parent[list[ServiceUser]]) -> list[models.Membership]:
    """Give the memberships behind users of services."""
    return [root.membership for root in roots]


@object_type(
    row=Action.MEMBERSHIP_READ,
    records=resolve.MembershipRecord,
)
class Membership(Node):
    """A user's connection to a structure, with his role; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.MEMBERSHIP)
    user: User = owner(_users, "The person.")
    structure: Structure = owner(_structures, "The structure.")
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
