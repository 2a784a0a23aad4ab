"""From the API's filters to the parameters of a listing."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_

from models.base import Expression, sort_key
from models.errors import Invalid
from models.paging import Condition
from models.reading import any_of, value
from resolvers.inputs import StringFilter


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


def _searchable(text: str, name: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        message = "Search with printable text, 200 characters at most."
        raise Invalid(message, field=("filter", name))
    return text


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
