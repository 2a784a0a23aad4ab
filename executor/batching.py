"""Resolvers that are called once for all objects of a batch."""

import inspect

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

from strawberry.types.fields.resolver import StrawberryResolver


Call = Callable[..., Any]


class Later(NamedTuple):
    """
    The outcome of a batch that must be awaited: a list with a value for each of some objects.

    `values` has one entry for each object of the batch; those at `indexes` are still to come.
    """

    awaitable: Any
    values: list[Any]
    indexes: Sequence[int]

    def fill(self, outcome: Any) -> list[Any]:
        """Return all values, an exception where there is none."""
        found = spread(outcome, len(self.indexes))
        if len(found) == len(self.values):
            return found
        for index, value in zip(self.indexes, found, strict=True):
            self.values[index] = value
        return self.values


def spread(outcome: Any, count: int) -> list[Any]:
    """Return one value for each object; what is not a list of as many fails all of them."""
    if isinstance(outcome, Exception):
        return [outcome] * count
    if not isinstance(outcome, list) or len(outcome) != count:
        error = TypeError(f"A batched resolver must give a list of {count} values.")
        return [error] * count
    return outcome


def batched(resolver: Call) -> Call:
    """
    Make a resolver of a function that takes a list of objects and gives a list of values.

    The function's parameter annotated `Parent[...]` gets all objects of a batch at once, its
    `info` is that of the first of them, its arguments are the same for all. It returns a list
    with a value or an exception for each object, in their order, or an awaitable of such a list;
    what it raises fails all of them. Executors that know nothing of batches call it for each
    object by itself.

    Raises:
        TypeError: no parameter is annotated `Parent[...]`.
    """
    parameter = StrawberryResolver(resolver).parent_parameter
    if parameter is None:
        message = f"{resolver.__qualname__} has no parameter for the objects of a batch."
        raise TypeError(message)
    parent = parameter.name

    @wraps(resolver)
    def resolve_one(*arguments: Any, **keywords: Any) -> Any:
        keywords[parent] = [keywords[parent]]
        outcome = resolver(*arguments, **keywords)
        return _awaited(outcome) if inspect.isawaitable(outcome) else _only(outcome)

    resolve_one.batch = resolver  # type: ignore[attr-defined]
    return resolve_one


def batch_of(function: Any) -> Call | None:
    """Return the function behind a batched resolver, None for any other."""
    found: Call | None = getattr(function, "batch", None)
    return found


async def _awaited(outcome: Any) -> Any:
    return _only(await outcome)


def _only(outcome: Any) -> Any:
    (value,) = spread(outcome, 1)
    if isinstance(value, Exception):
        raise value
    return value
