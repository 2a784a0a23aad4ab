"""Reads of areas: what is opened, and who has which right."""

from collections import defaultdict
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, not_, null, select, union_all
from strawberry import Parent

from executor import batched
from models.areas import (
    AreaCode,
    AreaMode,
    AreaScope,
    AreaSubscription,
    Scoped,
    StructureArea,
)
from models.base import Expression
from models.catalogue import CATALOGUE, POSITIONS, Area, area_position, awaited
from models.memberships import Membership, MembershipScope, MembershipStatus
from models.paging import Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Layout, columns, record
from models.services import Service, valid_today
from models.structures import Structure
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed
from resolvers.inputs import FILTER, After, Before, First, Last, SubscriptionFilter
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation, ids
from resolvers.outcomes import Problem
from resolvers.pages import Span
from resolvers.service_users import ServiceUser


StructureAreaRecord = record(StructureArea, "first_payment_at")
AreaSubscriptionRecord = record(AreaSubscription, "owner_id")
OPENING = Layout(StructureAreaRecord, (*columns(StructureArea), Structure.first_payment_at))
SUBSCRIPTION = Layout(AreaSubscriptionRecord, columns(AreaSubscription))


class _AreaAccess(NamedTuple):
    area: AreaCode
    mode: AreaMode
    service_id: int | None
    membership_id: int


class AreaAccess(Scoped, _AreaAccess):
    """
    The effective right on one area, as one membership has it: the stronger mode wins.

    Without a service it is on the whole structure.
    """

    __slots__ = ()


def _openings(dialect_name: str, key: Expression, *more: ColumnElement[bool]) -> Reading:
    statement = (
        select(*OPENING.selected, key)
        .join_from(StructureArea, Structure, Structure.id == StructureArea.structure_id)
        .where(any_of(key, "keys", dialect_name), StructureArea.closed_at.is_(None), *more)
        .order_by(area_position(StructureArea.area))
    )
    return Reading(statement, OPENING)


def openings_of_structure(dialect_name: str) -> Reading:
    """Read the areas opened on structures as a whole, in the order of the tabs."""
    return _openings(dialect_name, StructureArea.structure_id, StructureArea.service_id.is_(None))


def openings_of_service(dialect_name: str) -> Reading:
    """Read the areas opened on single services, in the order of the tabs."""
    return _openings(dialect_name, StructureArea.service_id)


def opening_by_id(dialect_name: str) -> Reading:
    """Read openings by their ids."""
    return _openings(dialect_name, StructureArea.id)


def subscription_by_id(dialect_name: str) -> Reading:
    """Read rights by their ids, each with the user whose it is."""
    layout = Layout(AreaSubscriptionRecord, (*SUBSCRIPTION.selected, Membership.user_id))
    statement = (
        select(*layout.selected, AreaSubscription.id)
        .join_from(AreaSubscription, Membership, Membership.id == AreaSubscription.membership_id)
        .where(
            any_of(AreaSubscription.id, "keys", dialect_name), AreaSubscription.ended_at.is_(None)
        )
    )
    return Reading(statement, layout)


def rights_of_memberships(dialect_name: str) -> Reading:
    """
    Read the live rights of memberships on some services, those on whole structures included.

    Services out of their dates are told in rows without an area: places on those that are switched
    off are inactive anyway. The rights are read in halves, one for each of the two partial indexes:
    an OR would be served by neither.
    """
    held = select(
        AreaSubscription.area,
        AreaSubscription.mode,
        AreaSubscription.service_id,
        AreaSubscription.membership_id,
    ).where(
        any_of(AreaSubscription.membership_id, "memberships", dialect_name),
        AreaSubscription.ended_at.is_(None),
    )
    whole = held.where(AreaSubscription.service_id.is_(None))
    part = held.where(AreaSubscription.service_id.is_not(None))
    if dialect_name == "sqlite":
        # PostgreSQL would look each pair up by itself, and whoever reads sorts the others out.
        part = part.where(any_of(AreaSubscription.service_id, "services", dialect_name))
    word = cast(null(), String)
    idle = select(word, word, Service.id, cast(null(), BigInteger)).where(
        any_of(Service.id, "services", dialect_name), not_(valid_today())
    )
    right = union_all(whole, part, idle).subquery("held_right")
    selected = (
        cast(right.c.area, AreaSubscription.area.type),
        cast(right.c.mode, AreaSubscription.mode.type),
        right.c.service_id,
        right.c.membership_id,
    )
    return Reading(select(*selected), Layout(AreaAccess, selected))


