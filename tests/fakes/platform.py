"""A chat platform in memory: posts once per key, keeps reactions, shows what a member would see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import BotError, MessageGone, UserError
from bot.events import Event, SharedFile
from bot.ports import Piece, Rates, Target
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Sent:
    place: Place
    post: Post
    thread: MessageId | None
    only_for: MemberId | None
    answer_by: str = ""


@dataclass
class FakePlatform:
    """`fails` are raised by the next calls of `send`; `arrives` says whether it went out all the
    same. `private_channels` and `files` are what it knows; `gone` messages cannot be completed,
    and what `robots` do means nothing.
    """

    sent: dict[str, Sent] = field(default_factory=dict)
    reactions: dict[MessageId, list[str]] = field(default_factory=dict)
    fails: list[tuple[BotError, bool]] = field(default_factory=list)
    calls: int = 0
    private_channels: dict[MemberId, frozenset[ChannelId]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    gone: set[MessageId] = field(default_factory=set)
    robots: set[MemberId] = field(default_factory=set)
    edits: list[Post] = field(default_factory=list)
    before_commands: str = "/"
    rates: Rates = field(default_factory=Rates)

    rewrites_answers: bool = False

    @property
    def where(self) -> str:
        return ""

    def call_of(self, command: str) -> str:
        return f"{self.before_commands}{command}"

    def split(self, post: Post) -> Sequence[Piece]:
        own = replace(post, thread=())
        return (Piece(words_of(own), own),)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        self.calls += 1
        failure, arrives = self.fails.pop(0) if self.fails else (None, True)
        if arrives:
            # A platform that knows no keys: what is sent twice is there twice.
            number = f"{key}#{self.calls}" if key in self.sent else key
            self.sent[number] = Sent(
                target.place, piece.payload, target.thread, target.only_for, target.answer_by
            )
        if failure is not None:
            raise failure
        return MessageId(f"sent:{key}")

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        """Nothing that one member alone sees: on Slack it cannot be found either."""
        if target.only_for is not None or key not in self.sent:
            return None
        return MessageId(f"sent:{key}")

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        key = message.removeprefix("sent:")
        if key not in self.sent:
            raise MessageGone
        self.sent[key] = replace(self.sent[key], post=post)
        self.edits.append(post)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        marks = self.reactions.setdefault(message, [])
        if emoji not in marks:
            marks.append(emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        marks = self.reactions.get(message, [])
        if emoji in marks:
            marks.remove(emoji)

    async def complete(self, event: Event) -> Event | None:
        if getattr(event, "message", None) in self.gone:
            raise MessageGone
        return None if event.member in self.robots else event

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        assert member, "nobody is in no channel"
        return self.private_channels.get(member, frozenset())

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        if file.url not in self.files:
            raise UserError("file.not_here", name=file.name)
        return self.files[file.url]

    @property
    def posts(self) -> list[Sent]:
        return list(self.sent.values())

    @property
    def words(self) -> str:
        """Everything that was said, as one text."""
        return "\n".join(words_of(sent.post) for sent in self.posts)


def words_of(post: Post) -> str:
    own = "\n".join(_block(block) for block in post.blocks)
    return "\n".join([own, *(words_of(reply) for reply in post.thread)])


def _block(block: Block) -> str:
    match block:
        case Heading() | Paragraph() | Context() | Quote():
            return " ".join(
                f"{part.text} <{part.url}>" if isinstance(part, Anchor) else part.text
                for part in block.inlines
            )
        case Bullets():
            return "\n".join(_item(item) for item in block.items)
        case Fold():
            return "\n".join([text_of(block.summary), *map(_block, block.blocks)])
        case Picture():
            return f"[{block.alt}]"
        case Buttons():
            return " ".join(f"({button.label})" for button in block.buttons)
        case Select():
            return " ".join(f"({block.label}: {label})" for label, _ in block.choices)


def _item(item: Item) -> str:
    return "\n".join([_block(Paragraph(item.inlines)), *map(_block, item.blocks)])
