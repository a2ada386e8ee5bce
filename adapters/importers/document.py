"""Any text that somebody hands in: one note, its headings are its parts. Saves no link."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.markdown_links import find_links
from adapters.importers.period_labels import find_day
from adapters.importers.prose import visible_text
from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Refusal
from bot.text.headings import join_headings

FORM = "document"
_INDENT = 2  # columns that a nested bullet stands further in


def recognise(text: str) -> float:
    """Say no: it fits every text, and is taken only where it is named."""
    del text
    return 0.0


def parse(text: str) -> Archive:
    reader = _Reader()
    for line in read_lines(text):
        reader.add(line)
    note = ArchiveNote(reader.title, reader.sections(), find_day(reader.title))
    notes = (note,) if note.sections else ()
    return Archive(FORM, reader.title, notes=notes, refusals=tuple(reader.refusals))


@dataclass(slots=True)
class _Section:
    heading: str
    name: str
    line: int
    texts: list[str] = field(default_factory=list)

    def read(self) -> ArchiveSection:
        # A heading with nothing below it says its own name.
        text = "\n".join(self.texts).strip("\n")
        return ArchiveSection(self.heading, text if text.strip() else self.name, self.line)


class _Reader:
    def __init__(self) -> None:
        self.title = ""
        self.refusals: list[Refusal] = []
        self._path: dict[int, str] = {}
        self._sections = [_Section("", "", 1)]

    def add(self, line: Line) -> None:
        self.refusals += [
            Refusal(line.number, "link_in_prose", link.url) for link in find_links(line.text)
        ]
        texts = self._sections[-1].texts
        match line.kind:
            case LineKind.HEADING:
                self._open(line)
            case LineKind.BLANK:
                texts.append("")
            case LineKind.BULLET:
                indent = " " * (line.indent // _INDENT * _INDENT)
                texts.append(f"{indent}- {_with_addresses(line.text)}")
            case LineKind.TEXT | LineKind.FOLD:
                texts.append(_with_addresses(line.text))
            case LineKind.RULE | LineKind.END_FOLD | LineKind.COMMENT:
                pass

    def sections(self) -> tuple[ArchiveSection, ...]:
        read = (section.read() for section in self._sections)
        return tuple(section for section in read if section.text)

    def _open(self, line: Line) -> None:
        name = visible_text(line.text)
        self._path = {level: above for level, above in self._path.items() if level < line.level}
        if self.title or line.level > 1:
            self._path[line.level] = name
        else:
            self.title = name
        heading = join_headings(self._path.values())
        self._sections.append(_Section(heading, name, line.number))


def _with_addresses(text: str) -> str:
    """Return what a reader sees of a line, and where its links lead: no entry keeps that."""
    pieces: list[str] = []
    end = 0
    for link in find_links(text):
        if link.start >= end and link.label and link.is_web and not link.is_image:
            pieces += [text[end : link.start], f"{link.label} ({link.url})"]
            end = link.end
    return visible_text("".join([*pieces, text[end:]]))
