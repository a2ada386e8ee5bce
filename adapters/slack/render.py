"""Posts as Slack messages within the limits: pure.

Running text is a `section` where Slack's markup says exactly what it should, else `rich_text`,
which has no markup. What a page or a member wrote stays text, and nobody is ever mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from adapters.slack import limits
from adapters.slack.limits import units
from adapters.slack.lines import Json, Line, LineKind, Solid, flatten, size_of_block
from adapters.slack.markup import bullet, mrkdwn_of, numbered, quoted, styled
from adapters.slack.runs import Run, Runs, cut, escape, size_of, text_of
from bot.ports import Piece
from bot.posts import Picture, Post
from bot.text.graphemes import chop

NOTHING = "…"  # Slack refuses a message without words
_ONE_ROW = 140  # characters that fit one row of a window, more or less


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """`text` is what notifications show; `mrkdwn` says everything should the blocks be refused."""

    blocks: tuple[Json | Picture, ...]
    text: str
    mrkdwn: str


def split(post: Post) -> Sequence[Piece]:
    """Return the post's own blocks as messages, never none."""
    blocks = [block for group in flatten(post.blocks) for block in _blocks(group)]
    if not any(block.text.strip() for block in blocks):
        blocks = [_running([Line(LineKind.SECTION, (Run(NOTHING),))]), *blocks]
    return [_piece(part) for part in _pack(blocks)]


def _pack(blocks: Sequence[Solid]) -> Iterator[list[Solid]]:
    message: list[Solid] = []
    for block in blocks:
        if message and not _fits(message, block):
            kept, taken = _part(message, block)
            yield kept
            message = taken
        message.append(block)
    yield message


def _fits(message: Sequence[Solid], block: Solid) -> bool:
    size = sum(each.size for each in message) + block.size
    return len(message) < limits.MESSAGE_BLOCKS and size <= limits.MESSAGE_TEXT


def _part(message: list[Solid], block: Solid) -> tuple[list[Solid], list[Solid]]:
    """Take along what the next message should begin with: no heading last, no button alone."""
    end = len(message)
    while end > 1 and block.follows and message[end - 1].follows:
        end -= 1
    if end > 1 and block.follows:
        end -= 1
    while end > 1 and message[end - 1].leads:
        end -= 1
    kept, taken = message[:end], message[end:]
    # Only what has room beside it: else the next message would be too long in its turn.
    is_useful = len(kept) > 1 or not kept[0].leads
    return (kept, taken) if is_useful and _fits(taken, block) else (message, [])


def _piece(blocks: Sequence[Solid]) -> Piece:
    text = "\n".join(block.text for block in blocks if block.text)
    parts = chop(text or NOTHING, limits.FALLBACK_TEXT, size=lambda each: units(escape(each)))
    message = SlackMessage(
        blocks=tuple(block.block for block in blocks),
        text=escape(next(parts)),
        mrkdwn="\n".join(block.mrkdwn for block in blocks if block.mrkdwn) or NOTHING,
    )
    return Piece(text=text, payload=message)


def _blocks(group: Sequence[Line | Solid]) -> Iterator[Solid]:
    lines: list[Line] = []
    for each in group:
        if isinstance(each, Solid):
            yield from _flushed(lines)
            yield each
            continue
        for line in _cut(each):
            if lines and _size([*lines, line]) > limits.BLOCK_TEXT:
                yield from _flushed(lines)
            lines.append(line)
    yield from _flushed(lines)


def _flushed(lines: list[Line]) -> Iterator[Solid]:
    if lines:
        yield _running(lines)
        lines.clear()


def _cut(line: Line) -> Iterator[Line]:
    for number, runs in enumerate(cut(line.runs, limits.BLOCK_TEXT - limits.LINE_MARK)):
        # The rest of an item has no number of its own.
        goes_on = number > 0 and line.kind is LineKind.NUMBER
        if text_of(runs).strip():
            yield replace(line, runs=runs, kind=LineKind.BULLET if goes_on else line.kind)


