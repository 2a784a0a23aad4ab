"""Keep the bank accounts of structures."""

import sqlalchemy as sa

from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "structure_id, iban, bic, holder_name, factor, factor_name, factor_identifier"
TRIGGERS = {
    "sqlite": (
        f"""
        CREATE TRIGGER bank_account_never_edited BEFORE UPDATE OF {KEPT} ON bank_account
        BEGIN SELECT RAISE(ABORT, 'bank details are never changed'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION refuse_change_of_bank_details() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'bank details are never changed'; END $$
        """,
        f"""
        CREATE TRIGGER bank_account_never_edited BEFORE UPDATE OF {KEPT} ON bank_account
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_bank_details()
        """,
    ),
}


def upgrade() -> None:
    """Add the table, and what keeps its details as they were written."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    label_key = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")
    status = sa.Enum(
        "ACTIVE",
        "CLOSED",
        name="bank_account_status",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "bank_account",
        sa.Column("id", key, nullable=False),
        sa.Column("structure_id", key, nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("label_key", label_key, nullable=False),
        sa.Column("iban", sa.String(34), nullable=False),
        sa.Column("bic", sa.String(11), nullable=False),
        sa.Column("holder_name", sa.String(200), nullable=False),
        sa.Column("factor", sa.Boolean(), nullable=False),
        sa.Column("factor_name", sa.String(200), nullable=True),
        sa.Column("factor_identifier", sa.String(80), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'CLOSED') = (closed_at IS NOT NULL)",
            name=op.f("ck_bank_account_closed_since"),
        ),
        sa.CheckConstraint(
            "NOT is_default OR status = 'ACTIVE'", name=op.f("ck_bank_account_default_is_active")
        ),
        sa.CheckConstraint(
            "factor = (factor_name IS NOT NULL) AND (factor OR factor_identifier IS NULL)",
            name=op.f("ck_bank_account_factor_is_named"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_bank_account_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
    )
    for name, columns, condition in (
        ("one_active_iban", ["structure_id", "iban"], "status = 'ACTIVE'"),
        ("one_default_bank_account", ["structure_id"], "is_default"),
    ):
        where = sa.text(condition)
        op.create_index(
            name, "bank_account", columns, unique=True, postgresql_where=where, sqlite_where=where
        )
    op.create_index(
        op.f("ix_bank_account_structure_id_label_key_id"),
        "bank_account",
        ["structure_id", "label_key", "id"],
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Remove both; the accounts are lost."""
    op.drop_table("bank_account")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_bank_details")
