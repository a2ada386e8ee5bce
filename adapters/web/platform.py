"""The web chat as the core sees it: posts go into the chat log first, then to every open page."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from adapters.web.hub import Hub
from adapters.web.render import message_json, plain_text
from bot.domain.models import BOT, ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import MessageGone, UserError
from bot.events import Event, SharedFile
from bot.ports import ChatLog, ChatMessage, ChatPlatform, Clock, Piece, Target
from bot.posts import Post


class WebPlatform(ChatPlatform):
    """Posts into one chat log. A message's id follows from its key, so a repeat is found there."""

    def __init__(self, *, chat: ChatLog, hub: Hub, clock: Clock) -> None:
        self._chat = chat
        self._hub = hub
        self._clock = clock

    @property
    def where(self) -> str:
        return "web_chat"  # it takes no files, and its messages have no menu

    @property
    def rewrites_answers(self) -> bool:
        return True

    def split(self, post: Post) -> Sequence[Piece]:
        """Return one piece: the page scrolls, nothing is too long."""
        return (Piece(plain_text(post), replace(post, thread=())),)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        post: Post = piece.payload
        if post.is_ephemeral and target.only_for is None:
            # Better no message than a private one in public.
            raise ValueError("an ephemeral post needs the member it is for")
        message = ChatMessage(
            id=_id_of(key),
            place=target.place,
            member=BOT,
            member_name="Jubo",
            at=self._clock.now(),
            post=post,
            thread=target.thread,
            only_for=await self._reader_of(target),
        )
        if await self._chat.append(message):
            await show(self._hub, self._chat, message.id)
        return message.id

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        del target, piece, since
        try:
            return (await self._chat.get(_id_of(key))).id
        except KeyError:
            return None

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        del target
        try:
            found = await self._chat.get(message)
        except KeyError as error:
            raise MessageGone from error
        await self._chat.replace(replace(found, post=replace(post, thread=())))
        await show(self._hub, self._chat, message)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._mark(self._chat.add_reaction, message, emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._mark(self._chat.remove_reaction, message, emoji)

    async def complete(self, event: Event) -> Event | None:
        """Return what a member did: the page told everything."""
        return None if event.member == BOT else event

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        """Return none: a member's direct channel is the only private one."""
        del workspace, member
        return frozenset()

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        del workspace
        raise UserError("file.not_here", name=file.name)

    async def _mark(
        self,
        change: Callable[[MessageId, str, MemberId], Awaitable[bool]],
        message: MessageId,
        emoji: str,
    ) -> None:
        with suppress(KeyError):  # the message is gone
            if await change(message, emoji, BOT):
                await show(self._hub, self._chat, message)

    async def _reader_of(self, target: Target) -> MemberId | None:
        if target.thread is None or target.only_for is not None:
            return target.only_for
        # What answers a message that one member sees is for that member too.
        try:
            return (await self._chat.get(target.thread)).only_for
        except KeyError as error:
            raise MessageGone from error


def _id_of(key: str) -> MessageId:
    return MessageId("j" + hashlib.sha256(key.encode()).hexdigest()[:31])


async def show(hub: Hub, chat: ChatLog, message: MessageId) -> None:
    """Tell the open pages how a message looks now."""
    # Read and published one after the other: else an older look could arrive after a newer one.
    async with hub.order:
        found = await chat.get(message)
        hub.publish(found.place.channel, message_json(found), only_for=found.only_for)
