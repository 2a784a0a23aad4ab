"""Connections: lists that are read, or counted, only where something of them is asked for."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from models.paging import Listing
from resolvers.pages import Order, Page, PageArguments, Span


if TYPE_CHECKING:
    from resolvers.operation import Operation

Value = TypeVar("Value")

WHOLE = 0
"""Stands for the parent of a list that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What lists of one field have in common: by whom and how they are asked for."""

    operation: "Operation"
    listing: Listing
    arguments: PageArguments

    def pages(self, parents: list[int]) -> Awaitable[list[Page]]:
        """Read the page below each of *parents*."""
        return self.operation.pages(self.listing, self.arguments, parents)

    def totals(self, parents: list[int]) -> Awaitable[list[int]]:
        """Count what is below each of *parents*."""
        return self.operation.totals(self.listing, self.arguments, parents)


class Connection:
    """A list that is read when its entries, its place or its total are asked for."""

    __slots__ = ("parent", "query")

    def __init__(self, query: Query, parent: int) -> None:
        """Prepare to read below *parent*."""
        self.query = query
        self.parent = parent


def connections(
    operation: "Operation",
    listing: Listing,
    span: Span,
    order: Order | str,
    filters: dict[str, Any],
    parents: Iterable[int],
) -> list[Connection]:
    """
    Prepare a list below each of *parents*; *order* is an input of the API, or an order's name.

    Raises:
        Invalid: a size out of range, both directions at once, or a foreign cursor.
    """
    name = order if isinstance(order, str) else order.field
    descending = not isinstance(order, str) and order.direction == "DESC"
    arguments = PageArguments(
        listing,
        operation.node_ids,
        span,
        name,
        filters,
        descending=descending,
        columns=operation.columns(listing.layout),
    )
    query = Query(operation, listing, arguments)
    return [Connection(query, parent) for parent in parents]


def connection(
    operation: "Operation",
    listing: Listing,
    span: Span,
    order: Order | str,
    filters: dict[str, Any],
) -> Connection:
    """Prepare a list that has no parent; see `connections`."""
    (one,) = connections(operation, listing, span, order, filters, [WHOLE])
    return one


def pages_of(asked: list[Connection]) -> Awaitable[list[Page]]:
    """Read the pages of many lists, those of one field in one statement."""
    return _each(asked, Query.pages)


def totals_of(asked: list[Connection]) -> Awaitable[list[int]]:
    """Count what many lists hold in all."""
    return _each(asked, Query.totals)


def _each(
    asked: list[Connection], read: Callable[[Query, list[int]], Awaitable[list[Value]]]
) -> Awaitable[list[Value]]:
    queries = {one.query for one in asked}
    if len(queries) == 1:
        return read(queries.pop(), [one.parent for one in asked])
    return _of_several(asked, queries, read)


async def _of_several(
    asked: list[Connection],
    queries: set[Query],
    read: Callable[[Query, list[int]], Awaitable[list[Value]]],
) -> list[Value]:
    found: dict[int, Value] = {}
    for query in queries:
        its = [(index, one.parent) for index, one in enumerate(asked) if one.query is query]
        values = await read(query, [parent for _, parent in its])
        found |= {index: value for (index, _), value in zip(its, values, strict=True)}
    return [found[index] for index in range(len(asked))]
