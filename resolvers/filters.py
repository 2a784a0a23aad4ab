"""From the API's filters to the parameters of a listing."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_

from models.base import Expression, sort_key
from models.errors import Invalid
from models.paging import Condition
from models.reading import any_of, value
from models.texts import clean_text
from resolvers.inputs import DateTimeRange, StringFilter


LONGEST = 200

END = chr(0x10FFFF)
"""Sorts behind every text that begins alike."""


class Filters(dict[str, Any]):
    """Parameters of a listing's filters, by name; a null filter is no filter."""

    def words(self, name: str, asked: Iterable[Any] | None) -> None:
        """Keep one of some words."""
        if asked is not None:
            self[name] = list(asked)

    def text(
        self, name: str, asked: StringFilter | None, write: Callable[[str], str] = sort_key
    ) -> None:
        """Keep a text that is equal or begins alike, as *write* writes keys."""
        if asked is None:
            return
        if isinstance(asked.equals, str):
            self[f"{name}_equals"] = write(_searchable(asked.equals, name))
        elif isinstance(asked.starts_with, str):
            start = write(_searchable(asked.starts_with, name))
            self[f"{name}_starts"] = start
            self[f"{name}_ends"] = start + END

    def span(self, name: str, asked: DateTimeRange | None) -> None:
        """Keep a span of time."""
        if asked is not None and asked.from_ is not None:
            self[f"{name}_from"] = asked.from_
        if asked is not None and asked.to is not None:
            self[f"{name}_to"] = asked.to


def _searchable(text: str, name: str) -> str:
    try:
        return clean_text(text, maximum=LONGEST, lines=True, opaque=True)
    except Invalid as refusal:
        raise refusal.at("filter", name) from None


def listed(column: Expression, name: str) -> Condition:
    """Make the condition that *column* is one of the list in parameter *name*."""
    return lambda dialect_name: any_of(column, name, dialect_name)


def text_conditions(name: str, column: Expression) -> dict[str, Condition]:
    """Make the conditions for `Filters.text`, as comparisons that an index can serve."""

    def equals(_dialect_name: str) -> ColumnElement[bool]:
        return column == value(f"{name}_equals", column)

    def starts(_dialect_name: str) -> ColumnElement[bool]:
        return and_(
            column >= value(f"{name}_starts", column), column < value(f"{name}_ends", column)
        )

    return {f"{name}_equals": equals, f"{name}_starts": starts}


def span_conditions(name: str, column: Expression) -> dict[str, Condition]:
    """Make the conditions for `Filters.span`."""
    return {
        f"{name}_from": lambda _dialect_name: column >= value(f"{name}_from", column),
        f"{name}_to": lambda _dialect_name: column < value(f"{name}_to", column),
    }
