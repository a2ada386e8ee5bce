"""The chart of a digest, drawn to be read on a phone: bars a topic, strips and names below them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from adapters.documents.lettering import Font, cut, load_font, wrap
from bot.domain.digests import Chart, ChartBar, ChartPanel

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

# All lengths are pixels of the PNG, which phones show at half size and good screens as it is.
_WIDTH = 720
_MARGIN = 32
_END = _WIDTH - _MARGIN
_INNER = _WIDTH - 2 * _MARGIN
_TITLE_PX, _TITLE_LINE, _TITLE_LINES = 28, 40, 2
_TEXT_PX, _LINE = 26, 35
_BAR, _BEFORE, _STRIP, _SWATCH = 18, 8, 26, 20
_GAP = 13
_WIDE_GAP = 26
_MIN_LENGTH = 4  # one link beside a thousand is still a bar
_LABEL_SHARE = 0.55  # of the inner width: so much of a name is told beside others
_MAX_BARS = 40  # a taller picture is refused or blurred by chat platforms; the text says them all

# A card of its own, since chats are light or dark. Who tells no hues apart tells these by how
# light they are, and by the words beside them: what was before is pale and thin, and of the
# strip no part lies beside one as light. Source of the hues: Okabe and Ito, 2008.
_PAPER, _EDGE, _INK, _TRACK = "#ffffff", "#d0d7de", "#1b1f24", "#eef1f4"
_NOW, _PALE = "#0072b2", "#8296a5"
_PARTS = ("#0072b2", "#56b4e9", "#d55e00", "#e69f00")

_DPI = 100
_COLOURS = 64


class MatplotlibCharts:
    """A `ChartDrawer`. Threads may share it: they draw one after the other."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()  # matplotlib and its fonts are not safe for threads

    def draw(self, chart: Chart) -> bytes:
        with self._one_at_a_time:
            return _to_png(_draw(chart))


def _to_png(figure: Figure) -> bytes:
    from PIL import Image

    pixels, file = io.BytesIO(), io.BytesIO()
    figure.savefig(pixels, format="rgba")
    size = (_WIDTH, round(figure.get_figheight() * _DPI))
    picture = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    # Few colours make a third of the bytes in less time: 22 kB for 73, 13 ms for 37.
    picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()


