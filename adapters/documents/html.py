"""A post as one HTML page that needs nothing else: its style and pictures are in it, no script."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Template
from markupsafe import Markup

from adapters.documents.html_text import html_line, html_parts
from adapters.documents.safe_text import one_line
from bot.posts import (
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Footnotes,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
)

_LAST_LEVEL = 6


def write_html(post: Post, *, title: str) -> str:
    return _page().render(language=post.language, title=one_line(title), body=_blocks(post.blocks))


@cache
def _page() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = resources.files("adapters.documents").joinpath("page.html")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.from_string(source.read_text(encoding="utf-8"))


def _blocks(blocks: Sequence[Block]) -> Markup:
    return Markup("\n").join(filter(None, map(_block, blocks)))


def _block(block: Block) -> Markup:
    match block:
        case Heading(inlines, level):
            name = f"h{max(1, min(level, _LAST_LEVEL))}"
            return Markup("<{0}>{1}</{0}>").format(name, html_line(inlines))
        case Paragraph(inlines):
            return Markup("<p>{}</p>").format(html_line(inlines))
        case Context(inlines):
            return Markup('<p class="context">{}</p>').format(html_parts(inlines))
        case Quote(inlines):
            return Markup("<blockquote><p>{}</p></blockquote>").format(html_line(inlines))
        case Footnotes(items, keys=keys):
            notes = (_footnote(*each) for each in zip(keys, items, strict=True))
            return Markup('<ol class="notes">\n{}\n</ol>').format(Markup("\n").join(notes))
        case Bullets(items, is_ordered):
            name = "ol" if is_ordered else "ul"
            written = Markup("\n").join(map(_item, items))
            return Markup("<{0}>\n{1}\n</{0}>").format(name, written)
        case Fold(summary, blocks):
            template = Markup("<details>\n<summary>{}</summary>\n{}\n</details>")
            return template.format(html_line(summary), _blocks(blocks))
        case Picture():
            return _picture(block)
        case Buttons() | Select():
            return Markup("")  # nobody answers in a file


def _item(item: Item) -> Markup:
    inner = _blocks(item.blocks)
    template = Markup("<li>{}\n{}\n</li>") if inner else Markup("<li>{}{}</li>")
    return template.format(html_line(item.inlines), inner)


def _footnote(key: str, item: Item) -> Markup:
    template = Markup('<li id="{0}">{1}&nbsp;<a href="#to-{0}" aria-label="↩ {0}">↩</a></li>')
    return template.format(key, html_line(item.inlines))


def _picture(picture: Picture) -> Markup:
    """Return the picture within the page, or its words if nothing was drawn."""
    alt = one_line(picture.alt)
    if not picture.data:
        return Markup('<p class="context">{}</p>').format(alt)
    data = base64.b64encode(picture.data).decode("ascii")
    template = Markup('<p><img src="data:image/png;base64,{}" alt="{}"></p>')
    return template.format(data, alt)
