"""Reads of what managers did."""

from collections.abc import Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from sqlalchemy import select
from strawberry import Parent

from executor import batched
from models.base import Expression
from models.history import ManagerAction, TargetType
from models.paging import Listing, SortKey
from models.reading import Reading, any_of, value
from models.records import Layout, columns, record
from models.structures import Structure
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed, span_conditions
from resolvers.inputs import FILTER, After, Before, First, HistoryFilter, Last, OrderDirection
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation, ids
from resolvers.pages import Span
from resolvers.viewer import Viewer


ManagerActionRecord = record(ManagerAction)
ACT = Layout(ManagerActionRecord, columns(ManagerAction))

TARGETS: Mapping[TargetType, tuple[NodeKind, ...]] = MappingProxyType(
    {
        TargetType.STRUCTURE: (NodeKind.STRUCTURE,),
        TargetType.SERVICE: (NodeKind.SERVICE,),
        TargetType.MEMBERSHIP: (NodeKind.MEMBERSHIP,),
        TargetType.STRUCTURE_AREA: (NodeKind.STRUCTURE_AREA,),
        TargetType.REQUEST: (NodeKind.CONNECTION_REQUEST, NodeKind.SUBSCRIPTION_REQUEST),
        TargetType.BANK_ACCOUNT: (NodeKind.BANK_ACCOUNT,),
        TargetType.INVOICING_MANDATE: (NodeKind.INVOICING_MANDATE,),
    }
)
"""What the target of an act can be read as: the first of these that its number names."""

TARGET_TYPES = MappingProxyType({kind: word for word, kinds in TARGETS.items() for kind in kinds})


def _acts(name: str, parent: Expression) -> Listing:
    return Listing(
        name=name,
        layout=ACT,
        source=ManagerAction.__table__,
        parent=parent,
        orders={"ID": (SortKey(ManagerAction.id, attrgetter("id")),)},
        filters={
            "action": listed(ManagerAction.action, "action"),
            "outcome": listed(ManagerAction.outcome, "outcome"),
            "actor_id": lambda _dialect_name: (
                ManagerAction.actor_id == value("actor_id", ManagerAction.actor_id)
            ),
            "user_id": lambda _dialect_name: (
                ManagerAction.user_id == value("user_id", ManagerAction.user_id)
            ),
            **span_conditions("at", ManagerAction.at),
        },
    )


HISTORY = _acts("history of a structure", ManagerAction.structure_id)
OWN_HISTORY = _acts("history of a user", ManagerAction.actor_id)


class HistoryOrder(NamedTuple):
    """By what acts are sorted."""

    field: str
    direction: OrderDirection


NEWEST_FIRST = HistoryOrder("ID", OrderDirection.DESC)


class FieldChange:
    """A value before and after."""

    def __init__(self, change: dict[str, Any]) -> None:
        """Read it from what the history stores."""
        self.field: str = change["field"]
        self.before: str | None = change.get("before")
        self.after: str | None = change.get("after")


def act_by_id(dialect_name: str) -> Reading:
    """Read acts by their ids."""
    statement = select(*ACT.selected, ManagerAction.id).where(
        any_of(ManagerAction.id, "keys", dialect_name)
    )
    return Reading(statement, ACT)


def filters_of(operation: Operation, asked: HistoryFilter) -> Filters:
    """Write the filters that the API was *asked* with as a listing takes them."""
    filters = Filters()
    filters.words("action", asked.action)
    filters.words("outcome", asked.outcome)
    for name, text in (("actor_id", asked.actor_id), ("user_id", asked.user_id)):
        if text is not None:
            filters[name] = operation.node_ids.number(text, NodeKind.USER) or 0
    filters.span("at", asked.at)
    return filters


@batched
def of_structure(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[HistoryFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the acts on a structure, newest first."""
    operation = info.context
    filters = filters_of(operation, filter or HistoryFilter())
    span = Span(first, after, last, before)
    return connections(operation, HISTORY, span, NEWEST_FIRST, filters, ids(roots))


@batched
def of_viewer(
    roots: Parent[list[Viewer]],
    info: Info,
    filter: Annotated[HistoryFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List what the viewer did himself, on any structure, newest first."""
    operation = info.context
    filters = filters_of(operation, filter or HistoryFilter())
    span = Span(first, after, last, before)
    return connections(operation, OWN_HISTORY, span, NEWEST_FIRST, filters, ids(roots))


def changes(root: Parent[ManagerAction]) -> list[FieldChange]:
    """Give what changed."""
    return [FieldChange(change) for change in root.changes]
