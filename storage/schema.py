"""Every table. Migrations build the same; a test compares them. `storage.search` adds its index.

Nothing crosses a workspace. What belongs to a link, save, note or document goes when that goes
(cascades); a row with a `save_id` came with that save and is seen only where the save is seen.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from bot.domain.backfills import Backfill
from bot.domain.deliveries import Delivery
from bot.domain.digests import Digest
from bot.domain.exchanges import Exchange
from bot.domain.feeds import Feed
from bot.domain.models import Point
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from storage.columns import Instant, Json, RowNumber, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _workspace(*, key: bool = False) -> Column[Any]:
    return Column("workspace", ForeignKey("workspaces.id"), primary_key=key, nullable=False)


def _id() -> Column[Any]:
    return Column("id", Text, primary_key=True, comment="opaque; later rows sort later")


def _owned_by(
    name: str, target: str, *, comment: str | None = None, key: bool = False
) -> Column[Any]:
    return Column(
        name,
        ForeignKey(target, ondelete="CASCADE"),
        primary_key=key,
        nullable=comment is not None,
        comment=comment,
    )


def _words(name: str, comment: str | None = None) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="", comment=comment)


def _place() -> tuple[Column[Any], ...]:
    """Who said it where: what visibility is decided by."""
    return (
        Column("member", Text, nullable=False),
        Column("channel", Text, nullable=False),
        Column("is_private", Boolean, nullable=False, comment="as it was then, not as it is now"),
    )


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True, comment="local, slack:TEAM, discord:GUILD"),
    _words("name"),
    Column("created_at", Instant, nullable=False),
    Column("settings", Json(WorkspaceSettings), comment="null: its members chose nothing yet"),
    Column("seen_at", Instant, comment="until when all was heard; null until first heard"),
)

homes = Table(
    "homes",
    metadata,
    Column("member", Text, primary_key=True),
    _workspace(),
)

# Of platforms that do not list a bot's direct messages.
directs = Table(
    "directs",
    metadata,
    Column("channel", Text, primary_key=True),
    _workspace(),
)

links = Table(
    "links",
    metadata,
    _id(),
    _workspace(),
    Column("url", Text, nullable=False, comment="canonical"),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("workspace", "url"),
)

addresses = Table(
    "addresses",
    metadata,
    _workspace(key=True),
    Column("url", Text, primary_key=True, comment="a canonical form or a spelling that was used"),
    _owned_by("link_id", "links.id"),
    Index(None, "link_id"),  # what a link is called, and what goes with it
)

link_merges = Table(
    "link_merges",
    metadata,
    Column("gone_id", Text, primary_key=True, comment="the link whose rows were repointed"),
    _owned_by("link_id", "links.id"),
    Column("merged_at", Instant, nullable=False),
    Index(None, "link_id"),
)

saves = Table(
    "saves",
    metadata,
    _id(),
    _workspace(),
    _owned_by("link_id", "links.id"),
    *_place(),
    _words("member_name", "as it was then"),
    Column("message", Text, nullable=False, comment="import:… for what an archive brought"),
    Column("emoji", Text, nullable=False),
    Column("url", Text, nullable=False, comment="as written in that message"),
    Column("saved_at", Instant, nullable=False),
    Column("kind", Text, comment="null: nobody said it"),
    _words("title", "as a person or an archive gave it"),
    _words("who", "who wrote or published it, as a person labelled it"),
    _words("note"),
    _words("label", "section or week of the archive it came from"),
    Column("marks", Json(tuple[str, ...]), nullable=False, comment="why it is no plain fact"),
    # The key of a save; in this order it also finds the saves that an undo takes back.
    UniqueConstraint("workspace", "member", "message", "emoji", "link_id"),
    Index(None, "link_id"),  # the saves of a link, for every record and every visibility check
    Index(None, "workspace", "saved_at"),  # the saves of a period
    Index(None, "workspace", "message"),  # what a message says about its links
)

relations = Table(
    "relations",
    metadata,
    _owned_by("save_id", "saves.id", key=True),
    Column("position", Integer, primary_key=True, comment="order under the entry"),
    _owned_by("link_id", "links.id"),
    _owned_by("related_id", "links.id"),
    Column(
        "understanding_id",
        ForeignKey("understandings.id", ondelete="SET NULL"),
        comment="what the document says about it; null when nothing",
    ),
    Column("url", Text, nullable=False, comment="as written"),
    _words("title"),
    Column("kind", Text, nullable=False),
    _words("who"),
    Index(None, "link_id"),  # what stands under a link
    Index(None, "understanding_id"),
    Index(None, "related_id"),  # whether a link without saves is still needed
)


def _content() -> tuple[Column[Any], ...]:
    return (
        _words("url", "where the text was found"),
        _words("title"),
        _words("text"),
        _words("author"),
        _words("site"),
        _words("language"),
        Column("published_at", Instant, comment="null when the page does not say"),
        Column("read_at", Instant, comment="null until first read"),
    )


def _beside_content() -> tuple[Column[Any], ...]:
    return (
        Column(
            "gaps",
            Json(tuple[str, ...]),
            nullable=False,
            server_default="[]",
            comment="what could not be had",
        ),
        _words("image", "the address of the picture that it leads with"),
    )


pages = Table(
    "pages",
    metadata,
    _owned_by("link_id", "links.id", key=True),
    Column("state", Text, nullable=False, comment="reading, read, unreadable; no row: waiting"),
    _words("reason", "a text key when unreadable, and while it waits after a failure"),
    *_content(),
    Column(
        "retry_at", Instant, comment="when what waits after a failure is tried again, else null"
    ),
    *_beside_content(),
)

given_texts = Table(
    "given_texts",
    metadata,
    _owned_by("save_id", "saves.id", key=True),
    _owned_by("link_id", "links.id"),
    *_content(),
    *_beside_content(),
    Index(None, "link_id"),
)

understandings = Table(
    "understandings",
    metadata,
    _id(),
    _owned_by("link_id", "links.id"),
    _owned_by("save_id", "saves.id", comment="null: made from the page"),
    Column("kind", Text, nullable=False),
    Column("engine", Text, comment="imported, extractive, model; null without a summary"),
    Column("points", Json(tuple[Point, ...]), nullable=False, comment="the summary"),
    Column("topics", Json(tuple[str, ...]), nullable=False, comment="best first"),
    Column("key_phrases", Json(tuple[str, ...]), nullable=False, comment="best first"),
    _words("language", "in which a model wrote it; empty: as the page is"),
    _words("writer", "model and prompt that wrote it"),
    Index(None, "link_id"),
    Index(None, "save_id"),
    # A page is understood once, and once by a model in each language. NULLs are distinct, so a
    # plain unique constraint would not say it.
    Index(
        "uq_understandings_of_page",
        "link_id",
        "language",
        unique=True,
        sqlite_where=text("save_id IS NULL"),
        postgresql_where=text("save_id IS NULL"),
    ),
)

concepts = Table(
    "concepts",
    metadata,
    _id(),
    _workspace(),
    Column("term", Text, nullable=False),
    _words("definition"),
    _words("other_name", "its name in the other language"),
    Column("points", Json(tuple[Point, ...]), nullable=False),
    # Of everything that people would read: a private variant must not show through a public one.
    Column("fingerprint", Text, nullable=False, comment="SHA-256 of all four"),
    UniqueConstraint("workspace", "fingerprint"),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _workspace(),
    *_place(),
    Column("name", Text, nullable=False, comment="of the file"),
    Column("form", Text, nullable=False, comment="which importer read it"),
    Column("changed_at", Instant, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="SHA-256 of name and original"),
    Column(
        "original", LargeBinary, nullable=False, comment="zlib; empty when nothing was repaired"
    ),
    Column("repaired_chars", Integer, nullable=False),
    Column("lost_chars", Integer, nullable=False),
    UniqueConstraint("workspace", "fingerprint", "member", "channel", "is_private"),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _workspace(),
    *_place(),
    Column("source", Text, nullable=False, comment="the file's name"),
    Column("title", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="which of that title in the file, from 1"),
    Column("noted_at", Instant, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="SHA-256 of its passages"),
    # The same title of the same file is a newer text of one note, but never across channels.
    UniqueConstraint("workspace", "source", "title", "number", "channel", "is_private"),
    Index(None, "workspace", "noted_at"),  # the notes of a period
)

concept_sources = Table(
    "concept_sources",
    metadata,
    Column("id", RowNumber, primary_key=True, comment="orders the concepts of one source"),
    _owned_by("concept_id", "concepts.id"),
    _owned_by("link_id", "links.id", comment="the link it explains; null for a document"),
    _owned_by("save_id", "saves.id", comment="the save it came with; null: from the page"),
    _owned_by("document_id", "documents.id", comment="set when a document as a whole gives it"),
    CheckConstraint("(link_id IS NULL) <> (document_id IS NULL)", name="one_source"),
    Index(None, "concept_id"),
    Index(None, "link_id"),
    Index(None, "save_id"),
    Index(None, "document_id"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", RowNumber, primary_key=True, comment="also the row of the full-text index"),
    _workspace(),
    _owned_by("link_id", "links.id", comment="set for a passage of a link"),
    _owned_by("note_id", "notes.id", comment="set for a passage of a note"),
    _owned_by("save_id", "saves.id", comment="the save it came with; null: from the page or note"),
    Column("position", Integer, nullable=False, comment="order in its source"),
    _words("title", "of the source, as the readers of this passage may know it"),
    _words("heading"),
    Column("text", Text, nullable=False),
    CheckConstraint("(link_id IS NULL) <> (note_id IS NULL)", name="one_source"),
    Index(None, "link_id"),
    Index(None, "note_id"),
    Index(None, "save_id"),
    Index(None, "workspace"),  # re-indexing one workspace
)

passage_vectors = Table(
    "passage_vectors",
    metadata,
    Column("number", RowNumber, primary_key=True, comment="never given twice"),
    Column(
        "passage_id",
        RowNumber,
        ForeignKey("passages.id", ondelete="CASCADE"),
        nullable=False,
    ),
    _workspace(),
    Column("model", Text, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False, comment="float16, of length 1"),
    UniqueConstraint("passage_id"),
    Index("ix_passage_vectors_of_model", "workspace", "model"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowNumber, primary_key=True, comment="order of arrival"),
    # No foreign key: an event is written down before anything else about it is known.
    Column("workspace", Text, nullable=False),
    Column(
        "event_id", Text, nullable=False, comment="the platform's own: a repeat carries the same"
    ),
    Column("payload", Text, nullable=False, comment="the event as JSON; empty when it is handled"),
    Column("state", Text, nullable=False, server_default="open", comment="open, done, failed"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _words("reason", "why it was set aside"),
    Column("received_at", Instant, nullable=False),
    Column("lane", Text, nullable=False, server_default="talk", comment="who waits: talk, marks"),
    Column("node", Text, comment="who sees it through; null: whoever comes first"),
    Column("about", Text, comment="whose turn it waits for; null: nobody's, or there is one node"),
    UniqueConstraint("workspace", "event_id"),
    # What is open is few among many that are done.
    Index(
        "ix_inbox_open",
        "lane",
        "id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    # What joins the events of a message that are open.
    Index(
        "ix_inbox_about",
        "about",
        sqlite_where=text("state = 'open' AND about IS NOT NULL"),
        postgresql_where=text("state = 'open' AND about IS NOT NULL"),
    ),
)

# No foreign keys here either: these rows are written before anything else is known.
reactions = Table(
    "reactions",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("emoji", Text, primary_key=True, comment="bare: one key for every way to draw it"),
    Column("is_on", Boolean, nullable=False, comment="false: taken back; kept for late repeats"),
    Column("changed_at", Instant, nullable=False, comment="of the newest act that was heard of"),
    _words("member_name"),
)

# Like reactions: of a message that nobody may have saved anything from yet.
replies = Table(
    "replies",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("message", Text, primary_key=True, comment="what was replied to: a thread's head"),
    Column("member", Text, primary_key=True),
    Column("replied_at", Instant, nullable=False, comment="the first time"),
)

posts = Table(
    "posts",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="the same for every try to send one message"),
    Column("began_at", Instant, nullable=False, comment="before the platform was first called"),
    Column("message", Text, comment="null until the platform told it"),
)

# No foreign key, as with posts: what is remembered ends by itself.
exchanges = Table(
    "exchanges",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column(
        "head",
        Text,
        primary_key=True,
        comment="a message that replies name; empty: the whole of a direct channel",
    ),
    Column("question", Text, comment="the message that asked; null: a command"),
    Column("member", Text, nullable=False, comment="who asked"),
    Column("exchange", Json(Exchange), nullable=False),
    Column("asked_at", Instant, nullable=False),
)

backfills = Table(
    "backfills",
    metadata,
    _workspace(key=True),
    Column("id", Text, primary_key=True, comment="that of the event that asked for it"),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False, comment="open, done, stopped, failed"),
    Column("backfill", Json(Backfill), nullable=False),
    # What is open is few among many that are done.
    Index(
        "ix_backfills_open",
        "asked_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _workspace(key=True),
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("subscription", Json(Subscription), nullable=False, comment="what people chose"),
    Column("next_run_at", Instant, comment="null while paused, or if never due again"),
    Column("covered_until", Instant, comment="null before the first delivery"),
    Column("version", Integer, nullable=False, server_default="0", comment="of what people chose"),
    Index(None, "next_run_at", "workspace", "id"),  # what is due, of any number, in its order
    Index(None, "workspace", "channel"),  # those of a channel
)

# No foreign keys: the ledger outlives what it tells of.
deliveries = Table(
    "deliveries",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("subscription", Text, nullable=False),
    Column("state", Text, nullable=False, comment="prepared, planned, delivered, empty, failed"),
    Column("due_at", Instant, nullable=False),
    Column("is_manual", Boolean, nullable=False, comment="beside the others: nothing moves on"),
    Column("delivery", Json(Delivery), nullable=False),
    Column("node", Text, comment="who works on it; null: nobody yet, or it has ended"),
    Column("digest", Json(Digest), comment="what waits to be posted; null when it has ended"),
    Column("fingerprint", Text, comment="of what a digest was made of ahead; null: it is final"),
    Column("links", Json(tuple[str, ...]), comment="what it told; null unless it is a digest"),
    # The last ones of a subscription. Not by workspace first: then one that is asked for by its key
    # is looked for here, in all of its workspace, while the server has no statistics.
    Index(None, "subscription", "workspace", "due_at"),
    # They follow one another: the next one is planned when this one has ended.
    Index(
        "uq_deliveries_planned",
        "workspace",
        "subscription",
        unique=True,
        sqlite_where=text("state = 'planned' AND NOT is_manual"),
        postgresql_where=text("state = 'planned' AND NOT is_manual"),
    ),
    # What is planned is few among many that have ended.
    Index(
        "ix_deliveries_planned",
        "due_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
)

# Of SQLite alone; on PostgreSQL procrastinate keeps its own.
jobs = Table(
    "jobs",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("arguments", Text, nullable=False, comment="a JSON object of ids"),
    Column("state", Text, nullable=False, comment="waiting, running, failed"),
    Column("run_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    _words("reason", "why the last try failed"),
    # Of one key one waits and one runs at most.
    Index(
        "uq_jobs_waiting",
        "key",
        unique=True,
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "uq_jobs_running",
        "key",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index(None, "state", "kind", "run_at"),  # what is due
    sqlite_autoincrement=True,  # a number that people were told never means another job
)

nodes = Table(
    "nodes",
    metadata,
    Column("id", Text, primary_key=True),
    _words("name", "host and process"),
    Column("parts", Json(tuple[str, ...]), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False, comment="by the database's clock"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True, comment="discord:shard:0"),
    Column("node", Text, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    _workspace(key=True),
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("url", Text, nullable=False, comment="of the feed itself"),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, comment="when it is read again"),
    Column("feed", Json(Feed), nullable=False),
    UniqueConstraint("workspace", "channel", "url"),
    Index(None, "due_at"),  # what is to be read now
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("feed", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="of its address, or of its name in the feed"),
    Column("seen_at", Instant, nullable=False, comment="the last time"),
    ForeignKeyConstraint(
        ["workspace", "feed"], ["feeds.workspace", "feeds.id"], ondelete="CASCADE"
    ),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("number", RowNumber, primary_key=True, comment="order of arrival"),
    Column("id", Text, nullable=False, unique=True),
    *_place(),
    _words("member_name"),
    Column("said_at", Instant, nullable=False),
    _words("text", "a person's words; empty for a post"),
    Column("post", Text, comment="a post as JSON; null for a person's words"),
    Column("thread", Text, comment="the message that it answers; null at top level"),
    Column("only_for", Text, comment="the one member who sees it; null: all"),
    Column("changed_at", Instant, comment="by the database's clock; null: by the only node"),
    Index(None, "channel", "number"),  # the newest of a channel
    # What other nodes look for.
    Index(
        "ix_chat_messages_changed_at",
        "changed_at",
        sqlite_where=text("changed_at IS NOT NULL"),
        postgresql_where=text("changed_at IS NOT NULL"),
    ),
)

chat_reactions = Table(
    "chat_reactions",
    metadata,
    Column("number", RowNumber, primary_key=True, comment="order of arrival"),
    _owned_by("message_id", "chat_messages.id"),
    Column("emoji", Text, nullable=False),
    Column("member", Text, nullable=False),
    UniqueConstraint("message_id", "emoji", "member"),
)

# What is said here says nothing of other channels.
votes = Table(
    "votes",
    metadata,
    _workspace(key=True),
    Column("channel", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    _owned_by("link_id", "links.id", key=True),
    Column("is_liked", Boolean, nullable=False, comment="more like this, or less"),
    Column("voted_at", Instant, nullable=False),
    _words("topic", "of the link then; empty: none, or it does not count any more"),
    _words("source"),
    _words("kind"),
    Index(None, "link_id"),  # what goes with a link
)

# With any of its links an answer goes: triggers see to it, in migration 0010.
model_answers = Table(
    "model_answers",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _workspace(),
    Column("key", Text, nullable=False, comment="of all that was asked, and of whom"),
    Column("answer", Text, nullable=False, comment="the JSON that was paid for"),
    Column("asked_at", Instant, nullable=False),
    Column("is_of_links", Boolean, nullable=False, comment="else it goes by its age"),
    UniqueConstraint("workspace", "key"),
)

model_answer_links = Table(
    "model_answer_links",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _owned_by("answer_id", "model_answers.id"),
    _owned_by("link_id", "links.id"),
    Index(None, "answer_id"),  # what goes with an answer
    Index(None, "link_id"),  # which answers go with a link
)

model_usage = Table(
    "model_usage",
    metadata,
    _workspace(key=True),
    Column("month", Text, primary_key=True, comment="2026-01"),
    Column("stage", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("digest", Text, primary_key=True, comment="empty: of none"),
    Column("calls", BigInteger, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("cost_millionths", BigInteger, nullable=False, comment="where a price is known"),
    Column("unpriced", BigInteger, nullable=False, comment="calls of no known price"),
)
