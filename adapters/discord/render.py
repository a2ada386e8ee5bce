"""Posts as Discord messages: plain content first, one embed below a title where that is too short.

Why not Components V2: their text of 4,000 characters is 3,380 where it is Korean (the API answers
500 above 10,170 bytes of UTF-8, discord/discord-api-docs issue 8554), and a message that was one
stays one. Why not embeds alone: who switched link previews off sees an empty message, and phones
do not copy out of them. So what fits 2,000 characters is content. Of a longer post the title and
what stands before its picture are content, what follows is the embed (4,096 characters of any
language), and what is left goes on as content. Discord draws content, files and embed in that
order, which is the order of our posts: title, chart, entries.

Links stand in angle brackets and the flag is set, so nothing unfolds below a message.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.discord import limits
from adapters.discord.components import Row, rows_of
from adapters.discord.lines import lines_of
from adapters.discord.markdown import shorten
from adapters.discord.splitting import Page, paginate
from bot.ports import Piece
from bot.posts import Block, Bullets, Context, Fold, Heading, Picture, Post, Text, paragraph

log = logging.getLogger(__name__)

SUPPRESS_EMBEDS = 1 << 2
_ACCENT = 0x4F6BED  # the bar beside an embed
_NO_WORDS = "…"  # Discord refuses a message without anything in it


@dataclass(frozen=True, slots=True)
class Message:
    """One message as Discord takes it, but for where it goes."""

    content: str = ""
    description: str = ""
    pictures: tuple[Picture, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.content or self.description or self.pictures or self.rows)

    def payload(self, *, flags: int = 0, is_edit: bool = False) -> dict[str, Any]:
        """Return the body of a request that posts it, the files apart, which go as `files[n]`.

        `is_edit`: what the message had before goes, also where nothing takes its place.
        """
        body: dict[str, Any] = {
            "content": self.content,
            "allowed_mentions": {"parse": []},  # nobody, whatever the words are
            "components": list(self.rows),
        }
        if self.description:
            body["embeds"] = [{"description": self.description, "color": _ACCENT}]
        else:
            flags |= SUPPRESS_EMBEDS
            if is_edit:
                body["embeds"] = []
        if self.pictures or is_edit:
            body["attachments"] = [
                {
                    "id": str(number),
                    "filename": file_name(picture, number),
                    "description": shorten(picture.alt, limits.ALT_TEXT),
                }
                for number, picture in enumerate(self.pictures)
            ]
        if flags or is_edit:
            body["flags"] = flags
        return body


def split(post: Post) -> list[Piece]:
    """Return the post's own blocks as messages within the limits, never none."""
    blocks = tuple(_without_lost_pictures(post.blocks))
    pages = list(_pages(blocks))
    messages = [message for message, _ in pages] or [Message()]
    words = [words for _, words in pages] or [""]
    messages = _with_pictures(messages, _pictures(blocks))
    messages = _with_rows(messages, rows_of(blocks))
    words += [""] * (len(messages) - len(words))
    return [
        Piece(text, replace(message, content=_NO_WORDS) if message.is_empty else message)
        for text, message in zip(words, messages, strict=True)
    ]


def message_of(piece: Piece) -> Message:
    """Return what `split` made."""
    if not isinstance(piece.payload, Message):
        raise TypeError("this piece was rendered for another platform")
    return piece.payload


def plain(text: str) -> list[Piece]:
    """Return words alone, for a place that refuses everything else."""
    blocks = tuple(paragraph(line) for line in text.splitlines())
    pages = paginate(lines_of(blocks), first=limits.CONTENT, rest=limits.CONTENT)
    return [Piece(page.words, Message(page.markdown)) for page in pages] or [
        Piece("", Message(_NO_WORDS))
    ]


def file_name(picture: Picture, number: int) -> str:
    """Return a name that is safe in a header; the number keeps two apart."""
    stem, dot, ending = re.sub(r"[^\w.-]", "_", picture.name, flags=re.ASCII).rpartition(".")
    return f"{stem}{dot}{ending}" if number == 0 else f"{stem or ending}-{number}{dot}{ending}"


def _pages(blocks: Sequence[Block]) -> Iterator[tuple[Message, str]]:
    whole = paginate(lines_of(blocks), first=limits.CONTENT, rest=limits.CONTENT)
    lead, below = _lead(blocks) if len(whole) > 1 else (None, ())
    if lead is None:
        yield from ((Message(page.markdown), page.words) for page in whole)
        return
    first, *rest = paginate(lines_of(below), first=limits.EMBED_DESCRIPTION, rest=limits.CONTENT)
    yield Message(lead.markdown, first.markdown), f"{lead.words}\n{first.words}"
    yield from ((Message(page.markdown), page.words) for page in rest)


def _lead(blocks: Sequence[Block]) -> tuple[Page | None, Sequence[Block]]:
    """Return what stands above the embed, and the blocks in it; None where nothing can."""
    end = next((at for at, block in enumerate(blocks) if isinstance(block, Picture)), None)
    for cut in (end, _end_of_title(blocks)):
        if cut:
            above = paginate(lines_of(blocks[:cut]), first=limits.CONTENT, rest=limits.CONTENT)
            below = blocks[cut:]
            if len(above) == 1 and lines_of(below):
                return above[0], below
    return None, ()


def _end_of_title(blocks: Sequence[Block]) -> int:
    """Return how many blocks are the title with the small print below it."""
    if not blocks or not isinstance(blocks[0], Heading):
        return 0
    return next(
        (at for at, block in enumerate(blocks) if at and not isinstance(block, Context)),
        len(blocks),
    )


def _pictures(blocks: Iterable[Block]) -> list[Picture]:
    found: list[Picture] = []
    for block in blocks:
        match block:
            case Picture():
                found.append(block)
            case Fold(_, inner):
                found += _pictures(inner)
            case Bullets(items):
                found += [each for item in items for each in _pictures(item.blocks)]
            case _:
                pass
    return found


def _without_lost_pictures(blocks: Iterable[Block]) -> Iterator[Block]:
    """Say in words what a picture shows that cannot go up."""
    for block in blocks:
        if isinstance(block, Picture) and not 0 < len(block.data) <= limits.FILE_BYTES:
            yield Context((Text(block.alt),))
        else:
            yield block


def _with_pictures(messages: list[Message], pictures: Sequence[Picture]) -> list[Message]:
    sendable = [each for each in pictures if 0 < len(each.data) <= limits.FILE_BYTES]
    parts = [
        tuple(sendable[start : start + limits.FILES])
        for start in range(0, len(sendable), limits.FILES)
    ]
    return [
        replace(message, pictures=parts[at]) if at < len(parts) else message
        for at, message in enumerate(messages)
    ] + [Message(pictures=part) for part in parts[len(messages) :]]


def _with_rows(messages: list[Message], rows: Sequence[Row]) -> list[Message]:
    """Put the buttons below the last message; what no message can hold goes below one more."""
    if not rows:
        return messages
    parts = [tuple(rows[start : start + limits.ROWS]) for start in range(0, len(rows), limits.ROWS)]
    more = [Message(rows=part) for part in parts[1:]]
    return [*messages[:-1], replace(messages[-1], rows=parts[0]), *more]
