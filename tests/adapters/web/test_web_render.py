from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.render import blocks_json, buttons_of, message_json, pictures_of, plain_text
from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.ports import ChatMessage
from bot.posts import (
    Anchor,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Text,
)

POST = Post(
    (
        Heading((Text("Week 2"),), level=1),
        Paragraph((Text("Read "), Anchor("this", "https://example.org/a"))),
        Bullets((Item((Text("one"),), (Fold((Text("more"),), (Paragraph((Text("deep"),)),)),)),)),
        Quote((Text("said"),)),
        Picture("chart.png", "three bars", b"png"),
        Fold((Text("buttons"),), (Buttons((Button("Go", "go", "1"),)),)),
        Context((Text("small"),)),
    )
)


def spoken(text: str) -> list[dict[str, object]]:
    message = ChatMessage(
        id=MessageId("m"),
        place=Place(ChannelId("reading")),
        member=MemberId("me"),
        member_name="me",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        text=text,
    )
    shown: Any = message_json(message)
    return list(shown["blocks"][0]["inlines"])


def test_every_block_has_its_json() -> None:
    blocks = blocks_json(MessageId("m"), POST)

    assert [block["type"] for block in blocks] == [
        "heading", "paragraph", "bullets", "quote", "picture", "fold", "context",
    ]  # fmt: skip
    json.dumps(blocks)


def test_nested_pictures_and_buttons_are_found() -> None:
    assert [each.alt for each in pictures_of(POST)] == ["three bars"]
    assert [each.value for each in buttons_of(POST)] == ["1"]


def test_the_plain_text_of_a_post_holds_its_words_and_addresses() -> None:
    text = plain_text(POST)

    assert "https://example.org/a" in text
    assert all(word in text for word in ("Week 2", "one", "more", "deep", "said", "small"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    [block] = blocks_json(MessageId("m"), Post((Paragraph((Anchor("click", url),)),)))

    assert block["inlines"] == [{"text": "click"}]


def test_every_link_of_a_message_is_an_anchor() -> None:
    inlines = spoken(
        "see https://example.org/a?b=1, github.com/x/y and\nhttps://example.org/a?b=1!"
    )

    assert [each["url"] for each in inlines if "url" in each] == [
        "https://example.org/a?b=1",
        "https://github.com/x/y",
        "https://example.org/a?b=1",
    ]


def test_a_mention_of_us_is_marked() -> None:
    assert [each["text"] for each in spoken("안녕 @주보야, @Jubo!") if "isMention" in each] == [
        "@주보",
        "@Jubo",
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_character_of_a_message_is_lost(text: str) -> None:
    assert "".join(str(each["text"]) for each in spoken(text)) == text


@given(
    st.lists(
        st.sampled_from(["https://a.org/x", "github.com/a/b", "@주보", " ", "\n", ",", "<b>", "가"])
    )
)
def test_links_never_swallow_their_neighbours(parts: list[str]) -> None:
    text = "".join(parts)

    assert "".join(str(each["text"]) for each in spoken(text)) == text


@pytest.mark.parametrize("text", ["http://a.b/" * 6000, "@" * 60_000, "h" * 60_000, "[](" * 20_000])
def test_a_long_hostile_message_takes_linear_time(text: str) -> None:
    assert "".join(str(each["text"]) for each in spoken(text)) == text


def test_nothing_that_turns_lines_around_reaches_the_page_from_a_title() -> None:
    hostile = "Invoice \u202egpj.exe\x9b\ud800"
    inlines = (Text(hostile, strong=True), Anchor(hostile, "https://example.org/a"))

    document = json.dumps(blocks_json(MessageId("m"), Post((Paragraph(inlines),))))

    assert document.count('"text": "Invoice gpj.exe"') == 2
