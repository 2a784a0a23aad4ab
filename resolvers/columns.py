"""Which columns of a record the fields of a document read, so that no others are fetched."""

import re

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.records import Chosen


_CURSORS = frozenset({"PageInfo.startCursor", "PageInfo.endCursor"})


@dataclass(frozen=True, slots=True)
class _Reads:
    """What the types whose objects are records of one class read of them."""

    record_class: Any
    always: frozenset[str]
    sorted_by: frozenset[str]
    fields: Mapping[str, Mapping[str, tuple[str, ...]]]

    def columns(self, coordinates: frozenset[str]) -> frozenset[str] | None:
        """Give the columns that *coordinates* read; nothing if one may read any."""
        found = set(self.always)
        if any(one in _CURSORS or one.endswith("Edge.cursor") for one in coordinates):
            found |= self.sorted_by
        for coordinate in coordinates:
            type_name, _, name = coordinate.partition(".")
            if type_name in self.fields and not name.startswith("__"):
                columns = self._of_field(type_name, name)
                if columns is None:
                    return None
                found.update(columns)
        return frozenset(found)

    def _of_field(self, type_name: str, name: str) -> tuple[str, ...] | None:
        declared = self.fields[type_name].get(name)
        if declared is not None:
            return declared
        column = re.sub("([A-Z])", r"_\1", name).lower()
        return (column,) if column in self.record_class.read_columns else None


_READS: dict[Any, _Reads] = {}


def read_by_fields(
    record_class: type,
    *,
    always: tuple[str, ...],
    sorted_by: tuple[str, ...],
    fields: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> None:
    """
    Declare what the fields of some GraphQL types read of the records of *record_class*.

    *fields* tells by type and field; a field that is named like a column reads that column, and
    one of which nothing is known may read all. *always* are the columns that rules and batches
    need, *sorted_by* those that cursors are made of.
    """
    _READS[record_class] = _Reads(record_class, frozenset(always), frozenset(sorted_by), fields)


@lru_cache(maxsize=1024)
def chosen_by(coordinates: frozenset[str] | None) -> Chosen:
    """Tell which columns are read by the fields at *coordinates*; without them, all are."""
    if coordinates is None:
        return ()
    found = ((one, reads.columns(coordinates)) for one, reads in _READS.items())
    return tuple((one, columns) for one, columns in found if columns is not None)
