"""Batching: what many objects of an operation need is read in one statement."""

import asyncio

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from aiodataloader import DataLoader
from typing_extensions import override


Batch = Callable[[list[Any]], Awaitable[list[Any]]]


class OperationEnded(Exception):
    """The operation was cancelled while a batch was being read."""


def _guarded(
    batch: Batch, running: set[asyncio.Task[Any]]
) -> Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]:
    # A function of its own: a method would tie each loader to itself, for the collector to find.
    async def read(keys: list[Any]) -> list[Any]:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        running.add(task)
        try:
            return await batch(keys)
        except asyncio.CancelledError:
            raise OperationEnded from None
        finally:
            running.discard(task)

    return read


class Loader(DataLoader[Any, Any]):
    """A loader that forgets what failed or was cancelled, and ends with its operation."""

    def __init__(self, batch: Batch, running: set[asyncio.Task[Any]]) -> None:
        """Read with *batch*; *running* holds the tasks that the operation must end."""
        super().__init__(_guarded(batch, running))
        self._found: dict[Any, Any] = {None: None}
        self._reading: dict[Any, asyncio.Task[None]] = {}
        self._wanted: list[Any] = []

    @override
    def load(self, key: Any) -> "asyncio.Future[Any]":
        """Give the future of what stands under *key*."""
        known = self._cache.get(key)
        if known is not None and known.cancelled():
            self.clear(key)
        return super().load(key)

    def load_level(self, keys: list[Any]) -> Awaitable[list[Any]]:
        """
        Give what stands under each of *keys*, handed over at once; under None stands nothing.

        A future for each key costs more than reading it. Levels that ask in the same turn of the
        loop are read together, and what was read for one is there for the next.
        """
        asked = dict.fromkeys(keys)
        missing = asked
        if len(self._found) > 1 or self._reading or None in asked:
            asked = dict.fromkeys(key for key in asked if key not in self._found)
            missing = dict.fromkeys(key for key in asked if key not in self._reading)
        if missing:
            # Keys that are still only wanted wait for the task that is about to read them.
            reader = self._reading[self._wanted[0]] if self._wanted else self._start()
            self._wanted += missing
            self._reading |= dict.fromkeys(missing, reader)
            if len(missing) == len(asked):
                return self._level(keys, {reader})
        return self._level(keys, {self._reading[key] for key in asked})

    def _start(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self._read_wanted())

    async def _level(self, keys: list[Any], readers: set["asyncio.Task[None]"]) -> list[Any]:
        for reader in readers:
            await reader
        return list(map(self._found.__getitem__, keys))

    async def _read_wanted(self) -> None:
        keys, self._wanted = self._wanted, []
        try:
            values = await self.batch_load_fn(keys)
        finally:
            for key in keys:
                del self._reading[key]
        self._found.update(zip(keys, values, strict=True))