def _running(lines: Sequence[Line]) -> Solid:
    block = _section(lines) or _rich_text(lines)
    return Solid(
        block,
        text="\n".join(text_of(line.runs) for line in lines),
        mrkdwn="\n".join(_marked(line, mrkdwn_of(line.runs)) for line in lines),
        size=size_of_block(block),
    )


def _section(lines: Sequence[Line]) -> Json | None:
    marked = [(line, styled(line.runs)) for line in lines]
    rows = [_marked(line, shown) for line, shown in marked if shown is not None]
    text = "".join(_parted(lines, rows)) if len(rows) == len(lines) else ""
    if not text or units(text) > limits.BLOCK_TEXT:
        return None
    # `verbatim`: Slack looks for no names, channels or addresses in it. `expand`: it hides nothing.
    shown_text = {"type": "mrkdwn", "text": text, "verbatim": True}
    return {"type": "section", "text": shown_text, "expand": True}


def _parted(lines: Sequence[Line], rows: Sequence[str]) -> Iterator[str]:
    """Return rows with an empty one between list items that fill several: markup indents none."""
    is_long = any(_is_item(line) and units(text_of(line.runs)) > _ONE_ROW for line in lines)
    yield rows[0]
    for before, line, row in zip(lines, lines[1:], rows[1:], strict=False):
        is_next = _is_item(line) and (_is_item(before) or before.indent > 0)
        yield f"\n\n{row}" if is_long and is_next else f"\n{row}"


def _is_item(line: Line) -> bool:
    return line.kind is LineKind.BULLET and line.indent == 0


def _marked(line: Line, marked: str) -> str:
    match line.kind:
        case LineKind.BULLET:
            return bullet(line.indent) + marked
        case LineKind.NUMBER:
            return numbered(line.indent, line.number) + marked
        case LineKind.QUOTE:
            return quoted(marked)
        case LineKind.SECTION:
            return marked


def _rich_text(lines: Sequence[Line]) -> Json:
    return {"type": "rich_text", "elements": [_element(each) for each in _together(lines)]}


def _size(lines: Sequence[Line]) -> int:
    """Return how much room lines take, as rich text or marked up."""
    return sum(
        max(size_of(line.runs), units(_marked(line, mrkdwn_of(line.runs)))) + 2 for line in lines
    )


def _together(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Return lines that make one list, one quote or one section."""
    together = [lines[0]]
    for before, line in pairwise(lines):
        if (before.kind, before.indent) != (line.kind, line.indent):
            yield together
            together = []
        together.append(line)
    yield together


def _element(lines: Sequence[Line]) -> Json:
    first = lines[0]
    if first.kind is LineKind.BULLET:
        sections = [
            {"type": "rich_text_section", "elements": _inlines(line.runs)} for line in lines
        ]
        kind = {"type": "rich_text_list", "style": "bullet", "indent": first.indent}
        return {**kind, "elements": sections}
    runs = tuple(run for line in lines for run in (Run("\n"), *_counted(line)))[1:]
    is_quote = first.kind is LineKind.QUOTE
    return {
        "type": "rich_text_quote" if is_quote else "rich_text_section",
        "elements": _inlines(runs),
    }


def _counted(line: Line) -> Runs:
    """Return a line with its number: a list of Slack's would count from one in every part."""
    is_numbered = line.kind is LineKind.NUMBER
    return (Run(numbered(line.indent, line.number)), *line.runs) if is_numbered else line.runs


def _inlines(runs: Runs) -> list[Json]:
    return [_inline(run) for run in runs]


def _inline(run: Run) -> Json:
    if run.channel:
        return {"type": "channel", "channel_id": run.channel}
    shown: Json = {"type": "link", "url": run.url} if run.url else {"type": "text"}
    styles = {"bold": run.strong, "italic": run.emphasis, "code": run.code}
    style = {name: True for name, is_on in styles.items() if is_on}
    return shown | {"text": run.text} | ({"style": style} if style else {})
