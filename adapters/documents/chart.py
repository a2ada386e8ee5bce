"""The category chart: one horizontal bar a topic, drawn to be read on a phone at 360 pixels."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.domain.digests import Chart, ChartBar

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

# All lengths are pixels of the PNG, which phones show at half size and good screens as it is.
_WIDTH = 720
_MARGIN = 32
_TITLE_PX, _TITLE_LINE, _TITLE_LINES = 30, 42, 2
_LABEL_PX, _LABEL_LINE, _LABEL_LINES = 26, 32, 2
_LABEL_SHARE = 0.42  # of the inner width: what is longer is wrapped, then cut
_GAP = 20
_BAR_HEIGHT = 26
_ROW_GAP = 18
_MIN_BAR = 4  # one link beside a thousand is still a bar
_MAX_BARS = 40  # a taller picture is refused or blurred by chat platforms; the text says them all

# A card of its own, since chats are light or dark. One hue says "how many" to every eye; blue on
# white has a contrast of 5.2, the texts above 15. Source of the hue: Okabe and Ito, 2008.
_PAPER, _EDGE, _INK, _TRACK, _BAR = "#ffffff", "#d0d7de", "#1b1f24", "#eef1f4", "#0072b2"

_FONT_FOLDER = "koreanize_matplotlib/fonts"
_DPI = 100
_ELLIPSIS = "…"


class MatplotlibCharts:
    """A `ChartDrawer`. Threads may share it: they draw one after the other."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()  # matplotlib and its fonts are not safe for threads

    def draw(self, chart: Chart) -> bytes:
        with self._one_at_a_time:
            return _to_png(_draw(chart))


def _to_png(figure: Figure) -> bytes:
    file = io.BytesIO()
    # Neither a date nor a version in it: the same chart gives the same bytes.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Row:
    label: tuple[str, ...]  # its lines
    count: int

    @property
    def number(self) -> str:
        return f"{self.count:,}"

    @property
    def height(self) -> int:
        return max(_BAR_HEIGHT, _LABEL_LINE * len(self.label))


def _draw(chart: Chart) -> Figure:
    bold, regular = load_font("Bold"), load_font("")
    inner = _WIDTH - 2 * _MARGIN
    title = wrap(bold.keep(chart.title), bold, size=_TITLE_PX, width=inner, lines=_TITLE_LINES)
    rows = [_row(bar, regular, width=int(inner * _LABEL_SHARE)) for bar in chart.bars[:_MAX_BARS]]
    heights = [row.height + _ROW_GAP for row in rows]
    top = _MARGIN + _TITLE_LINE * len(title) + (_ROW_GAP if title else 0)
    sheet = _Sheet(height=max(top + sum(heights) - _ROW_GAP, top) + _MARGIN)

    for number, line in enumerate(title):
        y = _MARGIN + _TITLE_LINE * (number + 0.5)
        sheet.write(line, _MARGIN, y, bold, size=_TITLE_PX)
    columns = _Columns.of(rows, inner)
    for row, y in zip(rows, accumulate(heights, initial=top), strict=False):
        _draw_row(sheet, row, columns, y + row.height / 2)
    return sheet.figure


@dataclass(frozen=True, slots=True)
class _Columns:
    """Labels from `label`, bars from `bar` over at most `bar_width`, counts after the bars."""

    bar: float
    bar_width: float
    most: int

    @classmethod
    def of(cls, rows: Sequence[_Row], inner: int) -> _Columns:
        regular, bold = load_font(""), load_font("Bold")
        labels = max(
            (regular.width(each, _LABEL_PX) for row in rows for each in row.label), default=0
        )
        counts = max((bold.width(row.number, _LABEL_PX) for row in rows), default=0)
        most = max((row.count for row in rows), default=0)
        return cls(_MARGIN + labels + _GAP, inner - labels - counts - 2 * _GAP, most)


def _draw_row(sheet: _Sheet, row: _Row, columns: _Columns, middle: float) -> None:
    font = load_font("")
    first = middle - _LABEL_LINE * (len(row.label) - 1) / 2
    for number, line in enumerate(row.label):
        sheet.write(line, _MARGIN, first + _LABEL_LINE * number, font, size=_LABEL_PX)
    share = row.count / columns.most if columns.most else 0
    length = max(_MIN_BAR if row.count else 0, columns.bar_width * share)
    sheet.box(columns.bar, middle, columns.bar_width, _TRACK)
    sheet.box(columns.bar, middle, length, _BAR)
    end = _WIDTH - _MARGIN
    sheet.write(row.number, end, middle, load_font("Bold"), size=_LABEL_PX, ends_at_x=True)


def _row(bar: ChartBar, font: Font, *, width: int) -> _Row:
    label = font.keep(bar.label) or "–"  # a label of emoji alone leaves nothing that can be drawn
    return _Row(
        tuple(wrap(label, font, size=_LABEL_PX, width=width, lines=_LABEL_LINES)), bar.count
    )


class _Sheet:
    """A card to draw on, with (0, 0) at its upper left."""

    def __init__(self, *, height: int) -> None:
        from matplotlib.figure import Figure

        self._height = height
        size = (_WIDTH / _DPI, height / _DPI)
        self.figure = Figure(figsize=size, dpi=_DPI, facecolor=_PAPER, edgecolor=_EDGE, linewidth=2)

    def write(
        self, text: str, x: float, y: float, font: Font, *, size: int, ends_at_x: bool = False
    ) -> None:
        self.figure.text(
            x / _WIDTH,
            1 - y / self._height,
            text,
            fontproperties=font.properties,
            fontsize=size * 72 / _DPI,
            color=_INK,
            ha="right" if ends_at_x else "left",
            va="center_baseline",
            parse_math=False,  # a dollar in a title is a dollar, not a formula
        )

    def box(self, x: float, middle: float, width: float, color: str) -> None:
        from matplotlib.patches import Rectangle

        corner = (x / _WIDTH, 1 - (middle + _BAR_HEIGHT / 2) / self._height)
        size = (width / _WIDTH, _BAR_HEIGHT / self._height)
        box = Rectangle(corner, *size, facecolor=color, transform=self.figure.transFigure)
        self.figure.add_artist(box)


@dataclass(frozen=True)
class Font:
    properties: FontProperties
    _face: FT2Font
    _characters: frozenset[int]

    def keep(self, text: str) -> str:
        """Return the text without what this font would draw as an empty box."""
        composed = unicodedata.normalize("NFC", text)  # Hangul in parts has no glyphs
        spaced = ("".join(" " if each.isspace() else each for each in composed)).split()
        words = ("".join(each for each in word if ord(each) in self._characters) for word in spaced)
        return " ".join(word for word in words if word)

    def width(self, text: str, size: int) -> float:
        self._face.set_size(size, 72)
        self._face.set_text(text, 0.0)
        width: float = self._face.get_width_height()[0] / 64
        return width


@cache
def load_font(weight: str) -> Font:
    """Return NanumGothic, found as a file: importing the package that brings it fails on 3.12."""
    from importlib.metadata import distribution  # 20 ms that only a chart needs

    from matplotlib.font_manager import FontProperties, get_font

    folder = distribution("koreanize-matplotlib").locate_file(_FONT_FOLDER)
    path = Path(str(folder)) / f"NanumGothic{weight}.ttf"
    face: Any = get_font(str(path))
    characters = frozenset(code for code in face.get_charmap() if chr(code).isprintable())
    return Font(FontProperties(fname=str(path)), face, characters)


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
