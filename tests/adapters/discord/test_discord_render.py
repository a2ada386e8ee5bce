"""Discord messages from any post: within limits, nothing lost, nobody pinged."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.markdown import one_line
from adapters.discord.render import Message, plain, split
from bot.domain.models import ChannelId
from bot.ports import Piece
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Button,
    Buttons,
    ChannelName,
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
    paragraph,
)
from tests.any_posts import ANY_POST, HOSTILE, running_text

LINKS = tuple(Anchor(f"제목 {n}", f"https://example.com/{n}?{'q' * (n % 90)}") for n in range(200))
MANY_WORDS = tuple(Text(f"{n} " + "낱말 " * 30) for n in range(90))
LINK = re.compile(r"\[((?:\\.|[^\\\n])*?)\]\(<([^<>\s]*)>\)")
SHOWN_MARK = re.compile(rf"[{re.escape(string.punctuation)}\s\u200b…↗“”［］]|https?://")
CUT_ADDRESS = re.compile(r"<(https?://[^<>\s]*)>")


def words_of(post: Post) -> Iterator[str]:
    """Return the texts that messages must show, in order; a picture's go with its file."""
    for each in running_text(post.blocks):
        if not isinstance(each, Picture):
            yield each.text or (each.url.partition("?")[0] if isinstance(each, Anchor) else "")


def messages_of(post: Post) -> list[Message]:
    return [message_of(piece) for piece in split(post)]


def message_of(piece: Piece) -> Message:
    assert isinstance(piece.payload, Message)
    return piece.payload


def markdown_of(post: Post) -> str:
    return "\n".join(
        part for message in messages_of(post) for part in (message.content, message.description)
    )


def written(*blocks: Block) -> str:
    """Return what a short post reads like."""
    (message,) = messages_of(Post(blocks))
    return message.content


def line(*parts: str | Inline) -> str:
    return written(paragraph(*parts))


def shown(markdown: str) -> str:
    """Return the letters that a reader sees, as far as marks allow to tell."""
    bare = LINK.sub(lambda found: found[1], markdown)
    bare = re.sub(r"\\([^\w\s])", r"\1", bare)
    return SHOWN_MARK.sub("", bare)


def letters(text: str) -> str:
    """Return a text's letters as they are shown: no controls, half characters replaced."""
    return SHOWN_MARK.sub("", one_line(text))


def anchors_of(value: Any) -> Iterator[Anchor]:
    if isinstance(value, Anchor):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from anchors_of(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from anchors_of(getattr(value, name))


def check_within_limits(message: Message) -> None:
    assert not message.is_empty
    assert len(message.content) <= limits.CONTENT
    assert len(message.description) <= limits.EMBED_DESCRIPTION
    assert len(message.pictures) <= limits.FILES
    assert len(message.rows) <= limits.ROWS
    for part in (message.content, message.description):
        assert part == part.strip(), "Discord trims it"
        part.encode()  # no halves of pairs
    ids = [each["custom_id"] for row in message.rows for each in row["components"]]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(each) <= limits.CUSTOM_ID for each in ids)
    for row in message.rows:
        assert 1 <= len(row["components"]) <= limits.BUTTONS_IN_ROW
        for each in row["components"]:
            assert 0 < len(each.get("label", "…")) <= limits.BUTTON_LABEL
            assert len(each.get("options", ())) <= limits.CHOICES
            assert len(each.get("placeholder", "")) <= limits.PLACEHOLDER


@given(ANY_POST)
@settings(max_examples=50, deadline=None)
@example(Post(()))
@example(Post((paragraph("말" * 40_000),)))
@example(Post((paragraph("e" + "\u0301" * 40_000),)))
@example(Post((Paragraph(LINKS),)))
@example(Post((Bullets(tuple(Item((link,)) for link in LINKS)),)))
@example(Post(tuple(paragraph(text) for text in HOSTILE)))
def test_any_post_stays_within_every_limit(post: Post) -> None:
    for message in messages_of(post):
        check_within_limits(message)
        assert message.payload()["allowed_mentions"] == {"parse": []}


