"""Texts that came with saves have rows of their own: several may stand for one page.

Each is for those who see its save. How often a page was tried is counted by its job.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
CONTENT = "url, title, text, author, site, language, published_at, read_at, gaps, image"


def _words(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, SORTED_TEXT, server_default="", nullable=False, comment=comment)


def upgrade() -> None:
    op.create_table(
        "given_texts",
        sa.Column("save_id", SORTED_TEXT, nullable=False),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        _words("url", "where the text was found"),
        _words("title"),
        _words("text"),
        _words("author"),
        _words("site"),
        _words("language"),
        sa.Column(
            "published_at",
            sa.BigInteger(),
            nullable=True,
            comment="null when the page does not say",
        ),
        sa.Column("read_at", sa.BigInteger(), nullable=True, comment="null until first read"),
        sa.Column(
            "gaps",
            SORTED_TEXT,
            server_default="[]",
            nullable=False,
            comment="what could not be had",
        ),
        _words("image", "the address of the picture that it leads with"),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_given_texts_save_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_given_texts_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("save_id", name=op.f("pk_given_texts")),
    )
    op.create_index(op.f("ix_given_texts_link_id"), "given_texts", ["link_id"], unique=False)
    op.execute(
        f"INSERT INTO given_texts (save_id, link_id, {CONTENT})"  # noqa: S608 - no value in it
        f" SELECT save_id, link_id, {CONTENT} FROM pages WHERE save_id IS NOT NULL"
    )
    op.execute("DELETE FROM pages WHERE save_id IS NOT NULL AND reason = ''")
    op.execute(
        "UPDATE pages SET state = 'unreadable', url = '', title = '', text = '', author = '',"
        " site = '', language = '', published_at = NULL, read_at = NULL, gaps = '[]', image = ''"
        " WHERE save_id IS NOT NULL"
    )
    with op.batch_alter_table("pages") as table:
        table.drop_index("ix_pages_save_id")
        table.drop_constraint("fk_pages_save_id", type_="foreignkey")
        table.drop_column("save_id")
        table.drop_column("tries")
