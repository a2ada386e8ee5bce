"""Trend post: front matter, sections of short items, and the links in footnotes at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.importers.entry_heads import read_head, split_emoji
from adapters.importers.entry_parts import EXCERPT, refuse_odd
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.period_labels import find_day
from adapters.importers.prose import Prose, visible_text
from bot.domain.archives import Archive, ArchiveLink, Refusal
from bot.domain.models import Kind, Point

FORM = "trend_post"

_FOOTNOTE = re.compile(r"\[\^([^\[\]\s]{1,60})\]:\s*(.*)")
_REFERENCE = re.compile(r"\[\^([^\[\]\s]{1,60})\]")
_FIELD = re.compile(r"([A-Za-z_]{1,40}):\s*(.*)")
_ATTRIBUTES = re.compile(r"\{:[^{}]{0,200}\}")  # Jekyll: `{: width="500"}`, `{: .prompt-info }`
_CAPTION = re.compile(r"_(.{1,300})_")
_REFERENCES_HEADING = re.compile(r"references?|sources?|참고.{0,10}|출처|각주", re.IGNORECASE)
_ITEM_LEVEL = 3
# What a section says of all its items; the others mix kinds, so each address tells its own.
_KIND_OF_SECTION = {
    "news": Kind.NEWS,
    "뉴스": Kind.NEWS,
    "paper": Kind.PAPER,
    "papers": Kind.PAPER,
    "논문": Kind.PAPER,
}


def recognise(text: str) -> float:
    footnotes = len(re.findall(r"(?m)^\[\^[^\[\]\s]{1,60}\]:[^\n]{0,500}https?://", text))
    has_front_matter = text.lstrip("\ufeff").startswith("---\n")
    return min(1.0, 0.5 * (footnotes > 1) + 0.45 * has_front_matter)


def parse(text: str) -> Archive:
    fields, body = _split_front_matter(text)
    reader = _Reader(find_day(fields.get("date", "")))
    for line in read_lines(body):
        reader.add(line)
    title = fields.get("title", "") or reader.title
    return reader.archive(title, fields.get("description", ""))


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the fields at the top, and the text with blanks for them: lines keep numbers."""
    lines = text.lstrip("\ufeff").split("\n")
    if lines[0].rstrip() != "---" or "---" not in (line.rstrip() for line in lines[1:100]):
        return {}, text
    end = next(n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    matches = (_FIELD.fullmatch(line.rstrip()) for line in lines[1:end])
    fields = {match[1]: match[2].strip().strip("\"'") for match in matches if match}
    return fields, "\n" * (end + 1) + "\n".join(lines[end + 1 :])


@dataclass(slots=True)
class _Item:
    line: int
    heading: str
    section: str
    keys: list[str]
    sentences: list[list[str]] = field(default_factory=list)  # each a bullet and how it goes on

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(Point(" ".join(lines)) for lines in self.sentences)


@dataclass(slots=True)
class _Footnote:
    key: str
    line: Line
    text: str
    is_used: bool = False


class _Reader:
    def __init__(self, day: date | None) -> None:
        self.title = ""
        self._day = day
        self._section = ""
        self._items: list[_Item] = []
        self._item: _Item | None = None
        self._footnotes: dict[str, _Footnote] = {}
        self._refusals: list[Refusal] = []
        self._prose = Prose()
        self._links: list[ArchiveLink] = []

    def add(self, line: Line) -> None:
        text = _ATTRIBUTES.sub("", line.text).strip() if "{:" in line.text else line.text
        if not text:
            return
        line = replace(line, text=text)
        if match := _FOOTNOTE.fullmatch(text):
            self._add_footnote(line, match[1], match[2])
        elif line.kind is LineKind.HEADING:
            self._add_heading(line)
        elif line.kind is LineKind.COMMENT:
            self._refuse_links(line, "comment")
        else:
            self._add_text(line)

    def archive(self, title: str, description: str) -> Archive:
        for item in self._items:
            self._place(item)
        sections = self._sections_by_group()
        for footnote in self._footnotes.values():
            if not footnote.is_used:
                self._place_alone(footnote, sections.get(_group(footnote.key), ""))
        if description:
            self._prose.add("", description, 1)
        return Archive(
            FORM,
            title,
            links=tuple(sorted(self._links, key=lambda link: link.line)),
            notes=self._prose.notes(title, day=self._day),
            refusals=tuple(self._refusals),
        )

    def _add_heading(self, line: Line) -> None:
        keys = _REFERENCE.findall(line.text)
        name = visible_text(_REFERENCE.sub("", line.text)).strip()
        if line.level >= _ITEM_LEVEL or keys or read_head(line.text, {}).links:
            self._item = _Item(line.number, name, self._section, keys)
            self._items.append(self._item)
            self._add_own_links(line, self._item)
            return
        self._item = None
        if line.level == 1 and not self.title:
            self.title = name
        elif not _REFERENCES_HEADING.fullmatch(name):
            self._section = split_emoji(name)[1].strip()

    def _add_text(self, line: Line) -> None:
        self._refusals += refuse_odd(line, read_head(line.text, {}))
        if line.text.startswith("!["):  # a figure; its caption is a line of its own
            return
        caption = _CAPTION.fullmatch(line.text)
        text = _REFERENCE.sub("", caption[1] if caption else line.text).strip()
        if self._item is None:
            self._prose.add(self._section, visible_text(text), line.number)
            self._refuse_links(line, "link_in_prose")
            return
        self._item.keys += _REFERENCE.findall(line.text)
        self._add_own_links(line, self._item)
        sentences = self._item.sentences
        if line.kind is LineKind.TEXT and sentences and not caption:
            sentences[-1].append(text)
        else:
            sentences.append([text])

    def _add_own_links(self, line: Line, item: _Item) -> None:
        """Let an item's own links stand for footnotes that it does without."""
        for place, link in enumerate(read_head(line.text, {}).links):
            key = f"{line.number}:{place}"
            item.keys.append(key)
            label = link.label or item.heading
            self._footnotes[key] = _Footnote(key, line, f"[{label}]({link.url})")

    def _add_footnote(self, line: Line, key: str, text: str) -> None:
        if key in self._footnotes:
            key = f"{key}:{line.number}"  # the second of its name, which no item can mean
        self._footnotes[key] = _Footnote(key, line, text)

    def _place(self, item: _Item) -> None:
        """Join an item to its footnotes: the first is what it is about, the others are related."""
        found: list[ArchiveLink] = []
        for key in dict.fromkeys(item.keys):
            footnote = self._footnotes.get(key)
            if footnote and not footnote.is_used:
                footnote.is_used = True
                found += self._read_footnote(footnote)
        if not found:
            self._refusals.append(Refusal(item.line, "item_without_source", item.heading[:EXCERPT]))
            for point in (Point(item.heading), *item.points):
                self._prose.add(item.section, visible_text(point.text), item.line)
            return
        first, *others = found
        is_named = visible_text(item.heading) == first.title
        points = item.points if is_named else (Point(item.heading), *item.points)
        self._links.append(
            replace(
                first,
                title=first.title or item.heading,
                line=item.line,
                points=points,
                related=tuple(others),
                kind=_KIND_OF_SECTION.get(item.section.casefold()),
                label=item.section,
                day=self._day,
            )
        )

    def _place_alone(self, footnote: _Footnote, section: str) -> None:
        links = self._read_footnote(footnote)
        excerpt = footnote.text[:EXCERPT]
        self._refusals.append(Refusal(footnote.line.number, "source_without_item", excerpt))
        self._links += [replace(link, label=section, day=self._day) for link in links]

    def _sections_by_group(self) -> dict[str, str]:
        """Return the section of the items whose footnotes share a key up to its number."""
        return {_group(key): item.section for item in self._items for key in item.keys}

    def _read_footnote(self, footnote: _Footnote) -> list[ArchiveLink]:
        head = read_head(footnote.text, {})
        self._refusals += refuse_odd(footnote.line, head)
        return [
            ArchiveLink(
                head.title if link is head.link else link.label, link.url, footnote.line.number
            )
            for link in head.links
        ]

    def _refuse_links(self, line: Line, reason: str) -> None:
        for link in read_head(line.text, {}).links:
            self._refusals.append(Refusal(line.number, reason, link.url[:EXCERPT]))


def _group(key: str) -> str:
    """Return a footnote's key without its numbers: `ref-pa-3` is one of `ref-pa`."""
    return key.split(":")[0].rstrip("0123456789").rstrip("-_")
