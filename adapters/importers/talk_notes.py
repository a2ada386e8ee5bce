"""Notes of talks: headings are talks and their parts. Every heading can be cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.importers.entry_heads import read_head
from adapters.importers.entry_parts import refuse_odd
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.period_labels import find_day
from adapters.importers.prose import visible_text
from bot.domain.archives import Archive, ArchiveLink, ArchiveNote, ArchiveSection, Refusal
from bot.text.headings import join_headings

FORM = "talk_notes"

_MAX_LINKS_SHARE = 0.2  # of the lines; a document of links is an archive


def recognise(text: str) -> float:
    kinds = Counter(line.kind for line in read_lines(text))
    links = text.count("](http") + text.count("\nhttp")
    lines = kinds[LineKind.BULLET] + kinds[LineKind.TEXT]
    if not kinds[LineKind.HEADING] or not lines or links > lines * _MAX_LINKS_SHARE:
        return 0.0
    return 0.4 if links else 0.6


def parse(text: str) -> Archive:
    """Read one note a talk. The highest heading that repeats starts a talk; one above names all."""
    lines = [line for line in read_lines(text) if line.kind is not LineKind.BLANK]
    reader = _Reader(_talk_level(lines))
    for line in lines:
        reader.add(line)
    return Archive(
        FORM,
        reader.title,
        links=tuple(reader.links),
        notes=reader.notes(),
        refusals=tuple(reader.refusals),
    )


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    line: int
    lines: list[Line] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""


class _Reader:
    def __init__(self, talk_level: int) -> None:
        self.title = ""
        self.links: list[ArchiveLink] = []
        self.refusals: list[Refusal] = []
        self._talk_level = talk_level
        self._path: dict[int, str] = {}
        self._talks: list[list[_Section]] = []

    def add(self, line: Line) -> None:
        if line.kind is LineKind.HEADING:
            self._add_heading(line)
        elif line.kind in (LineKind.TEXT, LineKind.BULLET, LineKind.FOLD):
            if not self._talks:
                self._talks.append([_Section((), line.number)])
            self._talks[-1][-1].lines.append(line)
        if line.text:
            self._add_links(line)

    def notes(self) -> tuple[ArchiveNote, ...]:
        day = find_day(self.title)
        return tuple(
            ArchiveNote(
                talk[0].name or self.title,
                tuple(_read_section(section) for section in talk),
                find_day(talk[0].name) or day,
            )
            for talk in self._talks
        )

    def _add_heading(self, line: Line) -> None:
        name = visible_text(line.text)
        self._path = {level: above for level, above in self._path.items() if level < line.level}
        if line.level < self._talk_level:
            self.title = self.title or name
        else:
            self._path[line.level] = name
        section = _Section(tuple(self._path.values()) or (name,), line.number)
        if line.level > self._talk_level and self._talks:
            self._talks[-1].append(section)
        else:
            self._talks.append([section])

    def _add_links(self, line: Line) -> None:
        head = read_head(line.text, {})
        self.refusals += refuse_odd(line, head)
        label = join_headings(self._path.values())
        self.links += [
            ArchiveLink(
                head.title if link is head.link else link.label, link.url, line.number, label=label
            )
            for link in head.links
        ]


def _talk_level(lines: Sequence[Line]) -> int:
    levels = Counter(line.level for line in lines if line.kind is LineKind.HEADING)
    repeated = [level for level, count in levels.items() if count > 1]
    return min(repeated or levels, default=1)


def _read_section(section: _Section) -> ArchiveSection:
    """Keep the nesting of bullets. A heading with nothing below it says its own name."""
    indents: list[int] = []
    texts: list[str] = []
    for line in section.lines:
        while indents and indents[-1] >= line.indent:
            indents.pop()
        text = visible_text(line.text)
        if line.kind is LineKind.BULLET:
            texts.append(f"{'  ' * len(indents)}- {text}")
            indents.append(line.indent)
        else:
            texts.append(f"{'  ' * len(indents)}{text}")
    return ArchiveSection(
        join_headings(section.path), "\n".join(texts) or section.name, section.line
    )
