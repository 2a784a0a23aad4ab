"""Engines for reading and for writing, on SQLite and PostgreSQL."""

import asyncio
import sqlite3

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Self

import aiosqlite

from sqlalchemy import Connection, NullPool, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from typing_extensions import override


DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

PATIENCE_SECONDS = 2
"""How long a call waits for a connection while all are in use."""


def engines(
    location: URL, pool_size: int, statement_seconds: float
) -> tuple[AsyncEngine, AsyncEngine]:
    """Make the engine that opens connections for reading, and the one that writes."""
    backend = location.get_backend_name()
    location = location.set(drivername=DRIVERS[backend])
    if backend == "sqlite":
        return _sqlite_engines(location)
    return _postgresql_engines(location, pool_size, statement_seconds)


class _Cursor(aiosqlite.Cursor):
    """
    A cursor that visits the thread of its connection once for a statement, not four times.

    It takes every row at once, so nothing can be streamed through it.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        """Make the driver's own cursor only when there is a statement."""
        self._conn = connection
        self._rows: list[Any] = []

    @override
    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        await self._visit("execute", sql, parameters or ())
        return self

    @override
    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        await self._visit("executemany", sql, parameters)
        return self

    async def _visit(self, method: str, sql: str, parameters: Iterable[Any]) -> None:
        def run() -> None:
            connection = self._conn._conn  # noqa: SLF001 - as the driver's cursor has it
            self._cursor = getattr(connection, method)(sql, parameters)
            self._rows = self._cursor.fetchall()
            self._cursor.close()

        await self._execute(run)  # type: ignore[no-untyped-call]

    @override
    async def fetchall(self) -> list[Any]:
        return self._rows

    @override
    async def close(self) -> None:
        """Do nothing: it was closed when its rows had been read."""


class _Connection(aiosqlite.Connection):
    """A connection that tells when its thread has ended."""

    stopped: asyncio.Future[Any] | None = None

    @override
    def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)

    @override
    def stop(self) -> asyncio.Future[Any] | None:
        self.stopped = super().stop()
        return self.stopped


def _opening(location: URL) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    arguments, options = location.get_dialect()().create_connect_args(location)

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(partial(sqlite3.connect, *arguments, **options), 64)
        connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy has it
        try:
            return await connection
        except BaseException:
            # Its thread would report to a loop that may be closed by then.
            if connection.stopped is not None:
                await connection.stopped
            raise

    return connect


def _sqlite_engines(location: URL) -> tuple[AsyncEngine, AsyncEngine]:
    opening = _opening(location)
    reader = create_async_engine(location, async_creator=opening, poolclass=NullPool)
    writer = create_async_engine(
        location,
        async_creator=opening,
        pool_size=2,
        max_overflow=0,
        pool_timeout=PATIENCE_SECONDS,
    )
    for engine, begin, pragmas in (
        (reader, "BEGIN", ("query_only=ON",)),
        (writer, "BEGIN IMMEDIATE", ()),
    ):
        _prepare_sqlite(engine, begin, pragmas)
    return reader, writer


def _prepare_sqlite(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> None:
    settings = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver must not begin by itself: a deferred writer loses its place.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*settings, "trusted_schema=OFF", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _postgresql_engines(
    location: URL, pool_size: int, statement_seconds: float
) -> tuple[AsyncEngine, AsyncEngine]:
    limits = {
        "application_name": "chorus-structures",
        "statement_timeout": str(int(statement_seconds * 1000)),
        "idle_in_transaction_session_timeout": "15000",
        "jit": "off",
    }
    reading = {
        **limits,
        "default_transaction_isolation": "repeatable read",
        "default_transaction_read_only": "on",
    }
    reader = create_async_engine(
        location,
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": reading},
        poolclass=NullPool,
    )
    writer = create_async_engine(
        location,
        connect_args={"server_settings": limits},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=PATIENCE_SECONDS,
    )
    event.listen(writer.sync_engine, "checkout", _require_open)
    return reader, writer


def _require_open(connection: Any, _record: Any, _proxy: Any) -> None:
    # After a restart of the server every kept connection is dead: one tells of all.
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
