"""A post as Markdown that GitHub renders and that reads well as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from adapters.documents.html_text import html_line
from adapters.documents.markdown_text import label_of, line_of, without_braces
from bot.posts import (
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Footnotes,
    Heading,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
)

_CLOSING_MARKS = re.compile(r"(?:^|(?<=\s))(#+)$")


def write_markdown(post: Post) -> str:
    return "\n".join(_Writer().blocks(post.blocks)).rstrip() + "\n"


def write_jekyll(post: Post, *, front: Mapping[str, object]) -> str:
    """Return a post that Jekyll publishes: its title stands in the front matter."""
    blocks = [each for each in post.blocks if not (isinstance(each, Heading) and each.level == 1)]
    # Every line with a bar is a table to kramdown, which is Jekyll's Markdown.
    body = "\n".join(_Writer(also="|").blocks(blocks)).rstrip()
    # JSON is YAML, and its strings hold whatever a title may be.
    fields = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in front.items())
    return "\n".join(["---", *fields, "---", "", body]) + "\n"


class _Writer:
    """`also`: characters that are marks to whoever reads it, beside those of GitHub."""

    def __init__(self, *, also: str = "") -> None:
        self._also = also

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """Return the lines of blocks with an empty line between two of them."""
        lines: list[str] = []
        for block in blocks:
            written = self._block(block)
            if lines and written:
                lines.append("")
            lines += written
        return lines

    def _block(self, block: Block) -> list[str]:
        match block:
            case Heading(inlines, level):
                title = _CLOSING_MARKS.sub(r"\\\1", self._line(inlines, starts_block=False))
                return [f"{'#' * min(level, 6)} {title}"]
            case Paragraph(inlines) | Context(inlines):
                return [self._line(inlines)]
            case Quote(inlines):
                return [f"> {self._line(inlines)}"]
            case Footnotes(items, keys=keys):
                return [
                    f"[^{key}]: {self._line(item.inlines)}"
                    for key, item in zip(keys, items, strict=True)
                ]
            case Bullets(items, is_ordered):
                numbers = range(1, len(items) + 1)
                marks = (f"{number}. " if is_ordered else "- " for number in numbers)
                written = (self._item(*each) for each in zip(items, marks, strict=True))
                return [line for lines in written for line in lines]
            case Fold(summary, blocks):
                # Only between empty lines does GitHub read Markdown inside HTML.
                title = without_braces(str(html_line(summary)))
                head = f"<details><summary>{title}</summary>"
                return [head, "", *self.blocks(blocks), "", "</details>"]
            case Picture(name, alt):
                return [f"![{label_of(alt, also=self._also)}]({quote(name)})"]
            case Buttons() | Select():
                return []  # nobody answers in a file

    def _item(self, item: Item, mark: str) -> list[str]:
        lines = [f"{mark}{self._line(item.inlines)}".rstrip()]
        is_after_list = True
        for block in item.blocks:
            is_list = isinstance(block, Bullets)
            if not (is_list and is_after_list):
                lines.append("")
            lines += [f"{' ' * len(mark)}{line}" if line else "" for line in self._block(block)]
            is_after_list = is_list
        return lines

    def _line(self, inlines: Inlines, *, starts_block: bool = True) -> str:
        return line_of(inlines, starts_block=starts_block, also=self._also)
