"""Reads of what managers did."""

from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from sqlalchemy import select
from strawberry import Parent

from executor import batched
from models.history import ManagerAction
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


ManagerActionRecord = record(ManagerAction)
ACT = Layout(ManagerActionRecord, columns(ManagerAction))

HISTORY = Listing(
    name="history of a structure",
    layout=ACT,
    source=ManagerAction.__table__,
    parent=ManagerAction.structure_id,
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


def _user(operation: Operation, text: str) -> int:
    return operation.node_ids.number(text, NodeKind.USER) or 0


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
    asked = filter or HistoryFilter()
    filters = Filters()
    filters.words("action", asked.action)
    filters.words("outcome", asked.outcome)
    if asked.actor_id is not None:
        filters["actor_id"] = _user(operation, asked.actor_id)
    if asked.user_id is not None:
        filters["user_id"] = _user(operation, asked.user_id)
    filters.span("at", asked.at)
    span = Span(first, after, last, before)
    return connections(operation, HISTORY, span, NEWEST_FIRST, filters, ids(roots))


def changes(root: Parent[ManagerAction]) -> list[FieldChange]:
    """Give what changed."""
    return [FieldChange(change) for change in root.changes]
