"""One event's side of the talk: where it happened, its language, and how to answer there."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from bot.domain.models import MessageId, Place
from bot.domain.visibility import Audience
from bot.events import Event
from bot.ports import ChatPlatform
from bot.posts import Post, say
from bot.texts import Say, Texts


class Conversation:
    """Answers go where the event came from: its thread if it was in one, else its channel.

    Every answer carries a key made of the event and its number, so that an event that is
    handled again after a crash posts nothing twice. `part` keeps apart the answers of talks
    about one event that are no repeats of each other.
    """

    def __init__(
        self, event: Event, platform: ChatPlatform, texts: Texts, *, language: str, part: str = ""
    ) -> None:
        self.event = event
        self.language = language
        self.say: Say = texts.bind(language)
        self._texts = texts
        self._platform = platform
        self._part = part
        self._numbers = count()

    def say_in(self, language: str) -> Say:
        """Return the sentences of a post that is not in the talk's own language."""
        return self._texts.bind(language)

    @property
    def place(self) -> Place:
        return self.event.place

    @property
    def audience(self) -> Audience:
        """Who reads what is posted openly here."""
        return Audience.of_channel(self.place.channel)

    async def post(
        self, post: Post, *, thread: MessageId | None = None, key: str = ""
    ) -> MessageId:
        """Answer. `key` names what is told once, even where several events lead to it."""
        return await self._platform.post(
            self.place,
            replace(post, language=post.language or self.language),
            key=key or f"{self.event.id}:{self._part}{next(self._numbers)}",
            thread=thread or self.event.thread,
            only_for=self.event.member if post.is_ephemeral else None,
        )

    async def say_quietly(self, key: str, /, **values: object) -> None:
        """Answer with one sentence that only the member sees."""
        text = self.say(key, **values)
        await self.post(say(text, language=self.language, is_ephemeral=True))

    async def react(self, message: MessageId, emoji: str) -> None:
        await self._platform.react(self.place, message, emoji)

    async def unreact(self, message: MessageId, emoji: str) -> None:
        await self._platform.unreact(self.place, message, emoji)
