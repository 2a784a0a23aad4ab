# ruff: noqa: S608 - the statements are made of literals and of our own names
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
    create_mock_engine,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Model
from models.database import Database


WORKSHOP = "(SELECT id FROM structure WHERE identifier = '78412096600030')"
FORMER_WORKSHOP = "(SELECT id FROM structure WHERE identifier = '78412096600014')"
JOINERY = "(SELECT id FROM structure WHERE identifier = '90266138800014')"
SOMEBODY = "(SELECT id FROM user_account WHERE login = 'user@demo.test')"

CHECKS = {
    "ck_user_account_login_lower_case": "UPDATE user_account SET login = upper(login)",
    "ck_structure_not_its_own_predecessor": "UPDATE structure SET predecessor_id = id",
    "ck_structure_one_of_two_excludes_each": """UPDATE structure
        SET service_code_or_engagement_number_required = true, service_code_required = true""",
    "ck_structure_only_implies_authority": "UPDATE structure SET contracting_authority_only = true",
    "ck_structure_inactive_since": "UPDATE structure SET deactivated_at = created_at",
    "ck_service_ends_after_begin": """UPDATE service
        SET valid_from = '2026-02-01', valid_to = '2026-01-31'""",
    "ck_membership_managers_reach_all_services": """UPDATE membership SET scope = 'LISTED'
        WHERE role = 'SECONDARY_MANAGER'""",
    "ck_membership_primary_manager_is_active": """UPDATE membership SET status = 'INACTIVE'
        WHERE role = 'PRIMARY_MANAGER'""",
    "ck_structure_area_not_a_default_area": "UPDATE structure_area SET area = 'HOME'",
    "ck_area_subscription_not_a_default_area": "UPDATE area_subscription SET area = 'MY_ACCOUNT'",
    "ck_request_subscription_names_area": """UPDATE request SET area = NULL
        WHERE kind = 'SUBSCRIPTION'""",
    "ck_request_decided_when_final": "UPDATE request SET decided_at = NULL",
    "ck_manager_action_refused_by_a_rule": "UPDATE manager_action SET refusal = 'FORBIDDEN'",
    "ck_request_refused_with_reason": "UPDATE request SET refusal_reason = NULL",
    "ck_invoicing_mandate_revoked_since": f"""UPDATE invoicing_mandate
        SET revoked_at = subscribed_at, revoked_by_id = {SOMEBODY}""",
    "ck_invoicing_mandate_revoked_by": """UPDATE invoicing_mandate SET revoked_by_id = NULL
        WHERE status = 'REVOKED'""",
    "ck_bank_account_closed_since": "UPDATE bank_account SET closed_at = created_at",
    "ck_bank_account_default_is_active": """UPDATE bank_account SET is_default = true
        WHERE status = 'CLOSED'""",
    "ck_bank_account_factor_is_named": "UPDATE bank_account SET factor_name = 'A factor'",
}

UNIQUES = {
    "uq_user_account_login": f"""UPDATE user_account SET login = 'primary@demo.test'
        WHERE id = {SOMEBODY}""",
    "uq_structure_identifier_type_identifier": f"""UPDATE structure
        SET identifier = '78412096600014' WHERE id = {WORKSHOP}""",
    "uq_structure_predecessor_id": f"""UPDATE structure SET predecessor_id = {FORMER_WORKSHOP}
        WHERE id = {JOINERY}""",
    "uq_service_structure_id_code": f"""UPDATE service SET code = 'ATELIER'
        WHERE structure_id = {JOINERY}""",
    "one_primary_manager": f"""UPDATE membership SET role = 'PRIMARY_MANAGER'
        WHERE structure_id = {WORKSHOP} AND role = 'SECONDARY_MANAGER'""",
}

# The primary key holds these: they exist to be referred to.
IMPLIED = {"uq_service_structure_id_id", "uq_membership_structure_id_id"}

_PREPARER = create_mock_engine("postgresql://", lambda *_: None).dialect.identifier_preparer


def _named(table: Table, kind: type) -> list[tuple[str, object]]:
    return [
        (_PREPARER.format_constraint(constraint) or "", constraint)
        # A set, whose order two processes do not share.
        for constraint in sorted(table.constraints, key=lambda one: str(one.name))
        if isinstance(constraint, kind)
    ]


def _enumerations() -> list[tuple[str, Table, str]]:
    return [
        (name, table, column.name)
        for table in Model.metadata.sorted_tables
        for name, check in _named(table, CheckConstraint)
        for column in check.columns  # type: ignore[attr-defined]
        if check._type_bound  # type: ignore[attr-defined]
    ]


def _references() -> list[Any]:
    return [
        pytest.param(table, constraint.column_keys[-1], id=name)  # type: ignore[attr-defined]
        for table in Model.metadata.sorted_tables
        for name, constraint in _named(table, ForeignKeyConstraint)
    ]


def _obligatory() -> list[tuple[Table, Column[object]]]:
    return [
        (table, column)
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if not column.nullable and not column.primary_key
    ]


def _partial_indexes() -> list[Index]:
    return [
        index
        for table in Model.metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda one: str(one.name))
        if index.unique and index.dialect_options["sqlite"]["where"] is not None
    ]


