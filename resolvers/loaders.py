"""Batching: what many objects of an operation need is read in one statement."""

import asyncio

from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiodataloader import DataLoader
from typing_extensions import override


Batch = Callable[[list[Any]], Awaitable[list[Any]]]


class OperationEnded(Exception):
    """The operation was cancelled while a batch was being read."""


class Loader(DataLoader[Any, Any]):
    """A loader that forgets what failed or was cancelled, and ends with its operation."""

    def __init__(self, batch: Batch, running: set[asyncio.Task[Any]]) -> None:
        """Read with *batch*; *running* holds the tasks that the operation must end."""
        super().__init__(self._guarded)
        self._batch = batch
        self._running = running
        self._found: dict[Any, Any] = {None: None}
        self._reading: dict[Any, asyncio.Task[None]] = {}
        self._wanted: list[Any] = []

    async def _guarded(self, keys: list[Any]) -> list[Any]:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._running.add(task)
        try:
            return await self._batch(keys)
        except asyncio.CancelledError:
            raise OperationEnded from None
        finally:
            self._running.discard(task)

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
        asked = set(keys) - self._found.keys()
        missing = asked - self._reading.keys()
        if missing:
            if not self._wanted:
                self._reader = asyncio.create_task(self._read_wanted())
            self._wanted += [key for key in keys if key in missing]
            self._reading |= dict.fromkeys(missing, self._reader)
        return self._level(keys, {self._reading[key] for key in asked})

    async def _level(self, keys: list[Any], readers: set["asyncio.Task[None]"]) -> list[Any]:
        for reader in readers:
            await reader
        return list(map(self._found.__getitem__, keys))

    async def _read_wanted(self) -> None:
        keys, self._wanted = list(dict.fromkeys(self._wanted)), []
        try:
            values = await self._guarded(keys)
        finally:
            for key in keys:
                del self._reading[key]
        self._found.update(zip(keys, values, strict=True))
