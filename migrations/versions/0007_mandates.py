"""Keep the invoicing mandates of structures."""

import sqlalchemy as sa

from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    status = sa.Enum(
        "ACTIVE",
        "REVOKED",
        name="mandate_status",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "invoicing_mandate",
        sa.Column("id", key, nullable=False),
        sa.Column("structure_id", key, nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("terms_version", sa.String(40), nullable=False),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subscribed_by_id", key, nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", key, nullable=True),
        sa.CheckConstraint(
            "(status = 'REVOKED') = (revoked_at IS NOT NULL)",
            name=op.f("ck_invoicing_mandate_revoked_since"),
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)",
            name=op.f("ck_invoicing_mandate_revoked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_invoicing_mandate_structure_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscribed_by_id"],
            ["user_account.id"],
            name=op.f("fk_invoicing_mandate_subscribed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"],
            ["user_account.id"],
            name=op.f("fk_invoicing_mandate_revoked_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_mandate")),
    )
    active = sa.text("status = 'ACTIVE'")
    op.create_index(
        "one_active_mandate",
        "invoicing_mandate",
        ["structure_id"],
        unique=True,
        postgresql_where=active,
        sqlite_where=active,
    )
    op.create_index(
        op.f("ix_invoicing_mandate_structure_id_id"), "invoicing_mandate", ["structure_id", "id"]
    )


def downgrade() -> None:
    """Remove it; the mandates are lost."""
    op.drop_table("invoicing_mandate")
