"""Slotted, immutable records of rows, generated from the mapped tables."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, count
from typing import Any, TypeVar

from sqlalchemy import Column, Dialect, Enum, inspect
from sqlalchemy.orm import DeclarativeBase

from models.base import Expression, Instant, Versioned


Entity = TypeVar("Entity", bound=DeclarativeBase)
Processor = Callable[[Any], Any] | None
Make = Callable[[Iterable[Sequence[Any]]], list[Any]]


def record(entity: type[Entity], *facts: str) -> type[Entity]:
    """
    Generate the record of *entity*: its columns, then *facts*, and what its mixins say.

    A record is not an entity and cannot be saved. It is typed as one, because whoever reads it
    reads the same attributes; no column is written twice.
    """
    mixins = tuple(base for base in entity.__mro__[1:] if _is_mixin(base) and base is not Versioned)
    names = (*(column.key for column in columns(entity)), *facts)
    arguments = ", ".join([*names[: len(names) - len(facts)], *(f"{fact}=None" for fact in facts)])
    body = "".join(f"    self.{name} = {name}\n" for name in names)
    namespace: dict[str, Any] = {}
    exec(f"def __init__(self, {arguments}):\n{body}", namespace)  # noqa: S102 - our own columns
    members = {
        "__slots__": names,
        "__init__": namespace["__init__"],
        "__doc__": f"A row of {entity.__tablename__}.",
    }
    plain = tuple(_without_columns(mixin) for mixin in mixins)
    made: Any = type(f"{entity.__name__}Record", plain, members)
    return made  # type: ignore[no-any-return]


def columns(entity: type[DeclarativeBase]) -> tuple[Column[Any], ...]:
    """Give the columns of *entity* in the order of its record."""
    found: Any = inspect(entity).local_table.columns
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How one row becomes a record.

    The first columns of a row fill *record_class*, the following ones the records in *nested*,
    by the name of the attribute that holds them.
    """

    record_class: type
    selected: tuple[Expression, ...]
    nested: tuple[tuple[str, "Layout"], ...] = ()

    @property
    def all_selected(self) -> tuple[Expression, ...]:
        """Every column of the row, in order."""
        below = (layout.all_selected for _, layout in self.nested)
        return (*self.selected, *chain.from_iterable(below))


def maker(layout: Layout, dialect: Dialect) -> Make:
    """
    Compile the function that turns the driver's rows into records.

    A column's result processor is called only where *dialect* needs one. A row may be longer
    than its layout.
    """
    namespace: dict[str, Any] = {}
    source = _construction(layout, dialect, namespace, count())
    make: Make = eval(f"lambda rows: [{source} for row in rows]", namespace)  # noqa: S307 - positions only
    return make


def _construction(
    layout: Layout, dialect: Dialect, namespace: dict[str, Any], positions: Iterator[int]
) -> str:
    arguments = []
    for column, position in zip(layout.selected, positions, strict=False):
        processor = _processor(column, dialect)
        if processor is not None:
            namespace[f"process_{position}"] = processor
        value = f"row[{position}]"
        arguments.append(value if processor is None else f"process_{position}({value})")
    name = f"record_{len(namespace)}"
    namespace[name] = layout.record_class
    for attribute, below in layout.nested:
        arguments.append(f"{attribute}={_construction(below, dialect, namespace, positions)}")
    return f"{name}({', '.join(arguments)})"


def _processor(column: Expression, dialect: Dialect) -> Processor:
    kind = column.type
    if isinstance(kind, Enum) and kind.enum_class is not None:
        words: dict[Any, Any] = {word.value: word for word in _words(kind)}
        return words.get
    if isinstance(kind, Instant):
        return None if dialect.name == "postgresql" else _instant
    found: Processor = kind._cached_result_processor(dialect, None)  # noqa: SLF001 - not public
    return found


def _instant(text: str | None) -> datetime | None:
    # What Instant reads from SQLite, in one call instead of four.
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _words(kind: Enum) -> Iterable[StrEnum]:
    words: Iterable[StrEnum] = kind.enum_class  # type: ignore[assignment]
    return words


def _is_mixin(base: type) -> bool:
    return base.__module__.startswith("models.") and not issubclass(base, DeclarativeBase)


def _without_columns(mixin: type) -> type:
    said = {
        name: value
        for name, value in vars(mixin).items()
        if isinstance(value, property) or (callable(value) and not name.startswith("__"))
    }
    return type(mixin.__name__, (), {"__slots__": (), **said})
