"""What a resolved value asks of the executor, told by its class alone."""

from collections.abc import Iterable
from enum import IntFlag
from types import CoroutineType, GeneratorType, NoneType
from typing import Any

from graphql.pyutils import UndefinedType


class Kind(IntFlag):
    """A class of values; a batch of values has the union of their kinds."""

    PLAIN = 1
    NOTHING = 2
    ERROR = 4
    AWAITABLE = 8
    STREAM = 16


MOST_CLASSES = 10_000


def kind_of_class(found: type) -> int:
    """Return the kind of the instances of a class."""
    if found is NoneType or found is UndefinedType:
        return int(Kind.NOTHING)
    if issubclass(found, Exception):
        return int(Kind.ERROR)
    if found is CoroutineType or hasattr(found, "__await__"):
        return int(Kind.AWAITABLE)
    if found is GeneratorType:  # It may be a coroutine of the old style.
        return int(Kind.AWAITABLE | Kind.PLAIN)
    if hasattr(found, "__aiter__"):
        return int(Kind.STREAM)
    return int(Kind.PLAIN)


class _Kinds(dict[type, int]):
    def __missing__(self, found: type) -> int:
        if len(self) >= MOST_CLASSES:  # Classes made at run time must not pile up.
            self.clear()
        kind = self[found] = kind_of_class(found)
        return kind


KINDS = _Kinds()
# Plain integers: arithmetic on flags is slow.
PLAIN, NOTHING, ERROR, AWAITABLE, STREAM = (int(kind) for kind in Kind)


def kinds_of(values: Iterable[Any]) -> int:
    """Return the union of the kinds of some values."""
    union = 0
    for found in set(map(type, values)):
        union |= KINDS[found]
    return union
