"""Text of Slack messages: every link in it can be found, nothing of Slack's markup is left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.words import mentions, plain, said_in, text_of, typed
from bot.domain.urls import find_urls

A, B, C = "https://example.com/a", "https://example.com/b", "https://example.com/c"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"<{A}|a label> and <{B}>", f"a label <{A}> and <{B}>"),
        (f"<{A}|example.com/a>", f"<{A}>"),
        ("<https://example.com/?x=1&amp;y=2>을 보세요", "<https://example.com/?x=1&y=2>을 보세요"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        (
            "<@U1|mina> <@U2> <#C1|general> <!here> <!subteam^S1|@team>",
            "@mina @U2 #general @here @team",
        ),
        ("<mailto:mina@example.com|mina@example.com>", "mina@example.com"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
    ],
)
def test_markup_becomes_words(raw: str, text: str) -> None:
    assert plain(raw) == text


def test_what_is_typed_after_a_command_is_plain() -> None:
    text = typed(f"channel:<#C123|general> <{A}|example.com/a> a &lt; b")

    assert text == f"channel:C123 {A} a < b"


def test_our_own_mention_is_left_out() -> None:
    message = {"text": "<@U0BOT> what says <@U1|mina>?"}

    assert mentions(message, "U0BOT")
    assert not mentions(message, "U0")
    assert text_of(message, without="U0BOT") == "what says @mina?"


FORWARDED = {
    "text": "",
    "attachments": [
        {
            "is_share": True,
            "from_url": "https://study.slack.com/archives/C1/p1",
            "text": f"look: <{A}>",
            "message_blocks": [{"message": {"blocks": []}}],
            "files": [{"is_external": True, "url_private": B}],
        }
    ],
}
CARD = {
    "text": "a new entry",
    "attachments": [
        {"title": "News", "title_link": A, "fields": [{"value": f"<{B}|more>"}]},
        {"blocks": [{"type": "actions", "elements": [{"type": "button", "url": C}]}]},
    ],
}
RICH = {
    "blocks": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "see "},
                        {"type": "link", "url": A, "text": "this"},
                        {"type": "emoji", "name": "scroll"},
                        {"type": "user", "user_id": "U1"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "link", "url": B}],
                        }
                    ],
                },
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("message", "links"),
    [(FORWARDED, [A, B]), (CARD, [A, B, C]), (RICH, [A, B])],
    ids=["forwarded", "card", "rich text"],
)
def test_links_are_found_wherever_they_are(message: dict[str, Any], links: list[str]) -> None:
    assert find_urls(text_of(message)) == links


def test_rich_text_reads_as_it_was_written() -> None:
    assert text_of(RICH) == f"see this <{A}>📜@U1\n<{B}>"


def test_a_preview_adds_its_link_and_not_what_its_page_says() -> None:
    preview = {"from_url": A, "title": "Page", "title_link": C, "text": f"read <{B}>"}

    assert find_urls(text_of({"text": f"<{A}>", "attachments": [preview]})) == [A]
    assert said_in({"text": f"<{A}>", "attachments": [preview]}) == f"<{A}>"


def test_what_stands_in_text_and_blocks_is_said_once() -> None:
    message = {"text": f"see <{A}|this>", "blocks": RICH["blocks"]}

    assert text_of(message) == f"see this <{A}>\n<{B}>"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.text())
def test_escaped_words_come_back_as_they_were_typed(text: str) -> None:
    assert plain(escape(text)) == text


@given(st.lists(st.sampled_from([A, B, C, "https://example.com/?q=1&r=2"]), unique=True), st.text())
def test_no_link_is_lost_whatever_stands_around_it(links: list[str], words: str) -> None:
    around = escape(words.replace("http", "").replace("www.", "").replace("/", ""))
    raw = around.join(f"<{escape(link)}>" for link in ["https://example.com/first", *links])

    found = find_urls(plain(raw))

    assert set(links) <= set(found)
