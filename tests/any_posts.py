"""Any posts for property tests of renderers, and the words that these must show."""

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
    "<!channel> @here @everyone",
    "<@U0MINA> <#C0GENERAL|general> <!subteam^S1>",
    "<@1> <#2> <@&3> <:smile:4> </ask:5>",
    "*bold* **bold** _it_ ~no~ ~~no~~ ||hidden|| `code` :smile: > quoted",
    "<https://evil.example|https://good.example>",
    "[good](https://evil.example) https://evil.example discord.gg/evil",
    "\u202egnp.exe\u202c \u200b \ud800 \x00 \x1b[2J",
    "# title",
    "가나다라마바사 아자차카타파하 " * 60,
    "漢字" * 900,
    "🧑‍💻👨‍👩‍👧🇰🇷" * 120,
    "*" * 900,
    "x" * 6000,
    "e" + "\u0301" * 3000,
    "w " * 2500,
)
_texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=40),  # halves of pairs too
    st.integers(0, len(HOSTILE) - 1).map(lambda which: HOSTILE[which]),  # its repr stays short
)
_urls = st.one_of(
    st.integers(0, 999).map(lambda number: f"https://example.com/{number}?a=1&b=<x>|y)"),
    st.integers(1, 2900).map(lambda size: f"https://example.com/{'p' * size}"),
    st.just("javascript:alert(1)"),
)
_inline: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Text, _texts, st.booleans(), st.booleans(), st.booleans()),
    st.builds(Anchor, _texts, _urls),
)
_inlines = st.lists(_inline, max_size=5).map(tuple)
_short = st.text(st.characters(), max_size=90)
_values = st.text("abc", max_size=9)
_buttons = st.lists(st.builds(Button, _short, st.just("go"), _values), max_size=30).map(tuple)
_choices = st.lists(st.tuples(_short, _values), max_size=25).map(tuple)
_leaf: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, _inlines, st.integers(1, 4)),
    st.builds(Paragraph, _inlines),
    st.builds(Context, _inlines),
    st.builds(Quote, _inlines),
    st.builds(Picture, st.just("chart.png"), _texts, st.just(b"png")),
    st.builds(Buttons, _buttons),
    st.builds(Select, _short, st.just("pick"), _choices, st.text("abc", max_size=2)),
)


def _nested(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    blocks = st.lists(inner, max_size=3).map(tuple)
    items = st.lists(st.builds(Item, _inlines, blocks), max_size=5).map(tuple)
    return st.one_of(st.builds(Bullets, items, st.booleans()), st.builds(Fold, _inlines, blocks))


ANY_BLOCK: st.SearchStrategy[Block] = st.recursive(_leaf, _nested, max_leaves=10)
ANY_POST = st.lists(ANY_BLOCK, max_size=8).map(lambda blocks: Post(tuple(blocks)))


def running_text(blocks: Sequence[Block]) -> Iterator[Inline | Picture]:
    """Return what a reader must see, in order; what can be pressed is apart."""
    for block in blocks:
        match block:
            case Heading(inlines) | Paragraph(inlines) | Context(inlines) | Quote(inlines):
                yield from inlines
            case Bullets(items):
                for item in items:
                    yield from item.inlines
                    yield from running_text(item.blocks)
            case Fold(summary, inner):
                yield from summary
                yield from running_text(inner)
            case Picture():
                yield block
            case Buttons() | Select():
                pass
