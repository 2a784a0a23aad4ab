"""Pages of lists, as Relay has them."""

from typing import Any, Generic, TypeVar

from strawberry import Parent

from resolvers import pages
from schema.fields import computed, object_type, plain


Entry = TypeVar("Entry")


def _nodes(root: Parent[pages.Connection]) -> Any:
    found: Any = root.page()
    return found


async def _edges(root: Parent[pages.Connection]) -> list[pages.Edge]:
    page: pages.Page = await root.page()
    return page.edges


def _page_info(root: Parent[pages.Connection]) -> object:
    return root.page()


def _total(root: Parent[pages.Connection]) -> Any:
    found: Any = root.total()
    return found


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
    nodes: list[Entry] = computed(_nodes, "Entries alone.")
    page_info: PageInfo = computed(_page_info, "Where the page stands.")
    total_count: int = computed(
        _total,
        "How many there are in all, under the same filter and rights; counted when asked for.",
    )
