"""Immutable records of rows, generated from the mapped tables."""

from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Column, Dialect, Enum, inspect
from sqlalchemy.orm import DeclarativeBase

from models.base import Expression, Instant, Versioned


Entity = TypeVar("Entity", bound=DeclarativeBase)
Processor = Callable[[Any], Any] | None
Make = Callable[[Iterable[Sequence[Any]]], list[Any]]
Group = Callable[[Iterable[Sequence[Any]]], dict[Any, list[Any]]]


def record(entity: type[Entity], *facts: str) -> type[Entity]:
    """
    Generate the class of the records of *entity*: its columns, then *facts*, what its mixins say.

    A record is not an entity and cannot be saved. It is typed as one, because whoever reads it
    reads the same attributes; no column is written twice. Each is of a subclass, see `concrete`.
    """
    mixins = tuple(base for base in entity.__mro__[1:] if _is_mixin(base) and base is not Versioned)
    members = {
        "__slots__": (),
        "__doc__": f"A row of {entity.__tablename__}.",
        "read_columns": tuple(column.key for column in columns(entity)),
        "read_facts": facts,
    }
    plain = tuple(_without_columns(mixin) for mixin in mixins)
    made: Any = type(f"{entity.__name__}Record", plain, members)
    return made  # type: ignore[no-any-return]


@lru_cache(maxsize=1024)
def concrete(record_class: Any, names: tuple[str, ...]) -> Any:
    """
    Make the class of records that hold the columns *names* and the facts; reading others raises.

    Its records are tuples: made in a third of the time of objects with slots, read as fast.
    """
    fields: Any = namedtuple("Record", [*names, *record_class.read_facts])  # type: ignore[misc]  # noqa: PYI024 - made at run time
    return type(record_class.__name__, (record_class, fields), {"__slots__": ()})


Chosen = tuple[tuple[type, frozenset[str]], ...]
"""The columns that are read into records of some classes; into others all of them are."""


def columns(entity: type[DeclarativeBase]) -> tuple[Column[Any], ...]:
    """Give the columns of *entity* in the order of its record."""
    found: Any = inspect(entity).local_table.columns
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How one row becomes a record.

    The first columns of a row fill *record_class*, the following ones the records in *nested*,
    by the name of the attribute that holds them. Of a record's columns only *names* are read,
    if they are given.
    """

    record_class: type
    selected: tuple[Expression, ...]
    nested: tuple[tuple[str, "Layout"], ...] = ()
    names: tuple[str, ...] | None = None

    @property
    def all_selected(self) -> tuple[Expression, ...]:
        """Every column of the row, in order; what nested records share with others is read once."""
        below = chain.from_iterable(layout.all_selected for _, layout in self.nested)
        own = set(map(id, self.selected))
        more = {id(column): column for column in below if id(column) not in own}
        return (*self.selected, *more.values())

    def among(self, chosen: Chosen) -> Chosen:
        """Give what *chosen* says of the records that rows of this layout become."""
        made = self.record_classes()
        return tuple(one for one in chosen if one[0] in made)

    def record_classes(self) -> set[type]:
        """Give the classes of the records that a row becomes."""
        return {self.record_class}.union(*(below.record_classes() for _, below in self.nested))

    def narrowed(self, chosen: Chosen) -> "Layout":
        """Give the layout that reads *chosen* columns only, and all that are computed."""
        nested = tuple((name, below.narrowed(chosen)) for name, below in self.nested)
        made: Any = self.record_class
        kept = dict(chosen).get(made)
        if kept is None:
            return replace(self, nested=nested)
        names = tuple(name for name in made.read_columns if name in kept)
        own = zip(made.read_columns, self.selected, strict=False)
        selected = [column for name, column in own if name in kept]
        facts = self.selected[len(made.read_columns) :]
        return replace(self, selected=(*selected, *facts), nested=nested, names=names)

    @property
    def made_class(self) -> Any:
        """The class of what a row becomes."""
        made: Any = self.record_class
        if not hasattr(made, "read_columns"):
            return made
        return concrete(made, made.read_columns if self.names is None else self.names)


def maker(layout: Layout, dialect: Dialect) -> Make:
    """
    Compile the function that turns the driver's rows into records.

    A column's result processor is called only where *dialect* needs one. A row may be longer
    than its layout.
    """
    namespace: dict[str, Any] = {"new": tuple.__new__}
    source = _construction(layout, dialect, namespace, _positions(layout))
    make: Make = eval(f"lambda rows: [{source} for row in rows]", namespace)  # noqa: S307 - positions only
    return make


def grouper(layout: Layout, dialect: Dialect, key: int, *, spread: bool = False) -> Group:
    """
    Compile the function that groups the same records by the value at position *key* of a row.

    With *spread* that value is a list: a record belongs to each of them, and begins with it.
    """
    namespace: dict[str, Any] = {"new": tuple.__new__, "defaultdict": defaultdict}
    positions = _positions(layout)
    if spread:
        name, (_, *rest) = _parts(layout, dialect, namespace, positions)
        body = (
            f"        rest = ({', '.join(rest)},)\n"
            f"        for parent in row[{key}]:\n"
            f"            grouped[parent].append(new({name}, (parent, *rest)))\n"
        )
    else:
        source = _construction(layout, dialect, namespace, positions)
        body = f"        grouped[row[{key}]].append({source})\n"
    text = (
        "def group(rows):\n"
        "    grouped = defaultdict(list)\n"
        "    for row in rows:\n"
        f"{body}"
        "    return grouped\n"
    )
    exec(text, namespace)  # noqa: S102 - positions only
    group: Group = namespace["group"]
    return group


def _positions(layout: Layout) -> dict[int, int]:
    return {id(column): position for position, column in enumerate(layout.all_selected)}


def _construction(
    layout: Layout, dialect: Dialect, namespace: dict[str, Any], positions: dict[int, int]
) -> str:
    name, values = _parts(layout, dialect, namespace, positions)
    if issubclass(layout.made_class, tuple):
        return f"new({name}, ({', '.join(values)},))"
    return f"{name}({', '.join(values)})"


def _parts(
    layout: Layout, dialect: Dialect, namespace: dict[str, Any], positions: dict[int, int]
) -> tuple[str, list[str]]:
    """Give the name of the class of what a row becomes, and the expressions of what it holds."""
    arguments = []
    for column in layout.selected:
        position = positions[id(column)]
        processor = _processor(column, dialect)
        if processor is not None:
            namespace[f"process_{position}"] = processor
        value = f"row[{position}]"
        arguments.append(value if processor is None else f"process_{position}({value})")
    made = layout.made_class
    name = f"record_{len(namespace)}"
    namespace[name] = made
    nested = {
        attribute: _construction(below, dialect, namespace, positions)
        for attribute, below in layout.nested
    }
    if not issubclass(made, tuple):
        return name, [*arguments, *(f"{one}={nested[one]}" for one in nested)]
    # What neither the row nor another record gives is unknown.
    rest = made._fields[len(arguments) :]
    return name, [*arguments, *(nested.get(field, "None") for field in rest)]


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
