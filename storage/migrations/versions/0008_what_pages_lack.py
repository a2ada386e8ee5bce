"""A page says what it lacks, its picture, and when it is tried again; saves are found by message."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    columns = (
        sa.Column(
            "retry_at",
            sa.BigInteger(),
            comment="when what waits after a failure is tried again, else null",
        ),
        sa.Column(
            "gaps",
            SORTED_TEXT,
            server_default="[]",
            nullable=False,
            comment="what could not be had",
        ),
        sa.Column(
            "image",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="the address of the picture that it leads with",
        ),
    )
    for column in columns:
        op.add_column("pages", column)
    op.create_index("ix_saves_workspace_message", "saves", ["workspace", "message"])
