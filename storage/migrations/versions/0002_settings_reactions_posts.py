"""What several workspaces, reactions, posts, backfills and subscriptions need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _change_workspaces()
    _split_inbox()
    _add_reactions()
    _add_posts()
    _add_backfills()
    _add_subscriptions()


def _change_workspaces() -> None:
    # Both followed the operator's settings at every start: nothing that anybody chose is lost.
    op.drop_column("workspaces", "zone")
    op.drop_column("workspaces", "language")
    op.add_column(
        "workspaces",
        sa.Column(
            "settings", SORTED_TEXT, nullable=True, comment="null: its members chose nothing yet"
        ),
    )
    op.add_column(
        "workspaces",
        sa.Column(
            "seen_at",
            sa.BigInteger(),
            nullable=True,
            comment="until when all was heard; null until first heard",
        ),
    )
    op.create_table(
        "homes",
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_homes_workspace")
        ),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_homes")),
    )


def _split_inbox() -> None:
    op.add_column(
        "inbox",
        sa.Column(
            "lane",
            SORTED_TEXT,
            server_default="talk",
            nullable=False,
            comment="who waits: talk, marks",
        ),
    )
    inbox = sa.table("inbox", sa.column("lane", sa.Text), sa.column("payload", sa.Text))
    is_reaction = [
        inbox.c.payload.startswith(f'{{"is":"{kind}"', autoescape=True)
        for kind in ("ReactionAdded", "ReactionRemoved")
    ]
    op.execute(inbox.update().where(sa.or_(*is_reaction)).values(lane="marks"))
    op.drop_index("ix_inbox_open", "inbox")
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _add_reactions() -> None:
    op.create_table(
        "reactions",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("message", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column(
            "emoji", SORTED_TEXT, nullable=False, comment="bare: one key for every way to draw it"
        ),
        sa.Column(
            "is_on",
            sa.Boolean(),
            nullable=False,
            comment="false: taken back; kept for late repeats",
        ),
        sa.Column(
            "changed_at",
            sa.BigInteger(),
            nullable=False,
            comment="of the newest act that was heard of",
        ),
        sa.Column("member_name", SORTED_TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "message", "member", "emoji", name=op.f("pk_reactions")
        ),
    )


def _add_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "key",
            SORTED_TEXT,
            nullable=False,
            comment="the same for every try to send one message",
        ),
        sa.Column(
            "began_at",
            sa.BigInteger(),
            nullable=False,
            comment="before the platform was first called",
        ),
        sa.Column("message", SORTED_TEXT, nullable=True, comment="null until the platform told it"),
        sa.PrimaryKeyConstraint("workspace", "key", name=op.f("pk_posts")),
    )


def _add_backfills() -> None:
    op.create_table(
        "backfills",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "id", SORTED_TEXT, nullable=False, comment="that of the event that asked for it"
        ),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", SORTED_TEXT, nullable=False, comment="open, done, stopped, failed"),
        sa.Column("backfill", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_backfills_workspace")
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_backfills")),
    )
    op.create_index(
        "ix_backfills_open",
        "backfills",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _add_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("id", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("subscription", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_subscriptions_workspace")
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_subscriptions")),
    )
