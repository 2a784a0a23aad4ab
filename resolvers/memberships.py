"""Reads of users' connections to structures."""

from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    inspect,
    literal,
    or_,
    select,
    union_all,
)
from strawberry import Parent

from executor import batched
from models.accounts import User
from models.areas import AreaSubscription
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.paging import Condition, Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Layout, columns, record
from models.services import Service
from models.structures import Structure
from resolvers.columns import read_by_fields
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed, text_conditions
from resolvers.inputs import (
    FILTER,
    ORDER,
    After,
    Before,
    First,
    Last,
    MembershipFilter,
    OrderDirection,
    UserFilter,
    UserOrder,
    UserOrderField,
)
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span
from resolvers.structures import CARD
from resolvers.user_orders import orders
from resolvers.users import managed_by_viewer, needs_contact, user_layout
from resolvers.viewer import Viewer


MembershipRecord = record(Membership, "user", "structure")
MEMBERSHIP = Layout(MembershipRecord, columns(Membership))

read_by_fields(
    MembershipRecord,
    always=("id", "structure_id", "user_id"),
    sorted_by=("role", "status", "created_at"),
    fields={
        "Membership": dict.fromkeys(("id", "user", "structure", "services", "areas"), ()),
        "ServiceUser": dict.fromkeys(
            ("id", "membership", "user", "service", "status", "via", "areas"), ()
        ),
    },
)


EVERY_WAY = frozenset(MembershipScope)


def reach(via: frozenset[MembershipScope] = EVERY_WAY, dialect_name: str | None = None) -> Any:
    """
    Make the table of memberships that reach services, listed on them, through all, or both.

    Beside the columns of the membership it has `service_id` and `listing`, the status there. With
    *dialect_name* it is of the services in `parents` only, where the dialect does not carry such a
    condition into a union by itself.
    """
    own = columns(Membership)
    active = literal(MembershipStatus.ACTIVE, Membership.status.type)
    by_list = (
        select(*own, ServiceMembership.service_id, ServiceMembership.status.label("listing"))
        .join_from(ServiceMembership, Membership, Membership.id == ServiceMembership.membership_id)
        .where(Membership.scope == MembershipScope.LISTED)
    )
    by_scope = (
        select(*own, Service.id.label("service_id"), active.label("listing"))
        .join_from(Service, Membership, Membership.structure_id == Service.structure_id)
        .where(Membership.scope == MembershipScope.ALL_SERVICES)
    )
    if dialect_name == "sqlite":
        by_list = by_list.where(any_of(ServiceMembership.service_id, "parents", dialect_name))
        by_scope = by_scope.where(any_of(Service.id, "parents", dialect_name))
    return either(via, by_list, by_scope).subquery("reach")


def either(via: frozenset[MembershipScope], by_list: Select[Any], by_scope: Select[Any]) -> Any:
    """Unite who is listed and who reaches all services, or give the one of them that is asked."""
    halves = {MembershipScope.LISTED: by_list, MembershipScope.ALL_SERVICES: by_scope}
    chosen = [half for scope, half in halves.items() if scope in via]
    return union_all(*chosen) if len(chosen) > 1 else chosen[0]


REACH = reach()
"""Which membership reaches which service, in either way."""


def holds(membership: Any, *conditions: ColumnElement[bool]) -> Condition:
    """Make the condition that a *membership* has a right on an area, under *conditions*."""
    return lambda dialect_name: exists().where(
        AreaSubscription.membership_id == membership.id,
        AreaSubscription.ended_at.is_(None),
        any_of(AreaSubscription.area, "area", dialect_name),
        *conditions,
    )


def _reaches(_dialect_name: str) -> ColumnElement[bool]:
    return exists().where(
        REACH.c.id == Membership.id,
        REACH.c.service_id == value("service_id", Service.id),
        REACH.c.listing == MembershipStatus.ACTIVE,
    )


def _not_seen(_dialect_name: str) -> ColumnElement[bool]:
    last = User.last_connection_at
    return or_(last.is_(None), last < value("not_seen_since", last))


