"""What is written on a picture: the font, what it can draw, and lines that fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

_FONT_FOLDER = "koreanize_matplotlib/fonts"
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Font:
    properties: FontProperties
    _face: FT2Font
    _hinting: Any  # as letters are drawn: hinted otherwise, words are up to 3 % shorter
    _characters: frozenset[int]

    def keep(self, text: str) -> str:
        """Return the text without what this font would draw as an empty box."""
        composed = unicodedata.normalize("NFC", text)  # Hangul in parts has no glyphs
        spaced = ("".join(" " if each.isspace() else each for each in composed)).split()
        words = ("".join(each for each in word if ord(each) in self._characters) for word in spaced)
        return " ".join(word for word in words if word)

    def width(self, text: str, size: int) -> float:
        self._face.set_size(size, 72)
        self._face.set_text(text, 0.0, flags=self._hinting)
        width: float = self._face.get_width_height()[0] / 64
        return width


@cache
def load_font(weight: str) -> Font:
    """Return NanumGothic, found as a file: importing the package that brings it fails on 3.12."""
    from importlib.metadata import distribution  # 20 ms that only a chart needs

    from matplotlib.backends import backend_agg
    from matplotlib.font_manager import FontProperties, get_font

    folder = distribution("koreanize-matplotlib").locate_file(_FONT_FOLDER)
    path = Path(str(folder)) / f"NanumGothic{weight}.ttf"
    face: Any = get_font(str(path))
    agg: Any = backend_agg  # its functions have no types
    characters = frozenset(code for code in face.get_charmap() if chr(code).isprintable())
    return Font(FontProperties(fname=str(path)), face, agg.get_hinting_flag(), characters)


def wrap(text: str, font: Font, *, size: int, width: int, lines: int) -> list[str]:
    """Break at spaces into at most `lines` lines; what does not fit ends in an ellipsis."""
    rest, done = text.split(), list[str]()
    while rest and len(done) < lines - 1:
        taken = _fitting_words(rest, font, size=size, width=width)
        line, rest = " ".join(rest[:taken]), rest[taken:]
        done.append(cut(line, font, size=size, width=width))
    return [*done, cut(" ".join(rest), font, size=size, width=width)] if rest else done


def _fitting_words(words: Sequence[str], font: Font, *, size: int, width: int) -> int:
    """Count the words of the next line: at least one, even if it is too wide."""
    lines = accumulate(words, lambda line, word: f"{line} {word}")
    fitting = 0
    for line in lines:
        if font.width(line, size) > width:
            break
        fitting += 1
    return max(1, fitting)


def cut(text: str, font: Font, *, size: int, width: int) -> str:
    if font.width(text, size) <= width:
        return text
    kept = text
    while kept and font.width(kept + _ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS
