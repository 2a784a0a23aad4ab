"""A service over a fresh database, once on each engine."""

from collections.abc import AsyncIterator

import pytest

from models.database import Database
from tests.identity.service import Service


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    """The addresses under /auth, where nobody has an account yet."""
    service = Service(database)
    yield service
    service.identity.close()
