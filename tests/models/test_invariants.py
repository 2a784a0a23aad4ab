# ruff: noqa: S608 - the statements are made of literals of this file
from collections.abc import AsyncIterator

import pytest

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import Database
from models.invariant_list import INVARIANTS
from models.invariants import violations, violations_seen


WORKSHOP = "(SELECT id FROM structure WHERE identifier = '78412096600030')"
FORMER_WORKSHOP = "(SELECT id FROM structure WHERE identifier = '78412096600014')"
JOINERY = "(SELECT id FROM structure WHERE identifier = '90266138800014')"
TOWN = "(SELECT id FROM structure WHERE sector = 'PUBLIC')"
OUTSIDER = "(SELECT id FROM user_account WHERE login = 'outsider@demo.test')"
MEMBERSHIP = "structure_id, user_id, role, status, scope, origin, created_at, updated_at, version"
REQUEST = """kind, structure_id, requester_id, status, area, mode, service_id,
    created_at, updated_at, version"""
BANK_ACCOUNT = """structure_id, label, label_key, bic, holder_name, factor, status, created_at,
    updated_at, version"""

BREAKS = [
    (
        "one_primary_manager",
        f"UPDATE membership SET role = 'SIMPLE_USER' WHERE structure_id = {JOINERY}",
    ),
    (
        "one_primary_manager",
        f"""UPDATE membership SET role = 'PRIMARY_MANAGER'
        WHERE structure_id = {WORKSHOP} AND role = 'SECONDARY_MANAGER'""",
    ),
    (
        "managers_are_persons",
        "UPDATE user_account SET kind = 'TECHNICAL' WHERE login = 'secondary@demo.test'",
    ),
    (
        "managers_are_persons",
        "UPDATE user_account SET status = 'DEACTIVATED' WHERE login = 'primary@demo.test'",
    ),
    (
        "managers_reach_all_services",
        "UPDATE membership SET scope = 'LISTED' WHERE role = 'SECONDARY_MANAGER'",
    ),
    (
        "one_live_membership",
        f"""INSERT INTO membership ({MEMBERSHIP})
        SELECT structure_id, user_id, 'SIMPLE_USER', 'INACTIVE', 'LISTED', 'MANAGER',
        created_at, updated_at, 1 FROM membership WHERE role = 'SECONDARY_MANAGER'""",
    ),
    (
        "no_right_without_membership",
        """UPDATE membership SET status = 'DELETED' WHERE user_id =
        (SELECT id FROM user_account WHERE login = 'user@demo.test')""",
    ),
    (
        "right_below_opening",
        "UPDATE structure_area SET closed_at = opened_at WHERE area = 'DATA_FLOW_OVERVIEW'",
    ),
    (
        "right_below_opening",
        "UPDATE structure_area SET mode = 'CONSULTATION' WHERE area = 'ISSUED_INVOICES'",
    ),
    (
        "right_below_opening",
        """UPDATE structure_area SET service_id =
        (SELECT min(id) FROM service WHERE service.structure_id = structure_area.structure_id)
        WHERE area = 'ISSUED_INVOICES'""",
    ),
    (
        "default_areas_are_not_stored",
        """UPDATE request SET area = 'HOME' WHERE id =
        (SELECT min(id) FROM request WHERE kind = 'SUBSCRIPTION' AND status = 'PENDING')""",
    ),
    (
        "areas_of_public_structures",
        "UPDATE structure SET sector = 'PRIVATE' WHERE sector = 'PUBLIC'",
    ),
    (
        "pending_on_active_structure",
        f"""UPDATE structure SET status = 'INACTIVE', deactivated_at = created_at
        WHERE id = {WORKSHOP}""",
    ),
    (
        "one_pending_request",
        f"""INSERT INTO request ({REQUEST}) SELECT {REQUEST} FROM request
        WHERE kind = 'CONNECTION' AND status = 'PENDING' AND structure_id = {TOWN}""",
    ),
    (
        "one_pending_request",
        f"""INSERT INTO request ({REQUEST}) SELECT {REQUEST} FROM request
        WHERE area = 'COMMITMENTS' AND status = 'PENDING' AND service_id IS NULL""",
    ),
    (
        "one_decision",
        f"""UPDATE request SET status = 'REFUSED', decided_at = created_at,
        refusal_reason = 'no', decided_by_id = {OUTSIDER} WHERE structure_id = {TOWN}""",
    ),
    ("one_decision", "UPDATE request SET decided_by_id = NULL WHERE status = 'REFUSED'"),
    ("one_decision", "UPDATE request SET status = 'CANCELLED' WHERE status = 'REFUSED'"),
    ("decided_when_final", "UPDATE request SET decided_at = NULL WHERE status = 'VALIDATED'"),
    ("decided_when_final", "UPDATE request SET refusal_reason = NULL WHERE status = 'REFUSED'"),
    (
        "validated_request_took_effect",
        f"UPDATE request SET requester_id = {OUTSIDER} WHERE status = 'VALIDATED'",
    ),
    (
        "validated_request_took_effect",
        """UPDATE request SET area = 'JUSTICE_COSTS'
        WHERE status = 'VALIDATED' AND kind = 'SUBSCRIPTION'""",
    ),
    (
        "acyclic_succession",
        f"UPDATE structure SET predecessor_id = {WORKSHOP} WHERE id = {FORMER_WORKSHOP}",
    ),
    (
        "replaced_structure_is_inactive",
        f"""UPDATE structure SET status = 'ACTIVE', deactivated_at = NULL
        WHERE id = {FORMER_WORKSHOP}""",
    ),
    (
        "public_invoices_service",
        "UPDATE service SET enabled = false WHERE code = 'FACTURES_PUBLIQUES'",
    ),
    (
        "payment_request_application",
        f"DELETE FROM structure_application WHERE structure_id = {TOWN}",
    ),
    (
        "normalised_identifier",
        "UPDATE structure SET identifier = 'be0999887777' WHERE identifier_type = 'EU_VAT'",
    ),
    (
        "normalised_identifier",
        f"UPDATE structure SET identifier = '7841209660003' WHERE id = {WORKSHOP}",
    ),
    (
        "services_of_the_same_structure",
        f"""INSERT INTO requested_service (structure_id, request_id, service_id)
        SELECT service.structure_id, request.id, service.id FROM request, service
        WHERE request.structure_id = {WORKSHOP} AND service.code = 'VOIRIE'""",
    ),
    (
        "recorded_succession",
        f"""UPDATE structure SET predecessor_id = NULL WHERE id = {WORKSHOP};
        UPDATE structure SET predecessor_id = {FORMER_WORKSHOP} WHERE id = {JOINERY}""",
    ),
    (
        "recorded_transfer",
        f"UPDATE membership SET origin = 'TRANSFER' WHERE structure_id = {JOINERY}",
    ),
    (
        "whole_idempotency_record",
        f"""INSERT INTO idempotency_record (user_id, key, input_hash, outcome, created_at)
        SELECT id, 'key', 'short', '{{}}', created_at FROM user_account WHERE id = {OUTSIDER}""",
    ),
    ("append_only_history", ""),
    (
        "counted_refusals",
        f"""INSERT INTO manager_action (structure_id, at, action, outcome, count, changes)
        SELECT id, created_at, 'IDENTIFIER_CHANGE', 'DONE', 2, '[]' FROM structure
        WHERE id = {JOINERY}""",
    ),
    (
        "counted_refusals",
        f"""INSERT INTO manager_action (structure_id, at, action, outcome, refusal, count, changes)
        SELECT id, created_at, 'IDENTIFIER_CHANGE', 'REFUSED', 'FORBIDDEN', 1, '[]' FROM structure
        WHERE id = {JOINERY}""",
    ),
    (
        "one_default_bank_account",
        "UPDATE bank_account SET is_default = true WHERE status = 'ACTIVE'",
    ),
    (
        "one_default_bank_account",
        "UPDATE bank_account SET is_default = true WHERE status = 'CLOSED'",
    ),
    (
        "one_active_iban",
        f"""INSERT INTO bank_account ({BANK_ACCOUNT}, iban, is_default)
        SELECT {BANK_ACCOUNT}, iban, false FROM bank_account WHERE structure_id = {JOINERY}""",
    ),
    (
        "normalised_iban",
        f"""INSERT INTO bank_account ({BANK_ACCOUNT}, iban, is_default)
        SELECT {BANK_ACCOUNT}, lower(iban), false FROM bank_account
        WHERE structure_id = {JOINERY}""",
    ),
    ("bank_details_are_kept", ""),
    (
        "one_active_mandate",
        """INSERT INTO invoicing_mandate (structure_id, status, terms_version, subscribed_at,
        subscribed_by_id) SELECT structure_id, status, terms_version, subscribed_at,
        subscribed_by_id FROM invoicing_mandate WHERE status = 'ACTIVE';
        INSERT INTO manager_action (structure_id, at, action, outcome, count, target_type,
        target_id, changes) SELECT structure_id, subscribed_at, 'MANDATE_SUBSCRIBE', 'DONE', 1,
        'INVOICING_MANDATE', id, '[]' FROM invoicing_mandate
        WHERE id = (SELECT max(id) FROM invoicing_mandate)""",
    ),
    (
        "revoked_mandate",
        "UPDATE invoicing_mandate SET revoked_by_id = NULL WHERE status = 'REVOKED'",
    ),
    (
        "revoked_mandate",
        """UPDATE invoicing_mandate SET subscribed_at = updated_at
        FROM (SELECT max(at) AS updated_at FROM manager_action) AS latest
        WHERE status = 'REVOKED'""",
    ),
    (
        "recorded_mandate",
        f"""INSERT INTO invoicing_mandate (structure_id, status, terms_version, subscribed_at,
        subscribed_by_id) SELECT {TOWN}, 'ACTIVE', terms_version, subscribed_at, subscribed_by_id
        FROM invoicing_mandate WHERE status = 'ACTIVE'""",
    ),
]

