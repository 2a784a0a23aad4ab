"""The connections that snapshots are read through, kept open between operations."""

import asyncio

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Reader(NamedTuple):
    """A connection of SQLAlchemy's, and the driver's own that it stands on."""

    connection: AsyncConnection
    driver: Any


class Readers:
    """
    A pool that hands out the driver's connections.

    SQLAlchemy opens and closes them; its own pool costs more for each operation than a statement,
    because it goes through a greenlet. Who waits is served in turn.
    """

    def __init__(self, engine: AsyncEngine, size: int, patience_seconds: float) -> None:
        """Keep at most *size* connections of *engine*; nothing is connected yet."""
        self.size = size
        self._engine = engine
        self._patience_seconds = patience_seconds
        self._idle: list[Reader] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[Reader | None]] = deque()

    @property
    def in_use(self) -> int:
        """How many connections are out."""
        return self._open - len(self._idle)

    async def take(self) -> Reader:
        """
        Give a connection outside of any transaction.

        Raises:
            TimeoutError: SQLAlchemy's; all connections stayed in use for too long.
        """
        while True:
            if self._idle:
                reader = self._idle.pop()
                if not _is_closed(reader):
                    return reader
                # After a restart of the server every kept connection is dead: one tells of all.
                await self._discard(reader, *self._idle)
            elif self._open < self.size:
                return await self._connect()
            elif (handed := await self._wait()) is not None:
                return handed

    async def give(self, reader: Reader) -> None:
        """Take a connection back; what it had begun to read is over."""
        try:
            await _finish(reader)
        except Exception:  # noqa: BLE001 - it is of no use any more, whatever the reason
            await self._discard(reader)
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(reader)
                return
        self._idle.append(reader)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection for statements of SQLAlchemy's own."""
        reader = await self.take()
        try:
            yield reader.connection
        finally:
            try:
                await reader.connection.rollback()
            finally:
                await asyncio.shield(self.give(reader))

    async def dispose(self) -> None:
        """Close what is idle."""
        await self._discard(*self._idle)
        await self._engine.dispose()

    async def _connect(self) -> Reader:
        self._open += 1
        try:
            connection = await self._engine.connect()
            raw = await connection.get_raw_connection()
        except BaseException:
            self._open -= 1
            self._wake_next()
            raise
        return Reader(connection, raw.driver_connection)

    async def _wait(self) -> Reader | None:
        """Wait for a connection, or, where nothing is given, for the room to open one."""
        waiting: asyncio.Future[Reader | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await asyncio.wait({waiting}, timeout=self._patience_seconds)
        except asyncio.CancelledError:
            if waiting.done() and (reader := waiting.result()) is not None:
                await asyncio.shield(self.give(reader))
            raise
        finally:
            waiting.cancel()
        if waiting.cancelled():
            message = f"All of {self.size} connections stayed in use."
            raise exc.TimeoutError(message)
        return waiting.result()

    async def _discard(self, *readers: Reader) -> None:
        for reader in readers:
            if reader in self._idle:
                self._idle.remove(reader)
            self._open -= 1
            self._wake_next()
            await reader.connection.invalidate()
            await reader.connection.close()

    def _wake_next(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return


def _is_closed(reader: Reader) -> bool:
    return hasattr(reader.driver, "is_closed") and bool(reader.driver.is_closed())


async def _finish(reader: Reader) -> None:
    driver = reader.driver
    if hasattr(driver, "is_in_transaction"):
        if driver.is_in_transaction():
            await driver.execute("COMMIT")
    elif driver.in_transaction:
        await driver.execute_fetchall("ROLLBACK")