@pytest.fixture
async def connection(demonstration: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction with a row in every table, which is never committed."""
    async with demonstration.writer.connect() as connection:
        for statement in (
            f"""INSERT INTO sign_in_session (user_id, created_at, expires_at)
            SELECT id, created_at, created_at FROM user_account WHERE id = {SOMEBODY}""",
            """INSERT INTO refresh_token (digest, session_id, created_at, expires_at)
            SELECT 'digest', id, created_at, created_at FROM sign_in_session""",
            f"""INSERT INTO idempotency_record (user_id, key, input_hash, outcome, created_at)
            SELECT id, 'key', 'hash', '{{}}', created_at FROM user_account WHERE id = {SOMEBODY}""",
            f"""INSERT INTO notification (kind, user_id, structure_id, payload, created_at)
            SELECT 'REQUEST_REFUSED', {SOMEBODY}, id, '{{}}', created_at FROM structure
            WHERE id = {WORKSHOP}""",
        ):
            await connection.exec_driver_sql(statement)
        for table, trigger, update in (
            ("manager_action", "manager_action_append_only", "manager_action_no_update"),
            ("bank_account", "bank_account_never_edited", "bank_account_never_edited"),
        ):
            await connection.exec_driver_sql(
                f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"
                if demonstration.dialect_name == "postgresql"
                else f"DROP TRIGGER {update}"
            )
        yield connection
        await connection.rollback()


def _one_row(connection: AsyncConnection, table: Table) -> str:
    place = "ctid" if connection.dialect.name == "postgresql" else "rowid"
    return f"{place} = (SELECT {place} FROM {table.name} LIMIT 1)"


@pytest.mark.parametrize("name", CHECKS)
async def test_a_rule_between_columns_is_kept(connection: AsyncConnection, name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        await connection.exec_driver_sql(CHECKS[name])


@pytest.mark.parametrize(("name", "table", "column"), _enumerations())
async def test_a_word_outside_its_vocabulary_is_refused(
    connection: AsyncConnection, name: str, table: Table, column: str
) -> None:
    row = _one_row(connection, table)

    with pytest.raises(IntegrityError) as refused:
        await connection.exec_driver_sql(f"UPDATE {table.name} SET {column} = 'WORD' WHERE {row}")

    # A word may break a rule between columns too.
    assert "check constraint" in str(refused.value).lower(), name


@pytest.mark.parametrize("name", UNIQUES)
async def test_what_must_be_unique_is(connection: AsyncConnection, name: str) -> None:
    with pytest.raises(IntegrityError) as refused:
        await connection.exec_driver_sql(UNIQUES[name])

    assert name in str(refused.value) or connection.dialect.name == "sqlite"
    assert "unique" in str(refused.value).lower()


@pytest.mark.parametrize("index", _partial_indexes(), ids=lambda index: index.name)
async def test_a_live_row_cannot_be_doubled(connection: AsyncConnection, index: Index) -> None:
    table = index.table
    assert table is not None
    columns = ", ".join(column.name for column in table.columns if not column.primary_key)
    predicate = index.dialect_options["sqlite"]["where"]

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await connection.exec_driver_sql(
            f"""INSERT INTO {table.name} ({columns})
            SELECT {columns} FROM {table.name} WHERE {predicate} LIMIT 1"""
        )


@pytest.mark.parametrize(("table", "column"), _references())
async def test_a_reference_to_nothing_is_refused(
    connection: AsyncConnection, table: Table, column: str
) -> None:
    row = _one_row(connection, table)

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await connection.exec_driver_sql(f"UPDATE {table.name} SET {column} = -1 WHERE {row}")


@pytest.mark.parametrize(("table", "column"), _obligatory(), ids=str)
async def test_an_obligatory_value_cannot_be_left_out(
    connection: AsyncConnection, table: Table, column: Column[object]
) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)not[- ]null"):
        await connection.exec_driver_sql(f'UPDATE {table.name} SET "{column.name}" = NULL')


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE manager_action SET reason = 'another'",
        "DELETE FROM manager_action",
        "DELETE FROM manager_action WHERE id = 1",
    ],
)
async def test_the_history_cannot_be_changed(demonstration: Database, statement: str) -> None:
    async with demonstration.writer.connect() as connection:
        with pytest.raises(DBAPIError, match="the history is append-only"):
            await connection.exec_driver_sql(statement)
        await connection.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "iban = 'FR7630004000031234567890143'",
        "bic = 'BNPAFRPP'",
        "holder_name = 'Somebody else'",
        "factor = true, factor_name = 'A factor'",
        f"structure_id = {WORKSHOP}",
    ],
)
async def test_bank_details_cannot_be_changed(demonstration: Database, change: str) -> None:
    async with demonstration.writer.connect() as connection:
        with pytest.raises(DBAPIError, match="bank details are never changed"):
            await connection.exec_driver_sql(
                f"UPDATE bank_account SET {change} WHERE structure_id = {JOINERY}"
            )
        await connection.rollback()


def test_every_rule_of_the_tables_is_broken_here() -> None:
    checks, uniques = set(), set()
    for table in Model.metadata.sorted_tables:
        checks |= {
            name
            for name, check in _named(table, CheckConstraint)
            if not check._type_bound  # type: ignore[attr-defined]
        }
        uniques |= {name for name, _ in _named(table, UniqueConstraint)}

    assert checks == set(CHECKS)
    assert uniques - IMPLIED == set(UNIQUES) - {"one_primary_manager"}
