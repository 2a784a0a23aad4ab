"""Fill a migrated, empty database with invented structures, users and rights."""

import asyncio
import secrets
import sqlite3

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import typer

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import make_url

from benchmarks.generation import Generator
from benchmarks.invention import TABLES, Row, users
from models.accounts import PlatformRole, User
from models.database import Database
from models.revisions import Standing, standing_of
from resolvers.accounts import create_account


Advance = Callable[[int], None]


class NotEmptyError(RuntimeError):
    """The database has no tables of this version, or holds rows already."""


async def fill(url: str, number: int, advance: Advance = lambda _structures: None) -> None:
    """
    Fill the database at *url* with *number* structures.

    The same number gives the same rows, but for the dates of requests. *advance* is told how many
    structures were written.

    Raises:
        NotEmptyError: it is not migrated, or not empty.
    """
    database = Database(url)
    try:
        if await standing_of(database) != Standing.CURRENT:
            raise NotEmptyError
        if await database.write(lambda session: session.get(User, 1)) is not None:
            raise NotEmptyError
    finally:
        await database.close()
    if database.dialect_name == "sqlite":
        path = make_url(url).database
        await asyncio.to_thread(_fill_sqlite, str(path), number, advance)
    else:
        await _fill_postgresql(url, number, advance)


async def _fill_postgresql(url: str, number: int, advance: Advance) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            # The rows refer to one another rightly; checking each reference takes most of the time.
            if await connection.fetchval("SELECT current_setting('is_superuser')") == "on":
                await connection.execute("SET LOCAL session_replication_role = replica")
            await _copy(connection, User.__table__, users(number, lambda instant: instant))
            generator = Generator(number, lambda instant: instant, datetime.now(UTC))
            for structures, rows in generator.batches():
                for table in TABLES[1:]:
                    await _copy(connection, table, rows[table])
                advance(structures)
            for table in TABLES:
                if "id" in table.columns:
                    await connection.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"  # noqa: S608 - our own names
                        f" coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table.name}"
                    )
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _copy(connection: Any, table: Any, rows: Iterable[Row]) -> None:
    await connection.copy_records_to_table(table.name, records=rows, columns=table.columns.keys())


def _fill_sqlite(path: str, number: int, advance: Advance) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # A fill that fails is begun anew, so nothing has to survive it.
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN EXCLUSIVE")
        _insert(connection, User.__table__, users(number, _written))
        for structures, rows in Generator(number, _written, datetime.now(UTC)).batches():
            for table in TABLES[1:]:
                _insert(connection, table, rows[table])
            advance(structures)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: Any, rows: Iterable[Row]) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns.keys())  # noqa: SIM118 - no mapping
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our own names


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


async def add_support(url: str, login: str, password: str) -> None:
    """Create an account of the platform's support, which reads everything."""
    database = Database(url)
    try:
        await database.write(
            lambda session: create_account(
                session,
                login=login,
                first_name="Support",
                last_name="Reader",
                password=password,
                platform_role=PlatformRole.SUPPORT,
                now=datetime.now(UTC),
            )
        )
    finally:
        await database.close()


def main(
    database: Annotated[str, typer.Option(help="postgresql://... or sqlite:///path, migrated.")],
    structures: Annotated[int, typer.Option(min=1, help="How many structures.")] = 10_000,
    support: Annotated[str | None, typer.Option(help="Login of a reader to create.")] = None,
) -> None:
    """Fill a migrated, empty database with invented structures, users and rights."""
    columns = (TextColumn("structures"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns) as progress:
            task = progress.add_task("structures", total=structures)
            asyncio.run(fill(database, structures, lambda written: progress.advance(task, written)))
    except NotEmptyError:
        typer.secho("The database must be migrated and empty.", err=True, fg="red")
        raise typer.Exit(1) from None
    if support is not None:
        password = secrets.token_urlsafe(16)
        asyncio.run(add_support(database, support, password))
        typer.echo(f"{support} signs in with the password {password}")


if __name__ == "__main__":
    typer.run(main)
