"""Makes one workspace of two: what was saved, noted and read in one goes over to the other.

What belongs to its chat stays: messages, subscriptions and feeds, which name its channels, and what
was spent on models. Two links of one address become one, as if it had been saved twice there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, update

from bot.domain.models import LinkId, WorkspaceId
from storage.databases.database import Database
from storage.merging import join_links
from storage.rows import batches
from storage.schema import (
    addresses,
    concept_sources,
    concepts,
    documents,
    links,
    model_answers,
    notes,
    passage_vectors,
    passages,
    reactions,
    replies,
    saves,
    votes,
)
from storage.search.index import full_text, reindex_passages
from storage.search.words import scopes
from storage.understandings import remove_orphan_concepts
from storage.unposted import drop_unposted

_MOVED = (links, addresses, saves, documents, notes, concepts, passages, passage_vectors)
# Of what a member did once at one thing, what is known there already stands.
_ACTS = (reactions, replies, votes)
_INDEXED_AT_ONCE = 500


Told = Callable[[str, int], None]


async def unite(
    database: Database, source: WorkspaceId, target: WorkspaceId, *, told: Told
) -> dict[str, int]:
    """Move everything; return how many links, saves and notes went over. All of it, or nothing.

    Links that are known there count among them. Nobody may work on the database meanwhile. `told`
    hears of links that were joined and of passages that were indexed, some at a time.
    """
    async with database.write() as connection:
        moved = await connection.run_sync(_move, source, target, told)
        after: int | None = 0
        while after is not None:
            after = await reindex_passages(connection, target, after=after, limit=_INDEXED_AT_ONCE)
            told(passages.name, _INDEXED_AT_ONCE if after is not None else 0)
        return moved


def _move(
    connection: Connection, source: WorkspaceId, target: WorkspaceId, told: Told
) -> dict[str, int]:
    moved = {
        table.name: connection.scalar(
            select(func.count()).select_from(table).where(table.c.workspace == source)
        )
        or 0
        for table in (links, saves, notes)
    }
    _leave_index(connection, source)
    # What was compiled or asked of a model tells of what stood in one of them alone.
    for each in (source, target):
        drop_unposted(connection, each)
    connection.execute(delete(model_answers).where(model_answers.c.workspace == source))
    _join_links(connection, source, target, told)
    _join_concepts(connection, source, target)
    _join_documents(connection, source, target)
    _join_notes(connection, source, target)
    for table in _ACTS:
        _drop_known(connection, table, source, target)
    for table in (*_MOVED, *_ACTS):
        theirs = update(table).where(table.c.workspace == source)
        connection.execute(theirs.values(workspace=target))
    remove_orphan_concepts(connection, target)
    return moved


def _leave_index(connection: Connection, workspace: WorkspaceId) -> None:
    scope = connection.scalar(select(scopes.c.number).where(scopes.c.workspace == workspace))
    if scope is None:
        return
    of_workspace = select(passages.c.id).where(passages.c.workspace == workspace)
    for batch in batches(list(connection.scalars(of_workspace))):
        full_text(connection).unindex(connection, int(scope), batch)


def _join_links(
    connection: Connection, source: WorkspaceId, target: WorkspaceId, told: Told
) -> None:
    ours, theirs = addresses.alias("ours"), addresses.alias("theirs")
    same = (
        select(ours.c.link_id, theirs.c.link_id)
        .join(theirs, theirs.c.url == ours.c.url)
        .where(ours.c.workspace == source, theirs.c.workspace == target)
        .order_by(ours.c.link_id, theirs.c.link_id)
        .distinct()
    )
    pairs = [(LinkId(one), LinkId(other)) for one, other in connection.execute(same)]
    known = select(theirs.c.url).where(theirs.c.workspace == target)
    connection.execute(
        delete(addresses).where(addresses.c.workspace == source, addresses.c.url.in_(known))
    )
    became: dict[LinkId, LinkId] = {}
    for pair in pairs:
        one, other = (_follow(became, each) for each in pair)
        if one != other:
            stays = join_links(connection, one, other)
            became[other if stays == one else one] = stays
            told(links.name, 1)


def _follow(became: dict[LinkId, LinkId], link: LinkId) -> LinkId:
    while link in became:
        link = became[link]
    return link


def _join_concepts(connection: Connection, source: WorkspaceId, target: WorkspaceId) -> None:
    for gone, stays in _twins(connection, concepts, source, target, "fingerprint"):
        of_gone = update(concept_sources).where(concept_sources.c.concept_id == gone)
        connection.execute(of_gone.values(concept_id=stays))
        connection.execute(delete(concepts).where(concepts.c.id == gone))


def _join_documents(connection: Connection, source: WorkspaceId, target: WorkspaceId) -> None:
    key = ("fingerprint", "member", "channel", "is_private")
    for gone, stays in _twins(connection, documents, source, target, *key):
        of_gone = update(concept_sources).where(concept_sources.c.document_id == gone)
        connection.execute(of_gone.values(document_id=stays))
        connection.execute(delete(documents).where(documents.c.id == gone))


def _join_notes(connection: Connection, source: WorkspaceId, target: WorkspaceId) -> None:
    key = ("source", "title", "channel", "is_private")
    for gone, _ in _twins(connection, notes, source, target, *key, "number", "fingerprint"):
        connection.execute(delete(notes).where(notes.c.id == gone))
    for other, known in _twins(connection, notes, source, target, *key, "number"):
        # The same title of the same file says something else there: it is one more of that title.
        row = select(*(notes.c[name] for name in key)).where(notes.c.id == known).subquery()
        alike = and_(*(notes.c[name] == row.c[name] for name in key))
        last = select(func.max(notes.c.number)).where(
            notes.c.workspace.in_([source, target]), alike
        )
        number = (connection.scalar(last) or 0) + 1
        connection.execute(update(notes).where(notes.c.id == other).values(number=number))


def _twins(
    connection: Connection, table: Table, source: WorkspaceId, target: WorkspaceId, *key: str
) -> list[tuple[str, str]]:
    """Return the ids of rows of the source, each with that of the target's row of the same key."""
    ours, theirs = table.alias("ours"), table.alias("theirs")
    query = (
        select(ours.c.id, theirs.c.id)
        .join(theirs, _is_same(ours, theirs, key))
        .where(ours.c.workspace == source, theirs.c.workspace == target)
    )
    return [(one, other) for one, other in connection.execute(query)]


def _drop_known(
    connection: Connection, table: Table, source: WorkspaceId, target: WorkspaceId
) -> None:
    theirs = table.alias("theirs")
    key = [column.name for column in table.primary_key if column.name != "workspace"]
    is_known = select(theirs.c.workspace).where(
        theirs.c.workspace == target, _is_same(table, theirs, key)
    )
    connection.execute(delete(table).where(table.c.workspace == source, is_known.exists()))


def _is_same(one: Any, other: Any, key: Any) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in key))
