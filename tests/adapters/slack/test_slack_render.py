"""Slack messages from any post: within limits, nothing lost, nobody pinged."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import limits
from adapters.slack.action_ids import form_of
from adapters.slack.render import NOTHING, split
from bot.domain.models import ChannelId
from bot.posts import (
    Anchor,
    Bullets,
    Button,
    Buttons,
    ChannelName,
    Context,
    Fold,
    Form,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
    Text,
    paragraph,
)
from tests.adapters.slack.slack_messages import (
    check_within_limits,
    elements_of,
    links_of,
    message_of,
    words_of,
)
from tests.any_posts import ANY_POST

LINKS = tuple(Anchor(f"제목 {n}", f"https://example.com/{n}?{'q' * (n % 90)}") for n in range(200))


LARGE = {
    "nothing": Post(()),
    "one word": Post((paragraph("가" * 40_000),)),
    "words": Post((paragraph("word " * 8_000),)),
    "emoji": Post((paragraph("🧑‍💻" * 10_000),)),
    "escapes": Post((paragraph("<&>" * 10_000),)),
    "links": Post((Paragraph(LINKS),)),
    "list of links": Post((Bullets(tuple(Item((link,)) for link in LINKS)),)),
    "long link": Post((Paragraph((Anchor("label " * 900, f"https://example.com/{'p' * 2900}"),)),)),
    "lines": Post(tuple(paragraph(f"line {number}") for number in range(500))),
    "buttons": Post(tuple(Buttons((Button("Go", "go"),)) for _ in range(120))),
}


def letters(text: str) -> str:
    """Return a text without its white space, as splitting may change that."""
    return "".join(text.split())


def marked(block: dict[str, Any]) -> str:
    """Return a section's markup."""
    assert block["type"] == "section"
    return str(block["text"]["text"])


