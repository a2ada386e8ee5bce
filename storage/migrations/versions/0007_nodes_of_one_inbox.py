"""Events of one message keep their order over several nodes; all show the same web chat."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OPEN = sa.text("state = 'open' AND about IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "inbox",
        sa.Column(
            "about",
            SORTED_TEXT,
            comment="whose turn it waits for; null: nobody's, or there is one node",
        ),
    )
    op.create_index("ix_inbox_about", "inbox", ["about"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column(
        "chat_messages",
        sa.Column(
            "changed_at",
            sa.BigInteger(),
            comment="by the database's clock; null: by the only node",
        ),
    )
    changed = sa.text("changed_at IS NOT NULL")
    op.create_index(
        "ix_chat_messages_changed_at",
        "chat_messages",
        ["changed_at"],
        sqlite_where=changed,
        postgresql_where=changed,
    )
