"""Whole lists as tables, read piece by piece: what a page shows, without the pages."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from models.accounts import User
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.errors import Forbidden, NotFound
from models.history import ManagerAction
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    ServiceMembership,
)
from models.policy import POLICY, Action
from models.reading import Reading, any_of
from models.records import Layout
from models.services import Service
from models.texts import write_instant
from resolvers import history, memberships, nodes, structures, users
from resolvers.inputs import HistoryFilter, UserFilter
from resolvers.named_targets import named_targets
from resolvers.node_ids import NodeKind
from resolvers.operation import Operation
from resolvers.pieces import records_of
from resolvers.rights import standing_towards


Row = list[str | None]


class Table(NamedTuple):
    """Headings, which are the names of the API's fields, and rows in pieces."""

    name: str
    headings: tuple[str, ...]
    pieces: AsyncIterator[list[Row]]


class _Right(NamedTuple):
    area: AreaCode
    mode: AreaMode
    service: str | None


class _Listed(NamedTuple):
    code: str


USER_HEADINGS = (
    "displayName",
    "login",
    "email",
    "phone",
    "accountStatus",
    "lastConnectionAt",
    "role",
    "status",
    "scope",
    "services",
    "areas",
    "createdAt",
)
HISTORY_HEADINGS = (
    "at",
    "structure",
    "action",
    "outcome",
    "refusal",
    "count",
    "actor",
    "user",
    "targetType",
    "target",
    "reason",
    "changes",
)


def _rights(dialect_name: str) -> Reading:
    selected = (AreaSubscription.area, AreaSubscription.mode, Service.code)
    statement = (
        select(*selected, AreaSubscription.membership_id)
        .join_from(
            AreaSubscription,
            Service,
            Service.id == AreaSubscription.service_id,
            isouter=True,
        )
        .where(
            any_of(AreaSubscription.membership_id, "keys", dialect_name),
            AreaSubscription.ended_at.is_(None),
        )
        .order_by(AreaSubscription.id)
    )
    return Reading(statement, Layout(_Right, selected))


def _services(dialect_name: str) -> Reading:
    statement = (
        select(Service.code, ServiceMembership.membership_id)
        .join_from(ServiceMembership, Service, Service.id == ServiceMembership.service_id)
        .where(
            any_of(ServiceMembership.membership_id, "keys", dialect_name),
            ServiceMembership.status == MembershipStatus.ACTIVE,
        )
        .order_by(Service.code)
    )
    return Reading(statement, Layout(_Listed, (Service.code,)))


async def users_of(operation: Operation, structure: str, asked: UserFilter) -> Table:
    """
    Make the table of the users of a structure, by name, under the filters of `Structure.users`.

    Raises:
        NotFound: the id names no structure that the caller may know of.
        Forbidden: he may not list its users.
    """
    number = await _permitted(operation, structure, Action.USER_LIST)
    listing = memberships.USERS[operation.database.dialect_name, users.needs_contact(operation)]
    filters = memberships.filters_of(operation, asked)
    records = records_of(operation, listing, memberships.BY_NAME, filters, number)
    return Table("users", USER_HEADINGS, _mapped(operation, records, _user_rows))


async def history_of(operation: Operation, structure: str | None, asked: HistoryFilter) -> Table:
    """
    Make the table of the acts on a structure, or of one's own without one, newest first.

    Raises:
        NotFound: the id names no structure that the caller may know of.
        Forbidden: he may not read its history.
    """
    filters = history.filters_of(operation, asked)
    if structure is None:
        assert operation.viewer is not None  # noqa: S101 - whoever opens an export is signed in
        listing, number = history.OWN_HISTORY, operation.viewer.id
    else:
        listing = history.HISTORY
        number = await _permitted(operation, structure, Action.HISTORY_READ)
    records = records_of(operation, listing, history.NEWEST_FIRST, filters, number)
    return Table("history", HISTORY_HEADINGS, _mapped(operation, records, _history_rows))


async def _permitted(operation: Operation, structure: str, action: Action) -> int:
    number = operation.node_ids.number(structure, NodeKind.STRUCTURE) or 0
    found = await nodes.visible(operation, NodeKind.STRUCTURE, (number,))
    if found is None:
        raise NotFound
    if not _may(operation, action, found):
        rule = POLICY[action]
        raise Forbidden(rule.requirement, action=action, passing_roles=rule.passing_roles)
    return number


def _may(operation: Operation, action: Action, record: Any) -> bool:
    if operation.viewer is None:
        return False
    standing, published = standing_towards(operation.viewer, record)
    return POLICY[action].passes(standing, published=published)


async def _mapped(
    operation: Operation, pieces: AsyncIterator[list[Any]], write: Callable[..., Any]
) -> AsyncIterator[list[Row]]:
    async for piece in pieces:
        yield await write(operation, piece)


async def _user_rows(operation: Operation, piece: Sequence[Membership]) -> list[Row]:
    numbers = [membership.id for membership in piece]
    rights = await operation.grouped(_rights, (), {"keys": numbers})
    services = await operation.grouped(_services, (), {"keys": numbers})
    return [
        _user_row(operation, one, services.get(one.id, ()), rights.get(one.id, ())) for one in piece
    ]


def _user_row(
    operation: Operation,
    membership: Membership,
    services: Iterable[_Listed],
    rights: Iterable[_Right],
) -> Row:
    user: User = membership.user  # type: ignore[attr-defined]  # read with the membership
    contact: Row = [None] * 5
    if _may(operation, Action.USER_CONTACT_READ, user):
        contact = [
            user.login,
            user.email,
            user.phone,
            user.status,
            _instant(user.last_connection_at),
        ]
    reached, held = None, None
    if _may(operation, Action.MEMBERSHIP_READ, membership):
        listed = membership.scope == MembershipScope.LISTED
        reached = _joined(one.code for one in services) if listed else None
    if _may(operation, Action.SUBSCRIPTION_LIST, membership):
        held = _joined(map(_right, rights))
    return [
        user.display_name,
        *contact,
        membership.role,
        membership.status,
        membership.scope,
        reached,
        held,
        _instant(membership.created_at),
    ]


def _right(right: _Right) -> str:
    place = "" if right.service is None else f" ({right.service})"
    return f"{right.area} {right.mode}{place}"


async def _history_rows(operation: Operation, piece: Sequence[ManagerAction]) -> list[Row]:
    people = {act.actor_id for act in piece} | {act.user_id for act in piece}
    names = await _names(operation, people - {None})
    places = list({act.structure_id for act in piece})
    shown = (operation.discreet,)
    cards = await operation.grouped(structures.structure_by_id, shown, {"keys": places})
    targets = await named_targets(operation, piece)
    return [
        [
            _instant(act.at),
            cards[act.structure_id][0].identifier if act.structure_id in cards else None,
            act.action,
            act.outcome,
            act.refusal,
            str(act.count),
            names.get(act.actor_id),
            names.get(act.user_id),
            *target,
            act.reason,
            _joined(map(_change, act.changes), "; "),
        ]
        for act, target in zip(piece, targets, strict=True)
    ]


async def _names(operation: Operation, numbers: set[Any]) -> dict[Any, str]:
    contact = False
    found = await operation.grouped(users.user_by_id, (contact,), {"keys": list(numbers)})
    return {number: person.display_name for number, (person,) in found.items()}


def _change(change: dict[str, Any]) -> str:
    before, after = (change.get(name) for name in ("before", "after"))
    return f"{change['field']}: {_shown(before)} -> {_shown(after)}"


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


def _joined(texts: Iterable[str], between: str = ", ") -> str:
    return between.join(texts)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else write_instant(at)
