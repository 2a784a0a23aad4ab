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
