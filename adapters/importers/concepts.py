"""Key terms that an archive explains: `- **Term(name in the other language)**: definition`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.importers.markdown_lines import LineKind
from adapters.importers.outline import Node
from bot.domain.models import Concept, Point
from bot.text.inline import plain

_TITLE = re.compile(
    r"(?:(?:중요|핵심|주요|관련|기본)\s?)?(?:개념|용어)(?:\s?(?:정리|설명))?|(?:(?:key|important|core|main)\s)?(?:concepts?|terms?)|glossary",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*(.{1,200}?)\*\*\s*(?:[:：]|[-–—]\s)?\s*(.*)", re.DOTALL)
_PLAIN = re.compile(r"([^:：]{1,80}?)\s*[:：]\s+(.*)", re.DOTALL)
_TWO_NAMES = re.compile(r"([^()（）]{1,120}?)\s*[(（]([^()（）]{1,120})[)）]")
_HANGUL = re.compile(r"[가-힣]")


def is_concept_title(text: str) -> bool:
    return _TITLE.fullmatch(plain(text).strip(" :：*_")) is not None


def read_concepts(nodes: Iterable[Node]) -> list[Concept]:
    """Return the terms of a fold in order; a line that names none goes on with the one before."""
    named: list[tuple[Node, list[str]]] = []
    for node in nodes:
        if named and node.kind is LineKind.TEXT and not _BOLD.match(node.text):
            named[-1][1].append(node.text)
        else:
            named.append((node, []))
    return [_read_concept(node, more) for node, more in named]


def split_names(name: str) -> tuple[str, str]:
    """Split `정밀도(precision)` into a term and its name in the other language, if it is one."""
    match = _TWO_NAMES.fullmatch(name)
    if match and bool(_HANGUL.search(match[1])) != bool(_HANGUL.search(match[2])):
        return match[1].strip(), match[2].strip()
    return name, ""


def _read_concept(node: Node, more: Sequence[str]) -> Concept:
    match = _BOLD.fullmatch(node.text) or _PLAIN.fullmatch(node.text)
    name, definition = (match[1], match[2]) if match else (node.text, "")
    term, other = split_names(plain(name).strip(" :："))
    definition = " ".join([definition.strip(), *more]).strip()
    return Concept(term, definition, other, tuple(_point(child) for child in node.children))


def _point(node: Node) -> Point:
    return Point(node.text, tuple(_point(child) for child in node.children))
