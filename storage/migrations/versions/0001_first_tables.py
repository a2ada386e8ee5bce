"""The first tables, and the full-text index beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# As it was on the first day: what the index needs later is a migration of its own.
_FULL_TEXT = (
    """
    CREATE VIRTUAL TABLE passages_fts USING fts5(
        title, heading, body,
        title_words UNINDEXED, heading_words UNINDEXED, body_words UNINDEXED,
        tokenize = 'ascii'
    )
    """,
    "CREATE VIRTUAL TABLE passages_fts_words USING fts5vocab('passages_fts', 'row')",
    """
    CREATE TABLE search_scopes (
        number INTEGER PRIMARY KEY,
        workspace TEXT NOT NULL UNIQUE,
        passages INTEGER NOT NULL DEFAULT 0,
        title_words INTEGER NOT NULL DEFAULT 0,
        heading_words INTEGER NOT NULL DEFAULT 0,
        body_words INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TRIGGER passages_leave_index AFTER DELETE ON passages BEGIN
        UPDATE search_scopes SET
            passages = passages - 1,
            title_words = search_scopes.title_words - gone.title_words,
            heading_words = search_scopes.heading_words - gone.heading_words,
            body_words = search_scopes.body_words - gone.body_words
        FROM (SELECT * FROM passages_fts WHERE rowid = OLD.id) AS gone
        WHERE workspace = OLD.workspace;
        DELETE FROM passages_fts WHERE rowid = OLD.id;
    END
    """,
)

# Nobody had a PostgreSQL before this file knew it.
_FULL_TEXT_OF_POSTGRESQL: tuple[str, ...] = ()


def upgrade() -> None:

    op.create_table(
        "chat_messages",
        sa.Column("number", ROW_NUMBER, nullable=False, comment="order of arrival"),
        sa.Column("id", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column(
            "is_private", sa.Boolean(), nullable=False, comment="as it was then, not as it is now"
        ),
        sa.Column("member_name", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "text",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="a person's words; empty for a post",
        ),
        sa.Column(
            "post", SORTED_TEXT, nullable=True, comment="a post as JSON; null for a person's words"
        ),
        sa.Column(
            "thread",
            SORTED_TEXT,
            nullable=True,
            comment="the message that it answers; null at top level",
        ),
        sa.Column(
            "only_for", SORTED_TEXT, nullable=True, comment="the one member who sees it; null: all"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint("id", name=op.f("uq_chat_messages_id")),
    )
    op.create_index(
        op.f("ix_chat_messages_channel_number"),
        "chat_messages",
        ["channel", "number"],
        unique=False,
    )
    op.create_table(
        "inbox",
        sa.Column("id", ROW_NUMBER, nullable=False, comment="order of arrival"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "event_id",
            SORTED_TEXT,
            nullable=False,
            comment="the platform's own: a repeat carries the same",
        ),
        sa.Column("payload", SORTED_TEXT, nullable=False, comment="the event as JSON"),
        sa.Column(
            "state", SORTED_TEXT, server_default="open", nullable=False, comment="open, done, failed"
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "reason", SORTED_TEXT, server_default="", nullable=False, comment="why it was set aside"
        ),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("workspace", "event_id", name=op.f("uq_inbox_workspace_event_id")),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="local, slack:TEAM, discord:GUILD"),
        sa.Column("name", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("zone", SORTED_TEXT, nullable=False, comment="IANA name: the calendar of digests"),
        sa.Column("language", SORTED_TEXT, nullable=False, comment="ko or en"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "chat_reactions",
        sa.Column("number", ROW_NUMBER, nullable=False, comment="order of arrival"),
        sa.Column("message_id", SORTED_TEXT, nullable=False),
        sa.Column("emoji", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["chat_messages.id"],
            name=op.f("fk_chat_reactions_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chat_reactions")),
        sa.UniqueConstraint(
            "message_id", "emoji", "member", name=op.f("uq_chat_reactions_message_id_emoji_member")
        ),
    )
    op.create_table(
        "concepts",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("term", SORTED_TEXT, nullable=False),
        sa.Column("definition", SORTED_TEXT, server_default="", nullable=False),
        sa.Column(
            "other_name",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="its name in the other language",
        ),
        sa.Column("points", SORTED_TEXT, nullable=False),
        sa.Column("fingerprint", SORTED_TEXT, nullable=False, comment="SHA-256 of all four"),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_concepts_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concepts")),
        sa.UniqueConstraint(
            "workspace", "fingerprint", name=op.f("uq_concepts_workspace_fingerprint")
        ),
    )
    op.create_table(
        "documents",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column(
            "is_private", sa.Boolean(), nullable=False, comment="as it was then, not as it is now"
        ),
        sa.Column("name", SORTED_TEXT, nullable=False, comment="of the file"),
        sa.Column("form", SORTED_TEXT, nullable=False, comment="which importer read it"),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", SORTED_TEXT, nullable=False, comment="SHA-256 of name and original"),
        sa.Column(
            "original",
            sa.LargeBinary(),
            nullable=False,
            comment="zlib; empty when nothing was repaired",
        ),
        sa.Column("repaired_chars", sa.Integer(), nullable=False),
        sa.Column("lost_chars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_documents_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "workspace",
            "fingerprint",
            "member",
            "channel",
            "is_private",
            name=op.f("uq_documents_workspace_fingerprint_member_channel_is_private"),
        ),
    )
    op.create_table(
        "links",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("url", SORTED_TEXT, nullable=False, comment="canonical"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_links_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("workspace", "url", name=op.f("uq_links_workspace_url")),
    )
    op.create_table(
        "notes",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column(
            "is_private", sa.Boolean(), nullable=False, comment="as it was then, not as it is now"
        ),
        sa.Column("source", SORTED_TEXT, nullable=False, comment="the file's name"),
        sa.Column("title", SORTED_TEXT, nullable=False),
        sa.Column(
            "number",
            sa.Integer(),
            nullable=False,
            comment="which of that title in the file, from 1",
        ),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", SORTED_TEXT, nullable=False, comment="SHA-256 of its passages"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_notes_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint(
            "workspace",
            "source",
            "title",
            "number",
            "channel",
            "is_private",
            name=op.f("uq_notes_workspace_source_title_number_channel_is_private"),
        ),
    )
    op.create_index(
        op.f("ix_notes_workspace_noted_at"), "notes", ["workspace", "noted_at"], unique=False
    )
    op.create_table(
        "addresses",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column(
            "url", SORTED_TEXT, nullable=False, comment="a canonical form or a spelling that was used"
        ),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_addresses_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_addresses_workspace")
        ),
        sa.PrimaryKeyConstraint("workspace", "url", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_link_id"), "addresses", ["link_id"], unique=False)
    op.create_table(
        "link_merges",
        sa.Column(
            "gone_id", SORTED_TEXT, nullable=False, comment="the link whose rows were repointed"
        ),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_link_merges_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gone_id", name=op.f("pk_link_merges")),
    )
    op.create_index(op.f("ix_link_merges_link_id"), "link_merges", ["link_id"], unique=False)
    op.create_table(
        "saves",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column("member", SORTED_TEXT, nullable=False),
        sa.Column("channel", SORTED_TEXT, nullable=False),
        sa.Column(
            "is_private", sa.Boolean(), nullable=False, comment="as it was then, not as it is now"
        ),
        sa.Column(
            "member_name", SORTED_TEXT, server_default="", nullable=False, comment="as it was then"
        ),
        sa.Column(
            "message", SORTED_TEXT, nullable=False, comment="import:… for what an archive brought"
        ),
        sa.Column("emoji", SORTED_TEXT, nullable=False),
        sa.Column("url", SORTED_TEXT, nullable=False, comment="as written in that message"),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", SORTED_TEXT, nullable=True, comment="null: nobody said it"),
        sa.Column(
            "title",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="as a person or an archive gave it",
        ),
        sa.Column(
            "who",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="who wrote or published it, as a person labelled it",
        ),
        sa.Column("note", SORTED_TEXT, server_default="", nullable=False),
        sa.Column(
            "label",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="section or week of the archive it came from",
        ),
        sa.Column("marks", SORTED_TEXT, nullable=False, comment="why it is no plain fact"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_saves_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_saves_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saves")),
        sa.UniqueConstraint(
            "workspace",
            "member",
            "message",
            "emoji",
            "link_id",
            name=op.f("uq_saves_workspace_member_message_emoji_link_id"),
        ),
    )
    op.create_index(op.f("ix_saves_link_id"), "saves", ["link_id"], unique=False)
    op.create_index(
        op.f("ix_saves_workspace_saved_at"), "saves", ["workspace", "saved_at"], unique=False
    )
    op.create_table(
        "concept_sources",
        sa.Column("id", ROW_NUMBER, nullable=False, comment="orders the concepts of one source"),
        sa.Column("concept_id", SORTED_TEXT, nullable=False),
        sa.Column(
            "link_id",
            SORTED_TEXT,
            nullable=True,
            comment="the link it explains; null for a document",
        ),
        sa.Column(
            "save_id",
            SORTED_TEXT,
            nullable=True,
            comment="the save it came with; null: from the page",
        ),
        sa.Column(
            "document_id",
            SORTED_TEXT,
            nullable=True,
            comment="set when a document as a whole gives it",
        ),
        sa.CheckConstraint(
            "(link_id IS NULL) <> (document_id IS NULL)", name=op.f("ck_concept_sources_one_source")
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.id"],
            name=op.f("fk_concept_sources_concept_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_concept_sources_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_concept_sources_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_concept_sources_save_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_sources")),
    )
    op.create_index(
        op.f("ix_concept_sources_concept_id"), "concept_sources", ["concept_id"], unique=False
    )
    op.create_index(
        op.f("ix_concept_sources_document_id"), "concept_sources", ["document_id"], unique=False
    )
    op.create_index(
        op.f("ix_concept_sources_link_id"), "concept_sources", ["link_id"], unique=False
    )
    op.create_index(
        op.f("ix_concept_sources_save_id"), "concept_sources", ["save_id"], unique=False
    )
    op.create_table(
        "pages",
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column(
            "state", SORTED_TEXT, nullable=False, comment="reading, read, unreadable; no row: waiting"
        ),
        sa.Column(
            "save_id",
            SORTED_TEXT,
            nullable=True,
            comment="whose archive brought the text; null: read at the link",
        ),
        sa.Column(
            "reason",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="a text key when unreadable",
        ),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "url", SORTED_TEXT, server_default="", nullable=False, comment="where the text was found"
        ),
        sa.Column("title", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("text", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("author", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("site", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("language", SORTED_TEXT, server_default="", nullable=False),
        sa.Column(
            "published_at",
            sa.BigInteger(),
            nullable=True,
            comment="null when the page does not say",
        ),
        sa.Column("read_at", sa.BigInteger(), nullable=True, comment="null until first read"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_pages_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_pages_save_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_save_id"), "pages", ["save_id"], unique=False)
    op.create_table(
        "passages",
        sa.Column("id", ROW_NUMBER, nullable=False, comment="also the row of the full-text index"),
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("link_id", SORTED_TEXT, nullable=True, comment="set for a passage of a link"),
        sa.Column("note_id", SORTED_TEXT, nullable=True, comment="set for a passage of a note"),
        sa.Column(
            "save_id",
            SORTED_TEXT,
            nullable=True,
            comment="the save it came with; null: from the page or note",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="order in its source"),
        sa.Column(
            "title",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="of the source, as the readers of this passage may know it",
        ),
        sa.Column("heading", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("text", SORTED_TEXT, nullable=False),
        sa.CheckConstraint(
            "(link_id IS NULL) <> (note_id IS NULL)", name=op.f("ck_passages_one_source")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_passages_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_passages_note_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_passages_save_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_passages_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    op.create_index(op.f("ix_passages_link_id"), "passages", ["link_id"], unique=False)
    op.create_index(op.f("ix_passages_note_id"), "passages", ["note_id"], unique=False)
    op.create_index(op.f("ix_passages_save_id"), "passages", ["save_id"], unique=False)
    op.create_index(op.f("ix_passages_workspace"), "passages", ["workspace"], unique=False)
    op.create_table(
        "understandings",
        sa.Column("id", SORTED_TEXT, nullable=False, comment="opaque; later rows sort later"),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column("save_id", SORTED_TEXT, nullable=True, comment="null: made from the page"),
        sa.Column("kind", SORTED_TEXT, nullable=False),
        sa.Column(
            "engine",
            SORTED_TEXT,
            nullable=True,
            comment="imported, extractive, model; null without a summary",
        ),
        sa.Column("points", SORTED_TEXT, nullable=False, comment="the summary"),
        sa.Column("topics", SORTED_TEXT, nullable=False, comment="best first"),
        sa.Column("key_phrases", SORTED_TEXT, nullable=False, comment="best first"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_understandings_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_understandings_save_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_understandings")),
    )
    op.create_index(op.f("ix_understandings_link_id"), "understandings", ["link_id"], unique=False)
    op.create_index(op.f("ix_understandings_save_id"), "understandings", ["save_id"], unique=False)
    op.create_index(
        "uq_understandings_of_page",
        "understandings",
        ["link_id"],
        unique=True,
        sqlite_where=sa.text("save_id IS NULL"),
        postgresql_where=sa.text("save_id IS NULL"),
    )
    op.create_table(
        "relations",
        sa.Column("save_id", SORTED_TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="order under the entry"),
        sa.Column("link_id", SORTED_TEXT, nullable=False),
        sa.Column("related_id", SORTED_TEXT, nullable=False),
        sa.Column(
            "understanding_id",
            SORTED_TEXT,
            nullable=True,
            comment="what the document says about it; null when nothing",
        ),
        sa.Column("url", SORTED_TEXT, nullable=False, comment="as written"),
        sa.Column("title", SORTED_TEXT, server_default="", nullable=False),
        sa.Column("kind", SORTED_TEXT, nullable=False),
        sa.Column("who", SORTED_TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_relations_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["related_id"], ["links.id"], name=op.f("fk_relations_related_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["save_id"], ["saves.id"], name=op.f("fk_relations_save_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["understanding_id"],
            ["understandings.id"],
            name=op.f("fk_relations_understanding_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("save_id", "position", name=op.f("pk_relations")),
    )
    op.create_index(op.f("ix_relations_link_id"), "relations", ["link_id"], unique=False)
    op.create_index(op.f("ix_relations_related_id"), "relations", ["related_id"], unique=False)
    op.create_index(
        op.f("ix_relations_understanding_id"), "relations", ["understanding_id"], unique=False
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _FULL_TEXT_OF_POSTGRESQL if is_postgresql else _FULL_TEXT:
        op.execute(statement)
