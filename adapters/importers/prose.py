"""Prose of a document that is no entry: kept as sections of a note, under its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from adapters.importers.markdown_links import find_links, without_links
from bot.domain.archives import ArchiveNote, ArchiveSection
from bot.text.inline import plain

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def visible_text(line: str) -> str:
    """Return what a reader sees of a line: no markup, links by their words."""
    text = without_links(line)
    return plain(_TAG.sub(" ", text) if "<" in text else text).strip()


def without_figures(text: str) -> str:
    """Return the line without its images, whose words describe what is not there."""
    for link in reversed(find_links(text)):
        if link.is_image:
            text = text[: link.start] + text[link.end :]
    return text


@dataclass(slots=True)
class Prose:
    """Lines in order; neighbours under one heading become one section."""

    _lines: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, heading: str, text: str, line: int) -> None:
        if text.strip():
            self._lines.append((heading, text, line))

    def sections(self) -> tuple[ArchiveSection, ...]:
        sections: list[tuple[str, int, list[str]]] = []
        for heading, text, line in self._lines:
            if not sections or sections[-1][0] != heading:
                sections.append((heading, line, []))
            sections[-1][2].append(text)
        return tuple(
            ArchiveSection(heading, "\n".join(texts), line) for heading, line, texts in sections
        )

    def notes(self, title: str, *, day: date | None = None) -> tuple[ArchiveNote, ...]:
        sections = self.sections()
        return (ArchiveNote(title, sections, day),) if sections else ()