@given(ANY_POST)
@settings(max_examples=50, deadline=None)
@example(Post((Bullets(tuple(Item((link, Text(" 설명 "), link)) for link in LINKS)),)))
@example(Post((Heading((Text("주보"),), level=1), *(paragraph("낱말 " * 900) for _ in "abc"))))
@example(Post((Bullets((Item((Text("위"),), (Bullets((Item(MANY_WORDS),)),)),)),)))
def test_no_letter_is_lost_and_words_keep_their_order(post: Post) -> None:
    there = shown(markdown_of(post))
    # Words, not sentences: a page that begins within one first says what it hangs below.
    expected = [letters(word) for text in words_of(post) for word in text.split()]

    at = 0
    for word in expected:
        if len(word) <= 200:  # longer words are cut
            at = there.index(word, at) + len(word)
    assert not Counter("".join(expected)) - Counter(there)


@given(ANY_POST)
@settings(max_examples=50, deadline=None)
@example(Post((Paragraph(LINKS),)))
@example(Post((Bullets(tuple(Item((link,)) for link in LINKS)),)))
def test_every_link_is_whole_in_one_message(post: Post) -> None:
    there = markdown_of(post)

    for anchor in anchors_of(post.blocks):
        if anchor.url.startswith("https:") and len(anchor.url) <= limits.LINK_ADDRESS:
            path = anchor.url.partition("?")[0]
            assert f"<{path}" in there
    assert there.count("](<") == len(LINK.findall(there))


@given(st.text(st.characters(), min_size=1, max_size=9000))
@settings(max_examples=50, deadline=None)
@example("🧑‍💻👨‍👩‍👧🇰🇷" * 900)
@example("*`_" * 3000)
def test_no_character_that_people_see_as_one_is_cut(text: str) -> None:
    whole = Counter(regex.findall(r"\X", letters(text)))
    parts = [shown(message.content) for message in messages_of(Post((paragraph(text),)))]

    pieces = Counter(unit for part in parts for unit in regex.findall(r"\X", part))
    assert sum(pieces.values()) - sum(whole.values()) <= 0 or _is_longer_than_a_message(text)


def _is_longer_than_a_message(text: str) -> bool:
    return any(len(unit) > 1000 for unit in regex.findall(r"\X", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@everyone @here @alice", "\\@everyone \\@here @alice"),
        ("<@1> <#2> <@&3> <t:4:R> <:name:5> </ask:6>", None),
        ("**a** __b__ ~~c~~ ||d|| `e`", None),
        ("[good](https://evil.example)", "[good]\u200b(https\\://evil.example)"),
        ("# title", "\\# title"),
        ("-# small", "\\-# small"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("> quoted", "\\> quoted"),
        ("https://evil.example", "https\\://evil.example"),
        ("discord.gg/evil", "discord\\.gg/evil"),
        (
            "2 + 3 < 7, 3~5, a | b, v1.2 (x) [who] it's -",
            "2 + 3 < 7, 3~5, a | b, v1.2 (x) [who] it's -",
        ),
        ("line\nbreak\u202e \x00\ud800", "line break \ufffd"),
    ],
)
def test_marks_from_outside_are_escaped_and_nothing_else(text: str, expected: str | None) -> None:
    there = line(text)

    if expected is None:
        assert not re.search(r"(?<!\\)(<[@#t:/]|\*|_|`)|(?<![\\|])\|\||(?<![\\~])~~", there)
    else:
        assert there == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("plain", "[plain](<https://a.example/>)"),
        ("[2401.1] nested", "[[2401.1] nested](<https://a.example/>)"),
        ("x](https://evil.example)[y", "[x］(evil.example)［y](<https://a.example/>)"),
        ("see https://bank.example now", "[see bank.example now](<https://a.example/>)"),
        ("https://bank.example", "<https://a.example/>"),
        ("", "<https://a.example/>"),
        ("`code` *b* @everyone", "[\\`code\\` \\*b\\* \\@everyone](<https://a.example/>)"),
    ],
)
def test_a_label_cannot_break_out_of_its_link(label: str, expected: str) -> None:
    assert line(Anchor(label, "https://a.example/")) == expected


def test_an_address_cannot_end_its_link() -> None:
    there = line(Anchor("wiki", "https://a.example/x_(y)>z w"))

    assert there == "[wiki](<https://a.example/x_%28y%29%3Ez%20w>)"
    assert line(Anchor("bad", "javascript:alert(1)")) == "bad"


def test_styles_stand_next_to_letters() -> None:
    assert line(Text("RAG(검색)", strong=True), "은 ", Text(" a ", emphasis=True), "b") == (
        "**RAG(검색)**은 *a* b"
    )
    assert line(Text("a", strong=True), Text("b", emphasis=True)) == "**a**\u200b*b*"
    assert line(Text("/ask `x` <@1>", code=True)) == "``/ask `x` <@1>``"


