"""What hangs below an entry: points, folds, concepts and related links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.importers.concepts import is_concept_title, read_concepts
from adapters.importers.entry_heads import Head, Kinds, read_head
from adapters.importers.markdown_lines import Line, LineKind
from adapters.importers.markdown_links import without_links
from adapters.importers.outline import Node
from bot.domain.archives import ArchiveLink, Refusal
from bot.domain.models import Concept, Kind, Point

EXCERPT = 120
_ARROWS = ("→", "->", "=>", "⇒", "➡")


@dataclass(slots=True)
class Parts:
    points: list[Point] = field(default_factory=list)
    related: list[ArchiveLink] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def take_all_but_points(self, other: Parts) -> None:
        """Links and concepts belong to the entry, however deep they hang."""
        self.related += other.related
        self.concepts += other.concepts
        self.refusals += other.refusals


def entry_of(line: Line, head: Head, parts: Parts) -> ArchiveLink:
    """Return the entry of a line; further links in the line go before the related ones below it."""
    parts.refusals += refuse_odd(line, head)
    aside = (Point(head.aside),) if head.aside else ()
    return ArchiveLink(
        title=head.title,
        url=head.link.url if head.link else "",
        line=line.number,
        who=head.who,
        kind=head.kind,
        points=(*aside, *parts.points),
        concepts=tuple(parts.concepts),
        related=(*_further(line, head), *parts.related),
    )


def collect(nodes: Sequence[Node], parts: Parts, legend: Kinds) -> None:
    """Sort what hangs below an entry, in order, into `parts`."""
    for node in nodes:
        if node.kind is LineKind.COMMENT:
            _refuse_comment(node, parts, legend)
        elif node.kind is LineKind.FOLD and is_concept_title(node.text):
            parts.concepts += read_concepts(node.children)
            _collect_links(node.children, parts, legend)
        else:
            _collect_one(node, parts, legend)


def refuse_odd(line: Line, head: Head) -> list[Refusal]:
    """List what looks like a link and leads nowhere on the web, and addresses glued together."""
    refusals = []
    for link in head.odd_links:
        # Anchors lead inside the document, and its figures are no links.
        is_file = link.is_image and not link.url.lower().startswith("http")
        if is_file or link.url.startswith("#"):
            continue
        reason = "figure" if link.is_image else "not_web"
        refusals.append(Refusal(line.number, reason, (link.url or line.text)[:EXCERPT]))
    refusals += [
        Refusal(line.number, "glued", link.url[:EXCERPT]) for link in head.links if link.is_glued
    ]
    return refusals


def _collect_one(node: Node, parts: Parts, legend: Kinds) -> None:
    continuation, children = _split_continuation(node)
    text = " ".join([node.text, *continuation])
    head = read_head(text, legend)
    below = Parts()
    collect(children, below, legend)
    if head.links and head.is_led:
        related = below.related
        below.related = []
        own = entry_of(node.line, head, below)
        parts.related += [_without_below(own), *own.related, *related]
        parts.concepts += below.concepts
        parts.refusals += below.refusals
        return
    parts.refusals += refuse_odd(node.line, head)
    if head.links:
        parts.related += _all_links(node.line, head)
        text = without_links(text)
    parts.take_all_but_points(below)
    if not text:  # a fold without a title
        parts.points += below.points
    else:
        is_fold = node.kind is LineKind.FOLD
        parts.points.append(Point(text, tuple(below.points), is_fold))


def _split_continuation(node: Node) -> tuple[list[str], Sequence[Node]]:
    """Return the lines that go on with a bullet's sentence, and what hangs below it."""
    count = 0
    for child in node.children:
        goes_on = child.kind is LineKind.TEXT and not child.after_blank
        if node.kind is LineKind.FOLD or not goes_on or child.text.startswith(_ARROWS):
            break
        count += 1
    return [child.text for child in node.children[:count]], node.children[count:]


def _without_below(link: ArchiveLink) -> ArchiveLink:
    """Related links and concepts go to the entry itself; a related link keeps its own bullets."""
    return ArchiveLink(link.title, link.url, link.line, link.who, link.kind, link.points)


def _further(line: Line, head: Head) -> tuple[ArchiveLink, ...]:
    return tuple(ArchiveLink(link.label, link.url, line.number) for link in head.links[1:])


def _all_links(line: Line, head: Head) -> list[ArchiveLink]:
    kinds: list[Kind | None] = [head.kind, *(None for _ in head.links[1:])][: len(head.links)]
    return [
        ArchiveLink(link.label, link.url, line.number, kind=kind)
        for link, kind in zip(head.links, kinds, strict=True)
    ]


def _collect_links(nodes: Sequence[Node], parts: Parts, legend: Kinds) -> None:
    for node in nodes:
        head = read_head(node.text, legend)
        parts.related += _all_links(node.line, head)
        parts.refusals += refuse_odd(node.line, head)
        _collect_links(node.children, parts, legend)


def _refuse_comment(node: Node, parts: Parts, legend: Kinds) -> None:
    head = read_head(node.text, legend)
    parts.refusals += [
        Refusal(node.line.number, "comment", link.url[:EXCERPT]) for link in head.links
    ]
