"""What was asked last in each thread, for what leans on it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "exchanges",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column(
            "head",
            SORTED_TEXT,
            nullable=False,
            comment="a message that replies name; empty: the whole of a direct channel",
        ),
        sa.Column("question", SORTED_TEXT, comment="the message that asked; null: a command"),
        sa.Column("member", SORTED_TEXT, nullable=False, comment="who asked"),
        sa.Column("exchange", SORTED_TEXT, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "head", name=op.f("pk_exchanges")),
    )
