"""Answers of language models are kept, and what they cost is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# An answer is made of the texts of all its links, so it goes with the first of them.
SQLITE = """
    CREATE TRIGGER model_answers_go AFTER DELETE ON model_answer_links BEGIN
        DELETE FROM model_answers WHERE id = OLD.answer_id;
    END
"""
POSTGRESQL = (
    """
    CREATE FUNCTION model_answers_go() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM model_answers USING gone WHERE model_answers.id = gone.answer_id;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER model_answers_go AFTER DELETE ON model_answer_links
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION model_answers_go()
    """,
)


def upgrade() -> None:
    op.create_table(
        "model_answers",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "key", SORTED_TEXT, nullable=False, comment="of all that was asked, and of whom"
        ),
        sa.Column("answer", SORTED_TEXT, nullable=False, comment="the JSON that was paid for"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "is_of_links", sa.Boolean(), nullable=False, comment="else it goes by its age"
        ),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_model_answers_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_answers")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_model_answers_workspace_key")),
    )
    op.create_table(
        "model_answer_links",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("answer_id", ROW_NUMBER, nullable=False),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["model_answers.id"],
            name=op.f("fk_model_answer_links_answer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["links.id"],
            name=op.f("fk_model_answer_links_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_answer_links")),
    )
    op.create_index("ix_model_answer_links_answer_id", "model_answer_links", ["answer_id"])
    op.create_index("ix_model_answer_links_link_id", "model_answer_links", ["link_id"])
    op.create_table(
        "model_usage",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("month", SORTED_TEXT, nullable=False, comment="2026-01"),
        sa.Column("stage", SORTED_TEXT, nullable=False),
        sa.Column("model", SORTED_TEXT, nullable=False),
        sa.Column("digest", SORTED_TEXT, nullable=False, comment="empty: of none"),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column(
            "cost_millionths", sa.BigInteger(), nullable=False, comment="where a price is known"
        ),
        sa.Column("unpriced", sa.BigInteger(), nullable=False, comment="calls of no known price"),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_model_usage_workspace")
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "month", "stage", "model", "digest", name=op.f("pk_model_usage")
        ),
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(SQLITE)
    else:
        for statement in POSTGRESQL:
            op.execute(statement)
