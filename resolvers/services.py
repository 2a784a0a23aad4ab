"""Reads of services."""

from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from strawberry import Parent

from executor import batched
from models.memberships import Membership, MembershipScope, MembershipStatus, ServiceMembership
from models.paging import Listing, SortKey
from models.reading import Reading, any_of
from models.records import Layout, columns, record
from models.requests import Request, RequestedService
from models.services import Service, active_today
from models.structures import Sector, Structure, StructureStatus
from resolvers.columns import read_by_fields
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, text_conditions
from resolvers.inputs import (
    FILTER,
    ORDER,
    After,
    Before,
    First,
    Last,
    OrderDirection,
    ServiceFilter,
    ServiceOrder,
    ServiceOrderField,
)
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span


ServiceRecord = record(Service, "published")
SERVICE = Layout(ServiceRecord, columns(Service))

read_by_fields(
    ServiceRecord,
    always=("id", "structure_id"),
    sorted_by=("code", "name_key"),
    fields={
        "Service": {
            **dict.fromkeys(("id", "address", "structure", "users", "openedAreas"), ()),
            "active": ("enabled", "valid_from", "valid_to"),
        },
        "Address": {},
    },
)


def readable(dialect_name: str) -> ColumnElement[bool]:
    """Show outsiders of a public structure its active services only (domain.md 2.2 r1)."""
    return or_(any_of(Service.structure_id, "member", dialect_name), active_today())


def visible(dialect_name: str) -> ColumnElement[bool]:
    """Hide what a membership tells of a structure where it grants nothing (domain.md 2.1)."""
    return or_(
        any_of(Service.structure_id, "member", dialect_name),
        and_(active_today(), exists().where(Structure.id == Service.structure_id, _published)),
    )


_published = and_(Structure.sector == Sector.PUBLIC, Structure.status == StructureStatus.ACTIVE)
_FILTERS = {
    "readable": readable,
    "visible": visible,
    "active": lambda _dialect_name: active_today(),
    "inactive": lambda _dialect_name: not_(active_today()),
    **text_conditions("code", Service.code),
    **text_conditions("name", Service.name_key),
}
_ORDERS = {
    # Every list is of one structure, where a code is unique: its index alone gives the order.
    ServiceOrderField.CODE: (SortKey(Service.code, attrgetter("code")),),
    ServiceOrderField.NAME: (
        SortKey(Service.name_key, attrgetter("name_key")),
        SortKey(Service.id, attrgetter("id")),
    ),
}
SERVICES = Listing(
    name="services of a structure",
    layout=SERVICE,
    source=Service.__table__,
    parent=Service.structure_id,
    orders=_ORDERS,
    filters=_FILTERS,
)

_reached = or_(
    Membership.scope == MembershipScope.ALL_SERVICES,
    exists().where(
        ServiceMembership.membership_id == Membership.id,
        ServiceMembership.service_id == Service.id,
        ServiceMembership.status == MembershipStatus.ACTIVE,
    ),
)
SERVICES_OF_MEMBERSHIP = Listing(
    name="services of a membership",
    layout=SERVICE,
    source=Membership.__table__.join(
        Service.__table__, and_(Service.structure_id == Membership.structure_id, _reached)
    ),
    parent=Membership.id,
    orders=_ORDERS,
    filters=_FILTERS,
)
SERVICES_OF_REQUEST = Listing(
    name="services of a request",
    layout=SERVICE,
    source=RequestedService.__table__.join(
        Service.__table__, RequestedService.service_id == Service.id
    ),
    parent=RequestedService.request_id,
    orders=_ORDERS,
    filters=_FILTERS,
)
BY_CODE = ServiceOrder(field=ServiceOrderField.CODE, direction=OrderDirection.ASC)


def service_by_id(dialect_name: str) -> Reading:
    """Read services by their ids."""
    statement = select(*SERVICE.selected, Service.id).where(
        any_of(Service.id, "keys", dialect_name)
    )
    return Reading(statement, SERVICE)


def service_node(dialect_name: str) -> Reading:
    """Read services by their ids, each with whether outsiders may read it."""
    layout = Layout(ServiceRecord, (*SERVICE.selected, and_(_published, active_today())))
    statement = (
        select(*layout.selected, Service.id)
        .join_from(Service, Structure, Structure.id == Service.structure_id)
        .where(any_of(Service.id, "keys", dialect_name))
    )
    return Reading(statement, layout)


def by_ids(operation: Operation, service_ids: list[int | None]) -> Any:
    """Load the services of some ids, nothing for no id."""
    return operation.each_one(service_by_id, service_ids)


def _filters(asked: ServiceFilter | None, *, outsider: bool = False) -> Filters:
    filters = Filters()
    if outsider:
        filters["readable"] = True
    if asked is not None:
        filters.text("code", asked.code, str.upper)
        filters.text("name", asked.name)
        if asked.active is not None:
            filters["active" if asked.active else "inactive"] = True
    return filters


@batched
def of_structure(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[ServiceFilter | None, FILTER] = None,
    order_by: Annotated[ServiceOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the services of a structure."""
    operation = info.context
    span = Span(first, after, last, before)
    filters = _filters(filter, outsider=bool(operation.discreet))
    return connections(operation, SERVICES, span, order_by or BY_CODE, filters, ids(roots))


@batched
def of_membership(
    roots: Parent[list[Membership]],
    info: Info,
    filter: Annotated[ServiceFilter | None, FILTER] = None,
    order_by: Annotated[ServiceOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the services that a membership reaches."""
    operation = info.context
    span = Span(first, after, last, before)
    filters = _filters(filter)
    if operation.discreet:
        filters["visible"] = True
    order = order_by or BY_CODE
    return connections(operation, SERVICES_OF_MEMBERSHIP, span, order, filters, ids(roots))


@batched
def of_request(
    roots: Parent[list[Request]],
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the services that a connection request asks for."""
    operation = info.context
    span = Span(first, after, last, before)
    filters = _filters(None, outsider=bool(operation.discreet))
    return connections(operation, SERVICES_OF_REQUEST, span, BY_CODE, filters, ids(roots))


@batched
def active(roots: Parent[list[Service]], info: Info) -> list[bool]:
    """Say whether services are switched on and today lies within their dates."""
    today = info.context.now.date()
    return [root.active_on(today) for root in roots]


@batched
def address(roots: Parent[list[Service]]) -> list[Service]:
    """Give addresses: the same records, read as addresses."""
    return roots
