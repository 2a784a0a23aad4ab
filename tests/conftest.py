"""What every test may ask for."""

import asyncio
import gc
import os
import shutil
import tempfile

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest

from models.database import migrate
from models.invariants import violations
from tests import postgresql
from tests.firm import Firm
from tests.kept import Kept, restore
from tests.world import Answer, World


# The schema lives as long as the tests: the collector need not look at it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

hypothesis.settings.register_profile("default", deadline=None, derandomize=True)
hypothesis.settings.register_profile("fuzz", deadline=None, derandomize=False, max_examples=5_000)
hypothesis.settings.load_profile("default")


def _migrate(url: str) -> None:
    # In a thread of its own: a browser that is driven keeps an event loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, migrate(url)).result()


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often a race is run."""
    return int(os.environ.get("RACE_ROUNDS", "10"))


@pytest.fixture(scope="session")
def database_folder() -> Iterator[Path]:
    """A folder for databases, kept in memory where the machine offers it."""
    with tempfile.TemporaryDirectory(dir=postgresql.memory_folder()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of this run; a missing one is an error."""
    server = postgresql.Server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgresql.Server) -> str:
    """The name of a migrated PostgreSQL database, to be copied only."""
    template = postgresql_server.create()
    _migrate(postgresql_server.url(template))
    return template


@pytest.fixture(scope="session")
def sqlite_template(database_folder: Path) -> Path:
    """The file of a migrated SQLite database, to be copied only."""
    template = database_folder / "template.sqlite"
    _migrate(f"sqlite:///{template}")
    return template


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.Server, postgresql_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without rows."""
    database = postgresql_server.lend(postgresql_template)
    yield postgresql_server.url(database)
    postgresql_server.take_back(database)


@pytest.fixture
def sqlite_url(database_folder: Path, sqlite_template: Path) -> Iterator[str]:
    """The URL of a fresh migrated SQLite database."""
    with tempfile.TemporaryDirectory(dir=database_folder) as folder:
        copy = shutil.copy(sqlite_template, Path(folder) / "database.sqlite")
        yield f"sqlite:///{copy}"


@pytest.fixture
def other_postgresql_url(
    postgresql_server: postgresql.Server, postgresql_template: str
) -> Iterator[str]:
    """The URL of a second one."""
    database = postgresql_server.lend(postgresql_template)
    yield postgresql_server.url(database)
    postgresql_server.take_back(database)


@pytest.fixture
def other_sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a second one."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.sqlite')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh migrated database, once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'database.sqlite'}"
    else:
        server: postgresql.Server = request.getfixturevalue("postgresql_server")
        database = server.create()
        yield server.url(database)
        server.drop(database)


@pytest.fixture(scope="session")
async def kept(database_folder: Path) -> AsyncIterator[Kept]:
    """What one test leaves for the next."""
    kept = Kept(database_folder)
    yield kept
    await kept.close()


@pytest.fixture(scope="session")
def kept_file(database_folder: Path, sqlite_template: Path) -> Path:
    """A migrated SQLite database, in which one test follows the other."""
    return Path(shutil.copy(sqlite_template, database_folder / "kept.sqlite"))


@pytest.fixture
def kept_sqlite_url(sqlite_template: Path, kept_file: Path) -> Iterator[str]:
    """The URL of a migrated SQLite database without rows, which may have open connections."""
    yield f"sqlite:///{kept_file}"
    restore(kept_file, sqlite_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database without rows that a test may have used before."""
    fixtures = {"sqlite": "kept_sqlite_url", "postgresql": "postgresql_url"}
    url: str = request.getfixturevalue(fixtures[request.param])
    return url


@pytest.fixture
async def world(kept_url: str, kept: Kept) -> AsyncIterator[World]:
    """A service over an empty database, once on each engine; what it wrote is checked at the end."""
    world = World(kept_url, kept.folder, kept)
    yield world
    found = await violations(world.database)
    await world.close()
    assert not found


@pytest.fixture
def ask(world: World) -> Callable[..., Awaitable[Answer]]:
    """Send a document over HTTP: `await ask(primary_manager, "{ viewer { login } }")`."""
    return world.ask


@pytest.fixture
async def firm(world: World) -> Firm:
    """A private structure with two managers and two services, and someone outside."""
    return await Firm.found(world)
