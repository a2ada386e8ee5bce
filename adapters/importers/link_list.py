"""Lists of links as people keep them: Markdown with headings ("awesome" lists), or bare addresses.

A line with links is an entry, named by its first link or by what stands before it; what stands
after it is said about it. Headings are labels. Prose becomes a note.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from adapters.importers.entry_parts import EXCERPT
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.markdown_links import FoundLink, find_links
from adapters.importers.prose import Prose, visible_text
from bot.domain.archives import Archive, ArchiveLink, Refusal
from bot.text.headings import join_headings

FORM = "link_list"

_SHORT_LABEL = 12  # "paper", "News", "⭐ code": names no thing, where more stands before it
_DATED = re.compile(r"(\d{1,2})[/.](\d{1,2})\s{0,3}[-–:]\s{1,3}")  # under the heading of a year
_YEAR = re.compile(r"\b20\d\d\b")
_JOINTS = " \t-–—:|,;·*_"


def recognise(text: str) -> float:
    """Say how many of its lines are links: nearly all, or headings that are."""
    linked = prose = heads = 0
    for line in read_lines(text):
        is_linked = "](http" in line.text or "http" in line.text[:200]
        linked += is_linked and line.kind in (LineKind.BULLET, LineKind.TEXT, LineKind.HEADING)
        heads += is_linked and line.kind is LineKind.HEADING
        prose += not is_linked and line.kind in (LineKind.BULLET, LineKind.TEXT)
    if heads > 2 and heads > prose / 3:
        return 0.6
    return 0.6 if linked and linked > prose else 0.0


def parse(text: str) -> Archive:
    reader = _Reader()
    for line in read_lines(text):
        reader.add(line)
    return reader.archive()


class _Reader:
    def __init__(self) -> None:
        self._title = ""
        self._path: dict[int, str] = {}
        self._links: list[ArchiveLink] = []
        self._notes: list[list[str]] = []  # what is said below each link
        self._below: int | None = None  # the indent from which on words belong to the last link
        self._refusals: list[Refusal] = []
        self._prose = Prose()

    def add(self, line: Line) -> None:
        found = [] if line.kind is LineKind.BLANK else find_links(line.text)
        if line.kind is LineKind.COMMENT:
            self._refusals += [_refuse(line, "comment", each) for each in found if each.is_web]
            return
        self._refusals += [_refuse(line, "figure", each) for each in found if _is_figure(each)]
        # Anchors and other files of a repository are links inside the document.
        links = [each for each in found if each.is_web and not each.is_image]
        if line.kind is LineKind.HEADING:
            self._add_heading(line)
        if links:
            self._add_entry(line, links)
        elif line.kind in (LineKind.BULLET, LineKind.TEXT, LineKind.FOLD):
            self._add_words(line)

    def archive(self) -> Archive:
        links = tuple(
            replace(each, note="\n".join(filter(None, (each.note, *notes))))
            for each, notes in zip(self._links, self._notes, strict=True)
        )
        notes = self._prose.notes(self._title)
        return Archive(FORM, self._title, links, notes, refusals=tuple(self._refusals))

    def _label(self) -> str:
        return join_headings(self._path.values())

    def _add_heading(self, line: Line) -> None:
        self._path = {level: name for level, name in self._path.items() if level < line.level}
        self._below = None
        name = visible_text(line.text)
        if line.level == 1 and not self._title and not self._links:
            self._title = name
        elif not any(each.is_web and not each.is_image for each in find_links(line.text)):
            self._path[line.level] = name

    def _add_entry(self, line: Line, links: list[FoundLink]) -> None:
        first, *others = links
        before = visible_text(line.text[: first.start]).lstrip(_JOINTS).rstrip(f"{_JOINTS}([")
        day = self._day(before)
        before = _DATED.sub("", before, count=1) if day else before
        after = visible_text(line.text[first.end :]).lstrip(f"{_JOINTS})]").rstrip(_JOINTS)
        label = visible_text(first.label)
        title, note = label, " — ".join(filter(None, (before, after)))
        if before and len(before) > len(label) and len(label) <= _SHORT_LABEL:
            title, note = before, after if not others else ""
        elif not label:
            title, note = after, ""
        related = tuple(
            ArchiveLink(visible_text(each.label), each.url, line.number) for each in others
        )
        self._links.append(
            ArchiveLink(
                title,
                first.url,
                line.number,
                related=related,
                label=self._label(),
                note=note,
                day=day,
            )
        )
        self._notes.append([])
        self._below = -1 if line.kind is LineKind.HEADING else line.indent

    def _day(self, words: str) -> date | None:
        """Return the day that an entry begins with, where a heading above says the year."""
        dated, year = _DATED.match(words), _YEAR.search(self._label())
        try:
            return date(int(year[0]), int(dated[1]), int(dated[2])) if dated and year else None
        except ValueError:
            return None

    def _add_words(self, line: Line) -> None:
        words = visible_text(line.text)
        is_below = self._below is not None and line.indent > self._below
        if is_below and words:
            self._notes[-1].append(words)
        else:
            self._below = None
            self._prose.add(self._label(), words, line.number)


def _is_figure(link: FoundLink) -> bool:
    return link.is_image and link.url.lower().startswith("http")


def _refuse(line: Line, reason: str, link: FoundLink) -> Refusal:
    return Refusal(line.number, reason, link.url[:EXCERPT])
