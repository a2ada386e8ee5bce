"""A chat platform in memory: posts once per key, keeps reactions, shows what a member would see."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.models import MemberId, MessageId, Place
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
    text_of,
)


@dataclass(frozen=True, slots=True)
class Sent:
    place: Place
    post: Post
    thread: MessageId | None
    only_for: MemberId | None


@dataclass
class FakePlatform:
    sent: dict[str, Sent] = field(default_factory=dict)
    reactions: dict[MessageId, list[str]] = field(default_factory=dict)

    async def post(
        self,
        place: Place,
        post: Post,
        *,
        key: str,
        thread: MessageId | None = None,
        only_for: MemberId | None = None,
    ) -> MessageId:
        self.sent.setdefault(key, Sent(place, post, thread, only_for))
        return MessageId(f"sent:{key}")

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        marks = self.reactions.setdefault(message, [])
        if emoji not in marks:
            marks.append(emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        marks = self.reactions.get(message, [])
        if emoji in marks:
            marks.remove(emoji)

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


def _item(item: Item) -> str:
    return "\n".join([_block(Paragraph(item.inlines)), *map(_block, item.blocks)])
