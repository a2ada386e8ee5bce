"""Messages as Slack gets them: what they must show, and whether Slack takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from slack_sdk.models.blocks import Block as SlackBlock

from adapters.slack import limits
from adapters.slack.limits import units
from adapters.slack.render import SlackMessage
from adapters.slack.runs import clean
from bot.ports import Piece
from bot.posts import Anchor, Picture, Post
from tests.any_posts import running_text


def words_of(post: Post) -> Iterator[str]:
    """Return the texts that a message must show, in order."""
    for each in running_text(post.blocks):
        if isinstance(each, Picture):
            yield clean(each.alt)
        else:
            yield clean(each.text).strip() or (clean(each.url) if isinstance(each, Anchor) else "")


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
