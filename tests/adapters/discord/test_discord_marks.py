"""Hostile texts through a parser of Discord's Markdown that is not ours: it reads no mark."""

from __future__ import annotations

import random
from itertools import product

from adapters.discord.render import message_of, split
from bot.posts import Anchor, Bullets, Heading, Item, Paragraph, Post, Quote, Text, paragraph
from tests.servers.discord_marks import marks_of

URL = "https://a.example/page"
PARTS = (
    "**", "*", "__", "_", "~~", "||", "`", "```", "\\", "[", "]", "](", ")", "<", ">", "@everyone",
    "@here", "<@1>", "<#2>", "<@&3>", "<:name:4>", "<a:name:4>", "<t:5:R>", "</ask:6>",
    "<id:customize>", "https://evil.example", "[x](https://b.example)", "# ", "-# ", "> ", ">>> ",
    "- ", "1. ", " ", "\n", "word", "낱말", "!", ":", "//",
)  # fmt: skip


def made_texts(count: int) -> list[str]:
    chance = random.Random(20)
    pairs = ["".join(pair) for pair in product(PARTS, repeat=2)]
    return pairs + ["".join(chance.choices(PARTS, k=chance.randint(3, 9))) for _ in range(count)]


def markdown_of(post: Post) -> str:
    (piece,) = split(post)
    return message_of(piece).content


def test_text_from_outside_is_only_text() -> None:
    texts = made_texts(2000)

    read = marks_of([markdown_of(Post((paragraph(text),))) for text in texts])

    assert [each for each in zip(texts, read, strict=True) if each[1]] == []


def test_a_label_from_outside_is_only_the_label_of_our_link() -> None:
    texts = made_texts(2000)
    posts = [
        Post((paragraph("앞 [", Anchor(text, URL), "](https://b.example) 뒤"),)) for text in texts
    ]

    read = marks_of([markdown_of(post) for post in posts])

    expected = ([["link", URL]], [["autolink", URL]])
    assert [each for each in zip(texts, read, strict=True) if each[1] not in expected] == []


def test_styles_end_where_they_should() -> None:
    texts = [text for text in made_texts(2000) if text.strip()]
    posts = [
        Post(
            (
                Paragraph(
                    (Text("앞"), Text(text, strong=True), Text(text, emphasis=True), Text("뒤"))
                ),
            )
        )
        for text in texts
    ]

    read = marks_of([markdown_of(post) for post in posts])

    expected = [["strong", ""], ["em", ""]]
    assert [each for each in zip(texts, read, strict=True) if each[1] != expected] == []


def test_our_own_blocks_are_read_as_what_they_are() -> None:
    posts = [
        Post((Heading((Text("제목"),), level=1),)),
        Post((Quote((Text("말"),)),)),
        Post((Bullets((Item((Anchor("글", URL),)),)),)),
        Post((Paragraph((Text("/ask `x`", code=True),)),)),
    ]

    read = [[mark for mark, _ in marks] for marks in marks_of([markdown_of(p) for p in posts])]

    assert read == [["heading"], ["blockQuote"], ["link"], ["inlineCode"]]
