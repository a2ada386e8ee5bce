"""One event's side of the talk: where it happened, its language, and how to answer there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.spoken import list_phrases, strip_phrase
from bot.domain.emoji import SaveEmoji
from bot.domain.models import ChannelId, LinkId, MessageId, Place
from bot.domain.settings import WorkspaceSettings
from bot.domain.visibility import Audience
from bot.errors import MessageGone
from bot.events import Event, SharedFile
from bot.ports import Target
from bot.posts import Block, Post, say
from bot.services.boards import anew_board, board_key, show_board
from bot.services.page_reports import Wording
from bot.services.posting import PostingService
from bot.services.waiting import Patience, post_when_made
from bot.texts import Say, Texts


@dataclass(frozen=True, slots=True)
class Habits:
    """How a talk is held: what the member, the workspace or else the operator chose."""

    language: str
    zone: ZoneInfo
    emoji: SaveEmoji

    @classmethod
    def of(cls, event: Event, chosen: WorkspaceSettings, *, language: str, zone: str) -> Habits:
        """Prefer the member's own language; `language` and `zone` are the operator's."""
        return cls(
            language=event.language or chosen.language or language,
            zone=ZoneInfo(chosen.zone or zone),
            emoji=chosen.emoji,
        )


class Conversation:
    """Answers go where the event came from: its thread if it was in one, else its channel.

    Every answer carries a key made of the event and its number, so that an event that is
    handled again after a crash posts nothing twice. `part` keeps apart the answers of talks
    about one event that are no repeats of each other. `audience` reads what is posted openly.
    """

    def __init__(
        self,
        event: Event,
        posting: PostingService,
        texts: Texts,
        *,
        habits: Habits,
        audience: Audience,
        part: str = "",
    ) -> None:
        self.event = event
        self.language = habits.language
        self.zone = habits.zone
        self.emoji = habits.emoji
        self.audience = audience
        self.say: Say = texts.bind(habits.language)
        self._texts = texts
        self._posting = posting
        self._part = part
        self._numbers = count()

    def hears(self, name: str, text: str) -> bool:
        """Whether people say this for it, in whatever language: `spoken.NAME` lists how."""
        return strip_phrase(text) in list_phrases(self._texts, name)

    def speak(self, language: str) -> Conversation:
        """Return the same talk, going on in a language; "" for that of the habits."""
        other = copy(self)
        other.language = language or self.language
        other.say = self._texts.bind(other.language)
        return other

    def say_in(self, language: str) -> Say:
        """Return the sentences of a post that is not in the talk's own language."""
        return self._texts.bind(language)

    @property
    def place(self) -> Place:
        return self.event.place

    def target(self, *, thread: MessageId | None = None, is_private: bool = False) -> Target:
        return Target(
            self.event.workspace,
            self.place,
            thread=thread or self.event.thread,
            only_for=self.event.member if is_private else None,
            answer_by=self.event.answer_by,
        )

    async def post(
        self, post: Post, *, thread: MessageId | None = None, key: str = ""
    ) -> MessageId:
        """Answer. `key` names what is told once, even where several events lead to it."""
        return await self._posting.post(
            self.target(thread=thread, is_private=post.is_ephemeral),
            replace(post, language=post.language or self.language),
            key=key or self._next_key(),
        )

    async def post_when_made(
        self, making: Coroutine[Any, Any, Post], note: Callable[[], Post], *, patience: Patience
    ) -> MessageId:
        """Answer with what takes a while; see `bot.services.waiting`."""
        return await post_when_made(
            self._posting,
            self.target(),
            making,
            note,
            key=self._next_key(),
            member=self.event.member,
            patience=patience,
        )

    def _next_key(self) -> str:
        return f"{self.event.id}:{self._part}{next(self._numbers)}"

    async def change(self, message: MessageId, post: Post) -> None:
        """Show something else in the place of what was posted openly; nothing if it is gone."""
        shown = replace(post, language=post.language or self.language)
        with suppress(MessageGone):
            await self._posting.edit(self.target(), message, shown, is_vital=True)

    @property
    def posting(self) -> PostingService:
        return self._posting

    @property
    def wording(self) -> Wording:
        return self._wording(self.language)

    def _wording(self, language: str) -> Wording:
        return Wording(self._texts.bind(language), self.zone, self.event.at)

    async def show_board(
        self,
        message: MessageId,
        make: Callable[[Wording], Sequence[Block]],
        *,
        thread: MessageId,
        may_post: bool = True,
    ) -> None:
        """Say in a message's thread how its links stand: see `bot.services.boards`."""
        await show_board(
            self._posting,
            self.target(thread=thread),
            message,
            lambda language: make(self._wording(language)),
            language=self.language,
            may_post=may_post,
        )

    async def show_until_read(
        self, message: MessageId, make: Callable[[Wording], Sequence[Block]]
    ) -> bool:
        """Say to the member how links stand, and change it as they are read; False: not here."""
        if not self._posting.platform(self.event.workspace).rewrites_answers:
            return False
        await show_board(
            self._posting,
            self.target(is_private=True),
            message,
            lambda language: make(self._wording(language)),
            language=self.language,
        )
        return True

    async def show_until_read_anew(
        self, message: MessageId, link: LinkId, blocks: Sequence[Block]
    ) -> None:
        """Say to the member that a page is being read anew; how that ends is told there."""
        board = anew_board(message, link, member=self.event.member)
        await self.post(Post(tuple(blocks), is_ephemeral=True), key=board_key(board, self.language))

    async def say_quietly(self, key: str, /, **values: object) -> MessageId:
        """Answer with one sentence that only the member sees."""
        text = self.say(key, **values)
        return await self.post(say(text, language=self.language, is_ephemeral=True))

    async def post_instead(self, earlier: MessageId | None, post: Post) -> None:
        """Answer in place of an earlier one that only the member sees, else below it."""
        platform = self._posting.platform(self.event.workspace)
        if earlier is not None and platform.rewrites_answers:
            with suppress(MessageGone):
                target = self.target(is_private=True)
                shown = replace(post, language=post.language or self.language)
                await self._posting.edit(target, earlier, shown, is_vital=True)
                return
        await self.post(post)

    async def react(self, message: MessageId, emoji: str) -> None:
        await self._posting.react(self.target(), message, emoji)

    async def unreact(self, message: MessageId, emoji: str) -> None:
        await self._posting.unreact(self.target(), message, emoji)

    async def list_private_channels(self) -> frozenset[ChannelId]:
        """Return the private channels that the member is in, as far as we can see them."""
        platform = self._posting.platform(self.event.workspace)
        return await platform.list_private_channels(self.event.workspace, self.event.member)

    def call_of(self, command: str) -> str:
        """Return how people call a command where this talk is."""
        return self._posting.platform(self.event.workspace).call_of(command)

    async def fetch_file(self, file: SharedFile) -> bytes:
        """Load what was shared, from the platform of this talk."""
        platform = self._posting.platform(self.event.workspace)
        return await platform.fetch_file(self.event.workspace, file)
