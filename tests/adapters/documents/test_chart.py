"""The chart as a picture: its size, what is in it, and that it is always the same."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.documents import MatplotlibCharts
from adapters.documents.chart import cut, load_font, wrap
from bot.domain.digests import Chart, ChartBar

BLUE = (0, 114, 178)


def open_png(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def blue_lengths(data: bytes) -> list[int]:
    """Return the length of each bar from the top, in pixels."""
    is_blue = (np.asarray(open_png(data)) == BLUE).all(axis=2).sum(axis=1)
    starts = np.flatnonzero((is_blue[1:] > 0) & (is_blue[:-1] == 0)) + 1
    return [int(is_blue[start + 3]) for start in starts]


def draw(*bars: tuple[str, int], title: str = "주제별 링크 수") -> bytes:
    return MatplotlibCharts().draw(Chart(title, tuple(ChartBar(*bar) for bar in bars)))


def test_the_same_chart_gives_the_same_bytes(chart: Chart) -> None:
    charts = MatplotlibCharts()
    with ThreadPoolExecutor(4) as threads:
        drawn = set(threads.map(charts.draw, [chart] * 4))

    assert len(drawn) == 1
    assert b"matplotlib" not in drawn.pop().lower()


def test_bars_are_as_long_as_their_counts() -> None:
    longest, middle, short, none = [*blue_lengths(draw(("a", 8), ("b", 4), ("c", 1))), 0]

    assert abs(middle - longest / 2) <= 1
    assert abs(short - longest / 8) <= 1
    assert none == 0


def test_one_link_beside_a_thousand_is_still_a_bar() -> None:
    assert len(blue_lengths(draw(("많음", 5000), ("하나", 1), ("없음", 0)))) == 2


@pytest.mark.parametrize(
    "written", ["검색 🤪🧑‍💻", "\u202e검색\x1b", "  검색\n", "\u1100\u1165\u11b7\u1109\u1162\u11a8"]
)
def test_what_the_font_lacks_leaves_no_box(written: str) -> None:
    assert draw((written, 3)) == draw(("검색", 3))


def test_a_formula_is_drawn_as_text() -> None:
    assert draw((r"$\frac{1}{2}$", 1)) != draw(("½", 1))
    assert draw(("$broken", 1))
    assert draw((r"$\nonsense{$", 1))


def test_a_chart_without_bars_or_words_is_a_card() -> None:
    assert open_png(draw(title="")).width == 720
    assert open_png(draw(("🤪", 0), title="🗞️")).height < 400


def test_a_hundred_topics_do_not_make_a_tower() -> None:
    assert open_png(draw(*((f"topic {n}", n) for n in range(100)))).height < 3000


def test_ink_stands_out_from_paper() -> None:
    colours = open_png(draw(("검색", 3), ("멀티모달", 1))).getcolors(1 << 20)
    assert colours is not None
    assert {BLUE, (255, 255, 255)} <= {colour for _, colour in colours}


@settings(max_examples=10)
@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 10**9))
def test_any_words_can_be_drawn(title: str, label: str, count: int) -> None:
    assert open_png(draw((label, count), title=title)).width == 720


@given(st.text(alphabet="가나다abc $🤪", max_size=80), st.integers(60, 400), st.integers(1, 3))
def test_wrapped_lines_fit(text: str, width: int, lines: int) -> None:
    font = load_font("")
    wrapped = wrap(font.keep(text), font, size=26, width=width, lines=lines)

    assert len(wrapped) <= lines
    assert all(font.width(line, 26) <= width for line in wrapped)
    assert bool(wrapped) == bool(font.keep(text))


def test_a_cut_line_says_so() -> None:
    font = load_font("")

    assert cut("아주아주아주긴이름", font, size=26, width=120).endswith("…")
    assert cut("짧음", font, size=26, width=120) == "짧음"