def test_blocks_read_like_a_page() -> None:
    item = Item(
        (Anchor("논문", "https://a.example/1"),),
        (
            Bullets((Item((Text("안쪽"),)),)),
            Context((Text("작게"),)),
            Fold((Text("개념"),), (paragraph("뜻"),)),
        ),
    )
    there = written(
        Heading((Text("제목"),), level=1),
        Context((Text("3개"),)),
        paragraph("하나"),
        paragraph("둘"),
        Bullets((item, item), is_ordered=True),
        Quote((Text("말\n둘째 "), Anchor("줄", "https://a.example/2"))),
        Context((Text("[1] 출처"),)),
    )

    assert there.splitlines() == [
        "# 제목",
        "-# 3개",
        "",
        "하나",
        "",
        "둘",
        "",
        "1. [논문](<https://a.example/1>)",
        "   - 안쪽",
        "   *작게*",
        "   - **개념**",
        "     뜻",
        "2. [논문](<https://a.example/1>)",
        "   - 안쪽",
        "   *작게*",
        "   - **개념**",
        "     뜻",
        "",
        "> 말",
        "> 둘째 [줄](<https://a.example/2>)",
        "-# [1] 출처",
    ]


def test_a_long_post_shows_its_title_above_an_embed() -> None:
    picture = Picture("차트 1.png", "막대 그림", b"png")
    head = (Heading((Text("주보"),), level=1), Context((Text("링크 9개"),)))

    with_chart, more = messages_of(
        Post((*head, picture, *(paragraph("낱말 " * 500) for _ in "abc")))
    )
    without, *_ = messages_of(Post((*head, *(paragraph("낱말 " * 500) for _ in "ab"))))

    assert with_chart.content == without.content == "# 주보\n-# 링크 9개"
    assert with_chart.description.count("낱말") == 1000
    assert more.content.count("낱말") == 500
    body = with_chart.payload()
    assert body["attachments"] == [{"id": "0", "filename": "___1.png", "description": "막대 그림"}]
    assert "flags" not in body, "it would hide the embed"
    assert more.payload()["flags"] == 4


def test_a_list_that_goes_on_says_what_it_hangs_below() -> None:
    inner = Bullets(tuple(Item((Text(f"{n} " + "낱말 " * 50),)) for n in range(30)))
    _, second, *_ = messages_of(Post((Bullets((Item((Text("긴 글의 제목"),), (inner,)),)),)))

    first, nested, *_ = second.content.splitlines()
    assert first == "- 긴 글의 제목 …"
    assert nested.startswith("  - ")


def test_a_title_stays_with_what_follows_it() -> None:
    blocks: list[Block] = [
        paragraph("낱말 " * 660),
        Heading((Text("제목"),)),
        paragraph("낱말 " * 20),
    ]

    first, second = messages_of(Post(tuple(blocks)))

    assert "제목" not in first.content
    assert second.content.startswith("## 제목\n낱말")


def test_buttons_and_menus_stand_below_the_last_message() -> None:
    buttons = Buttons(tuple(Button("더 보기" * 40, "links", str(n)) for n in range(7)))
    menu = Select("언어", "settings", (("한국어", "ko"), ("English", "en")), chosen="en")
    *others, last = messages_of(Post((buttons, paragraph("낱말 " * 900), menu, buttons)))

    assert not any(message.rows for message in others)
    assert [len(row["components"]) for row in last.rows] == [5, 2, 1]
    assert last.rows[0]["components"][0]["custom_id"] == "links|0"
    assert [each["default"] for each in last.rows[2]["components"][0]["options"]] == [False, True]


def test_a_picture_that_cannot_go_up_is_told_in_words() -> None:
    assert written(Picture("a.png", "막대 그림")) == "-# 막대 그림"


def test_words_alone_are_left_where_everything_else_is_refused() -> None:
    pieces = plain("# 제목 @everyone\n" + "낱말 " * 900)

    assert len(pieces) > 1
    assert message_of(pieces[0]).content.startswith("\\# 제목 \\@everyone")


def test_a_channel_is_shown_by_its_name_and_what_is_none_as_words() -> None:
    channel = ChannelName("#123", channel=ChannelId("123"))
    strange = ChannelName("#@everyone", channel=ChannelId("@everyone"))

    (message,) = messages_of(
        Post((Paragraph((Text("Only: "), channel, Text(", "), strange, Text(" and more"))),))
    )

    assert message.content == "Only: <#123>, #\\@everyone and more"