SUBSCRIPTIONS = Listing(
    name="rights of a membership",
    layout=SUBSCRIPTION,
    source=AreaSubscription.__table__,
    parent=AreaSubscription.membership_id,
    orders={
        "AREA": (
            SortKey(
                area_position(AreaSubscription.area),
                lambda record: POSITIONS[record.area],
            ),
            SortKey(AreaSubscription.id, attrgetter("id")),
        )
    },
    always=(lambda _dialect_name: AreaSubscription.ended_at.is_(None),),
    filters={
        "area": listed(AreaSubscription.area, "area"),
        "mode": listed(AreaSubscription.mode, "mode"),
        "scope": listed(
            case(
                (AreaSubscription.service_id.is_(None), AreaScope.STRUCTURE.value),
                else_=AreaScope.SERVICE.value,
            ),
            "scope",
        ),
        "service_id": lambda _dialect_name: (
            AreaSubscription.service_id == value("service_id", Service.id)
        ),
    },
)


def areas() -> list[Area]:
    """Give the catalogue, in the order of the tabs."""
    return list(CATALOGUE.values())


@batched
def entry(roots: Parent[list[Any]]) -> list[Area]:
    """Give the catalogue's entries of records' areas."""
    return [CATALOGUE[root.area] for root in roots]


@batched
def opened_on_structure(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the areas opened on structures as a whole."""
    return info.context.each_many(openings_of_structure, ids(roots))


@batched
def opened_on_service(roots: Parent[list[Service]], info: Info) -> Any:
    """Give the areas opened on single services only."""
    return info.context.each_many(openings_of_service, ids(roots))


def unavailable(root: Parent[Any]) -> Problem | None:
    """Tell why an opened area answers nobody yet, if so."""
    refused = awaited(root.area, paid=root.first_payment_at is not None)
    return None if refused is None else Problem.of(refused)


def available(root: Parent[Any]) -> bool:
    """Say whether the area's condition is met."""
    return unavailable(root) is None


@batched
def subscriptions(
    roots: Parent[list[Membership]],
    info: Info,
    filter: Annotated[SubscriptionFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the rights of a user on a structure."""
    operation = info.context
    asked = filter or SubscriptionFilter()
    filters = Filters()
    filters.words("area", asked.area)
    filters.words("mode", asked.mode)
    filters.words("scope", asked.scope)
    if asked.service_id is not None:
        number = operation.node_ids.number(asked.service_id, NodeKind.SERVICE)
        filters["service_id"] = number or 0
    span = Span(first, after, last, before)
    return connections(operation, SUBSCRIPTIONS, span, "AREA", filters, ids(roots))


@batched
def effective(roots: Parent[list[ServiceUser]], info: Info) -> Any:
    """Give one effective right per area on the service of each user."""
    return info.context.each(
        _effective,
        [(root.membership.id, root.service_id, root.status, root.via) for root in roots],
    )


async def _effective(
    operation: Operation, keys: list[tuple[int, int, MembershipStatus, MembershipScope]]
) -> list[list[AreaAccess]]:
    # Who is not active on a service may keep rights, which grant nothing there.
    active, listed = MembershipStatus.ACTIVE, MembershipScope.LISTED
    granted = [(one, place) for one, place, status, _ in keys if status == active]
    held: list[AreaAccess] = await operation.fetch(
        rights_of_memberships,
        memberships=list({membership_id for membership_id, _ in granted}),
        services=list({service_id for _, service_id in granted}),
    )
    idle = {right.service_id for right in held if right.area is None}
    if idle:
        held = [right for right in held if right.area is not None]
        granted = [
            (one, place)
            for one, place, status, via in keys
            if status == active and not (via == listed and place in idle)
        ]
    # The database would compare each word with every word of the catalogue.
    held.sort(key=_position)
    rights: dict[tuple[int, int | None], list[AreaAccess]] = defaultdict(list)
    for place, right in zip(map(_PLACE, held), held, strict=True):
        rights[place].append(right)
    allowed = set(granted)
    places = [(one, place) for one, place, _, _ in keys]
    if None not in map(_SERVICE, held):
        return [(place in allowed and rights.get(place)) or [] for place in places]
    return [
        _stronger(rights.get((place[0], None)), rights.get(place)) if place in allowed else []
        for place in places
    ]


_PLACE = attrgetter("membership_id", "service_id")
_SERVICE = attrgetter("service_id")


def _position(right: AreaAccess) -> int:
    return POSITIONS[right.area]


def _stronger(whole: list[AreaAccess] | None, part: list[AreaAccess] | None) -> list[AreaAccess]:
    if whole is None or part is None:
        return whole or part or []
    kept = {right.area: right for right in part}
    for right in whole:
        known = kept.get(right.area)
        if known is None or right.mode.covers(known.mode):
            kept[right.area] = right
    return sorted(kept.values(), key=_position)
