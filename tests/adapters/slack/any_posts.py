"""Any posts for property tests, and what is checked of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from adapters.slack import limits
from adapters.slack.limits import units
from adapters.slack.render import SlackMessage
from adapters.slack.runs import clean
from bot.ports import Piece
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Inline,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
    Text,
)

HOSTILE = (
    "<!channel> @here @everyone",
    "<@U0MINA> <#C0GENERAL|general> <!subteam^S1>",
    "*bold* _it_ ~no~ `code` :smile: > quoted",
    "<https://evil.example|https://good.example>",
    "\u202egnp.exe\u202c \u200b \ud800 \x00 \x1b[2J",
    "가나다라마바사 아자차카타파하 " * 40,
    "漢字" * 900,
    "🧑‍💻👨‍👩‍👧🇰🇷" * 120,
    "x" * 6000,
    "e" + "\u0301" * 3000,
    "w " * 2500,
)
_texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=40),  # halves of pairs too
    st.integers(0, len(HOSTILE) - 1).map(lambda which: HOSTILE[which]),
)
_urls = st.one_of(
    st.integers(0, 999).map(lambda number: f"https://example.com/{number}?a=1&b=<x>|y"),
    st.integers(1, 2900).map(lambda size: f"https://example.com/{'p' * size}"),
    st.just("javascript:alert(1)"),
)
_inline: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, _texts, st.booleans(), st.booleans(), st.booleans()),
    st.builds(Anchor, _texts, _urls),
)
_inlines = st.lists(_inline, max_size=5).map(tuple)
_short = st.text(st.characters(codec="utf-8"), min_size=1, max_size=90)
_choices = st.lists(st.tuples(_short, st.text("abc", max_size=9)), max_size=25).map(tuple)
_leaf: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, _inlines, st.integers(1, 4)),
    st.builds(Paragraph, _inlines),
    st.builds(Context, _inlines),
    st.builds(Quote, _inlines),
    st.builds(Picture, st.just("chart.png"), _texts, st.just(b"png")),
    st.builds(Buttons, st.lists(st.builds(Button, _short, st.just("go")), max_size=30).map(tuple)),
    st.builds(Select, _short, st.just("pick"), _choices, st.text("abc", max_size=2)),
)


def _nested(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    blocks = st.lists(inner, max_size=3).map(tuple)
    items = st.lists(st.builds(Item, _inlines, blocks), max_size=6).map(tuple)
    return st.one_of(st.builds(Bullets, items, st.booleans()), st.builds(Fold, _inlines, blocks))


ANY_BLOCK: st.SearchStrategy[Block] = st.recursive(_leaf, _nested, max_leaves=12)
ANY_POST = st.lists(ANY_BLOCK, max_size=12).map(lambda blocks: Post(tuple(blocks)))


def words_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Return the texts that a message must show, in order."""
    for block in blocks:
        match block:
            case Heading(inlines) | Paragraph(inlines) | Context(inlines) | Quote(inlines):
                yield from _words(inlines)
            case Bullets(items):
                for item in items:
                    yield from _words(item.inlines)
                    yield from words_of(item.blocks)
            case Fold(summary, inner):
                yield from _words(summary)
                yield from words_of(inner)
            case Picture(alt=alt):
                yield alt
            case Buttons() | Select():
                pass


def _words(inlines: tuple[Inline, ...]) -> Iterator[str]:
    for each in inlines:
        yield clean(each.text).strip() or (each.url if isinstance(each, Anchor) else "")


def message_of(piece: Piece) -> SlackMessage:
    assert isinstance(piece.payload, SlackMessage)
    return piece.payload


def elements_of(value: Any) -> Iterator[dict[str, Any]]:
    """Return every object in a message's blocks."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from elements_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from elements_of(each)


def links_of(blocks: Sequence[Any]) -> list[tuple[str, str]]:
    """Return every link, as (label, address), in order."""
    found: list[tuple[str, str]] = []
    for each in elements_of(blocks):
        if each.get("type") == "link":
            found.append((each["text"], each["url"]))
        elif each.get("type") == "mrkdwn":
            marked = re.findall(r"<(https?://[^|>]+)\|([^>]*)>", each["text"])
            found += [(unescape(label), unescape(url)) for url, label in marked]
    return found


def check_within_limits(message: SlackMessage) -> None:
    blocks = [each for each in message.blocks if isinstance(each, dict)]
    assert 1 <= len(message.blocks) <= limits.MESSAGE_BLOCKS
    assert 0 < units(message.text) <= limits.FALLBACK_TEXT
    everything = [
        each[key]
        for each in elements_of(blocks)
        for key in ("text", "url", "value")
        if isinstance(each.get(key), str)
    ]
    assert sum(map(units, everything)) <= limits.MESSAGE_TEXT
    assert all(everything), "Slack refuses empty texts"
    action_ids = [each["action_id"] for each in elements_of(blocks) if "action_id" in each]
    assert len(set(action_ids)) == len(action_ids)
    for block in blocks:
        check_block(block)


def check_block(block: dict[str, Any]) -> None:
    parsed = SlackBlock.parse(block)
    assert parsed is not None
    parsed.to_dict()  # the vendor's own checks
    texts = [each["text"] for each in elements_of(block) if isinstance(each.get("text"), str)]
    match block["type"]:
        case "header":
            assert units(block["text"]["text"]) <= limits.HEADER_TEXT
        case "context":
            assert len(block["elements"]) <= limits.CONTEXT_ELEMENTS
            assert sum(map(units, texts)) <= limits.CONTEXT_TEXT
        case "actions":
            assert 1 <= len(block["elements"]) <= limits.ACTIONS_ELEMENTS
            for each in block["elements"]:
                assert units(each["action_id"]) <= limits.ACTION_ID
                assert units(each.get("value", "")) <= limits.BUTTON_VALUE
                for option in each.get("options", ()):
                    assert 0 < units(option["value"]) <= limits.OPTION_VALUE
        case "section":
            assert units(block["text"]["text"]) <= limits.BLOCK_TEXT
        case "rich_text":
            assert sum(map(units, texts)) <= limits.BLOCK_TEXT
        case other:
            raise AssertionError(other)
