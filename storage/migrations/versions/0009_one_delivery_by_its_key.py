"""A delivery is found by its key at once, before the server has statistics, too."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("ix_deliveries_workspace_subscription_due_at", "deliveries")
    op.create_index(
        "ix_deliveries_subscription_workspace_due_at",
        "deliveries",
        ["subscription", "workspace", "due_at"],
    )
