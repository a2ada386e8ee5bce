"""A page may be understood by a language model, too, once in each language."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    columns = (
        sa.Column(
            "language",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="in which a model wrote it; empty: as the page is",
        ),
        sa.Column(
            "writer",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="model and prompt that wrote it",
        ),
    )
    for column in columns:
        op.add_column("understandings", column)
    op.drop_index("uq_understandings_of_page", "understandings")
    op.create_index(
        "uq_understandings_of_page",
        "understandings",
        ["link_id", "language"],
        unique=True,
        sqlite_where=sa.text("save_id IS NULL"),
        postgresql_where=sa.text("save_id IS NULL"),
    )
