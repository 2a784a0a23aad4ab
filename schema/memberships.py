"""Connections of users to structures."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from strawberry import Parent

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


def _user(root: Parent[models.Membership], info: Info) -> Any:
    joined = getattr(root, "user", None)
    return joined or users.by_id(info.context, root.user_id)


def _structure(root: Parent[models.Membership], info: Info) -> Any:
    joined = getattr(root, "structure", None)
    return joined or structures.by_id(info.context, root.structure_id)


def user_of(root: Parent[ServiceUser], info: Info) -> Any:
    """Give the person behind a user of a service."""
    return _user(root.membership, info)


def service_user_of(root: Parent[ServiceUser]) -> models.Membership:
    """Give the membership behind a user of a service."""
    return root.membership


@object_type(
    row=Action.MEMBERSHIP_READ,
    records=resolve.MembershipRecord,
)
class Membership(Node):
    """A user's connection to a structure, with his role; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.MEMBERSHIP)
    user: User = owner(_user, "The person.")
    structure: Structure = owner(_structure, "The structure.")
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
