"""Statements that are built and compiled once per shape, and read through the driver."""

import json

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    String,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import aiosqlite

from models.base import Expression
from models.records import Group, Layout, Make, grouper, maker


DIALECTS: dict[str, Dialect] = {
    "postgresql": asyncpg.dialect(),  # type: ignore[no-untyped-call]
    "sqlite": aiosqlite.dialect(),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A statement to be compiled, and how its rows become records.

    *key* is the position of what they belong to; with *spread*, of a list of that.
    """

    statement: Any
    layout: Layout
    key: int = -1
    spread: bool = False


Build = Callable[..., Reading]


class Compiled:
    """A compiled reading: its text, the order of its arguments and the makers of its records."""

    __slots__ = (
        "_constants",
        "_lists",
        "_order",
        "_processors",
        "group",
        "make",
        "name",
        "text",
    )

    def __init__(self, name: str, reading: Reading, dialect: Dialect) -> None:
        """Compile *reading* for *dialect*; *name* is for counting statements."""
        compiled = reading.statement.compile(dialect=dialect)
        processors: dict[str, Callable[[Any], Any]] = dict(compiled._bind_processors)  # noqa: SLF001 - no public way
        self.name = name
        self.text = compiled.string
        self.make: Make = maker(reading.layout, dialect)
        self.group: Group = grouper(reading.layout, dialect, reading.key, spread=reading.spread)
        self._order: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._processors = processors
        self._constants = {k: v for k, v in compiled.params.items() if v is not None}
        self._lists = dialect.name == "sqlite"

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """Put *parameters* and the statement's constants in the driver's order."""
        return [self._argument(name, parameters) for name in self._order]

    def _argument(self, name: str, parameters: dict[str, Any]) -> Any:
        value = parameters[name] if name in parameters else self._constants[name]
        if isinstance(value, list):
            return json.dumps(value) if self._lists else value
        processor = self._processors.get(name)
        return value if processor is None else processor(value)


@lru_cache(maxsize=4096)
def compiled(build: Build, dialect_name: str, key: tuple[Hashable, ...]) -> Compiled:
    """Compile what *build* makes for a dialect and the *key* of a shape, once."""
    return Compiled(build.__name__, build(dialect_name, *key), DIALECTS[dialect_name])


def any_of(column: Expression, name: str, dialect_name: str) -> ColumnElement[bool]:
    """Say that *column* is one of the list bound to *name*, in one text whatever its length."""
    if dialect_name == "postgresql":
        kind = String() if isinstance(column.type, String) else column.type
        return column == any_(bindparam(name, type_=ARRAY(kind)))
    return column.in_(select(listed(name)))


def among(
    column: ColumnElement[Any], numbers: Iterable[int], dialect_name: str
) -> ColumnElement[bool]:
    """Say that *column* is one of *numbers*, in one text whatever there is of them."""
    wanted = sorted(set(numbers))
    if dialect_name == "postgresql":
        return column == any_(literal(wanted, ARRAY(BigInteger)))
    values = func.json_each(literal(json.dumps(wanted), String)).table_valued("value")
    return column.in_(select(values.c.value))


def listed(name: str) -> ColumnElement[Any]:
    """Give the column that unfolds the list bound to *name* (SQLite)."""
    values: ColumnElement[Any] = (
        func.json_each(bindparam(name, type_=String)).table_valued("value").c.value
    )
    return values


def value(name: str, column: Expression) -> BindParameter[Any]:
    """Bind *name* with the type of *column*."""
    return bindparam(name, type_=column.type)
