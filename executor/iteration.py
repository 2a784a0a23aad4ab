"""Items of iterables other than lists, which may fail half-way."""

from collections.abc import AsyncIterable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from graphql.execution import Executor
from graphql.execution.executor import collect_iterator_awaitables


class Partial(NamedTuple):
    """The items that an iterable gave, and the error that ended it."""

    items: list[Any]
    error: Exception | None


def listed(iterable: Iterable[Any], executor: Executor[Any]) -> Partial:
    """
    Return the items of an iterable.

    What an iterator gives after an error is not part of the answer, but is awaited if it must be.
    """
    items: list[Any] = []
    try:
        iterator = iter(iterable)
    except Exception as error:  # noqa: BLE001 - every error of a field is one of the answer
        return Partial(items, error)
    try:
        items.extend(iterator)
    except Exception as error:  # noqa: BLE001 - as above
        orphans = collect_iterator_awaitables(iterator, executor.is_awaitable)
        if orphans:
            executor.settle_in_background(orphans)
        return Partial(items, error)
    return Partial(items, None)


async def collected(iterable: AsyncIterable[Any]) -> Partial:
    """Return the items of an asynchronous iterable, which is closed if it fails."""
    items: list[Any] = []
    try:
        iterator = aiter(iterable)
    except Exception as error:  # noqa: BLE001 - as above
        return Partial(items, error)
    try:
        async for item in iterator:
            items.append(item)  # noqa: PERF401 - what was given before an error is kept
    except Exception as error:  # noqa: BLE001 - as above
        close = getattr(iterator, "aclose", None)
        if close is not None:
            with suppress(Exception):
                await close()
        return Partial(items, error)
    return Partial(items, None)
