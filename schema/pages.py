"""Pages of lists, as Relay has them."""

from typing import Any, Generic, TypeVar

from strawberry import Parent

from executor import batched
from resolvers import connections
from schema.fields import computed, object_type, plain


Entry = TypeVar("Entry")


@batched
def _pages(roots: Parent[list[connections.Connection]]) -> Any:
    return connections.pages_of(roots)


@batched
async def _edges(roots: Parent[list[connections.Connection]]) -> Any:
    return [page.edges for page in await connections.pages_of(roots)]


@batched
def _totals(roots: Parent[list[connections.Connection]]) -> Any:
    return connections.totals_of(roots)


@object_type(row=None)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = plain("There are more after it.")
    has_previous_page: bool = plain("There are more before it.")
    start_cursor: str | None = plain("Cursor of the first entry.")
    end_cursor: str | None = plain("Cursor of the last entry.")


@object_type(row=None)
class Edge(Generic[Entry]):
    """An entry in a page."""

    cursor: str = plain("Its cursor.")
    node: Entry = plain("The entry.")


@object_type(row=None)
class Connection(Generic[Entry]):
    """A page of a list."""

    edges: list[Edge[Entry]] = computed(_edges, "Entries with their cursors.")
    nodes: list[Entry] = computed(_pages, "Entries alone.")
    page_info: PageInfo = computed(_pages, "Where the page stands.")
    total_count: int = computed(
        _totals,
        "How many there are in all, under the same filter and rights; counted when asked for.",
    )
