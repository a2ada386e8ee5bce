"""Who replied to what is kept, and what people in a channel like.

Digests that are compiled and not posted say why they chose so in another form by now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "replies",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "message", SORTED_TEXT, nullable=False, comment="what was replied to: a thread's head"
        ),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("replied_at", sa.BigInteger(), nullable=False, comment="the first time"),
        sa.PrimaryKeyConstraint("workspace", "message", "member", name=op.f("pk_replies")),
    )
    op.create_table(
        "votes",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column("is_liked", sa.Boolean(), nullable=False, comment="more like this, or less"),
        sa.Column("voted_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "topic",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="of the link then; empty: none, or it does not count any more",
        ),
        sa.Column("source", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("kind", SORTED_TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_votes_workspace")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_votes_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace", "channel", "member", "link_id", name=op.f("pk_votes")),
    )
    op.create_index("ix_votes_link_id", "votes", ["link_id"])
    op.execute("DELETE FROM deliveries WHERE state = 'prepared'")
    op.execute(
        "UPDATE deliveries SET digest = NULL, fingerprint = NULL"
        " WHERE state = 'planned' AND digest IS NOT NULL"
    )
