"""Engines, snapshots for reading and transactions for writing, on SQLite and PostgreSQL."""

import asyncio

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models.engines import PATIENCE_SECONDS, engines
from models.readers import Reader, Readers
from models.reading import Build, Compiled, compiled


Answer = TypeVar("Answer")

ATTEMPTS = 5
RETRIED = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the whole transaction is run again."""

_HELD_UP = RETRIED | {"55P03", "57014"}
"""And a lock, or the statement that waits for it, that took too long."""

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Database:
    """
    One database: a pool of reading connections and one of writing ones.

    *url* has the plain form, `sqlite:///path` or `postgresql://...`. *observers* are called with
    the name of every reading and the text of every writing statement.
    """

    def __init__(self, url: str, *, pool_size: int = 10, statement_seconds: float = 5.0) -> None:
        """Make the engines; nothing is connected yet."""
        location = make_url(url)
        self.dialect_name = location.get_backend_name()
        self.observers: list[Callable[[str], None]] = []
        reader, self.writer = engines(location, pool_size, statement_seconds)
        self.reader = Readers(reader, pool_size, PATIENCE_SECONDS)
        event.listen(self.writer.sync_engine, "before_cursor_execute", self._observe)
        self._sessions = async_sessionmaker(self.writer, expire_on_commit=False)
        # SQLite has one writer, and its own waiting is unfair: writers queue here instead.
        self._turn = asyncio.Lock() if self.dialect_name == "sqlite" else None

    def _observe(self, _connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        for observer in self.observers:
            observer(text)

    def snapshot(self) -> "Snapshot":
        """Give a reader that sees one state of the database until it is closed."""
        return Snapshot(self)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self._sessions() as session, session.begin():
            yield session

    async def write(self, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
        """
        Run *work* in one transaction and commit; run it again after a deadlock.

        *work* must be repeatable: it keeps nothing between two runs.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._turn is None:
                    async with self._session() as session:
                        return await work(session)
                async with self._turn, self._session() as session:
                    return await work(session)
            except DBAPIError as error:
                if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in RETRIED:
                    raise
                await asyncio.sleep(0.01 * attempt)
        raise AssertionError

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


class SnapshotClosed(Exception):
    """What came too late to be read: the operation has ended."""


def held_up(error: DBAPIError) -> bool:
    """Say whether other writers made a transaction fail: it left nothing, and may be sent again."""
    return getattr(error.orig, "sqlstate", None) in _HELD_UP or "database is locked" in str(error)


class Snapshot:
    """
    A reading connection that shows one state of the database.

    It is opened by the first statement. Statements take turns, so siblings may ask at once.
    """

    def __init__(self, database: Database) -> None:
        """Prepare; nothing is connected yet."""
        self._database = database
        self._turn = asyncio.Lock()
        self._reader: Reader | None = None
        self._closed = False
        self._interrupted = False

    async def __aenter__(self) -> Self:
        """Give the snapshot."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    async def rows(
        self, build: Build, key: tuple[Hashable, ...], parameters: dict[str, Any]
    ) -> tuple[Compiled, list[Any]]:
        """Run the reading that *build* makes for *key*; give its compiled form and raw rows."""
        reading = compiled(build, self._database.dialect_name, key)
        arguments = reading.arguments(parameters)
        async with self._turn:
            if self._closed:
                raise SnapshotClosed
            if self._reader is None:
                await self._open()
            driver = cast("Reader", self._reader).driver
            for observer in self._database.observers:
                observer(reading.name)
            try:
                if self._database.dialect_name == "sqlite":
                    return reading, await driver.execute_fetchall(reading.text, arguments)
                return reading, await driver.fetch(reading.text, *arguments)
            except asyncio.CancelledError:
                self._interrupted = True
                raise

    async def fetch(self, build: Build, *key: Hashable, **parameters: Any) -> list[Any]:
        """Run the reading that *build* makes for *key* with *parameters*; give its records."""
        reading, rows = await self.rows(build, key, parameters)
        return reading.make(rows)

    async def _open(self) -> None:
        reader = await self._database.reader.begin()
        if self._closed:
            await asyncio.shield(self._database.reader.give(reader))
            raise SnapshotClosed
        self._reader = reader

    async def close(self) -> None:
        """End the snapshot and give its connection back."""
        self._closed = True
        reader, self._reader = self._reader, None
        if reader is None:
            return
        readers = self._database.reader
        if self._turn.locked():
            # Whoever is still reading was not waited for; nobody else may get among his messages.
            await asyncio.shield(readers.discard(reader))
        elif not readers.keep(reader, interrupted=self._interrupted):
            await asyncio.shield(readers.give(reader))


class TransactionReader:
    """Runs readings in the transaction of a writing session, which sees its own changes."""

    def __init__(self, session: AsyncSession) -> None:
        """Read in *session*."""
        self._session = session

    async def fetch(self, build: Build, *key: Hashable, **parameters: Any) -> list[Any]:
        """Run the reading that *build* makes for *key* with *parameters*; give its records."""
        connection = await self._session.connection()
        reading = compiled(build, connection.dialect.name, key)
        arguments = tuple(reading.arguments(parameters))
        rows = await connection.exec_driver_sql(reading.text, arguments)
        return reading.make(tuple(row) for row in rows)


def _configuration(connection: Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema of the database at *url* to *revision*, upwards or downwards."""
    # A migration of large tables takes longer than a statement of an operation may.
    database = Database(url, statement_seconds=0)

    def run(connection: Connection) -> None:
        down = revision == "base" or revision.startswith("-")
        (command.downgrade if down else command.upgrade)(_configuration(connection), revision)

    try:
        async with database.writer.begin() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()