TRIGGERS = {
    "append_only_history": {
        "sqlite": "DROP TRIGGER manager_action_no_update",
        "postgresql": "ALTER TABLE manager_action DISABLE TRIGGER manager_action_append_only",
    },
    "bank_details_are_kept": {
        "sqlite": "DROP TRIGGER bank_account_never_edited",
        "postgresql": "ALTER TABLE bank_account DISABLE TRIGGER bank_account_never_edited",
    },
}


@pytest.fixture
async def unguarded(demonstration: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction in which no constraint is checked, and which is never committed."""
    async with demonstration.writer.connect() as connection:
        if demonstration.dialect_name == "sqlite":
            await connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            guards = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '%WHERE%'"
            drops = "DROP INDEX {}"
        else:
            guards = """SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname
                FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0
                UNION SELECT 'DROP INDEX ' || indexname FROM pg_indexes
                WHERE schemaname = 'public' AND indexdef LIKE '%WHERE%'"""
            drops = "{}"
        for (guard,) in (await connection.exec_driver_sql(guards)).all():
            await connection.exec_driver_sql(drops.format(guard))
        yield connection
        if demonstration.dialect_name == "sqlite":
            await connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
        await connection.rollback()


async def test_the_demonstration_breaks_no_invariant(demonstration: Database) -> None:
    assert await violations(demonstration) == []


@pytest.mark.parametrize(("name", "statements"), BREAKS)
async def test_a_broken_invariant_is_found(
    unguarded: AsyncConnection, name: str, statements: str
) -> None:
    if name in TRIGGERS:
        statements = TRIGGERS[name][unguarded.dialect.name]

    for statement in statements.split(";"):
        assert (await unguarded.exec_driver_sql(statement)).rowcount != 0

    assert [violation.name for violation in await violations_seen(unguarded)] == [name]


async def test_an_offender_is_named(unguarded: AsyncConnection) -> None:
    joinery = await unguarded.exec_driver_sql(f"SELECT {JOINERY}")
    await unguarded.exec_driver_sql(
        f"UPDATE membership SET role = 'SIMPLE_USER' WHERE structure_id = {JOINERY}"
    )

    (violation,) = await violations_seen(unguarded)

    assert violation.ids == (joinery.scalar_one(),)


async def test_a_dangling_reference_is_found_where_the_database_lets_it_pass(
    unguarded: AsyncConnection,
) -> None:
    dangle = f"UPDATE password SET user_id = 0 WHERE user_id = {OUTSIDER}"
    if unguarded.dialect.name == "postgresql":
        with pytest.raises(IntegrityError):
            await unguarded.exec_driver_sql(dangle)
        return

    await unguarded.exec_driver_sql(dangle)

    assert [violation.name for violation in await violations_seen(unguarded)] == ["foreign_keys"]


def test_every_invariant_is_broken_here() -> None:
    broken = {name for name, _ in BREAKS} | {"foreign_keys"}

    assert broken == {invariant.name for invariant in INVARIANTS}
