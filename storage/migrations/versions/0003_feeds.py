"""What is needed to follow feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# An index of PostgreSQL takes 2,700 bytes a row: what may be longer is told apart by a digest.
_LONG_KEYS_OF_POSTGRESQL = (
    "ALTER TABLE feeds DROP CONSTRAINT uq_feeds_workspace_channel_url",
    "CREATE UNIQUE INDEX uq_feeds_workspace_channel_url ON feeds (workspace, channel, md5(url))",
)


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("id", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column("url", SORTED_TEXT, nullable=False, comment="of the feed itself"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False, comment="when it is read again"),
        sa.Column("feed", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_feeds_workspace")),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_feeds")),
        sa.UniqueConstraint(
            "workspace", "channel", "url", name=op.f("uq_feeds_workspace_channel_url")
        ),
    )
    op.create_index(op.f("ix_feeds_due_at"), "feeds", ["due_at"], unique=False)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _LONG_KEYS_OF_POSTGRESQL if is_postgresql else ():
        op.execute(statement)
    op.create_table(
        "feed_entries",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("feed", SORTED_TEXT, nullable=False),
        sa.Column(
            "key", SORTED_TEXT, nullable=False, comment="of its address, or of its name in the feed"
        ),
        sa.Column("seen_at", sa.BigInteger(), nullable=False, comment="the last time"),
        sa.ForeignKeyConstraint(
            ["workspace", "feed"],
            ["feeds.workspace", "feeds.id"],
            name=op.f("fk_feed_entries_workspace_feed"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "feed", "key", name=op.f("pk_feed_entries")),
    )