def _users(dialect_name: str, contact: bool) -> Listing:
    nested = ("user", user_layout(dialect_name, contact, inspect(Membership).local_table.c))
    return Listing(
        name="users of a structure",
        layout=Layout(MembershipRecord, columns(Membership), (nested,)),
        source=Membership.__table__.join(User.__table__, User.id == Membership.user_id),
        parent=Membership.structure_id,
        orders=orders(),
        filters={
            "role": listed(Membership.role, "role"),
            "status": listed(Membership.status, "status"),
            "service_id": _reaches,
            "area": holds(Membership),
            **text_conditions("name", User.name_key),
            **text_conditions("login", User.login),
            "not_seen_since": _not_seen,
            "contact": managed_by_viewer,
        },
    )


USERS = {
    (name, fact): _users(name, fact) for name in ("sqlite", "postgresql") for fact in (False, True)
}
_MINE = Listing(
    name="memberships of a user",
    layout=Layout(MembershipRecord, columns(Membership), (("structure", CARD),)),
    source=Membership.__table__.join(Structure.__table__, Structure.id == Membership.structure_id),
    parent=Membership.user_id,
    orders={
        "STRUCTURE": (
            SortKey(Structure.name_key, attrgetter("structure.name_key")),
            SortKey(Membership.id, attrgetter("id")),
        )
    },
    filters={
        "role": listed(Membership.role, "role"),
        "status": listed(Membership.status, "status"),
    },
)
BY_NAME = UserOrder(field=UserOrderField.NAME, direction=OrderDirection.ASC)
LIVE = (MembershipStatus.ACTIVE, MembershipStatus.INACTIVE)


def membership_by_id(dialect_name: str) -> Reading:
    """Read memberships by their ids."""
    statement = select(*MEMBERSHIP.selected, Membership.id).where(
        any_of(Membership.id, "keys", dialect_name)
    )
    return Reading(statement, MEMBERSHIP)


def by_id(operation: Operation, membership_id: int) -> Any:
    """Give the future of the membership of *membership_id*."""
    return operation.one(membership_by_id, membership_id)


def by_ids(operation: Operation, membership_ids: list[int | None]) -> Any:
    """Load the memberships of some ids, nothing for no id."""
    return operation.each_one(membership_by_id, membership_ids)


def filters_of(operation: Operation, asked: UserFilter) -> Filters:
    """Write the filters that the API was *asked* with as a listing takes them."""
    filters = Filters()
    filters.words("role", asked.role)
    filters.words("status", asked.status if asked.status is not None else LIVE)
    filters.words("area", asked.area)
    filters.text("name", asked.name)
    filters.text("login", asked.login, str.lower)
    if asked.not_seen_since is not None:
        filters["not_seen_since"] = asked.not_seen_since
    private = asked.login is not None or asked.not_seen_since is not None
    if private and operation.discreet:
        # Whose login and last connection may not be read is not found by them either.
        filters["contact"] = True
    if asked.service_id is not None:
        service_id = operation.node_ids.number(asked.service_id, NodeKind.SERVICE)
        filters["service_id"] = service_id or 0
    return filters


@batched
def of_structure(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[UserFilter | None, FILTER] = None,
    order_by: Annotated[UserOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the users of a structure."""
    operation = info.context
    filters = filters_of(operation, filter or UserFilter())
    listing = USERS[operation.database.dialect_name, needs_contact(operation)]
    span = Span(first, after, last, before)
    return connections(operation, listing, span, order_by or BY_NAME, filters, ids(roots))


@batched
def of_viewer(
    roots: Parent[list[Viewer]],
    info: Info,
    filter: Annotated[MembershipFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the viewer's own connections."""
    asked = filter or MembershipFilter()
    filters = Filters()
    filters.words("role", asked.role)
    filters.words("status", asked.status if asked.status is not None else LIVE)
    span = Span(first, after, last, before)
    return connections(info.context, _MINE, span, "STRUCTURE", filters, ids(roots))


@batched
def viewer_membership(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the viewer's own connections to structures."""
    viewer = info.context.viewer
    if viewer is None:
        return [None] * len(roots)
    own = [viewer.membership(root.id) for root in roots]
    return by_ids(info.context, [None if one is None else one.membership_id for one in own])


@batched
def viewer_role(roots: Parent[list[Structure]], info: Info) -> list[Role | None]:
    """Give the viewer's own role on structures."""
    viewer = info.context.viewer
    return [None if viewer is None else viewer.role(root.id) for root in roots]
