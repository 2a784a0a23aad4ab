"""By what users of structures and services are sorted."""

from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal

from models.accounts import User
from models.base import Instant
from models.memberships import Membership, MembershipStatus, Role
from models.paging import SortKey
from resolvers.inputs import UserOrderField


BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = literal(BEFORE_ALL, Instant())
"""Where those who never connected stand: a key of a page is never null."""

_ROLE_RANKS = {role.value: rank for rank, role in enumerate(Role)}


def orders(prefix: str = "", membership: Any = Membership) -> dict[str, tuple[SortKey, ...]]:
    """Sort users by *membership*, an alias perhaps; *prefix* leads to it from the record."""
    of = attrgetter
    name = SortKey(User.name_key, of(f"{prefix}user.name_key"))
    last = SortKey(membership.id, of(f"{prefix}id"))
    role: ColumnElement[int] = case(_ROLE_RANKS, value=membership.role)
    read_role = of(f"{prefix}role")
    # Of who has left it is no longer told when he last connected, by the order neither.
    left = membership.status == MembershipStatus.DELETED
    seen = case((left, NEVER), else_=func.coalesce(User.last_connection_at, NEVER))
    read_status, read_seen = of(f"{prefix}status"), of(f"{prefix}user.last_connection_at")

    def seen_of(record: Any) -> datetime:
        gone = read_status(record) == MembershipStatus.DELETED
        found: datetime | None = None if gone else read_seen(record)
        return found or BEFORE_ALL

    return {
        UserOrderField.NAME: (name, last),
        UserOrderField.ROLE: (
            SortKey(role, lambda record: _ROLE_RANKS[read_role(record)]),
            name,
            last,
        ),
        UserOrderField.CREATED_AT: (
            SortKey(membership.created_at, of(f"{prefix}created_at")),
            last,
        ),
        UserOrderField.LAST_CONNECTION_AT: (SortKey(seen, seen_of), last),
    }
