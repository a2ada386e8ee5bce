"""What passages mean, as vectors of an embedding model."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "passage_vectors",
        sa.Column("number", ROW_NUMBER, nullable=False, comment="never given twice"),
        sa.Column("passage_id", ROW_NUMBER, nullable=False),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("model", SORTED_TEXT, nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="float16, of length 1"),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["passages.id"],
            name=op.f("fk_passage_vectors_passage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_passage_vectors_workspace")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_passage_vectors")),
        sa.UniqueConstraint("passage_id", name=op.f("uq_passage_vectors_passage_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passage_vectors_of_model", "passage_vectors", ["workspace", "model"])
