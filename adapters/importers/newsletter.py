"""Newsletter: blocks of prose under bold titles, terms in both languages, links in the text.

Drafts are imported too, so what must not be taken for a fact is marked: blocks that are their
neighbour with other facts, places for links to come, and shortened addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from adapters.importers.entry_heads import is_generic, read_head
from adapters.importers.entry_parts import EXCERPT, refuse_odd
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.prose import visible_text
from bot.domain.archives import Archive, ArchiveLink, ArchiveNote, ArchiveSection, Mark, Refusal
from bot.domain.models import Concept, Point
from bot.domain.urls import InvalidUrl, host_of
from bot.text.bilingual import harvest_term_pairs
from bot.text.inline import plain
from bot.text.sentences import split_sentences
from bot.text.shingles import find_near_copies

FORM = "newsletter"

_BOLD_LINE = re.compile(r"\*\*([^*].{0,300}?)\*\*|__([^_].{0,300}?)__")
_ADDRESS = re.compile(r"https?://|www\.")
_CLOSING = ("…", "...", "—", "--")
_BRACKETS = re.compile(r"\[([^\[\]]{1,60})\](?![(\[:])")
_TO_COME = re.compile(
    r"예정|입력|추가|넣기|준비 ?중|미정|링크"
    r"|url|link|tbd|todo|to come|coming|placeholder|insert|here",
    re.IGNORECASE,
)
# Where these lead is known only after asking them, and they die with their owner.
_SHORTENERS = re.compile(
    r"(?:bit|ow|buff|rebrand|cutt|t)\.ly|tinyurl\.com|goo\.gl|t\.co|is\.gd|han\.gl|vo\.la|me2\.do|url\.kr"
    r"|lnkd\.in|shorturl\.at|naver\.me"
)


def recognise(text: str) -> float:
    """Look for bold titles between paragraphs, or for headings over more prose than bullets."""
    titles = headings = prose = bullets = 0
    for line in read_lines(text):
        titles += _title_of(line) is not None and line.kind is LineKind.TEXT
        headings += line.kind is LineKind.HEADING
        prose += len(line.text) * (line.kind is LineKind.TEXT)
        bullets += len(line.text) * (line.kind is LineKind.BULLET)
    if titles > 1 and not headings:
        return 0.7
    return 0.55 if headings > 1 and prose > 3 * bullets and "http" in text else 0.0


def parse(text: str) -> Archive:
    reader = _Reader()
    for line in read_lines(text):
        reader.add(line)
    return reader.archive(text)


@dataclass(slots=True)
class _Paragraph:
    """Lines between blank ones. `block` numbers the titled block that they belong to."""

    block: int
    title: str
    line: int
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(
            f"- {visible_text(line.text)}"
            if line.kind is LineKind.BULLET
            else visible_text(line.text)
            for line in self.lines
        )


class _Reader:
    def __init__(self) -> None:
        self._title = ""
        self._paragraphs: list[_Paragraph] = []
        self._block = 0
        self._block_title = ""
        self._title_line = 0  # of a title whose first paragraph has not come
        self._is_open = False
        self._links: list[ArchiveLink] = []
        self._refusals: list[Refusal] = []

    def add(self, line: Line) -> None:
        if line.kind in (LineKind.BLANK, LineKind.RULE, LineKind.END_FOLD):
            self._is_open = False
        elif (title := _title_of(line)) is not None:
            self._start_block(line, title)
        elif line.kind is LineKind.COMMENT:
            links = read_head(line.text, {}).links
            self._refusals += [Refusal(line.number, "comment", link.url) for link in links]
        else:
            self._add_text(line)

    def archive(self, text: str) -> Archive:
        self._mark_near_copies()
        for paragraph in self._paragraphs:
            for line in paragraph.lines:
                self._add_links(line, paragraph)
        sections = _join(self._paragraphs)
        terms = harvest_term_pairs(text)
        return Archive(
            FORM,
            self._title,
            links=tuple(self._links),
            notes=(ArchiveNote(self._title, sections),) if sections else (),
            concepts=tuple(Concept(term.korean, other_name=term.english) for term in terms),
            refusals=tuple(self._refusals),
        )

    def _start_block(self, line: Line, title: str) -> None:
        self._block += 1
        self._block_title = title
        if line.kind is LineKind.HEADING and line.level == 1 and not self._title:
            self._title = title
        self._is_open = False
        self._title_line = line.number
        if read_head(line.text, {}).links:
            self._add_text(line)

    def _add_text(self, line: Line) -> None:
        if not self._is_open:
            if line.text.startswith(_CLOSING) and self._paragraphs:
                self._block, self._block_title = self._block + 1, ""
            number = self._title_line or line.number
            self._paragraphs.append(_Paragraph(self._block, self._block_title, number))
            self._is_open, self._title_line = True, 0
        self._paragraphs[-1].lines.append(line)

    def _mark_near_copies(self) -> None:
        """Mark every copied paragraph; list each pair of blocks once."""
        listed: set[tuple[int, int]] = set()
        texts = [f"{paragraph.title}\n{paragraph.text}" for paragraph in self._paragraphs]
        for original, copy, _ in find_near_copies(texts):
            first, second = self._paragraphs[original], self._paragraphs[copy]
            second.marks.append(Mark.NEAR_COPY)
            blocks = (first.block, second.block)
            if blocks not in listed:
                listed.add(blocks)
                excerpt = second.title or second.text[:EXCERPT]
                self._refusals.append(Refusal(second.line, "near_copy", excerpt))

    def _add_links(self, line: Line, paragraph: _Paragraph) -> None:
        head = read_head(line.text, {})
        self._refusals += refuse_odd(line, head)
        for link in head.links:
            label = plain(link.label)
            title = paragraph.title if not label or is_generic(label) else label
            marks = list(paragraph.marks)
            if _is_shortened(link.url):
                marks.append(Mark.UNRESOLVED)
                self._refusals.append(Refusal(line.number, "unresolved", link.url[:EXCERPT]))
            self._links.append(
                _link(title, link.url, line, paragraph, marks, self._told(paragraph))
            )
        for bracket in _BRACKETS.finditer(line.text):
            if _TO_COME.search(bracket[1]):
                paragraph.marks.append(Mark.PLACEHOLDER)
                self._refusals.append(Refusal(line.number, "placeholder", bracket[0]))
                told = self._told(paragraph)
                self._links.append(
                    _link(paragraph.title, "", line, paragraph, paragraph.marks, told)
                )

    def _told(self, paragraph: _Paragraph) -> tuple[Point, ...]:
        """Return what the block says of its links; of a part that is a copy, that part alone."""
        lines = [
            line
            for each in self._paragraphs
            if (each.block, each.marks) == (paragraph.block, paragraph.marks) and each.title
            for line in each.lines
        ]
        return _points(lines)


def _title_of(line: Line) -> str | None:
    """Return the title that a line is; a name with a colon at its end announces a list instead."""
    if line.kind is LineKind.HEADING:
        return visible_text(line.text)
    if line.kind is LineKind.TEXT and (match := _BOLD_LINE.fullmatch(line.text)):
        title = visible_text(match[1] or match[2])
        return None if title.endswith((":", "：")) else title
    return None


def _link(
    title: str,
    url: str,
    line: Line,
    paragraph: _Paragraph,
    marks: Sequence[Mark],
    points: tuple[Point, ...],
) -> ArchiveLink:
    """`과정: title` is a title under the label `과정`."""
    group, colon, _ = paragraph.title.partition(":")
    return ArchiveLink(
        title,
        url,
        line.number,
        points=points,
        label=group if colon else "",
        marks=tuple(dict.fromkeys(marks)),
    )


def _points(lines: Sequence[Line]) -> tuple[Point, ...]:
    """Return sentences as bullets, and a list below the line that announces it."""
    points: list[Point] = []
    for line in lines:
        above = points[-1] if points else None
        if line.kind is not LineKind.BULLET:
            points += map(Point, _sentences(line))
        elif above and (above.points or above.text.endswith((":", "："))):
            points[-1] = replace(above, points=(*above.points, Point(line.text)))
        else:
            points.append(Point(line.text))
    return tuple(points)


def _sentences(line: Line) -> list[str]:
    """Return what a line says, without what only sends readers to a link."""
    labels = [plain(link.label) for link in read_head(line.text, {}).links]
    labels = [label for label in labels if label and is_generic(label)]
    return [
        sentence
        for sentence in split_sentences(visible_text(line.text))
        if not _ADDRESS.search(sentence)
        and not any(_TO_COME.search(bracket[1]) for bracket in _BRACKETS.finditer(sentence))
        and not any(label in sentence for label in labels)
    ]


def _is_shortened(url: str) -> bool:
    try:
        return _SHORTENERS.fullmatch(host_of(url)) is not None
    except InvalidUrl:
        return False


def _join(paragraphs: Sequence[_Paragraph]) -> tuple[ArchiveSection, ...]:
    """Return a section for each block, or more where only a part of it is marked."""
    groups: list[list[_Paragraph]] = []
    for paragraph in paragraphs:
        last = groups[-1][-1] if groups else None
        if last and (last.block, last.marks) == (paragraph.block, paragraph.marks):
            groups[-1].append(paragraph)
        else:
            groups.append([paragraph])
    return tuple(
        ArchiveSection(
            group[0].title,
            "\n\n".join(paragraph.text for paragraph in group),
            group[0].line,
            tuple(dict.fromkeys(group[0].marks)),
        )
        for group in groups
    )
