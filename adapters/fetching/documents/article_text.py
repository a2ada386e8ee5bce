"""The text that was found in a page, as Markdown where that says more: headings, lists, code."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_FENCE = "```"
_ONE_BLOCK = ("- ", "|")  # list items and table rows stand together, other lines are paragraphs
_NUMBERED = re.compile(r"\d{1,3}\. ")
_LEVEL = re.compile(r"h([1-6])")
_EDGE_BLOCKS = 5
_NO_WORDS = re.compile(r"[\W_]+")
# As it stands without signs and spaces: may192022, 20220519, 입력2022년5월19일오후304
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = rf"(?:\d{{1,2}}{_MONTH}|{_MONTH}\d{{1,2}})(?:st|nd|rd|th)?(?:19|20)\d\d"
_NUMBERED_DAY = r"(?:입력|등록|작성|게시|승인|발행|수정)?일?(?:19|20)\d\d년?\d{1,2}월?\d{1,2}일?"
_FURNITURE = re.compile(
    rf"contents|tableofcontents|목차|(?:{_DAY}|{_NUMBERED_DAY})(?:오전|오후)?\d{{0,6}}(?:am|pm|kst|utc)?"
)
_RIGHTS_CHARS = 200
_RIGHTS = re.compile(
    r"^\W*(?:©|\(c\)|copyright)|all rights reserved|무단\s?전재|저작권자\s?[ⓒ©(]", re.IGNORECASE
)
_INSIDE = {"item", "cell", "head"}  # there a mark at the start of a line would be text


def markdown_of(body: _Element) -> str:
    """Return the text of what trafilatura found. Changes the tree."""
    from trafilatura.xml import xmltotxt

    for element in list(body.iter("head", "code")):
        if any(parent.tag in _INSIDE for parent in element.iterancestors()):
            continue
        if element.tag == "head":
            _mark_heading(element)
        elif _is_block(element):
            _fence(element)
    return paragraphs(xmltotxt(body, include_formatting=False))


def without_furniture(text: str, own_names: set[str]) -> str:
    """Drop a date and "Contents" above the first words, and below the last that it is the site's.

    Whose it is if not the site's is kept: that names a source.
    """
    blocks = text.split("\n\n")
    kept = [
        block
        for number, block in enumerate(blocks)
        if not (number < _EDGE_BLOCKS and _FURNITURE.fullmatch(_bare(block)))
        and not (number >= len(blocks) - _EDGE_BLOCKS and _is_about_rights(block, own_names))
    ]
    return "\n\n".join(kept) or text


def _is_about_rights(block: str, own_names: set[str]) -> bool:
    bare = _bare(block)
    is_short = len(block) <= _RIGHTS_CHARS
    return is_short and bool(_RIGHTS.search(block)) and any(name in bare for name in own_names)


def _bare(block: str) -> str:
    return _NO_WORDS.sub("", block).casefold()


def paragraphs(text: str) -> str:
    """Set paragraphs apart by blank lines; lists, tables and code stay whole."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    out = lines[0]
    is_code = lines[0].startswith(_FENCE)
    for above, below in pairwise(lines):
        out += ("\n" if is_code or _are_one_block(above, below) else "\n\n") + below
        is_code ^= below.startswith(_FENCE)
    return out + ("\n" + _FENCE if is_code else "")


def _are_one_block(above: str, below: str) -> bool:
    if _NUMBERED.match(above) and _NUMBERED.match(below):
        return True
    return any(above.startswith(mark) and below.startswith(mark) for mark in _ONE_BLOCK)


def _mark_heading(heading: _Element) -> None:
    level = _LEVEL.fullmatch(heading.get("rend") or "")
    # The page's title is the only one of the first level.
    marks = "#" * max(2, int(level[1]) if level else 2)
    if "".join(heading.itertext()).strip():
        heading.text = f"{marks} {(heading.text or '').lstrip()}"


def _is_block(code: _Element) -> bool:
    parent = code.getparent()
    is_inner = parent is not None and parent.tag == "code"
    text = "".join(code.itertext())
    return (
        not is_inner
        and bool(text.strip())
        and ("\n" in text.strip() or code.find(".//lb") is not None)
    )


def _fence(code: _Element) -> None:
    """Turn a block of code into lines between fences."""
    for line_break in code.iter("lb"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = "".join(code.itertext()).strip("\n").replace(_FENCE, "'''")
    tail = code.tail
    code.clear()
    code.text = f"\n{_FENCE}\n{text}\n{_FENCE}\n"
    code.tail = tail
