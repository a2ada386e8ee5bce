"""The tree of a hand-written document: what hangs below what, by indentation and by folds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from adapters.importers.markdown_lines import Line, LineKind
from bot.domain.archives import Refusal

# People nest six deep; the limit keeps hostile input from exhausting the stack.
MAX_DEPTH = 50


@dataclass(slots=True)
class Node:
    """A line with what hangs below it. `after_blank`: a blank line stands before it."""

    line: Line
    depth: int
    children: list[Node] = field(default_factory=list)
    after_blank: bool = False

    @property
    def kind(self) -> LineKind:
        return self.line.kind

    @property
    def text(self) -> str:
        return self.line.text


@dataclass(slots=True)
class _Frame:
    """An open fold (or the document) and the bullets that are open in it, outermost first."""

    node: Node
    rank: int | None = None
    bullets: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    nodes: tuple[Node, ...]
    refusals: tuple[Refusal, ...]


def build_outline(
    lines: Iterable[Line],
    *,
    section_rank: Callable[[str], int | None] = lambda _: None,
    starts_entry: Callable[[str], bool] = lambda _: False,
) -> Outline:
    """Hang lines below each other. Missing and surplus closing tags are put up with.

    `section_rank` tells a section's fold from one inside an entry and says how high it stands
    (1 above 2); a section closes what a forgotten tag left open. So does an entry that is
    indented no deeper than the one before it.
    """
    builder = _Builder(section_rank, starts_entry)
    for line in lines:
        builder.add(line)
    return Outline(tuple(builder.root.children), tuple(builder.refusals))


class _Builder:
    def __init__(
        self, section_rank: Callable[[str], int | None], starts_entry: Callable[[str], bool]
    ) -> None:
        self.root = Node(Line(LineKind.RULE, 0), depth=0)
        self.refusals: list[Refusal] = []
        self._section_rank = section_rank
        self._starts_entry = starts_entry
        self._frames = [_Frame(self.root)]
        self._after_blank = False
        self._folds_left_out = 0  # too deep to open; their ends must close nothing

    def add(self, line: Line) -> None:
        match line.kind:
            case LineKind.BLANK:
                self._after_blank = True
                return
            case LineKind.HEADING | LineKind.RULE:
                self._add_divider(line)
            case LineKind.FOLD:
                self._open_fold(line)
            case LineKind.END_FOLD:
                self._close_fold()
            case LineKind.BULLET:
                self._add_bullet(line)
            case LineKind.TEXT | LineKind.COMMENT:
                self._add_text(line)
        self._after_blank = False

    def _add_divider(self, line: Line) -> None:
        # A heading or rule ends every list, and folds that are no sections.
        while len(self._frames) > 1 and self._frames[-1].rank is None:
            self._frames.pop()
        self._frames[-1].bullets.clear()
        if line.kind is LineKind.HEADING:
            self._hang(line, self._frames[-1].node)

    def _open_fold(self, line: Line) -> None:
        rank = self._section_rank(line.text)
        if rank is not None:
            while len(self._frames) > 1 and (self._frames[-1].rank or rank) >= rank:
                self._frames.pop()
            self._frames[-1].bullets.clear()
        frame = self._frames[-1]
        # However little it is indented, a fold that is no section belongs to the entry above it.
        self._close_bullets(frame, line.indent, keep=1)
        parent = frame.bullets[-1] if frame.bullets else frame.node
        if parent.depth >= MAX_DEPTH - 1:
            self._folds_left_out += 1
            self._refuse_depth(line)
            self._hang(Line(LineKind.TEXT, line.number, line.text, line.indent), parent)
            return
        self._frames.append(_Frame(self._hang(line, parent), rank))

    def _close_fold(self) -> None:
        if self._folds_left_out:
            self._folds_left_out -= 1
        elif len(self._frames) > 1:
            self._frames.pop()

    def _add_bullet(self, line: Line) -> None:
        if self._starts_entry(line.text):
            self._close_forgotten_folds(line)
        frame = self._frames[-1]
        self._close_bullets(frame, line.indent)
        while frame.bullets and frame.bullets[-1].depth >= MAX_DEPTH:
            self._refuse_depth(line)
            frame.bullets.pop()
        parent = frame.bullets[-1] if frame.bullets else frame.node
        frame.bullets.append(self._hang(line, parent))

    def _close_forgotten_folds(self, line: Line) -> None:
        for place in range(len(self._frames) - 1, 0, -1):
            outer = self._frames[place - 1]
            if self._frames[place].rank is not None or not outer.bullets:
                return
            if line.indent <= outer.bullets[0].line.indent:
                del self._frames[place:]

    def _add_text(self, line: Line) -> None:
        frame = self._frames[-1]
        if self._after_blank and not self._is_arrow(line):
            # A paragraph belongs to the bullet that it is indented below; not to the list.
            self._close_bullets(frame, line.indent)
        parent = frame.bullets[-1] if frame.bullets else frame.node
        self._hang(line, parent)

    @staticmethod
    def _is_arrow(line: Line) -> bool:
        return line.text.startswith(("→", "->", "=>", "⇒", "➡"))

    @staticmethod
    def _close_bullets(frame: _Frame, indent: int, *, keep: int = 0) -> None:
        while len(frame.bullets) > keep and frame.bullets[-1].line.indent >= indent:
            frame.bullets.pop()

    def _hang(self, line: Line, parent: Node) -> Node:
        node = Node(line, parent.depth + 1, after_blank=self._after_blank)
        parent.children.append(node)
        return node

    def _refuse_depth(self, line: Line) -> None:
        if not any(refusal.reason == "too_deep" for refusal in self.refusals):
            self.refusals.append(Refusal(line.number, "too_deep", line.text[:80]))
