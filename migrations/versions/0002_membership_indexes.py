"""Find the managers of structures, and who reaches all of their services, without the others."""

from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = ("role", "scope")


def upgrade() -> None:
    """Add an index of memberships by structure and role, and one by structure and scope."""
    for column in COLUMNS:
        op.create_index(
            f"ix_membership_structure_id_{column}", "membership", ["structure_id", column]
        )


def downgrade() -> None:
    """Remove them."""
    for column in COLUMNS:
        op.drop_index(f"ix_membership_structure_id_{column}", "membership")
