"""Pages of connections: arguments, cursors and what a page tells of itself."""

import json

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from typing_extensions import override

from models.errors import Invalid
from models.paging import Listing, PageShape, SortKey
from models.records import Chosen
from resolvers.node_ids import NodeIds


DEFAULT_SIZE = 25
MAXIMUM_SIZE = 100


@dataclass(frozen=True, slots=True)
class Ordering:
    """The order of a list, whose cursors only this list in this order takes."""

    name: str
    keys: tuple[SortKey, ...]
    node_ids: NodeIds

    def cursor(self, record: Any) -> str:
        """Write the cursor of *record*."""
        values = [_written(key.of(record)) for key in self.keys]
        text = json.dumps(values, ensure_ascii=False)
        return self.node_ids.seal(f"cursor:{self.name}", text.encode())


class Page(list[Any]):
    """The records of one page, and where it stands in its list."""

    __slots__ = ("has_next_page", "has_previous_page", "ordering")
    ordering: Ordering
    has_next_page: bool
    has_previous_page: bool

    def cursor(self, record: Any) -> str:
        """Write the cursor of *record*."""
        return self.ordering.cursor(record)

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first entry."""
        return self.cursor(self[0]) if self else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last entry."""
        return self.cursor(self[-1]) if self else None

    @property
    def edges(self) -> list["Edge"]:
        """The records with their cursors."""
        return [Edge(self, record) for record in self]


@dataclass(frozen=True, slots=True)
class Edge:
    """An entry in a page."""

    page: Page
    node: Any

    @property
    def cursor(self) -> str:
        """Its cursor."""
        return self.page.cursor(self.node)


class Span(NamedTuple):
    """How much of a list is asked for, from which end and cursor."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


class Order(Protocol):
    """By what a list is sorted, and in which direction."""

    @property
    def field(self) -> str:
        """The name of the order."""

    @property
    def direction(self) -> str:
        """ASC or DESC."""


class PageArguments:
    """Checked arguments of a connection; equal ones share a loader."""

    __slots__ = ("_identity", "_ordering", "_size", "counted", "filters", "parameters", "shape")

    def __init__(
        self,
        listing: Listing,
        node_ids: NodeIds,
        span: Span,
        order: str,
        filters: dict[str, Any],
        *,
        descending: bool = False,
        columns: Chosen = (),
    ) -> None:
        """
        Check the arguments against *listing*, of whose records only *columns* are read.

        Raises:
            Invalid: a size out of range, both directions at once, or a foreign cursor.
        """
        self.filters = filters
        name = f"{listing.name}:{order}:{'DESC' if descending else 'ASC'}"
        self._ordering = Ordering(name, listing.orders[order], node_ids)
        self._size = _size(span.first, span.last)
        self.shape = PageShape(
            filters=tuple(name for name in listing.filters if name in self.filters),
            order=order,
            descending=descending,
            backwards=span.last is not None,
            after=span.after is not None,
            before=span.before is not None,
            columns=columns,
        )
        self.parameters = self.filters | {"count": self._size + 1}
        for prefix, cursor in (("after", span.after), ("before", span.before)):
            if cursor is not None:
                self.parameters |= self._place(prefix, cursor)
        self.counted: Hashable = _frozen(self.filters)
        self._identity = (self.shape, _frozen(self.parameters))

    @override
    def __eq__(self, other: object) -> bool:
        """Say whether both ask for the same page."""
        return isinstance(other, PageArguments) and self._identity == other._identity

    @override
    def __hash__(self) -> int:
        """Hash as they compare."""
        return hash(self._identity)

    def _place(self, prefix: str, cursor: str) -> dict[str, Any]:
        ordering = self._ordering
        text = ordering.node_ids.unseal(f"cursor:{ordering.name}", cursor)
        if text is None:
            message = "This cursor does not belong to this list in this order."
            raise Invalid(message, field=(prefix,))
        values = json.loads(text)
        return {f"{prefix}_{position}": _read(value) for position, value in enumerate(values)}

    def cut(self, lists: list[list[Any]]) -> list[Page]:
        """Make the pages of *lists*, each of one record more than asked where there are more."""
        ordering, size, backwards = self._ordering, self._size, self.shape.backwards
        after, before = self.shape.after, self.shape.before
        pages = []
        for records in lists:
            page = Page(records)
            page.ordering = ordering
            more = len(records) > size
            if more:
                page.pop()
            if backwards:
                page.reverse()
                page.has_previous_page, page.has_next_page = more, before
            else:
                page.has_next_page, page.has_previous_page = more, after
            pages.append(page)
        return pages


def _size(first: int | None, last: int | None) -> int:
    if first is not None and last is not None:
        message = "Give `first` or `last`, not both."
        raise Invalid(message, field=("last",))
    size = last if last is not None else first if first is not None else DEFAULT_SIZE
    if not 1 <= size <= MAXIMUM_SIZE:
        message = f"A page holds 1 to {MAXIMUM_SIZE} entries."
        raise Invalid(message, field=("first" if last is None else "last",))
    return size


def _frozen(values: dict[str, Any]) -> Hashable:
    return tuple(
        (name, tuple(one) if isinstance(one, list) else one) for name, one in values.items()
    )


def _written(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _read(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
