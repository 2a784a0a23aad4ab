"""Engines for reading and for writing, on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, NullPool, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


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


def _sqlite_engines(location: URL) -> tuple[AsyncEngine, AsyncEngine]:
    reader = create_async_engine(location, poolclass=NullPool)
    writer = create_async_engine(
        location, pool_size=2, max_overflow=0, pool_timeout=PATIENCE_SECONDS
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
