"""The web chat as the core sees it: posts go into the chat log first, then to every open page."""

from __future__ import annotations

import hashlib

from adapters.web.hub import Hub
from adapters.web.render import message_json
from bot.domain.models import BOT, MemberId, MessageId, Place
from bot.ports import ChatLog, ChatMessage, ChatPlatform, Clock
from bot.posts import Post


class WebPlatform(ChatPlatform):
    """Posts into one chat log. A message's id follows from its key, so a repeat is found there."""

    def __init__(self, *, chat: ChatLog, hub: Hub, clock: Clock) -> None:
        self._chat = chat
        self._hub = hub
        self._clock = clock

    async def post(
        self,
        place: Place,
        post: Post,
        *,
        key: str,
        thread: MessageId | None = None,
        only_for: MemberId | None = None,
    ) -> MessageId:
        if post.is_ephemeral and only_for is None:
            # Better no message than a private one in public.
            raise ValueError("an ephemeral post needs the member it is for")
        if thread is not None and only_for is None:
            # What answers a message that one member sees is for that member too.
            only_for = (await self._chat.get(thread)).only_for
        head = await self._append(place, post, key=key, thread=thread, only_for=only_for)
        for number, reply in enumerate(post.thread, start=1):
            await self._append(
                place, reply, key=f"{key}/{number}", thread=thread or head, only_for=only_for
            )
        return head

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        if await self._chat.add_reaction(message, emoji, BOT):
            await show(self._hub, self._chat, message)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        if await self._chat.remove_reaction(message, emoji, BOT):
            await show(self._hub, self._chat, message)

    async def _append(
        self,
        place: Place,
        post: Post,
        *,
        key: str,
        thread: MessageId | None,
        only_for: MemberId | None,
    ) -> MessageId:
        message = ChatMessage(
            id=MessageId("j" + hashlib.sha256(key.encode()).hexdigest()[:31]),
            place=place,
            member=BOT,
            member_name="Jubo",
            at=self._clock.now(),
            post=post,
            thread=thread,
            only_for=only_for,
        )
        if await self._chat.append(message):
            await show(self._hub, self._chat, message.id)
        return message.id


async def show(hub: Hub, chat: ChatLog, message: MessageId) -> None:
    """Tell the open pages how a message looks now."""
    # Read and published one after the other: else an older look could arrive after a newer one.
    async with hub.order:
        found = await chat.get(message)
        hub.publish(found.place.channel, message_json(found), only_for=found.only_for)
