"""Reads of structures: cards, the general block, and what hangs on them."""

from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, literal, or_, select
from strawberry import Parent

from executor import batched
from models.base import Expression, sort_key
from models.errors import Invalid
from models.identifiers import IdentifierType, bare_identifier
from models.memberships import Role
from models.paging import Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Chosen, Layout, columns, record
from models.structures import (
    ApplicationCode,
    Sector,
    Structure,
    StructureApplication,
    StructureStatus,
)
from resolvers.columns import read_by_fields
from resolvers.connections import Connection, connection
from resolvers.filters import Filters, listed, text_conditions
from resolvers.inputs import (
    FILTER,
    ORDER,
    After,
    Before,
    First,
    Last,
    OrderDirection,
    StructureFilter,
    StructureOrder,
    StructureOrderField,
    StructureRelation,
)
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span
from resolvers.viewer import Discretion


StructureRecord = record(Structure, "created_rank")
CARD = Layout(StructureRecord, columns(Structure))

read_by_fields(
    StructureRecord,
    always=("id", "identifier_type", "identifier", "sector", "status"),
    sorted_by=("name_key", "created_at"),
    fields={
        "Structure": {
            **dict.fromkeys(
                (
                    *("id", "general", "successor", "primaryManager", "services", "openedAreas"),
                    *("users", "applicationsUsed", "connectionRequests", "subscriptionRequests"),
                    *("pendingCounts", "history", "viewerRole", "viewerMembership"),
                    *("bankAccounts", "invoicingMandate"),
                ),
                (),
            ),
            "predecessor": ("predecessor_id",),
        },
        "GeneralInformation": {"address": ("address_withheld",)},
        "Address": {},
    },
)

SHORTEST_SEARCH = 3
LAST = datetime(9999, 1, 1, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)


def discreet(dialect_name: str) -> ColumnElement[bool]:
    """Hide the cards of individuals that the viewer has nothing to do with (README 5)."""
    return or_(
        Structure.identifier_type != IdentifierType.INDIVIDUAL,
        any_of(Structure.id, "known", dialect_name),
    )


def published(_dialect_name: str) -> ColumnElement[bool]:
    """Say in SQL what Card.published says: what is shown without signing in (domain.md 2.2 r1)."""
    return and_(Structure.sector == Sector.PUBLIC, Structure.status == StructureStatus.ACTIVE)


_SHOWN = {Discretion.UNKNOWN_INDIVIDUALS: discreet, Discretion.ALL_BUT_PUBLISHED: published}


def _cards(
    dialect_name: str,
    wanted: ColumnElement[bool],
    hide: Discretion,
    chosen: Chosen,
    *key: Expression,
) -> Reading:
    hidden = [_SHOWN[hide](dialect_name)] if hide else []
    layout = CARD.narrowed(chosen)
    return Reading(select(*layout.selected, *key).where(wanted, *hidden), layout)


def structure_by_id(dialect_name: str, hide: Discretion, chosen: Chosen = ()) -> Reading:
    """Read structures by their ids."""
    wanted = any_of(Structure.id, "keys", dialect_name)
    return _cards(dialect_name, wanted, hide, chosen, Structure.id)


def structure_by_predecessor(dialect_name: str, hide: Discretion, chosen: Chosen = ()) -> Reading:
    """Read structures by the cards that they replaced."""
    wanted = any_of(Structure.predecessor_id, "keys", dialect_name)
    return _cards(dialect_name, wanted, hide, chosen, Structure.predecessor_id)


def structure_by_identifier(dialect_name: str, hide: Discretion, chosen: Chosen = ()) -> Reading:
    """Read structures by their identifiers, of any type."""
    wanted = any_of(Structure.identifier, "keys", dialect_name)
    return _cards(dialect_name, wanted, hide, chosen)


def structure_with_identifier(dialect_name: str, hide: Discretion, chosen: Chosen = ()) -> Reading:
    """Read the structures with one identifier, of any type."""
    # PostgreSQL plans an equality once, and a list of one each time.
    wanted = Structure.identifier == value("key", Structure.identifier)
    return _cards(dialect_name, wanted, hide, chosen)


def applications(dialect_name: str) -> Reading:
    """Read the applications that structures use."""
    code, parent = StructureApplication.code, StructureApplication.structure_id
    statement = select(code, parent).where(any_of(parent, "keys", dialect_name)).order_by(code)
    return Reading(statement, Layout(ApplicationCode, (code,)))


def _created_rank(dialect_name: str, hidden: datetime) -> ColumnElement[Any]:
    readable = or_(
        bindparam("everything", type_=Boolean),
        published(dialect_name),
        any_of(Structure.id, "member", dialect_name),
    )
    return case((readable, Structure.created_at), else_=literal(hidden, Structure.created_at.type))


