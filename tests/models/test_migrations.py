from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

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
    "one_active_iban": "status = 'ACTIVE'",
    "one_default_bank_account": "is_default",
    "one_active_mandate": "status = 'ACTIVE'",
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
    "one_active_iban": "structure_id, iban",
    "one_default_bank_account": "structure_id",
    "one_active_mandate": "structure_id",
}

DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'",
    "postgresql": """SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND indexdef LIKE '%WHERE%'""",
}


NEWER_WORDS = (
    """INSERT INTO structure (id, identifier_type, identifier, name, name_key, sector, status,
        address_withheld, service_code_required, engagement_number_required,
        service_code_or_engagement_number_required, reports_payment, contracting_authority,
        contracting_authority_only, delegated_validator, local_authority,
        agricultural_management_centre, version, created_at, updated_at)
        VALUES (1, 'OTHER', 'ONE', 'One', 'one', 'PRIVATE', 'ACTIVE', false, false, false, false,
        true, false, false, false, false, false, 1, '2026-01-01', '2026-01-01')""",
    """INSERT INTO user_account (id, login, email, first_name, last_name, name_key, status, kind,
        language, platform_role, receives_notifications, demonstration, version, created_at,
        updated_at) VALUES (1, 'a@example.org', 'a@example.org', 'A', 'B', 'b a', 'ACTIVE', 'HUMAN',
        'FR', 'NONE', true, false, 1, '2026-01-01', '2026-01-01')""",
    """INSERT INTO manager_action (id, structure_id, at, action, outcome, count, target_type,
        target_id, changes)
        VALUES (1, 1, '2026-01-01', 'IDENTIFIER_CHANGE', 'DONE', 1, 'STRUCTURE', 1, '[]'),
        (2, 1, '2026-01-01', 'BANK_ACCOUNT_MANAGE', 'DONE', 1, 'BANK_ACCOUNT', 1, '[]')""",
    """INSERT INTO notification (id, kind, user_id, structure_id, payload, created_at)
        VALUES (1, 'IDENTIFIER_CHANGED', 1, 1, '{}', '2026-01-01'),
        (2, 'AREA_CLOSED', 1, 1, '{}', '2026-01-01')""",
)
"""Entries as a release after 0003 may write them."""


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


async def test_what_an_older_release_cannot_name_is_left_out_when_going_back(
    empty_database_url: str, database: Database
) -> None:
    await migrate(empty_database_url, "0003")
    async with database.writer.begin() as connection:
        for statement in NEWER_WORDS:
            await connection.execute(text(statement))

    await migrate(empty_database_url, "-1")

    async with database.reader.connect() as connection:
        acts = await connection.execute(text("SELECT target_type, target_id FROM manager_action"))
        assert acts.all() == [("STRUCTURE", 1), (None, None)]
        messages = await connection.execute(text("SELECT kind FROM notification"))
        assert messages.scalars().all() == ["IDENTIFIER_CHANGED"]


@pytest.mark.parametrize("revision", ["0002", "0003"])
async def test_the_history_stays_closed_to_changes_after_going_back(
    empty_database_url: str, database: Database, revision: str
) -> None:
    await migrate(empty_database_url, "0003")
    async with database.writer.begin() as connection:
        for statement in NEWER_WORDS:
            await connection.execute(text(statement))
    await migrate(empty_database_url, "-1")
    await migrate(empty_database_url, revision)

    for statement in ("UPDATE manager_action SET count = 2", "DELETE FROM manager_action"):
        with pytest.raises(DBAPIError, match="the history is append-only"):
            async with database.writer.begin() as connection:
                await connection.execute(text(statement))


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