def rich(block: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    assert block["type"] == "rich_text"
    return [(each["type"], each["elements"]) for each in block["elements"]]


def blocks_of(post: Post) -> list[dict[str, Any]]:
    return [
        block
        for piece in split(post)
        for block in message_of(piece).blocks
        if isinstance(block, dict)
    ]


@pytest.mark.timeout(90)  # one post may take half a second, and the machine may be busy
@given(ANY_POST)
@settings(max_examples=60, deadline=None)
def test_every_piece_is_within_all_limits_and_no_word_is_lost(post: Post) -> None:
    check_pieces(post)


@pytest.mark.parametrize("name", LARGE)
def test_the_largest_posts_are_within_all_limits_too(name: str) -> None:
    check_pieces(LARGE[name])


def check_pieces(post: Post) -> None:
    pieces = split(post)

    for piece in pieces:
        check_within_limits(message_of(piece))
    said = letters("".join(piece.text for piece in pieces))
    assert said == letters("".join(words_of(post))) or said == NOTHING


@given(ANY_POST)
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_nobody_is_pinged_and_nothing_becomes_markup(post: Post) -> None:
    for piece in split(post):
        message = message_of(piece)
        kinds = {each.get("type") for each in elements_of(message.blocks)}
        marked = [
            each["text"] for each in elements_of(message.blocks) if each.get("type") == "mrkdwn"
        ]

        assert not kinds & {"user", "usergroup", "channel", "broadcast"}
        for text in (message.text, message.mrkdwn, *marked):
            assert not re.search(r"<(?!https?://)", text)
        json.dumps(message.text).encode("ascii")
        piece.text.encode("utf-8")


@given(st.lists(st.sampled_from(LINKS), min_size=1, max_size=200), st.text(max_size=2000))
@settings(max_examples=20, deadline=None)
def test_every_link_comes_out_whole_and_in_order(links: list[Anchor], between: str) -> None:
    inlines = [part for link in links for part in (link, Text(between[:40]))]

    found = links_of(blocks_of(Post((Paragraph(tuple(inlines)),))))

    assert found == [(each.text, each.url) for each in links]


@given(st.integers(2400, 2600))
@settings(max_examples=10, deadline=None)
def test_a_word_stays_whole_also_where_its_style_changes(before: int) -> None:
    word = (Text("굵은", strong=True), Text("글씨는"))
    post = Post((Paragraph((Text("가 " * (before // 2)), *word, Text(" 끝"))),))

    lines = [line for piece in split(post) for line in piece.text.split("\n")]

    assert sum("굵은글씨는" in line for line in lines) == 1


def test_only_a_word_that_is_too_long_alone_is_cut_and_not_inside_a_grapheme() -> None:
    family = "👨‍👩‍👧"

    pieces = split(Post((paragraph(family * 2000),)))

    assert len(pieces) > 1
    assert all(piece.text.replace("\n", "").replace(family, "") == "" for piece in pieces)


def test_a_title_is_a_header_and_lower_headings_are_bold() -> None:
    title, lower = blocks_of(Post((Heading((Text("주보"),), 1), Heading((Text("링크"),), 3))))

    assert title == {
        "type": "header",
        "text": {"type": "plain_text", "text": "주보", "emoji": True},
    }
    assert marked(lower) == "*링크*"


def test_running_text_is_markup_of_ours_alone() -> None:
    link = Anchor("R&D", "https://example.com/a|b")

    [block] = blocks_of(Post((Paragraph((Text("a < b "), Text("c ", strong=True), link)),)))

    assert marked(block) == "a &lt; b *c* <https://example.com/a%7Cb|R&amp;D>"
    assert block["text"]["verbatim"] is True


@pytest.mark.parametrize(
    "text", ["*not bold*", "~kept~", "`code`", ":smile:", "> no quote", "_a b_ c", "```"]
)
def test_what_markup_would_change_goes_as_rich_text(text: str) -> None:
    [block] = blocks_of(Post((paragraph(text),)))

    assert rich(block) == [("rich_text_section", [{"type": "text", "text": text}])]


@pytest.mark.parametrize("text", ["snake_case_name", "2 * 3 * 4", "10:30:00", "a -> b"])
def test_what_markup_leaves_alone_is_markup(text: str) -> None:
    [block] = blocks_of(Post((paragraph(text),)))

    assert block["type"] == "section"


def test_a_style_that_ends_before_a_particle_needs_rich_text() -> None:
    [block] = blocks_of(Post((Paragraph((Text("굵은", strong=True), Text("글씨"))),)))

    bold = {"type": "text", "text": "굵은", "style": {"bold": True}}
    assert rich(block) == [("rich_text_section", [bold, {"type": "text", "text": "글씨"}])]


def test_items_that_fill_several_rows_stand_apart() -> None:
    short, long = Item((Text("short"),)), Item((Text("word " * 40),))
    nested = Item((Text("outer"),), (Bullets((short, short)),))

    [close] = blocks_of(Post((Bullets((short, nested, short)),)))
    [apart] = blocks_of(Post((Bullets((long, nested, short)),)))

    assert "\n\n" not in marked(close)
    assert [part.count("\n") for part in marked(apart).split("\n\n")] == [0, 2, 0]


def test_nested_lists_keep_their_depth_and_an_ordered_list_its_count() -> None:
    inner = Bullets((Item((Text("nested"),)),))
    ordered = Bullets((Item((Text("one"),), (inner,)), Item((Text("two"),))), is_ordered=True)

    [block] = blocks_of(Post((ordered,)))

    assert marked(block).split("\n") == ["1. one", "\N{EM SPACE}\N{EM SPACE}◦ nested", "2. two"]


def test_rich_lists_keep_their_depth_and_their_count_too() -> None:
    inner = Bullets((Item((Text("*nested*"),)),))
    ordered = Bullets((Item((Text("one"),), (inner,)), Item((Text("two"),))), is_ordered=True)

    [block] = blocks_of(Post((ordered,)))

    one, nested, two = block["elements"]
    assert [each["text"] for each in one["elements"]] == ["1. ", "one"]
    assert (nested["type"], nested["indent"]) == ("rich_text_list", 1)
    assert [each["text"] for each in two["elements"]] == ["2. ", "two"]


def test_a_list_that_goes_on_in_another_message_keeps_its_depth() -> None:
    nested = Bullets(tuple(Item((Text(f"{n} " + "가나다 " * 100),)) for n in range(60)))

    pieces = split(Post((Bullets((Item((Text("top"),), (nested,)),)),)))

    assert len(pieces) > 1
    last = message_of(pieces[-1]).blocks[0]
    assert isinstance(last, dict)
    assert marked(last).startswith("\N{EM SPACE}\N{EM SPACE}◦ ")


def test_a_fold_stands_open_under_its_bold_title() -> None:
    [block] = blocks_of(Post((Fold((Text("핵심 개념"),), (Bullets((Item((Text("RAG"),)),)),)),)))

    assert marked(block) == "*핵심 개념*\n• RAG"


def test_a_quote_is_one_on_every_line() -> None:
    [block] = blocks_of(Post((Quote((Text("one\ntwo"),)),)))

    assert marked(block) == "> one\n> two"


def test_small_print_with_a_link_is_marked_up_by_us_alone() -> None:
    post = Post((Context((Text("[1] a < b "), Anchor("R&D", "https://example.com/a|b"))),))

    [block] = blocks_of(post)

    text = "[1] a &lt; b <https://example.com/a%7Cb|R&amp;D>"
    assert block["elements"] == [{"type": "mrkdwn", "text": text, "verbatim": True}]


def test_small_print_that_slack_would_format_goes_as_rich_text() -> None:
    post = Post((Context((Anchor("*starred*", "https://example.com/"),)),))

    assert blocks_of(post)[0]["type"] == "rich_text"


def test_addresses_that_are_no_web_pages_are_not_links() -> None:
    [block] = blocks_of(Post((Paragraph((Anchor("click", "javascript:alert(1)"),)),)))

    assert marked(block) == "click"


def test_buttons_never_stand_alone_in_the_last_message() -> None:
    lines = [Quote((Text(f"line {n}"),)) for n in range(limits.MESSAGE_BLOCKS)]

    *_, last = split(Post((*lines, Buttons((Button("More", "more", "2"),)))))

    kinds = [each["type"] for each in message_of(last).blocks if isinstance(each, dict)]
    assert kinds == ["section", "actions"]


def test_no_message_ends_with_a_heading() -> None:
    lines = [Quote((Text(f"line {n}"),)) for n in range(limits.MESSAGE_BLOCKS - 1)]

    first, _ = split(Post((*lines, Heading((Text("title"),)), paragraph("below"))))

    assert "title" not in first.text


def test_a_menu_shows_what_stands_and_an_empty_value_survives() -> None:
    menu = Select("종류", "kind", (("전체", ""), ("논문", "paper")), chosen="")

    [block] = [
        each for each in blocks_of(Post((paragraph("?"), menu))) if each["type"] == "actions"
    ]

    [element] = block["elements"]
    assert element["initial_option"] == element["options"][0]
    assert all(option["value"] for option in element["options"])


def test_a_picture_keeps_its_place_and_its_words() -> None:
    picture = Picture("chart.png", "논문 3, 뉴스 1", b"png")

    [piece] = split(Post((Heading((Text("주보"),)), picture, paragraph("끝"))))

    assert message_of(piece).blocks[1] is picture
    assert "논문 3" in message_of(piece).text


def test_hostile_words_mean_nothing() -> None:
    [block] = blocks_of(Post((paragraph("<!channel> @here <@U0MINA>"),)))

    assert marked(block) == "&lt;!channel&gt; @here &lt;@U0MINA&gt;"


def test_a_channel_is_shown_by_its_name_and_what_is_none_as_words() -> None:
    channel = ChannelName("#C012", channel=ChannelId("C012"))
    strange = ChannelName("#<!here>", channel=ChannelId("<!here>"))

    (plainly,) = blocks_of(Post((Paragraph((Text("Only: "), channel, Text(", "), strange)),)))
    (richly,) = blocks_of(Post((Paragraph((Text("a`b "), channel)),)))

    assert marked(plainly) == "Only: <#C012>, #&lt;!here&gt;"
    assert rich(richly)[0][1][-1] == {"type": "channel", "channel_id": "C012"}


def test_a_button_with_a_form_brings_it_along_if_slack_takes_as_much() -> None:
    small = Button("Edit", "subscribe", "edit 1", Form("subscribe", (("at", "09:00"),)))
    large = Button("Edit", "subscribe", "edit 1", Form("subscribe", (("at", "9" * 3000),)))

    *_, row = blocks_of(Post((Buttons((small, large)),)))

    with_form, without = (each["value"] for each in row["elements"])
    assert form_of(with_form) == small.form
    assert without == "edit 1"
