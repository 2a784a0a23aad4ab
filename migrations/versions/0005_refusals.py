"""Let the history tell which rule refused an act."""

from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = "ck_manager_action_refused_by_a_rule"
CHECK = f"CONSTRAINT {NAME} CHECK (outcome = 'REFUSED' OR refusal IS NULL)"


def upgrade() -> None:
    """Add the code of the refusal."""
    op.execute(f"ALTER TABLE manager_action ADD COLUMN refusal VARCHAR(40) {CHECK}")


def downgrade() -> None:
    """Remove it; entries of refusals stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE manager_action DROP CONSTRAINT {NAME}")
    op.execute("ALTER TABLE manager_action DROP COLUMN refusal")
