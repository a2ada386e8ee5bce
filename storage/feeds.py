"""The port `FeedStore`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.feeds import Feed
from bot.domain.models import WorkspaceId
from storage.databases.database import Database
from storage.rows import batches, insert_new, now, upsert
from storage.schema import feed_entries, feeds

_KEYS_KEPT = 4_000  # of a feed: twice what its largest reading can hold


class SqlFeedStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, feed: Feed, *, known: Collection[str]) -> bool:
        async with self._database.write() as connection:
            made = await connection.execute(insert_new(feeds).values(_columns(feed)))
            if made.rowcount != 1:
                return False
            await _keep(connection, feed, known)
            return True

    async def list_feeds(self, workspace: WorkspaceId) -> Sequence[Feed]:
        query = (
            select(feeds.c.feed)
            .where(feeds.c.workspace == workspace)
            .order_by(feeds.c.made_at, feeds.c.id)
        )
        return await self._database.list(query)

    async def list_due(self, at: datetime, *, limit: int) -> Sequence[Feed]:
        query = (
            select(feeds.c.feed)
            .where(feeds.c.due_at <= at)
            .order_by(feeds.c.due_at, feeds.c.workspace, feeds.c.id)
            .limit(limit)
        )
        return await self._database.list(query)

    async def find_known(self, feed: Feed, keys: Collection[str]) -> frozenset[str]:
        found: set[str] = set()
        async with self._database.read() as connection:
            for batch in batches(sorted(keys)):
                query = select(feed_entries.c.key).where(
                    _is_of(feed), feed_entries.c.key.in_(batch)
                )
                found.update(await connection.scalars(query))
        return frozenset(found)

    async def change(self, feed: Feed, *, known: Collection[str] = ()) -> None:
        change = update(feeds).where(_is(feed.workspace, feed.id)).values(_columns(feed))
        async with self._database.write() as connection:
            changed = await connection.execute(change)
            if changed.rowcount == 1:
                await _keep(connection, feed, known)

    async def remove(self, workspace: WorkspaceId, feed: str) -> bool:
        gone = delete(feeds).where(_is(workspace, feed))
        return await self._database.change(gone) == 1


async def _keep(connection: AsyncConnection, feed: Feed, keys: Collection[str]) -> None:
    """Keep the keys of entries; the ones that were not seen for longest make room."""
    if not keys:
        return
    made = upsert(feed_entries)
    seen = made.on_conflict_do_update(
        index_elements=["workspace", "feed", "key"], set_={"seen_at": made.excluded.seen_at}
    )
    at = now()
    rows = [
        {"workspace": feed.workspace, "feed": feed.id, "key": key, "seen_at": at}
        for key in sorted(keys)
    ]
    await connection.execute(seen, rows)
    kept = (
        select(feed_entries.c.key)
        .where(_is_of(feed))
        .order_by(feed_entries.c.seen_at.desc(), feed_entries.c.key)
        .limit(_KEYS_KEPT)
    )
    await connection.execute(
        delete(feed_entries).where(_is_of(feed), feed_entries.c.key.not_in(kept))
    )


def _is(workspace: WorkspaceId, feed: str) -> ColumnElement[bool]:
    return and_(feeds.c.workspace == workspace, feeds.c.id == feed)


def _is_of(feed: Feed) -> ColumnElement[bool]:
    return and_(feed_entries.c.workspace == feed.workspace, feed_entries.c.feed == feed.id)


def _columns(feed: Feed) -> dict[str, Any]:
    return {
        "workspace": feed.workspace,
        "id": feed.id,
        "channel": feed.place.channel,
        "url": feed.url,
        "made_at": feed.made_at,
        "due_at": feed.due_at,
        "feed": feed,
    }
