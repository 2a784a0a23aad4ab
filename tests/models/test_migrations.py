from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from models.base import Model
from models.database import MIGRATIONS, Database, migrate
from models.demonstration.loading import load_demonstration
from models.invariants import violations
from models.revisions import Standing, standing_of


# What stands after WHERE: a changed condition is not seen by comparing the tables.
CONDITIONS = {
    "one_live_membership": "status <> 'DELETED'",
    "one_primary_manager": "role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'",
    "one_opening_per_structure": "service_id IS NULL AND closed_at IS NULL",
    "one_opening_per_service": "service_id IS NOT NULL AND closed_at IS NULL",
    "one_subscription_per_structure": "service_id IS NULL AND ended_at IS NULL",
    "one_subscription_per_service": "service_id IS NOT NULL AND ended_at IS NULL",
    "one_pending_connection_request": "kind = 'CONNECTION' AND status = 'PENDING'",
    "one_pending_request_structure": (
        "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NULL"
    ),
    "one_pending_request_service": (
        "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NOT NULL"
    ),
    "unsent_notification": "sent_at IS NULL",
}

COLUMNS = {
    "one_live_membership": "user_id, structure_id",
    "one_primary_manager": "structure_id",
    "one_opening_per_structure": "structure_id, area",
    "one_opening_per_service": "structure_id, area, service_id",
    "one_subscription_per_structure": "membership_id, area",
    "one_subscription_per_service": "membership_id, area, service_id",
    "one_pending_connection_request": "requester_id, structure_id",
    "one_pending_request_structure": "requester_id, structure_id, area",
    "one_pending_request_service": "requester_id, structure_id, area, service_id",
    "unsent_notification": "id",
}

DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'",
    "postgresql": """SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND indexdef LIKE '%WHERE%'""",
}


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.close()


async def _tables(database: Database) -> set[str]:
    def names(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    async with database.reader.connect() as connection:
        return await connection.run_sync(names)


async def test_the_migrations_make_the_tables_of_the_models(
    empty_database_url: str, database: Database
) -> None:
    await migrate(empty_database_url)

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Model.metadata))

    async with database.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_partial_indexes_have_their_conditions(
    empty_database_url: str, database: Database
) -> None:
    await migrate(empty_database_url)

    async with database.reader.connect() as connection:
        rows = await connection.execute(text(DEFINITIONS[database.dialect_name]))
        found = {name: _plain(definition) for name, definition in rows}

    expected = {
        name: f"({COLUMNS[name]}) WHERE {condition}" for name, condition in CONDITIONS.items()
    }
    assert found == {name: _plain(definition) for name, definition in expected.items()}


def _plain(definition: str) -> str:
    """Leave the columns and the condition, without the casts and parentheses of PostgreSQL."""
    bare = definition[definition.index("(") :]
    for noise in ("::character varying", "::text", "(", ")", '"'):
        bare = bare.replace(noise, "")
    return " ".join(bare.split())


async def test_migrations_go_up_down_and_up_again_over_data(
    empty_database_url: str, database: Database
) -> None:
    await migrate(empty_database_url)
    await load_demonstration(database, datetime.now(UTC), "no password")

    await migrate(empty_database_url, "base")

    assert await _tables(database) == {"alembic_version"}
    await migrate(empty_database_url)
    assert await load_demonstration(database, datetime.now(UTC), "no password")
    assert await violations(database) == []


async def test_each_migration_can_be_taken_back(
    empty_database_url: str, database: Database
) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    await migrate(empty_database_url)

    for revision in revisions:
        await migrate(empty_database_url, "-1")
        assert await standing_of(database) in {Standing.BEHIND, Standing.EMPTY}
        await migrate(empty_database_url, revision)
        await migrate(empty_database_url, "-1")

    assert await _tables(database) == {"alembic_version"}


async def test_migrating_twice_changes_nothing(empty_database_url: str, database: Database) -> None:
    await migrate(empty_database_url)
    tables = await _tables(database)

    await migrate(empty_database_url)

    assert await _tables(database) == tables


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1
