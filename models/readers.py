"""The connections that snapshots are read through, kept open between operations."""

import asyncio

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.pipelines import Pipeline, pipeline_of


LINGER_SECONDS = 0.02
"""How long the snapshot of an ended operation may stay open for want of another one."""


class Reader(NamedTuple):
    """
    A connection of SQLAlchemy's, and the driver's own that it stands on.

    On PostgreSQL its *pipeline* sends the beginning of a transaction with its first statement.
    """

    connection: AsyncConnection
    driver: Any
    pipeline: Pipeline | None


class Readers:
    """
    A pool that hands out the driver's connections.

    SQLAlchemy opens and closes them; its own pool costs more for each operation than a statement,
    because it goes through a greenlet. Who waits is served in turn.

    On PostgreSQL a transaction that was only read in is ended together with the beginning of the
    next one and its first statement, in one round trip, or after LINGER_SECONDS if nobody comes.
    """

    def __init__(self, engine: AsyncEngine, size: int, patience_seconds: float) -> None:
        """Keep at most *size* connections of *engine*; nothing is connected yet."""
        self.size = size
        self._engine = engine
        self._patience_seconds = patience_seconds
        self._idle: list[Reader] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[Reader | None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self._ended = 0
        self._given_up: set[asyncio.Task[Reader]] = set()
        self._interrupted: set[Reader] = set()

    @property
    def in_use(self) -> int:
        """How many connections are out."""
        return self._open - len(self._idle) - self._ended - len(self._given_up)

    async def begin(self) -> Reader:
        """
        Give a connection in a new transaction.

        Raises:
            TimeoutError: SQLAlchemy's; all connections stayed in use for too long.
        """
        reader = await self.take()
        try:
            if reader.pipeline is None:
                await reader.driver.execute_fetchall("BEGIN")
                return reader
            if reader in self._interrupted:
                await self._finish(reader)
            if reader.driver.is_in_transaction():
                reader.pipeline.send("COMMIT", "BEGIN")
            else:
                reader.pipeline.send("BEGIN")
        except BaseException:
            await asyncio.shield(self.give(reader))
            raise
        return reader

    async def take(self) -> Reader:
        """
        Give a connection, perhaps in a transaction that is over but was not ended yet.

        Raises:
            TimeoutError: SQLAlchemy's; all connections stayed in use for too long.
        """
        while True:
            if self._idle:
                reader = self._idle.pop()
                if not _is_closed(reader):
                    return reader
                # After a restart of the server every kept connection is dead: one tells of all.
                await self.discard(reader, *self._idle)
            elif self._open < self.size:
                return await self._connect()
            elif (handed := await self._wait()) is not None:
                return handed

    async def give(self, reader: Reader) -> None:
        """Take a connection back; what it had begun to read is over."""
        try:
            await self._finish(reader)
        except Exception:  # noqa: BLE001 - it is of no use any more, whatever the reason
            await self.discard(reader)
            return
        if _is_closed(reader):
            await self.discard(reader)
        else:
            self._put(reader)

    def keep(self, reader: Reader, *, interrupted: bool) -> bool:
        """
        Take a connection back at once, its transaction to be ended later, if that can be.

        It is *interrupted* if one of its statements was cancelled.
        """
        if reader.pipeline is None or _is_closed(reader):
            return False
        if interrupted:
            self._interrupted.add(reader)
        self._put(reader)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(LINGER_SECONDS, self._end_what_lingers)
        return True

    def _put(self, reader: Reader) -> None:
        if not self._hand(reader):
            self._idle.append(reader)

    def _hand(self, reader: Reader | None) -> bool:
        """Give who has waited for longest a connection, or the room for one; false if nobody."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(reader)
                return True
        return False

    def _end_what_lingers(self) -> None:
        self._timer = None
        idle = self._ending is None or self._ending.done()
        if idle and any(map(self._lingers, self._idle)):
            self._ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        while lingering := next(filter(self._lingers, self._idle), None):
            self._idle.remove(lingering)
            self._ended += 1
            try:
                await self.give(lingering)
            finally:
                self._ended -= 1

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection for statements of SQLAlchemy's own."""
        reader = await self.take()
        try:
            await self._finish(reader)
            yield reader.connection
        finally:
            try:
                await reader.connection.rollback()
            finally:
                await asyncio.shield(self.give(reader))

    async def dispose(self) -> None:
        """Close what is idle."""
        if self._timer is not None:
            self._timer.cancel()
        if self._ending is not None:
            await self._ending
        if self._given_up:
            await asyncio.wait(self._given_up)
        await self.discard(*self._idle)
        await self._engine.dispose()

    def _lingers(self, reader: Reader) -> bool:
        if reader.pipeline is None:
            return False
        begun = reader.driver.is_in_transaction() or reader.pipeline.unanswered
        return bool(begun) or reader in self._interrupted

    async def _finish(self, reader: Reader) -> None:
        if reader in self._interrupted:
            # The driver waits until the server has done with what was cancelled, and does not know
            # whether that was in a transaction.
            await reader.driver.execute("ROLLBACK")
            self._interrupted.discard(reader)
        elif self._lingers(reader):
            await reader.driver.execute("COMMIT")
        elif reader.pipeline is None:
            # Its thread may not have come to a BEGIN yet whose sender has gone: it ends that too.
            await reader.driver.rollback()

    async def _connect(self) -> Reader:
        # A driver that is cut off while it connects would leave a thread or a socket behind that
        # nobody closes: it is let finish, and the next operation has the connection.
        self._open += 1
        opening = asyncio.create_task(self._open_another())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._given_up.add(opening)
            opening.add_done_callback(self._keep_given_up)
            raise

    def _keep_given_up(self, opening: asyncio.Task[Reader]) -> None:
        self._given_up.remove(opening)
        if not opening.cancelled() and opening.exception() is None:
            self._put(opening.result())

    async def _open_another(self) -> Reader:
        try:
            connection = await self._engine.connect()
            raw = await connection.get_raw_connection()
        except BaseException:
            self._open -= 1
            self._hand(None)
            raise
        driver: Any = raw.driver_connection
        pipeline = pipeline_of(driver) if hasattr(driver, "is_in_transaction") else None
        return Reader(connection, driver, pipeline)

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

    async def discard(self, *readers: Reader) -> None:
        """Close connections that are of no use any more."""
        # All at once: whoever comes meanwhile must not find one that is about to be closed.
        self._idle = [one for one in self._idle if one not in readers]
        self._interrupted.difference_update(readers)
        self._open -= len(readers)
        for reader in readers:
            self._hand(None)
            await reader.connection.invalidate()
            await reader.connection.close()


def _is_closed(reader: Reader) -> bool:
    return reader.pipeline is not None and bool(reader.driver.is_closed())
