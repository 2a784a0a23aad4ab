"""Reads of the users of services: made of membership and service, without rows of their own."""

from typing import Annotated, Any

from sqlalchemy import ColumnElement, case, or_, select
from strawberry import Parent

from executor import batched
from models.accounts import User
from models.areas import AreaSubscription
from models.base import Expression
from models.memberships import Membership, MembershipScope, MembershipStatus, Role
from models.paging import Listing
from models.reading import Reading, any_of
from models.records import Layout, columns
from models.services import Service
from resolvers.filters import Filters, listed
from resolvers.inputs import FILTER, ORDER, After, Before, First, Last, ServiceUserFilter, UserOrder
from resolvers.memberships import (
    BY_NAME,
    LIVE,
    MEMBERSHIP,
    REACH,
    MembershipRecord,
    holds,
    orders,
    reach,
)
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Connection, Span, connections
from resolvers.users import needs_contact, user_layout


class ServiceUser:
    """A user on one service: made of membership and service, no row of its own."""

    __slots__ = ("membership", "service_id", "status", "via")

    def __init__(
        self,
        service_id: int,
        via: MembershipScope,
        status: MembershipStatus,
        membership: Membership,
    ) -> None:
        """Hold the membership, and how it reaches the service."""
        self.service_id = service_id
        self.via = via
        self.status = status
        self.membership = membership

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


_RANKS = {
    MembershipStatus.ACTIVE: 0,
    MembershipStatus.INACTIVE: 1,
    MembershipStatus.DELETED: 2,
}


def _rank(status: Expression) -> ColumnElement[int]:
    return case({word.value: rank for word, rank in _RANKS.items()}, value=status)


def _weaker(listing: Expression) -> ColumnElement[Any]:
    return case((_rank(listing) > _rank(Membership.status), listing), else_=Membership.status)


def _service_users(dialect_name: str, contact: bool) -> Listing:
    membership = Layout(
        MembershipRecord,
        columns(Membership),
        (("user", user_layout(dialect_name, contact)),),
    )
    # PostgreSQL carries the parent's condition into the union itself.
    tie = REACH if dialect_name == "postgresql" else reach(dialect_name)
    status = _weaker(tie.c.listing)
    here = or_(
        AreaSubscription.service_id.is_(None), AreaSubscription.service_id == tie.c.service_id
    )
    return Listing(
        name="users of a service",
        layout=Layout(
            ServiceUser,
            (tie.c.service_id, Membership.scope, status),
            (("membership", membership),),
        ),
        source=tie.join(Membership.__table__, Membership.id == tie.c.membership_id).join(
            User.__table__, User.id == Membership.user_id
        ),
        parent=tie.c.service_id,
        orders=orders("membership."),
        filters={
            "role": listed(Membership.role, "role"),
            "status": listed(status, "status"),
            "via": listed(Membership.scope, "via"),
            "area": lambda dialect: holds(dialect, here),
        },
    )


SERVICE_USERS = {
    (name, fact): _service_users(name, fact)
    for name in ("sqlite", "postgresql")
    for fact in (False, True)
}


def service_users_by_key(dialect_name: str) -> Reading:
    """Read the users of services in `memberships` and `services`."""
    status = _weaker(REACH.c.listing)
    layout = Layout(
        ServiceUser, (REACH.c.service_id, Membership.scope, status), (("membership", MEMBERSHIP),)
    )
    statement = (
        select(*layout.all_selected)
        .select_from(REACH.join(Membership.__table__, Membership.id == REACH.c.membership_id))
        .where(
            any_of(Membership.id, "memberships", dialect_name),
            any_of(REACH.c.service_id, "services", dialect_name),
        )
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
    filters.words("status", asked.status if asked.status is not None else LIVE[:1])
    filters.words("via", asked.via)
    filters.words("area", asked.area)
    listing = SERVICE_USERS[operation.database.dialect_name, needs_contact(operation)]
    span = Span(first, after, last, before)
    return connections(operation, listing, span, order_by or BY_NAME, filters, ids(roots))