def _structures(dialect_name: str, hidden: datetime) -> Listing:
    rank = _created_rank(dialect_name, hidden)
    last = SortKey(Structure.id, attrgetter("id"))
    return Listing(
        name="structures",
        layout=Layout(StructureRecord, (*columns(Structure), rank)),
        source=Structure.__table__,
        orders={
            StructureOrderField.NAME: (SortKey(Structure.name_key, attrgetter("name_key")), last),
            StructureOrderField.IDENTIFIER: (
                SortKey(Structure.identifier, attrgetter("identifier")),
                last,
            ),
            StructureOrderField.CREATED_AT: (SortKey(rank, attrgetter("created_rank")), last),
        },
        filters={
            "discreet": discreet,
            "published": published,
            "among": listed(Structure.id, "among"),
            "with_role": listed(Structure.id, "with_role"),
            "identifier_type": listed(Structure.identifier_type, "identifier_type"),
            "sector": listed(Structure.sector, "sector"),
            "status": listed(Structure.status, "status"),
            **text_conditions("identifier", Structure.identifier),
            **text_conditions("name", Structure.name_key),
        },
    )


STRUCTURES = {
    (dialect_name, direction): _structures(dialect_name, hidden)
    for dialect_name in ("sqlite", "postgresql")
    for direction, hidden in ((OrderDirection.ASC, LAST), (OrderDirection.DESC, FIRST))
}


def by_id(operation: Operation, structure_id: int) -> Any:
    """Give the future of the card of *structure_id*, if the viewer may know of it."""
    return operation.one(structure_by_id, structure_id, operation.discreet)


def by_ids(operation: Operation, structure_ids: list[int | None]) -> Any:
    """Load the cards of some ids, those that the viewer may know of."""
    chosen = operation.columns(CARD)
    return operation.each_one(structure_by_id, structure_ids, operation.discreet, chosen)


def whole(operation: Operation, structure_ids: list[int]) -> Any:
    """Load cards with every column, whatever the document reads of them."""
    return operation.each_one(structure_by_id, structure_ids, operation.discreet)


def structures(
    info: Info,
    filter: Annotated[StructureFilter | None, FILTER] = None,
    order_by: Annotated[StructureOrder | None, ORDER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection:
    """List structures, by default those that the viewer is connected to."""
    operation = info.context
    order = order_by or StructureOrder(field=StructureOrderField.NAME, direction=OrderDirection.ASC)
    listing = STRUCTURES[operation.database.dialect_name, order.direction]
    return connection(
        operation, listing, Span(first, after, last, before), order, _filters(operation, filter)
    )


def _filters(operation: Operation, asked: StructureFilter | None) -> dict[str, Any]:
    filters = _related(operation, asked)
    viewer = operation.viewer
    if asked is not None:
        filters.words("identifier_type", asked.identifier_type)
        filters.words("sector", asked.sector)
        filters.words("status", asked.status)
        filters.text("identifier", asked.identifier, bare_identifier)
        filters.text("name", asked.name)
        if asked.viewer_role is not None:
            wanted: set[Role | None] = set(asked.viewer_role)
            active = [] if viewer is None else viewer.active
            filters["with_role"] = [one for one in active if viewer and viewer.role(one) in wanted]
    return filters


def _related(operation: Operation, asked: StructureFilter | None) -> Filters:
    """Limit a search to the structures that it looks at; among all, it must be narrow."""
    viewer, filters = operation.viewer, Filters()
    relation = StructureRelation.MINE if asked is None else asked.relation
    if relation == StructureRelation.MINE and (viewer is None or viewer.is_support):
        relation = StructureRelation.ANY
    if viewer is None:
        filters["published"] = True
        if relation == StructureRelation.MANAGED:
            filters["among"] = []
    elif relation == StructureRelation.ANY and not viewer.is_support:
        filters["discreet"] = True
        _require_narrow(asked)
        operation.throttles.searches.count(viewer.id)
    elif relation == StructureRelation.MINE:
        filters["among"] = [i for i in viewer.memberships if viewer.membership(i)]
    elif relation == StructureRelation.MANAGED:
        filters["among"] = viewer.managed
    return filters


def _require_narrow(asked: StructureFilter | None) -> None:
    if asked is None:
        return
    if asked.identifier is not None:
        text = asked.identifier.equals or asked.identifier.starts_with or ""
        if len(bare_identifier(text)) >= SHORTEST_SEARCH:
            return
    if asked.name is not None and sort_key(asked.name.equals or ""):
        return
    message = "Give at least 3 characters of the identifier, or the exact name."
    raise Invalid(message, field=("filter",))


@batched
def predecessor(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the cards that these replaced."""
    return by_ids(info.context, [root.predecessor_id for root in roots])


@batched
def successor(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the cards that replaced these."""
    operation = info.context
    chosen = operation.columns(CARD)
    return operation.each_one(structure_by_predecessor, ids(roots), operation.discreet, chosen)


@batched
def general(roots: Parent[list[Structure]]) -> list[Structure]:
    """Give general blocks: the same records, read as blocks."""
    return roots


@batched
def address(roots: Parent[list[Structure]], info: Info) -> list[Structure | None]:
    """Give addresses, unless INSEE does not publish one and the viewer is an outsider."""
    viewer = info.context.viewer

    def inside(root: Structure) -> bool:
        return viewer is not None and (viewer.is_support or viewer.role(root.id) is not None)

    return [root if not root.address_withheld or inside(root) else None for root in roots]


@batched
def applications_used(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the applications that structures use."""
    return info.context.each_many(applications, ids(roots))
