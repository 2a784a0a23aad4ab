"""The demonstration as data that breaks no rule."""

import asyncio
import shutil

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.database import Database
from models.demonstration.loading import load_demonstration
from tests.kept import Kept
from tests.postgresql import Server


@pytest.fixture(scope="session")
def sqlite_demonstration(database_folder: Path, sqlite_template: Path) -> str:
    """The URL of a database that nobody may change: tests roll back."""
    copy = shutil.copy(sqlite_template, database_folder / "demonstration.sqlite")
    url = f"sqlite:///{copy}"
    asyncio.run(_load(url))
    return url


@pytest.fixture(scope="session")
def postgresql_demonstration(postgresql_server: Server, postgresql_template: str) -> Iterator[str]:
    """The URL of a database that nobody may change: tests roll back."""
    database = postgresql_server.create(postgresql_template)
    url = postgresql_server.url(database)
    asyncio.run(_load(url))
    yield url
    postgresql_server.drop(database)


async def _load(url: str) -> None:
    database = Database(url)
    await load_demonstration(database, datetime.now(UTC), "no password")
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def demonstration_url(request: pytest.FixtureRequest) -> str:
    """The URL of the demonstration, once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_demonstration")
    return url


@pytest.fixture
def demonstration(demonstration_url: str, kept: Kept) -> Database:
    """The demonstration, to be read or to be changed without a commit."""
    return kept.database(demonstration_url)
