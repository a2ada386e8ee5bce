"""Archive README: `- EMOJI [who] [title](url)` under years, months and weeks, with summaries below.

Plain lists of links are read too: their entries have no kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from adapters.importers.concepts import is_concept_title
from adapters.importers.entry_heads import Head, find_kind, read_head, split_emoji
from adapters.importers.entry_parts import EXCERPT, Parts, collect, entry_of, refuse_odd
from adapters.importers.legend import find_legend
from adapters.importers.markdown_lines import Line, LineKind, read_lines
from adapters.importers.outline import Node, build_outline
from adapters.importers.period_labels import (
    MONTH_RANK,
    WEEK_RANK,
    YEAR_RANK,
    PeriodLabel,
    first_day,
    read_period_label,
)
from adapters.importers.prose import Prose, visible_text, without_figures
from bot.domain.archives import Archive, ArchiveLink, Mark, Refusal
from bot.domain.emoji import bare_emoji
from bot.domain.models import Kind
from bot.text.headings import join_headings

FORM = "study_archive"

_BELOW_HEADINGS = 6
_BOLD = re.compile(r"\*\*([^*\[\]]{1,60})\*\*\s*[:：]?")


def recognise(text: str) -> float:
    """Look for entries with a kind; other lists of links are read for want of a better form."""
    legend: dict[str, Kind] = {}
    with_kind = plain_links = others = 0
    for line in read_lines(text):
        if line.kind is LineKind.BULLET and "](" in line.text:
            if find_kind(split_emoji(line.text)[0], legend):
                with_kind += 1
            else:
                plain_links += 1
        elif line.kind in (LineKind.TEXT, LineKind.BULLET, LineKind.HEADING):
            if line.text.lower().startswith(("http://", "https://")) or "](" in line.text:
                plain_links += 1
            else:
                others += 1
    if with_kind:
        return 0.9
    return 0.5 if plain_links > others / 10 else 0.3 * bool(plain_links)


def parse(text: str) -> Archive:
    lines = list(read_lines(text))
    of_legend = dict(find_legend(lines))
    legend = {bare_emoji(split_emoji(line.text)[0]): kind for line, kind in of_legend.items()}

    def starts_entry(words: str) -> bool:
        return "](" in words and find_kind(split_emoji(words[:40])[0], legend) is not None

    outline = build_outline(
        _as_meant([line for line in lines if line not in of_legend], starts_entry),
        section_rank=_section_rank,
        starts_entry=starts_entry,
    )
    reader = _Reader(legend)
    reader.read(outline.nodes)
    return Archive(
        FORM,
        reader.title,
        links=tuple(reader.links),
        notes=reader.prose.notes(reader.title),
        refusals=(*outline.refusals, *reader.refusals),
    )


def _section_rank(summary: str) -> int | None:
    label = read_period_label(summary)
    # A fold inside an entry may mention a year; a period's own name is short.
    return label.rank if label and len(summary) <= 60 and not is_concept_title(summary) else None


def _as_meant(lines: Sequence[Line], starts_entry: Callable[[str], bool]) -> Iterator[Line]:
    """Let rows of tables and entries whose bullet was forgotten be bullets, bold lines headings."""
    folds = 0  # open inside an entry, where bold lines are part of the summary
    for place, line in enumerate(lines):
        if line.kind is LineKind.FOLD:
            folds = 0 if _section_rank(line.text) else folds + 1
        elif line.kind in (LineKind.END_FOLD, LineKind.HEADING):
            folds = 0 if line.kind is LineKind.HEADING else max(0, folds - 1)
        elif line.kind is LineKind.TEXT:
            is_row = line.text.startswith("|") and "](" in line.text
            if is_row or starts_entry(line.text):
                yield replace(line, kind=LineKind.BULLET)
                continue
            if not folds and (name := _name_in_bold(line, lines[place + 1 : place + 3])):
                yield replace(line, kind=LineKind.HEADING, text=name, level=_BELOW_HEADINGS)
                continue
        yield line


def _name_in_bold(line: Line, following: Sequence[Line]) -> str:
    """Return what a line in bold names: a week, or a group if a list stands right below it."""
    match = _BOLD.fullmatch(line.text)
    if match is None:
        return ""
    below = next((each for each in following if each.kind is not LineKind.BLANK), None)
    is_group = not line.indent and below is not None and below.kind is LineKind.BULLET
    return match[1] if is_group or _section_rank(match[1]) == WEEK_RANK else ""


class _Place:
    """Where the reader is: the period, its parts as written, and headings that name no period."""

    def __init__(self) -> None:
        self.period = PeriodLabel()
        self._names: dict[int, str] = {}  # by rank: year, month, week
        self._topics: dict[int, str] = {}  # by heading level

    @property
    def label(self) -> str:
        names = [self._names[rank] for rank in sorted(self._names)]
        return " · ".join([*names, *(self._topics[level] for level in sorted(self._topics))])

    @property
    def topic(self) -> str:
        return join_headings(self._topics[level] for level in sorted(self._topics))

    def enter_period(self, label: PeriodLabel, text: str) -> None:
        old, rank = self.period, label.rank
        self.period = PeriodLabel(
            label.year or (old.year if rank > YEAR_RANK else None),
            label.month or (old.month if rank > MONTH_RANK else None),
            label.week,
            label.day,
        )
        self._names = {known: name for known, name in self._names.items() if known < rank}
        self._names[rank] = str(label.year) if label == PeriodLabel(label.year) else text
        self._topics.clear()

    def enter_topic(self, level: int, text: str) -> None:
        self._topics = {known: name for known, name in self._topics.items() if known < level}
        self._topics[level] = text

    def leave_topic(self, level: int) -> None:
        self._topics = {known: name for known, name in self._topics.items() if known < level}

    def copy(self) -> _Place:
        place = _Place()
        place.period, place._names, place._topics = self.period, {**self._names}, {**self._topics}
        return place


class _Reader:
    """Walks the outline and keeps what it finds."""

    def __init__(self, legend: dict[str, Kind]) -> None:
        self.title = ""
        self.links: list[ArchiveLink] = []
        self.refusals: list[Refusal] = []
        self.prose = Prose()
        self._legend = legend
        self._place = _Place()
        self._depth = 0

    def read(self, nodes: Sequence[Node]) -> None:
        place = 0
        while place < len(nodes):
            node = nodes[place]
            place += 1
            if node.kind is LineKind.HEADING:
                below = _until_heading(nodes, place)
                if self._read_heading(node, below):
                    place += len(below)
            elif node.kind is LineKind.FOLD:
                self._read_fold(node)
            else:
                self._read_root(node)

    def _read_heading(self, node: Node, below: Sequence[Node]) -> bool:
        """Return whether what stands below was taken as part of an entry in the heading."""
        head = self._head(node)
        label = read_period_label(visible_text(node.text))
        if head.links and label is None:
            is_list = any(self._is_entry(other) for other in below)
            self._add_entry(node, head, () if is_list else below)
            return not is_list
        text = head.title
        self._refuse_links(node, head)
        if node.line.level == 1 and not self.title:
            self.title = text
        if label:
            self._place.enter_period(label, text)
        elif text != self.title:
            self._place.enter_topic(node.line.level, text)
        return False

    def _read_fold(self, node: Node) -> None:
        head = self._head(node)
        label = read_period_label(visible_text(node.text))
        if head.links:
            self._add_entry(node, head, node.children)
        elif label and _section_rank(node.text) is not None:
            before = self._place.copy()
            self._place.enter_period(label, head.title)
            self.read(node.children)
            # Only an older year ends for certain: a surplus closing tag must not lose the week.
            if label.rank == YEAR_RANK:
                self._place = before
        else:
            self._read_topic(node, head.title)

    def _read_topic(self, node: Node, text: str) -> None:
        """Read what hangs below a fold or bullet that only names a group."""
        self._depth += 1
        level = _BELOW_HEADINGS + self._depth
        if text:
            self._place.enter_topic(level, text)
        self.read(node.children)
        self._place.leave_topic(level)
        self._depth -= 1

    def _read_root(self, node: Node) -> None:
        head = self._head(node)
        if node.kind is LineKind.COMMENT:
            self._refuse_links(node, head, "comment")
        elif head.links and (node.kind is LineKind.BULLET or head.is_led):
            groups = [child for child in node.children if self._is_group(node, child)]
            self._add_entry(node, head, [child for child in node.children if child not in groups])
            self.read(groups)
        elif head.kind:
            self._add_unlinked(node, head)
        elif any(self._is_entry(child) for child in node.children):
            self._read_topic(node, head.title)
        else:
            self._add_prose(node)

    def _add_entry(self, node: Node, head: Head, below: Sequence[Node]) -> None:
        parts = Parts()
        collect(below, parts, self._legend)
        self._keep(entry_of(node.line, head, parts), parts)

    def _add_unlinked(self, node: Node, head: Head) -> None:
        """Add an entry whose line has no address: the first link below it is its own."""
        parts = Parts()
        collect(node.children, parts, self._legend)
        entry = entry_of(node.line, head, parts)
        self._refuse(node, "no_link")
        if parts.related:
            own, *others = parts.related
            entry = replace(
                entry, url=own.url, points=(*own.points, *entry.points), related=tuple(others)
            )
        else:
            entry = replace(entry, marks=(Mark.NO_LINK,))
        self._keep(entry, parts)

    def _keep(self, entry: ArchiveLink, parts: Parts) -> None:
        day, label = first_day(self._place.period), self._place.label
        self.links.append(replace(entry, label=label, day=day))
        self.refusals += parts.refusals

    def _add_prose(self, node: Node) -> None:
        self.prose.add(
            self._place.topic, visible_text(without_figures(node.text)), node.line.number
        )
        self._refuse_links(node, self._head(node))
        for child in node.children:
            self._add_prose(child)

    def _head(self, node: Node) -> Head:
        return read_head(node.text, self._legend)

    def _is_entry(self, node: Node) -> bool:
        return node.kind is LineKind.BULLET and self._head(node).is_led

    def _is_group(self, entry: Node, child: Node) -> bool:
        """Return whether a fold after an entry, and indented no deeper, holds entries itself."""
        return (
            child.kind is LineKind.FOLD
            and child.line.indent <= entry.line.indent
            and not is_concept_title(child.text)
            and any(
                below.kind is LineKind.BULLET and self._head(below).kind for below in child.children
            )
        )

    def _refuse_links(self, node: Node, head: Head, reason: str = "link_in_prose") -> None:
        for link in head.links:
            self.refusals.append(Refusal(node.line.number, reason, link.url[:EXCERPT]))
        self.refusals += refuse_odd(node.line, head)

    def _refuse(self, node: Node, reason: str) -> None:
        self.refusals.append(Refusal(node.line.number, reason, node.text[:EXCERPT]))


def _until_heading(nodes: Sequence[Node], start: int) -> Sequence[Node]:
    end = start
    while end < len(nodes) and nodes[end].kind is not LineKind.HEADING:
        end += 1
    return nodes[start:end]
