"""Let the kinds of messages and of targets grow without a migration each time."""

from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TARGETS = ("STRUCTURE", "MEMBERSHIP", "REQUEST")
MESSAGES = (
    "REQUEST_SUBMITTED",
    "REQUEST_VALIDATED",
    "REQUEST_REFUSED",
    "PRIMARY_MANAGER_TRANSFERRED",
    "IDENTIFIER_CHANGED",
)
CHECKS = {
    "manager_action": ("ck_manager_action_target_type", "target_type", TARGETS),
    "notification": ("ck_notification_notification_kind", "kind", MESSAGES),
}


def upgrade() -> None:
    """Remove the checks of both vocabularies."""
    for table, (name, column, words) in CHECKS.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            _make_again(table, f", \n\tCONSTRAINT {name} {_check(column, words)}", "")


def downgrade() -> None:
    """Check them again; messages and targets of kinds that are not known then are lost."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute("ALTER TABLE manager_action DISABLE TRIGGER USER")
    else:
        op.execute("DROP TRIGGER manager_action_no_update")
    op.execute(
        "UPDATE manager_action SET target_type = NULL, target_id = NULL"  # noqa: S608
        f" WHERE target_type NOT IN ({_listed(TARGETS)})"
    )
    op.execute(
        f"DELETE FROM notification WHERE kind NOT IN ({_listed(MESSAGES)})"  # noqa: S608
    )
    for table, (name, column, words) in CHECKS.items():
        check = f"CONSTRAINT {name} {_check(column, words)}"
        if on_postgresql:
            op.execute(f"ALTER TABLE {table} ADD {check}")
        else:
            _make_again(table, "\n)", f", \n\t{check}\n)")
    if on_postgresql:
        op.execute("ALTER TABLE manager_action ENABLE TRIGGER USER")
    else:
        op.execute(
            "CREATE TRIGGER manager_action_no_update BEFORE UPDATE ON manager_action"
            " BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
        )


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _check(column: str, words: tuple[str, ...]) -> str:
    return f"CHECK ({column} IN ({_listed(words)}))"


def _make_again(table: str, before: str, after: str) -> None:
    """
    Make a table of SQLite anew with a part of its definition changed, and all that hangs on it.

    Alembic's own way would lose the other checks, which SQLAlchemy does not read back.
    """
    connection = op.get_bind()
    definitions = connection.exec_driver_sql(
        "SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
    ).all()
    (definition,) = (text for kind, text in definitions if kind == "table")
    if before not in definition:
        message = f"{table} is not as the migration before this one left it."
        raise RuntimeError(message)
    head, _, tail = definition.rpartition(before)
    made = f"{head}{after}{tail}"
    connection.exec_driver_sql(made.replace(table, f"{table}_made_again", 1))
    connection.exec_driver_sql(
        f"INSERT INTO {table}_made_again SELECT * FROM {table}"  # noqa: S608 -- names of this file
    )
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_made_again RENAME TO {table}")
    for kind, text in definitions:
        if kind != "table":
            connection.exec_driver_sql(text)
