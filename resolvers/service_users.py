"""Reads of the users of services: made of membership and service, without rows of their own."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from strawberry import Parent

from executor import batched
from models.accounts import User
from models.areas import AreaSubscription
from models.base import Expression
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.paging import Listing
from models.reading import Reading, any_of
from models.records import Layout, columns
from models.services import Service
from resolvers.columns import read_by_fields
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed
from resolvers.inputs import FILTER, ORDER, After, Before, First, Last, ServiceUserFilter, UserOrder
from resolvers.memberships import (
    BY_NAME,
    EVERY_WAY,
    REACH,
    MembershipRecord,
    either,
    holds,
    reach,
)
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span
from resolvers.user_orders import orders
from resolvers.users import needs_contact, user_layout


class ServiceUser:
    """A user on one service: made of membership and service, no row of its own."""

    __slots__ = ()
    read_columns = ("service_id", "via", "status")
    read_facts = ("membership",)
    if TYPE_CHECKING:
        service_id: int
        via: MembershipScope
        status: MembershipStatus
        membership: Membership

    @property
    def structure_id(self) -> int:
        """The structure whose roles count."""
        return self.membership.structure_id

    @property
    def owner_id(self) -> int:
        """The user whom it is about."""
        return self.membership.user_id

    @property
    def role(self) -> Role:
        """Role on the structure."""
        return self.membership.role


read_by_fields(
    ServiceUser,
    always=("service_id",),
    sorted_by=(),
    fields={
        "ServiceUser": {
            **dict.fromkeys(("id", "membership", "user", "service", "role"), ()),
            "areas": ("status", "via"),
        },
    },
)


def _weaker(status: Expression, listing: Expression) -> ColumnElement[Any]:
    """Give the weaker of a membership's and a listing's status."""
    return case(
        (status == MembershipStatus.ACTIVE, listing),
        (listing == MembershipStatus.DELETED, listing),
        else_=status,
    )


def _layout(tie: Any, *nested: tuple[str, Layout]) -> Layout:
    """Give the layout of rows of *tie*, a table that `reach` made."""
    own = tuple(tie.c[column.key] for column in columns(Membership))
    membership = Layout(MembershipRecord, own, nested)
    status = _weaker(tie.c.status, tie.c.listing)
    return Layout(
        ServiceUser, (tie.c.service_id, tie.c.scope, status), (("membership", membership),)
    )


def _gathered(contact: bool, via: frozenset[MembershipScope]) -> Listing:
    """List who is active on services once for all of them (PostgreSQL)."""
    reached = _reached(via)
    membership: Any = Membership.__table__
    nested = ("user", user_layout("postgresql", contact, membership.c))
    layout = Layout(MembershipRecord, columns(Membership), (nested,))
    places = (reached.c.services, Membership.scope, Membership.status)
    here = and_(Membership.id == reached.c.membership_id, Membership.scope == reached.c.scope)
    return Listing(
        name="users of a service",
        layout=Layout(ServiceUser, places, (("membership", layout),)),
        source=reached.join(membership, here).join(User.__table__, User.id == Membership.user_id),
        orders=orders("membership."),
        filters={
            "active": lambda _dialect_name: Membership.status == MembershipStatus.ACTIVE,
            "role": listed(Membership.role, "role"),
        },
    )


def _reached(via: frozenset[MembershipScope]) -> Any:
    """Make the table of the services in `parents` that each membership reaches, if it is active."""
    dialect_name = "postgresql"
    by_list = select(
        ServiceMembership.membership_id,
        ServiceMembership.service_id,
        _scope(MembershipScope.LISTED),
    ).where(
        any_of(ServiceMembership.service_id, "parents", dialect_name),
        ServiceMembership.status == MembershipStatus.ACTIVE,
    )
    by_scope = (
        select(
            Membership.id.label("membership_id"),
            Service.id.label("service_id"),
            _scope(MembershipScope.ALL_SERVICES),
        )
        .join_from(Service, Membership, Membership.structure_id == Service.structure_id)
        .where(
            any_of(Service.id, "parents", dialect_name),
            Membership.scope == MembershipScope.ALL_SERVICES,
        )
    )
    pair = either(via, by_list, by_scope).subquery("pair")
    services = func.array_agg(pair.c.service_id).label("services")
    key = (pair.c.membership_id, pair.c.scope)
    return select(*key, services).group_by(*key).subquery("reached")


def _scope(scope: MembershipScope) -> Any:
    return literal(scope, Membership.scope.type).label("scope")


def _service_users(dialect_name: str, contact: bool, via: frozenset[MembershipScope]) -> Listing:
    tie = reach(via, dialect_name)
    here = or_(
        AreaSubscription.service_id.is_(None), AreaSubscription.service_id == tie.c.service_id
    )
    return Listing(
        name="users of a service",
        layout=_layout(tie, ("user", user_layout(dialect_name, contact, tie.c))),
        source=tie.join(User.__table__, User.id == tie.c.user_id),
        parent=tie.c.service_id,
        orders=orders("membership.", tie.c),
        filters={
            "role": listed(tie.c.role, "role"),
            "status": listed(_weaker(tie.c.status, tie.c.listing), "status"),
            "active": lambda _dialect_name: and_(
                tie.c.status == MembershipStatus.ACTIVE, tie.c.listing == MembershipStatus.ACTIVE
            ),
            "area": holds(tie.c, here),
        },
        gathered=_gathered(contact, via) if dialect_name == "postgresql" else None,
    )


SERVICE_USERS = {
    (name, fact, via): _service_users(name, fact, via)
    for name in ("sqlite", "postgresql")
    for fact in (False, True)
    for via in (EVERY_WAY, *(frozenset({scope}) for scope in MembershipScope))
}
APART = {key: replace(listing, gathered=None) for key, listing in SERVICE_USERS.items()}
"""The same of services that share nobody, which are not of one structure."""


def service_users_by_key(dialect_name: str) -> Reading:
    """Read the users of services in `memberships` and `services`."""
    layout = _layout(REACH)
    statement = select(*layout.all_selected).where(
        any_of(REACH.c.id, "memberships", dialect_name),
        any_of(REACH.c.service_id, "services", dialect_name),
    )
    return Reading(statement, layout)


async def _by_keys(operation: Operation, keys: list[tuple[int, int]]) -> list[ServiceUser | None]:
    found: list[ServiceUser] = await operation.fetch(
        service_users_by_key,
        memberships=list({membership_id for membership_id, _ in keys}),
        services=list({service_id for _, service_id in keys}),
    )
    by_key = {(one.membership.id, one.service_id): one for one in found}
    return [by_key.get(key) for key in keys]


def by_key(operation: Operation, membership_id: int, service_id: int) -> Any:
    """Give the future of the user of a service behind a membership."""
    return operation.batch(_by_keys, (membership_id, service_id))


@batched
def of_service(
    roots: Parent[list[Service]],
    info: Info,
    filter: Annotated[ServiceUserFilter | None, FILTER] = None,
    order_by: Annotated[UserOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the users that reach a service."""
    operation = info.context
    asked = filter or ServiceUserFilter()
    filters = Filters()
    filters.words("role", asked.role)
    if asked.status is None or set(asked.status) == {MembershipStatus.ACTIVE}:
        filters["active"] = True
    else:
        filters.words("status", asked.status)
    filters.words("area", asked.area)
    via = EVERY_WAY if asked.via is None else frozenset(asked.via)
    if not via:
        filters["role"] = []
    # Gathering costs more than it saves where hardly anybody stands on two of the services.
    structures = {root.structure_id for root in roots}
    listings = SERVICE_USERS if len(structures) * 2 <= len(roots) else APART
    listing = listings[operation.database.dialect_name, needs_contact(operation), via or EVERY_WAY]
    span = Span(first, after, last, before)
    return connections(operation, listing, span, order_by or BY_NAME, filters, ids(roots))
