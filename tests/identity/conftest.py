"""A service over a fresh database, once on each engine."""

from collections.abc import AsyncIterator, Iterator

import pytest

from models.database import Database
from tests.identity.service import Service
from tests.kept import Kept


@pytest.fixture
def database(kept_url: str, kept: Kept) -> Database:
    """A migrated database without rows."""
    return kept.database(kept_url)


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    """The addresses under /auth, where nobody has an account yet."""
    service = Service(database)
    yield service
    service.identity.close()


@pytest.fixture
def door() -> Iterator[Service]:
    """The same addresses, for calls that never get as far as the database."""
    service = Service(Database("sqlite:////nowhere/at/all"))
    yield service
    service.identity.close()
