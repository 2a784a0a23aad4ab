"""Requests that a manager validates or refuses."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from strawberry import Parent

from executor import batched
from models import requests as models
from models.areas import AreaMode, AreaScope
from models.catalogue import CATALOGUE
from models.catalogue import Area as AreaEntry
from models.policy import Action
from models.requests import RequestKind, RequestStatus
from resolvers import requests as resolve
from resolvers import services, structures, users
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from schema.areas import Area
from schema.fields import computed, guarded, object_type, owner, plain, reference
from schema.memberships import Membership
from schema.nodes import Node, global_id
from schema.pages import Connection
from schema.services import Service
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


@batched
def _decided_at(roots: Parent[list[models.Request]], info: Info) -> list[datetime | None]:
    return [root.ended_at(info.context.now) for root in roots]


@batched
def _areas(roots: Parent[list[models.Request]]) -> list[AreaEntry | None]:
    return [None if root.area is None else CATALOGUE[root.area] for root in roots]


@object_type(
    row=Action.REQUEST_LIST,
    records=resolve.RequestRecord,
    interface=True,
)
class Request(Node):
    """A request that a manager validates or refuses."""

    status: RequestStatus = computed(resolve.status, "State.")
    version: int = plain("Grows with every change; send it back when you decide.")
    created_at: datetime = plain("When it was made.")
    expires_at: datetime = plain("When it expires without a decision.")
    decided_at: datetime | None = computed(_decided_at, "When it was decided, or expired.")
    requester: User = owner(reference(users.by_ids, "requester_id"), "Who asks.")
    structure: Structure = owner(reference(structures.by_ids, "structure_id"), "Where.")
    decided_by: User | None = owner(reference(users.by_ids, "decided_by_id"), "Who decided.")
    refusal_reason: str | None = plain(
        "Why it was refused; STRUCTURE_INACTIVE where it ended with its structure."
    )


def _is(kind: RequestKind) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, resolve.RequestRecord) and value.kind == kind


@object_type(row=Action.REQUEST_LIST, records=_is(RequestKind.CONNECTION))
class ConnectionRequest(Request):
    """A user's request to be connected to a structure; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.CONNECTION_REQUEST)
    comment: str | None = plain("What the requester wrote.")
    services: Connection[Service] | None = guarded(
        services.of_request,
        "Services asked for; none means all for a new connection, and what it reached before for an"
        " earlier one.",
        allow=Action.SERVICE_LIST,
    )


@object_type(row=Action.REQUEST_LIST, records=_is(RequestKind.SUBSCRIPTION))
class SubscriptionRequest(Request):
    """A user's request for a right on an area; for himself, managers and support."""

    id: strawberry.ID = global_id(NodeKind.SUBSCRIPTION_REQUEST)
    membership: Membership | None = owner(
        resolve.membership, "The requester's connection to the structure, unless deleted."
    )
    comment: str | None = plain("What the requester wrote.")
    area: Area = owner(_areas, "The area asked for.")
    mode: AreaMode = plain("The mode asked for.")
    scope: AreaScope = plain("The scope asked for.")
    service: Service | None = owner(
        reference(services.by_ids, "service_id"), "The service asked for, if one only."
    )
