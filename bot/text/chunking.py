"""Cuts a text into the passages that search returns and answers cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from bot.text.headings import join_headings
from bot.text.sentences import split_sentences

PASSAGE_CHARS = 900  # two or three paragraphs: one thought, readable in a chat message

_HEADING_CHARS = 160
_PLAIN_HEADING_CHARS = 60
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_MARKED_HEADING = re.compile(r"#{1,6}\s+(?P<heading>.*\S)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
# A short line that is neither a sentence nor a bullet, and stands alone above a paragraph.
_PLAIN_HEADING = re.compile(r"[^\W_](?:.*[^\s.!?。:;,…])?")
_KOREAN_SENTENCE = re.compile(r"(?:다|요|죠)[\"”’)]?$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece that search can return and an answer can cite. `heading` is the part it stands in."""

    text: str
    heading: str = ""


def chunk_text(text: str, *, limit: int = PASSAGE_CHARS) -> list[Passage]:
    """Return the text as passages in reading order, each under the heading it stands below.

    No passage has more than `limit` characters. Paragraphs stay whole if they fit, else
    sentences do. Nothing but white space and heading marks is lost.
    """
    return [
        Passage(piece, heading)
        for heading, paragraphs in _sections(_blocks(text))
        for piece in _pack(paragraphs, limit=limit)
    ]


def _blocks(text: str) -> Iterator[str]:
    """Yield paragraphs; a marked heading is one by itself, fenced code holds no headings."""
    for block in _BLANK_LINES.split("\n".join(text.splitlines())):
        paragraph: list[str] = []
        is_code = False
        for line in block.split("\n"):
            is_code ^= bool(_FENCE.match(line))
            if _MARKED_HEADING.fullmatch(line) and not is_code:
                yield "\n".join(paragraph)
                yield line
                paragraph = []
            else:
                paragraph.append(line)
        yield "\n".join(paragraph)


def _sections(blocks: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    heading = ""
    paragraphs: list[str] = []
    rows = [block.strip() for block in blocks if block.strip()]
    for block, following in zip_longest(rows, rows[1:], fillvalue=""):
        found = _heading_of(block, following)
        if found is None:
            paragraphs.append(block)
        elif paragraphs or not heading:
            yield heading, paragraphs
            heading, paragraphs = found, []
        elif len(heading) + len(found) < _HEADING_CHARS:
            heading = join_headings((heading, found))  # a part that begins with its first sub-part
        else:
            yield "", [heading]
            heading = found
    # A heading with nothing below it is text like any other.
    yield (heading, paragraphs) if paragraphs or not heading else ("", [heading])


def _heading_of(block: str, following: str) -> str | None:
    if len(block) > _HEADING_CHARS or "\n" in block:
        return None
    if marked := _MARKED_HEADING.fullmatch(block):
        return marked["heading"]
    is_title = (
        len(block) <= _PLAIN_HEADING_CHARS < len(following)
        and _PLAIN_HEADING.fullmatch(block)
        and not _KOREAN_SENTENCE.search(block)
    )
    return block if is_title else None


def _pack(paragraphs: Iterable[str], *, limit: int) -> Iterator[str]:
    packed = ""
    for paragraph in paragraphs:
        for joint, unit in _units(paragraph, limit):
            if packed and len(packed) + len(joint) + len(unit) <= limit:
                packed += joint + unit
            else:
                yield from filter(None, (packed,))
                packed = unit
    yield from filter(None, (packed,))


def _units(paragraph: str, limit: int) -> Iterator[tuple[str, str]]:
    """Yield what must not be cut, each with what joins it to the unit before."""
    joint = "\n\n"
    if len(paragraph) <= limit:
        yield joint, paragraph
        return
    for line in paragraph.split("\n"):
        for sentence in split_sentences(line):
            for part in cut(sentence, limit):
                yield joint, part
                joint = " "
        joint = "\n"


def cut(sentence: str, limit: int) -> Iterator[str]:
    """Cut what is longer than a whole passage, at a space if there is one in its last half."""
    while len(sentence) > limit:
        space = sentence.rfind(" ", limit // 2, limit)
        end = space if space > 0 else limit
        yield sentence[:end].rstrip()
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence
