"""What a resolved value asks of the executor, told by its class alone."""

from collections.abc import Callable, Iterable
from enum import IntFlag
from types import CoroutineType, GeneratorType, NoneType
from typing import Any, TypeVar

from graphql.pyutils import UndefinedType


Value = TypeVar("Value")


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


def is_list_class(found: type) -> bool:
    """Tell whether the instances of a class are lists that are iterated as lists are."""
    return issubclass(found, list) and found.__iter__ is list.__iter__


class ByClass(dict[type, Value]):
    """What a function says of classes, asked once for each."""

    def __init__(self, ask: Callable[[type], Value]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, found: type) -> Value:
        if len(self) >= MOST_CLASSES:  # Classes made at run time must not pile up.
            self.clear()
        said = self[found] = self._ask(found)
        return said


KINDS = ByClass(kind_of_class)
IS_LIST = ByClass(is_list_class)
# Plain integers: arithmetic on flags is slow.
PLAIN, NOTHING, ERROR, AWAITABLE, STREAM = (int(kind) for kind in Kind)


def kinds_of(values: Iterable[Any]) -> int:
    """Return the union of the kinds of some values."""
    union = 0
    for found in set(map(type, values)):
        union |= KINDS[found]
    return union
