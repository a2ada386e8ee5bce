"""Posts and messages as JSON for the page, which builds its elements with `textContent` alone.

No text is ever markup here, so hostile text stays text; what becomes an address is checked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TypeAlias

from bot.domain.models import BOT, MessageId
from bot.domain.urls import find_urls
from bot.ports import ChatMessage
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
    Text,
    text_of,
)
from bot.text.printable import plain_text as shown

Json: TypeAlias = dict[str, object]

# A Korean particle may follow the name at once (`@주보에게`), a Latin letter may not (`@jubooks`).
MENTION = re.compile(r"(?<![\w.@])@(?:jubo(?![a-z0-9_])|주보)", re.IGNORECASE)
_WORDS = re.compile(r"\s+|\S+")


def message_json(message: ChatMessage) -> Json:
    """Return a message as the page shows it."""
    post = message.post
    return {
        "id": message.id,
        "channel": message.place.channel,
        "thread": message.thread,
        "who": message.member,
        "name": message.member_name,
        "isBot": message.member == BOT,
        "at": message.at.isoformat(),
        "language": post.language if post else "",
        "isOnlyYours": message.only_for is not None,
        "blocks": blocks_json(message.id, post) if post else [_spoken(message.text)],
        "reactions": _reactions(message),
    }


def blocks_json(message: MessageId, post: Post) -> list[Json]:
    return [_block(message, block) for block in post.blocks]


def plain_text(post: Post) -> str:
    """Return the words of a post with every address in them: what someone reacts to."""
    return "\n".join(_plain_blocks(post.blocks))


def pictures_of(post: Post) -> Iterator[Picture]:
    return (block for block in _walk(post.blocks) if isinstance(block, Picture))


def buttons_of(post: Post) -> Iterator[Button]:
    """Yield all that can be pressed, the choices of menus too."""
    for block in _walk(post.blocks):
        if isinstance(block, Buttons):
            yield from block.buttons
        elif isinstance(block, Select):
            yield from (Button(label, block.action, value) for label, value in block.choices)


def picture_name(picture: Picture) -> str:
    """Return a name made of the content: nobody guesses it, and it may be cached for ever."""
    return f"{hashlib.sha256(picture.data).hexdigest()[:32]}.png"


def _block(message: MessageId, block: Block) -> Json:
    match block:
        case Heading(inlines, level):
            return {"type": "heading", "level": level, "inlines": _inlines(inlines)}
        case Paragraph(inlines):
            return {"type": "paragraph", "inlines": _inlines(inlines)}
        case Context(inlines):
            return {"type": "context", "inlines": _inlines(inlines)}
        case Quote(inlines):
            return {"type": "quote", "inlines": _inlines(inlines)}
        case Bullets(items, is_ordered):
            return {
                "type": "bullets",
                "isOrdered": is_ordered,
                "items": [_item(message, item) for item in items],
            }
        case Fold(summary, blocks):
            return {
                "type": "fold",
                "summary": _inlines(summary),
                "blocks": [_block(message, each) for each in blocks],
            }
        case Picture(alt=alt):
            return {
                "type": "picture",
                "alt": alt,
                "url": f"/media/{message}/{picture_name(block)}",
            }
        case Buttons(buttons):
            return {"type": "buttons", "buttons": [_button(each) for each in buttons]}
        case Select(label, action, choices, chosen):
            options = [{"label": label, "value": value} for label, value in choices]
            return {
                "type": "select",
                "label": label,
                "action": action,
                "choices": options,
                "chosen": chosen,
            }


def _item(message: MessageId, item: Item) -> Json:
    return {
        "inlines": _inlines(item.inlines),
        "blocks": [_block(message, block) for block in item.blocks],
    }


def _button(button: Button) -> Json:
    return {"label": button.label, "action": button.action, "value": button.value}


def _inlines(inlines: Inlines) -> list[Json]:
    return [_anchor(each) if isinstance(each, Anchor) else _text(each) for each in inlines]


def _text(text: Text) -> Json:
    styles = ("strong", "emphasis", "code")
    return {"text": shown(text.text)} | {style: True for style in styles if getattr(text, style)}


def _anchor(anchor: Anchor) -> Json:
    is_web = anchor.url.lower().startswith(("http://", "https://"))
    label: Json = {"text": shown(anchor.text) or anchor.url}
    return label | {"url": anchor.url} if is_web else label


def _spoken(text: str) -> Json:
    """Return a person's words, with every link and every mention of us marked."""
    parts: list[Json] = []
    for word in _WORDS.findall(text):
        for part in _word(word):
            if parts and len(part) == len(parts[-1]) == 1:  # plain text both: one run
                parts[-1] = {"text": f"{parts[-1]['text']}{part['text']}"}
            else:
                parts.append(part)
    return {"type": "spoken", "inlines": parts}


def _word(word: str) -> Iterator[Json]:
    end = 0
    for url in find_urls(word):
        # A link may stand without its scheme: `github.com/…`.
        written = url if word.find(url, end) >= 0 else url.partition("://")[2]
        start = word.find(written, end)
        if start < 0:
            continue
        yield from _mentions(word[end:start])
        end = start + len(written)
        yield {"text": written, "url": url}
    yield from _mentions(word[end:])


def _mentions(text: str) -> Iterator[Json]:
    end = 0
    for found in MENTION.finditer(text):
        if found.start() > end:
            yield {"text": text[end : found.start()]}
        yield {"text": found.group(), "isMention": True}
        end = found.end()
    if text[end:]:
        yield {"text": text[end:]}


def _reactions(message: ChatMessage) -> list[Json]:
    by_emoji: dict[str, list[str]] = {}
    for emoji, member in message.reactions:
        by_emoji.setdefault(emoji, []).append(member)
    return [{"emoji": emoji, "who": who} for emoji, who in by_emoji.items()]


def _walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Fold):
            yield from _walk(block.blocks)
        elif isinstance(block, Bullets):
            for item in block.items:
                yield from _walk(item.blocks)


def _plain_blocks(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(inlines) | Paragraph(inlines) | Context(inlines) | Quote(inlines):
                yield _plain(inlines)
            case Bullets(items):
                for item in items:
                    yield _plain(item.inlines)
                    yield from _plain_blocks(item.blocks)
            case Fold(summary, inner):
                yield _plain(summary)
                yield from _plain_blocks(inner)
            case Picture() | Buttons() | Select():
                pass


def _plain(inlines: Inlines) -> str:
    return " ".join(
        f"{each.text} {each.url}" if isinstance(each, Anchor) else text_of((each,))
        for each in inlines
    )
