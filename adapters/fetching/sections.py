"""Markdown as named parts: one for each heading, without pictures, badges and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.fetching.markup import html_text, tidy
from bot.domain.models import PagePart

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A\ufeff?---[^\S\n]*\n.*?\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL)
_HEADING_CHARS = 120
_MOST_CHARS = 400_000
_MARKS = {"list_item_open": "\n- ", "tr_open": "\n", "td_close": " | ", "th_close": " | "}
_LEVELS = 3  # deeper headings stay in the text of their part


def markdown_parts(markdown: str) -> tuple[PagePart, ...]:
    """Return the parts in order; what stands above the first heading has the heading ""."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for heading, block in _blocks(markdown[:_MOST_CHARS]):
        if heading:
            parts.append((heading, []))
        elif block:
            parts[-1][1].append(block)
    return tuple(PagePart(name, "\n\n".join(blocks)) for name, blocks in parts if blocks)


def fence(code: str, *, language: str = "") -> str:
    """Mark code as such, so that its comments are no headings and its lines no sentences.

    Empty lines are left out: whoever reads paragraph by paragraph would lose the mark there.
    """
    lines = [line.rstrip() for line in code.splitlines() if line.strip()]
    name = re.sub(r"\W.*", "", language.strip(), flags=re.DOTALL)
    return "\n".join([f"```{name}", *(line for line in lines if not line.startswith("```")), "```"])


def drop_front_matter(markdown: str) -> str:
    """Return what follows the YAML at the head of a document."""
    return _FRONT_MATTER.sub("", markdown, count=1)


def _blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, "") and ("", block)."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"maxNesting": 30}).enable("table").parse(markdown)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _end(tokens, index)
        if token.type == "heading_open" and int(token.tag[1:]) <= _LEVELS:
            heading = _inline(tokens[index + 1])
            yield heading.replace("\n", " ")[:_HEADING_CHARS], ""
        else:
            yield "", _text_of(tokens[index : end + 1])
        index = end + 1


def _end(tokens: list[Token], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index
    return len(tokens) - 1


def _text_of(tokens: list[Token]) -> str:
    """Return one block as text: list items as "- …", table rows as "a | b", code as it stands."""
    text = "".join(map(_piece, tokens))
    if tokens[0].type in {"fence", "code_block"}:
        return text.strip("\n")
    if tokens[0].type == "table_open":
        text = "\n".join(line.rstrip(" |") for line in text.splitlines())
    return re.sub(r"(?m)^- *\n+(?=- )", "", tidy(text)).strip()


def _piece(token: Token) -> str:
    match token.type:
        case "inline":
            return _inline(token)
        case "fence" | "code_block":
            return f"\n{fence(token.content, language=token.info)}\n"
        case "html_block":
            return f"\n{html_text(token.content)}\n"
        case "paragraph_close":
            return "" if token.hidden else "\n\n"
        case other:
            return _MARKS.get(other, "")


def _inline(token: Token) -> str:
    pieces: list[str] = []
    for child in token.children or ():
        match child.type:
            case "text" | "code_inline":
                pieces.append(child.content)
            case "softbreak":
                pieces.append(" ")
            case "hardbreak":
                pieces.append("\n")
            case "html_inline" if child.content.lower().startswith("<br"):
                pieces.append("\n")
    return tidy("".join(pieces))
