"""Daily report: per category an analysis in parts, then the sources as `title (url)`."""

from __future__ import annotations

import re
from datetime import date

from adapters.importers.entry_heads import Head, read_head, split_emoji
from adapters.importers.entry_parts import EXCERPT, refuse_odd
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.period_labels import find_day
from adapters.importers.prose import Prose, visible_text, without_figures
from bot.domain.archives import Archive, ArchiveLink, ArchiveNote, Refusal
from bot.text.headings import join_headings

FORM = "daily_report"

_SOURCES = re.compile(r"(?:출처|참고(?: ?자료)?|sources?|references?)\s*[:：]?", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:요약|summary|analysis|분석)\s*[:：]?", re.IGNORECASE)
_PART = re.compile(r"(?:\d{1,2}[.)]\s*)?([^:：.]{2,30}?)\s*[:：]?")
# What the parts are called; anything bold and short on a line of its own is a part too.
_PART_NAMES = re.compile(
    r"주요 ?(?:주제|사건|내용)|영향 ?분석|최종 ?요약|결론"
    r"|(?:main |key )?(?:subjects?|topics?|events?)"
    r"|impact(?: analysis)?|(?:final )?summary|conclusion",
    re.IGNORECASE,
)
_INLINE_PART = re.compile(
    rf"(?:\d{{1,2}}[.)]\s*)?({_PART_NAMES.pattern})\s*[:：]\s+(\S.*)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,2}[.)]\s+")
_CATEGORY_LEVEL = 2


def recognise(text: str) -> float:
    is_source = [bool(_SOURCES.fullmatch(_bare(line))) for line in text.split("\n")]
    is_summary = [bool(_SUMMARY.fullmatch(_bare(line))) for line in text.split("\n")]
    if not any(is_source) or "http" not in text:
        return 0.0
    return 0.95 if any(is_summary) else 0.4


def parse(text: str) -> Archive:
    reader = _Reader()
    for line in read_lines(text):
        reader.add(line)
    return reader.archive()


def _bare(line: str) -> str:
    return line.strip(" \t#*_-+>")


class _Reader:
    def __init__(self) -> None:
        self._title = ""
        self._day: date | None = None
        self._category = ""
        self._part = ""
        self._is_in_sources = False
        self._links: list[ArchiveLink] = []
        self._refusals: list[Refusal] = []
        self._prose: dict[str, Prose] = {}

    def add(self, line: Line) -> None:
        if not line.text:
            return
        self._find_day(line)
        if line.kind is LineKind.HEADING:
            self._add_heading(line)
        elif _SOURCES.fullmatch(_bare(line.text)):
            self._is_in_sources, self._part = True, ""
        elif _SUMMARY.fullmatch(_bare(line.text)):
            self._is_in_sources, self._part = False, ""
        elif self._is_in_sources:
            self._add_source(line)
        else:
            self._add_prose(line)

    def archive(self) -> Archive:
        notes = tuple(
            ArchiveNote(category, prose.sections(), self._day)
            for category, prose in self._prose.items()
        )
        links = tuple(_dated(link, self._day) for link in self._links)
        return Archive(FORM, self._title, links, notes, refusals=tuple(self._refusals))

    def _find_day(self, line: Line) -> None:
        """Take the day from the title or from the name of the chart."""
        if self._day is None and not self._category:
            self._day = find_day(line.text.replace("_", " "))

    def _add_heading(self, line: Line) -> None:
        head = read_head(line.text, {})
        name = visible_text(without_figures(line.text))
        self._refusals += refuse_odd(line, head)
        if _SOURCES.fullmatch(name) or _SUMMARY.fullmatch(name):
            self._is_in_sources, self._part = bool(_SOURCES.fullmatch(name)), ""
        elif line.level > _CATEGORY_LEVEL:
            self._is_in_sources, self._part = False, _NUMBER.sub("", name, count=1)
        elif line.level == 1 and not self._title:
            self._title = name
        else:
            self._category, self._part = split_emoji(name)[1].strip(), ""
            self._is_in_sources = False
        self._links += self._entries(line, head)

    def _add_source(self, line: Line) -> None:
        head = read_head(line.text, {})
        self._refusals += refuse_odd(line, head)
        if not head.links and line.kind is LineKind.BULLET:
            self._refusals.append(Refusal(line.number, "no_link", line.text[:EXCERPT]))
        elif not head.links and line.kind is LineKind.TEXT:
            self._add_prose(line)
        self._links += self._entries(line, head)

    def _add_prose(self, line: Line) -> None:
        head = read_head(line.text, {})
        self._refusals += refuse_odd(line, head)
        self._links += self._entries(line, head)
        if part := _part_name(line.text):
            self._part = part
            return
        text = visible_text(without_figures(line.text))
        bullet = "- " if line.kind is LineKind.BULLET else ""
        if inline := _INLINE_PART.fullmatch(text):
            self._part, text, bullet = inline[1], inline[2], ""
        heading = join_headings((self._category, self._part))
        if text:
            prose = self._prose.setdefault(self._category or self._title, Prose())
            prose.add(heading, f"{bullet}{text}", line.number)

    def _entries(self, line: Line, head: Head) -> list[ArchiveLink]:
        titles = [head.title, *(link.label for link in head.links[1:])]
        return [
            ArchiveLink(
                title, link.url, line.number, who=head.who, kind=head.kind, label=self._category
            )
            for title, link in zip(titles, head.links, strict=False)
        ]


def _part_name(text: str) -> str:
    """Return the name of the part that a line opens: `**1. 주요 주제:**`, `1. **주요 주제**:`."""
    match = _PART.fullmatch(visible_text(text))
    if match is None:
        return ""
    is_bold = text.strip().startswith("**") and text.rstrip(" :：").endswith("**")
    return match[1] if is_bold or _PART_NAMES.fullmatch(match[1]) else ""


def _dated(link: ArchiveLink, day: date | None) -> ArchiveLink:
    return ArchiveLink(
        link.title, link.url, link.line, who=link.who, kind=link.kind, label=link.label, day=day
    )
