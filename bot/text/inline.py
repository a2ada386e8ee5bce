"""The light markup inside one line: bold, emphasis and code. Not links, not blocks.

Underscores mark nothing here: in technical text `snake_case` and `__init__` are names.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False


class _Kind(Enum):
    TEXT = auto()
    STRONG = auto()
    EMPHASIS = auto()
    CODE = auto()


_MARK = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])|(?P<ticks>`+)|(?P<stars>\*\*?)"
    r"|<(?P<closing>/?)(?P<tag>b|strong|i|em|code)>",
    re.IGNORECASE,
)
_BEGINS_MARK = re.compile(r"[\\`*<]")
_KIND_OF_MARK = {
    "**": _Kind.STRONG,
    "*": _Kind.EMPHASIS,
    "b": _Kind.STRONG,
    "strong": _Kind.STRONG,
    "i": _Kind.EMPHASIS,
    "em": _Kind.EMPHASIS,
    "code": _Kind.CODE,
}


@dataclass(slots=True)
class _Piece:
    """A run of text, or a mark that stays text unless it finds its partner."""

    raw: str
    kind: _Kind = _Kind.TEXT
    mark: str = ""
    can_open: bool = False
    can_close: bool = False
    is_paired: bool = False


def parse_inline(text: str) -> tuple[Span, ...]:
    """Return the spans of a line, none empty; neighbours differ in style.

    A mark without a partner stays as text, so nothing a person wrote is lost.
    """
    pieces = _read_pieces(text)
    _pair_marks(pieces)
    return _join_spans(pieces)


def plain(text: str) -> str:
    """Return what a reader sees of `text`, without its markup."""
    if _BEGINS_MARK.search(text) is None:  # as most sentences
        return text
    return "".join(span.text for span in parse_inline(text))


def _read_pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    end = 0
    for match in _MARK.finditer(text):
        if match.start() > end:
            pieces.append(_Piece(text[end : match.start()]))
        pieces.append(_read_mark(text, match))
        end = match.end()
    if end < len(text):
        pieces.append(_Piece(text[end:]))
    return pieces


def _read_mark(text: str, match: re.Match[str]) -> _Piece:
    raw = match[0]
    if match["escaped"]:
        return _Piece(raw[1:])
    if match["ticks"]:
        return _Piece(raw, _Kind.CODE, raw, can_open=True, can_close=True)
    if match["tag"]:
        tag = match["tag"].lower()
        is_closing = bool(match["closing"])
        return _Piece(raw, _KIND_OF_MARK[tag], tag, not is_closing, is_closing)
    before = text[max(match.start() - 1, 0) : match.start()]
    after = text[match.end() : match.end() + 1]
    return _Piece(
        raw,
        _KIND_OF_MARK[raw],
        raw,
        can_open=bool(after) and not after.isspace(),
        can_close=bool(before) and not before.isspace(),
    )


def _pair_marks(pieces: list[_Piece]) -> None:
    partners = _find_code_partners(pieces)
    opened: dict[str, int] = {}
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        if index in partners:
            piece.is_paired = pieces[partners[index]].is_paired = True
            index = partners[index]  # marks inside code are code
        elif piece.mark and piece.kind is not _Kind.CODE:
            _pair_style_mark(pieces, opened, index)
        index += 1


def _pair_style_mark(pieces: list[_Piece], opened: dict[str, int], index: int) -> None:
    piece = pieces[index]
    start = opened.get(piece.mark)
    if piece.can_close and start is not None and start + 1 < index:
        piece.is_paired = pieces[start].is_paired = True
        del opened[piece.mark]
    elif piece.can_open:
        opened[piece.mark] = index


def _find_code_partners(pieces: list[_Piece]) -> dict[int, int]:
    """Map each mark that may open code to the next that closes it; read from the end: linear."""
    partners: dict[int, int] = {}
    nearest: dict[str, int] = {}
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if piece.kind is not _Kind.CODE:
            continue
        if piece.can_open and nearest.get(piece.mark, index + 1) > index + 1:
            partners[index] = nearest[piece.mark]
        if piece.can_close:
            nearest[piece.mark] = index
    return partners


def _join_spans(pieces: list[_Piece]) -> tuple[Span, ...]:
    texts: list[tuple[Span, list[str]]] = []
    style = Span("")
    for piece in pieces:
        if piece.is_paired:
            style = _toggle(style, piece.kind)
        elif texts and texts[-1][0] == style:
            texts[-1][1].append(piece.raw)
        else:
            texts.append((style, [piece.raw]))
    return tuple(replace(style, text="".join(parts)) for style, parts in texts)


def _toggle(style: Span, kind: _Kind) -> Span:
    match kind:
        case _Kind.STRONG:
            return replace(style, strong=not style.strong)
        case _Kind.EMPHASIS:
            return replace(style, emphasis=not style.emphasis)
        case _:
            return replace(style, code=not style.code)
