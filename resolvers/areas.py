"""Reads of areas: what is opened, and who has which right."""

from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import ColumnElement, case, select
from strawberry import Parent

from executor import batched
from models.areas import (
    AreaScope,
    AreaSubscription,
    StructureArea,
)
from models.base import Expression
from models.catalogue import CATALOGUE, POSITIONS, Area, area_position, awaited
from models.memberships import Membership
from models.paging import Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Layout, columns, record
from models.services import Service
from models.structures import Structure
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed
from resolvers.inputs import FILTER, After, Before, First, Last, SubscriptionFilter
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, ids
from resolvers.outcomes import Problem
from resolvers.pages import Span


StructureAreaRecord = record(StructureArea, "first_payment_at")
AreaSubscriptionRecord = record(AreaSubscription, "owner_id")
OPENING = Layout(StructureAreaRecord, (*columns(StructureArea), Structure.first_payment_at))
SUBSCRIPTION = Layout(AreaSubscriptionRecord, columns(AreaSubscription))


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
