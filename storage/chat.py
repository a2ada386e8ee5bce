"""The port `ChatLog`: the channels of the built-in web chat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import ChatMessage, NodeId
from bot.posts import Post
from storage.codec import decode, encode
from storage.databases.database import Database
from storage.inbox import put_event
from storage.living import NOW
from storage.rows import batches, insert_all, insert_new
from storage.schema import chat_messages, chat_reactions


class SqlChatLog:
    """`node`: see `SqlInbox`."""

    def __init__(self, database: Database, node: NodeId | None = None) -> None:
        self._database = database
        self._node = node
        self._changed = {} if node is None else {"changed_at": NOW}

    async def append(self, message: ChatMessage) -> bool:
        reactions = [
            {"message_id": message.id, "emoji": emoji, "member": member}
            for emoji, member in message.reactions
        ]
        async with self._database.write() as connection:
            result = await connection.execute(
                insert_new(chat_messages).values(
                    id=message.id, **_columns(message), **self._changed
                )
            )
            if result.rowcount == 0:
                return False
            await connection.run_sync(insert_all, chat_reactions, reactions)
        return True

    async def replace(self, message: ChatMessage) -> None:
        """Keep its place among the others and its reactions.

        Raises:
            KeyError: no such message.

        """
        change = update(chat_messages).where(chat_messages.c.id == message.id)
        async with self._database.write() as connection:
            result = await connection.execute(change.values(**_columns(message), **self._changed))
        if not result.rowcount:
            raise KeyError(message.id)

    async def get(self, message: MessageId) -> ChatMessage:
        query = select(chat_messages).where(chat_messages.c.id == message)
        async with self._database.read() as connection:
            found = await _read_messages(connection, (await connection.execute(query)).all())
        if not found:
            raise KeyError(message)
        return found[0]

    async def list_messages(self, channel: str, *, limit: int) -> Sequence[ChatMessage]:
        newest = (
            select(chat_messages)
            .where(chat_messages.c.channel == channel)
            .order_by(chat_messages.c.number.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(newest)).all()
            return await _read_messages(connection, rows[::-1])

    async def react(self, event: ReactionAdded | ReactionRemoved) -> bool:
        change = _add_reaction if isinstance(event, ReactionAdded) else _remove_reaction
        async with self._database.write() as connection:
            if not await connection.run_sync(put_event, event, node=self._node):
                return False
            await change(connection, event.message, event.emoji, event.member)
            await self._note_change(connection, event.message)
        return True

    async def add_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        """Return False if it was there. Raises: KeyError: no such message."""
        async with self._database.write() as connection:
            added = await _add_reaction(connection, message, emoji, member)
            await self._note_change(connection, message)
        return added

    async def remove_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        async with self._database.write() as connection:
            removed = await _remove_reaction(connection, message, emoji, member)
            await self._note_change(connection, message)
        return removed

    async def list_changed(
        self, since: datetime | None
    ) -> tuple[Sequence[ChatMessage], datetime | None]:
        """Writers take turns over all nodes, so what is written later has a later instant."""
        if self._node is None:
            return (), None
        if since is None:
            return (), await self._database.find(select(NOW))
        query = (
            select(chat_messages)
            .where(chat_messages.c.changed_at > since)
            .order_by(chat_messages.c.changed_at)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            found = await _read_messages(connection, rows) if rows else ()
        return found, rows[-1].changed_at if rows else since

    async def _note_change(self, connection: AsyncConnection, message: MessageId) -> None:
        """Let other nodes see it; where there are none, it costs nothing."""
        if self._changed:
            change = update(chat_messages).where(chat_messages.c.id == message)
            await connection.execute(change.values(**self._changed))


async def _add_reaction(
    connection: AsyncConnection, message: MessageId, emoji: str, member: MemberId
) -> bool:
    known = select(chat_messages.c.id).where(chat_messages.c.id == message)
    if await connection.scalar(known) is None:
        raise KeyError(message)
    row = {"message_id": message, "emoji": emoji, "member": member}
    result = await connection.execute(insert_new(chat_reactions).values(row))
    return result.rowcount == 1


async def _remove_reaction(
    connection: AsyncConnection, message: MessageId, emoji: str, member: MemberId
) -> bool:
    gone = delete(chat_reactions).where(
        chat_reactions.c.message_id == message,
        chat_reactions.c.emoji == emoji,
        chat_reactions.c.member == member,
    )
    result = await connection.execute(gone)
    return result.rowcount == 1


def _columns(message: ChatMessage) -> dict[str, Any]:
    return {
        "member": message.member,
        "channel": message.place.channel,
        "is_private": message.place.is_private,
        "member_name": message.member_name,
        "said_at": message.at,
        "text": message.text,
        "post": None if message.post is None else encode(message.post),
        "thread": message.thread,
        "only_for": message.only_for,
    }


async def _read_messages(
    connection: AsyncConnection, rows: Sequence[Row[Any]]
) -> list[ChatMessage]:
    reactions: defaultdict[str, list[tuple[str, MemberId]]] = defaultdict(list)
    for batch in batches([row.id for row in rows]):
        found = await connection.execute(
            select(chat_reactions)
            .where(chat_reactions.c.message_id.in_(batch))
            .order_by(chat_reactions.c.number)
        )
        for row in found:
            reactions[row.message_id].append((row.emoji, MemberId(row.member)))
    return [_message(row, tuple(reactions[row.id])) for row in rows]


def _message(row: Row[Any], reactions: tuple[tuple[str, MemberId], ...]) -> ChatMessage:
    return ChatMessage(
        id=MessageId(row.id),
        place=Place(ChannelId(row.channel), row.is_private),
        member=MemberId(row.member),
        member_name=row.member_name,
        at=row.said_at,
        text=row.text,
        post=None if row.post is None else decode(row.post, Post),
        thread=None if row.thread is None else MessageId(row.thread),
        only_for=None if row.only_for is None else MemberId(row.only_for),
        reactions=reactions,
    )
