"""A delivery is found by its key at once, before the server has statistics, too.

So are the subscriptions of a channel.
"""

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
    op.create_index(
        "ix_subscriptions_workspace_channel", "subscriptions", ["workspace", "channel"]
    )
