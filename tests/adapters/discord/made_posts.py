"""Any posts for property tests, and the words that they must show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

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
    "<@1> <#2> <@&3> @everyone @here <:smile:4> </ask:5>",
    "**bold** _it_ ~~no~~ ||hidden|| `code` > quoted",
    "[good](https://evil.example) https://evil.example discord.gg/evil",
    "\u202egnp.exe\u202c \u200b \ud800 \x00 \x1b[2J",
    "# title",
    "가나다라마바사 아자차카타파하 " * 60,
    "漢字" * 600,
    "🧑‍💻👨‍👩‍👧🇰🇷" * 90,
    "*" * 900,
    "e" + "\u0301" * 2500,
    "w " * 600,
)
_texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=40),  # halves of pairs too
    st.sampled_from(HOSTILE),
)
_urls = st.one_of(
    st.integers(0, 999).map(lambda number: f"https://example.com/{number}?a=1&b=<x>|y)"),
    st.integers(1, 1600).map(lambda size: f"https://example.com/{'p' * size}"),
    st.just("javascript:alert(1)"),
)
_inline: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, _texts, st.booleans(), st.booleans(), st.booleans()),
    st.builds(Anchor, _texts, _urls),
)
_inlines = st.lists(_inline, max_size=4).map(tuple)
_short = st.text(st.characters(), max_size=90)
_buttons = st.lists(st.builds(Button, _short, st.just("go"), st.text("abc", max_size=2)))
_choices = st.lists(st.tuples(_short, st.text("abc", max_size=9)), max_size=25)
_leaf: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, _inlines, st.integers(1, 4)),
    st.builds(Paragraph, _inlines),
    st.builds(Context, _inlines),
    st.builds(Quote, _inlines),
    st.builds(Picture, st.just("chart.png"), _texts, st.just(b"png")),
    st.builds(Buttons, _buttons.map(tuple)),
    st.builds(Select, _short, st.just("pick"), _choices.map(tuple), st.text("abc", max_size=2)),
)


def _nested(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    blocks = st.lists(inner, max_size=3).map(tuple)
    items = st.lists(st.builds(Item, _inlines, blocks), max_size=4).map(tuple)
    return st.one_of(st.builds(Bullets, items, st.booleans()), st.builds(Fold, _inlines, blocks))


ANY_POST = st.lists(st.recursive(_leaf, _nested, max_leaves=8), max_size=6).map(
    lambda blocks: Post(tuple(blocks))
)


def words_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Return the texts that messages must show, in order; a picture's go with its file."""
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
            case Picture() | Buttons() | Select():
                pass


def _words(inlines: tuple[Inline, ...]) -> Iterator[str]:
    for each in inlines:
        yield each.text or (each.url.partition("?")[0] if isinstance(each, Anchor) else "")
