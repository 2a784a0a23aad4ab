"""Find acts in a long history by what is asked of it: action, actor, user, date."""

from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = (("action", "id"), ("actor_id", "id"), ("user_id", "id"), ("at",))


def upgrade() -> None:
    """Add an index of each structure's acts for each filter."""
    for columns in INDEXES:
        name = "_".join(("structure_id", *columns))
        op.create_index(f"ix_manager_action_{name}", "manager_action", ["structure_id", *columns])


def downgrade() -> None:
    """Remove them."""
    for columns in INDEXES:
        name = "_".join(("structure_id", *columns))
        op.drop_index(f"ix_manager_action_{name}", "manager_action")