def _draw(chart: Chart) -> Figure:
    sheet = _Sheet()
    bold = load_font("Bold")
    title = wrap(bold.keep(chart.title), bold, size=_TITLE_PX, width=_INNER, lines=_TITLE_LINES)
    for line in title:
        sheet.write(line, _MARGIN, sheet.y + _TITLE_LINE / 2, bold, size=_TITLE_PX)
        sheet.y += _TITLE_LINE
    if chart.totals:
        sheet.y += _GAP / 2
        _draw_flow(sheet, chart.totals, colours=(_NOW, _PALE))
    bars = chart.bars[:_MAX_BARS]
    columns = _Columns.of(bars)
    for bar in bars:
        sheet.y += _GAP
        _draw_bar(sheet, bar, columns)
    for panel in chart.panels:
        sheet.y += _WIDE_GAP
        _draw_panel(sheet, panel)
    sheet.y += _MARGIN
    return sheet.figure()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where counts end, and how many links the longest bar is."""

    counts: float
    most: int

    @classmethod
    def of(cls, bars: Sequence[ChartBar]) -> _Columns:
        font = load_font("")
        notes = max((font.width(font.keep(bar.note), _TEXT_PX) for bar in bars), default=0)
        most = max((max(bar.count, bar.before or 0) for bar in bars), default=0)
        return cls(_END - (notes + _GAP if notes else 0), most)

    def length(self, count: int) -> float:
        return max(_MIN_LENGTH, _INNER * count / self.most) if count else 0


def _draw_bar(sheet: _Sheet, bar: ChartBar, columns: _Columns) -> None:
    """Draw the label with its count and what changed, below it the bar and that of before."""
    regular, bold = load_font(""), load_font("Bold")
    middle = sheet.y + _LINE / 2
    number = f"{bar.count:,}"
    width = columns.counts - bold.width(number, _TEXT_PX) - _GAP - _MARGIN
    label = cut(_kept(bar.label, regular), regular, size=_TEXT_PX, width=int(width))
    sheet.write(label, _MARGIN, middle, regular)
    sheet.write(number, columns.counts, middle, bold, ends_at_x=True)
    sheet.write(regular.keep(bar.note), _END, middle, regular, ends_at_x=True)
    sheet.y += _LINE
    sheet.box(_MARGIN, _INNER, _BAR, _TRACK)
    sheet.box(_MARGIN, columns.length(bar.count), _BAR, _NOW)
    sheet.y += _BAR
    if bar.before is not None:
        sheet.y += 2
        sheet.box(_MARGIN, columns.length(bar.before), _BEFORE, _PALE)
        sheet.y += _BEFORE


def _draw_panel(sheet: _Sheet, panel: ChartPanel) -> None:
    if panel.is_whole:
        _draw_strip(sheet, panel.bars)
    bold = load_font("Bold")
    title = cut(bold.keep(panel.title), bold, size=_TEXT_PX, width=int(_INNER * _LABEL_SHARE))
    sheet.write(title, _MARGIN, sheet.y + _LINE / 2, bold)
    begin = bold.width(title, _TEXT_PX) + _WIDE_GAP if title else 0
    _draw_flow(sheet, panel.bars, begin=begin, colours=_PARTS if panel.is_whole else ())


def _draw_strip(sheet: _Sheet, parts: Sequence[ChartBar]) -> None:
    seam = 4
    room = _INNER - seam * (len(parts) - 1) - _MIN_LENGTH * len(parts)
    total = sum(part.count for part in parts) or 1
    x: float = _MARGIN
    for part, colour in zip(parts, _PARTS, strict=False):
        length = _MIN_LENGTH + room * part.count / total
        sheet.box(x, length, _STRIP, colour)
        x += length + seam
    sheet.y += _STRIP + _GAP / 2


def _draw_flow(
    sheet: _Sheet, parts: Sequence[ChartBar], *, begin: float = 0, colours: Sequence[str]
) -> None:
    """Write each part with its count, beside its colour if it has one, in lines that fit."""
    regular, bold = load_font(""), load_font("Bold")
    x = _MARGIN + begin
    for number, part in enumerate(parts):
        label = _kept(part.label, regular)
        label = cut(label, regular, size=_TEXT_PX, width=int(_INNER * _LABEL_SHARE))
        count = f"{part.count:,}"
        mark = _SWATCH + 8 if number < len(colours) else 0
        named = mark + regular.width(label, _TEXT_PX) + 12
        width = named + bold.width(count, _TEXT_PX)
        if x > _MARGIN and x + width > _END:
            x = _MARGIN
            sheet.y += _LINE
        middle = sheet.y + _LINE / 2
        if mark:
            sheet.box(x, _SWATCH, _SWATCH, colours[number], top=middle - _SWATCH / 2)
        sheet.write(label, x + mark, middle, regular)
        sheet.write(count, x + named, middle, bold)
        x += width + _WIDE_GAP
    sheet.y += _LINE if parts else 0


def _kept(label: str, font: Font) -> str:
    return font.keep(label) or "–"  # a label of emoji alone leaves nothing that can be drawn


@dataclass(slots=True)
class _Sheet:
    """A card that is as long as what was put on it; `y` is how far that is, from above."""

    y: float = _MARGIN
    _texts: list[tuple[str, float, float, Font, int, bool]] = field(default_factory=list)
    _boxes: list[tuple[float, float, float, float, str]] = field(default_factory=list)

    def write(
        self,
        text: str,
        x: float,
        middle: float,
        font: Font,
        *,
        size: int = _TEXT_PX,
        ends_at_x: bool = False,
    ) -> None:
        if text:
            self._texts.append((text, x, middle, font, size, ends_at_x))

    def box(
        self, x: float, width: float, height: float, colour: str, *, top: float | None = None
    ) -> None:
        self._boxes.append((x, self.y if top is None else top, width, height, colour))

    def figure(self) -> Figure:
        from matplotlib.figure import Figure

        height = round(self.y)
        size = (_WIDTH / _DPI, height / _DPI)
        figure = Figure(figsize=size, dpi=_DPI, facecolor=_PAPER, edgecolor=_EDGE, linewidth=2)
        for artist in self._artists(height):
            artist.set_transform(figure.dpi_scale_trans)
            figure.add_artist(artist)
        return figure

    def _artists(self, height: int) -> Iterator[Artist]:
        from matplotlib.patches import Rectangle
        from matplotlib.text import Text

        for x, top, width, tall, colour in self._boxes:
            corner = (x / _DPI, (height - top - tall) / _DPI)
            yield Rectangle(corner, width / _DPI, tall / _DPI, facecolor=colour, edgecolor="none")
        for text, x, middle, font, px, ends_at_x in self._texts:
            yield Text(
                x / _DPI,
                (height - middle) / _DPI,
                text,
                fontproperties=font.properties,
                fontsize=px * 72 / _DPI,
                color=_INK,
                horizontalalignment="right" if ends_at_x else "left",
                verticalalignment="center_baseline",
                parse_math=False,  # a dollar in a title is a dollar, not a formula
            )
