"""Reads of connection requests and subscription requests."""

from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, select
from strawberry import Parent

from executor import batched
from models.memberships import Membership, MembershipStatus
from models.paging import Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Layout, columns, record
from models.requests import Request, RequestKind, RequestStatus
from models.structures import Sector, Structure, StructureStatus
from resolvers import memberships
from resolvers.connections import Connection, connection, connections
from resolvers.filters import Filters, listed, span_conditions
from resolvers.inputs import (
    FILTER,
    ORDER,
    After,
    Before,
    First,
    Last,
    OrderDirection,
    RequestFilter,
    RequestOrder,
    RequestOrderField,
)
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span
from resolvers.viewer import Viewer


RequestRecord = record(Request, "published")
REQUEST = Layout(
    RequestRecord,
    (
        *columns(Request),
        exists().where(
            Structure.id == Request.structure_id,
            Structure.sector == Sector.PUBLIC,
            Structure.status == StructureStatus.ACTIVE,
        ),
    ),
)
"""Outsiders may name and read services of a public structure, so a request tells where it is."""


def _expired_before() -> ColumnElement[Any]:
    return bindparam("expired_before", type_=Request.created_at.type)


def pending() -> ColumnElement[bool]:
    """Say in SQL that a request still waits: what nobody decided in time is expired."""
    return and_(Request.status == RequestStatus.PENDING, Request.created_at > _expired_before())


_status_now = case(
    (
        and_(Request.status == RequestStatus.PENDING, Request.created_at <= _expired_before()),
        RequestStatus.EXPIRED.value,
    ),
    else_=Request.status,
)

_ORDERS = {
    RequestOrderField.CREATED_AT: (
        SortKey(Request.created_at, attrgetter("created_at")),
        SortKey(Request.id, attrgetter("id")),
    )
}
_FILTERS = {
    "kind": listed(Request.kind, "kind"),
    "status": listed(_status_now, "status"),
    "structure_id": lambda _dialect_name: (
        Request.structure_id == value("structure_id", Structure.id)
    ),
    "area": listed(Request.area, "area"),
    **span_conditions("created", Request.created_at),
}
REQUESTS_OF_STRUCTURE = {
    kind: Listing(
        name=f"requests of kind {kind} on a structure",
        layout=REQUEST,
        source=Request.__table__,
        parent=Request.structure_id,
        orders=_ORDERS,
        filters=_FILTERS,
    )
    for kind in RequestKind
}
REQUESTS_OF_USER = Listing(
    name="requests of a user",
    layout=REQUEST,
    source=Request.__table__,
    parent=Request.requester_id,
    orders=_ORDERS,
    filters=_FILTERS,
)
DECISIONS = Listing(
    name="decisions",
    layout=REQUEST,
    source=Request.__table__,
    orders=_ORDERS,
    always=(
        listed(Request.structure_id, "managed"),
        lambda _dialect_name: pending(),
        lambda _dialect_name: Request.requester_id != value("viewer_id", Request.requester_id),
    ),
    filters=_FILTERS,
)
OLDEST_FIRST = RequestOrder(field=RequestOrderField.CREATED_AT, direction=OrderDirection.ASC)
NEWEST_FIRST = RequestOrder(field=RequestOrderField.CREATED_AT, direction=OrderDirection.DESC)


def request_by_id(dialect_name: str) -> Reading:
    """Read requests by their ids."""
    statement = select(*REQUEST.selected, Request.id).where(
        any_of(Request.id, "keys", dialect_name)
    )
    return Reading(statement, REQUEST)


def live_membership_of(dialect_name: str) -> Reading:
    """Read the live memberships of the requesters of requests, where the requests are."""
    statement = (
        select(*memberships.MEMBERSHIP.selected, Request.id)
        .join_from(
            Request,
            Membership,
            and_(
                Membership.user_id == Request.requester_id,
                Membership.structure_id == Request.structure_id,
            ),
        )
        .where(
            any_of(Request.id, "keys", dialect_name),
            Membership.status != MembershipStatus.DELETED,
        )
    )
    return Reading(statement, memberships.MEMBERSHIP)


def by_id(operation: Operation, request_id: int) -> Any:
    """Give the future of the request of *request_id*."""
    return operation.one(request_by_id, request_id)


def _filters(operation: Operation, asked: RequestFilter | None) -> Filters:
    filters = Filters()
    if asked is None:
        return filters
    filters.words("kind", asked.kind)
    filters.words("status", asked.status)
    filters.words("area", asked.area)
    if asked.structure_id is not None:
        number = operation.node_ids.number(asked.structure_id, NodeKind.STRUCTURE)
        filters["structure_id"] = number or 0
    filters.span("created", asked.created_at)
    return filters


@batched
def connection_requests(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[RequestFilter | None, FILTER] = None,
    order_by: Annotated[RequestOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the requests to be connected to a structure."""
    span = Span(first, after, last, before)
    return _of_structures(roots, info, filter, order_by, span, RequestKind.CONNECTION)


@batched
def subscription_requests(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[RequestFilter | None, FILTER] = None,
    order_by: Annotated[RequestOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the requests for a right on an area of a structure."""
    span = Span(first, after, last, before)
    return _of_structures(roots, info, filter, order_by, span, RequestKind.SUBSCRIPTION)


def _of_structures(
    roots: list[Structure],
    info: Info,
    asked: RequestFilter | None,
    order: RequestOrder | None,
    span: Span,
    kind: RequestKind,
) -> list[Connection]:
    operation = info.context
    filters = _filters(operation, asked)
    filters["kind"] = [one for one in filters.get("kind", [kind]) if one == kind]
    chosen = order or OLDEST_FIRST
    return connections(operation, REQUESTS_OF_STRUCTURE[kind], span, chosen, filters, ids(roots))


@batched
def of_viewer(
    roots: Parent[list[Viewer]],
    info: Info,
    filter: Annotated[RequestFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the viewer's own requests, newest first."""
    operation = info.context
    span = Span(first, after, last, before)
    filters = _filters(operation, filter)
    return connections(operation, REQUESTS_OF_USER, span, NEWEST_FIRST, filters, ids(roots))


def decisions(
    info: Info,
    filter: Annotated[RequestFilter | None, FILTER] = None,
    order_by: Annotated[RequestOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection:
    """List what waits for the viewer's decision, oldest first."""
    operation = info.context
    span = Span(first, after, last, before)
    filters = _filters(operation, filter)
    return connection(operation, DECISIONS, span, order_by or OLDEST_FIRST, filters)


@batched
def status(roots: Parent[list[Request]], info: Info) -> list[RequestStatus]:
    """Give states as they are now: what nobody decided in time is expired."""
    return [root.status_at(info.context.now) for root in roots]


@batched
def membership(roots: Parent[list[Request]], info: Info) -> Any:
    """Give the requesters' connections to the structures, unless they were deleted."""
    return info.context.each_one(live_membership_of, ids(roots))
