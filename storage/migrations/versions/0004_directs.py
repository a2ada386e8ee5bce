"""What is needed to read direct messages that were written while we were away."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "directs",
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_directs_workspace")
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_directs")),
    )
