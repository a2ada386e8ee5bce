"""The chart as a picture: its size, what is in it, and that it is always the same."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.documents import MatplotlibCharts
from adapters.documents.lettering import cut, load_font, wrap
from bot.domain.digests import Chart, ChartBar, ChartPanel

BLUE, PALE = (0, 114, 178), (130, 150, 165)
KINDS = ChartPanel("종류", (ChartBar("논문", 6), ChartBar("뉴스", 3)), is_whole=True)
SHARERS = ChartPanel("공유", (ChartBar("미나", 8), ChartBar("피드", 1)))
LONG = "아주 긴 이름 " * 30
RIGHT_TO_LEFT = "مرحبا بالعالم"
HOSTILE = [LONG, "W" * 300, RIGHT_TO_LEFT, "🤪🧑‍💻", "\u202e\x1b[31m", "$a$"]


def open_png(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def lengths(data: bytes, colour: tuple[int, int, int] = BLUE) -> list[int]:
    """Return the length of each bar of a colour from the top, in pixels."""
    away = np.abs(np.asarray(open_png(data)).astype(int) - colour).max(axis=2)
    coloured = (away < 9).sum(axis=1)  # few colours are kept, so theirs is nearly this one
    starts = np.flatnonzero((coloured[1:] > 0) & (coloured[:-1] == 0)) + 1
    return [int(coloured[start + 3]) for start in starts]


def draw(*bars: tuple[str, int], title: str = "주제별 링크 수") -> bytes:
    return MatplotlibCharts().draw(Chart(title, tuple(ChartBar(*bar) for bar in bars)))


def test_the_same_chart_gives_the_same_bytes(chart: Chart) -> None:
    charts = MatplotlibCharts()
    with ThreadPoolExecutor(4) as threads:
        drawn = set(threads.map(charts.draw, [chart] * 4))

    assert len(drawn) == 1
    assert b"matplotlib" not in drawn.pop().lower()


def test_bars_are_as_long_as_their_counts() -> None:
    longest, middle, short, none = [*lengths(draw(("a", 8), ("b", 4), ("c", 1))), 0]

    assert abs(middle - longest / 2) <= 1
    assert abs(short - longest / 8) <= 1
    assert none == 0


def test_what_was_before_is_a_pale_bar_of_the_same_scale() -> None:
    bars = (ChartBar("a", 4, 8, "–4"), ChartBar("b", 2, 0, "new"), ChartBar("c", 1, 1, "="))
    drawn = MatplotlibCharts().draw(Chart("", bars))
    now, before = lengths(drawn), lengths(drawn, PALE)

    assert len(now) == 3
    assert len(before) == 2
    assert abs(now[0] - before[0] / 2) <= 1
    assert abs(now[2] - before[1]) <= 1


def test_kinds_are_parts_of_one_strip() -> None:
    length, *_ = lengths(MatplotlibCharts().draw(Chart("", (), panels=(KINDS,))))

    assert abs(length - 656 * 6 / 9) < 8


def test_who_shared_is_written_and_no_bar() -> None:
    drawn = MatplotlibCharts().draw(Chart("", (), panels=(SHARERS,)))

    assert lengths(drawn) == []
    assert drawn != MatplotlibCharts().draw(Chart("", (), panels=()))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_reaches_the_edge_or_needs_a_glyph_that_is_missing(name: str) -> None:
    bars = (ChartBar(name, 10**9, 1, "+999,999,999"), ChartBar(name, 1, 0, name[:9]))
    people = ChartPanel(name, (ChartBar(name, 10**9), ChartBar(name, 1)))
    chart = Chart(
        name,
        bars,
        totals=(ChartBar(name, 10**9), ChartBar(name, 1)),
        panels=(ChartPanel(name, bars, is_whole=True), people),
    )

    pixels = np.asarray(open_png(MatplotlibCharts().draw(chart)).convert("L"))  # a warning fails

    edges = np.concatenate([pixels[4:-4, 4:28], pixels[4:-4, -28:-4]], axis=1)
    assert edges.min() > 240


@pytest.mark.parametrize("mark", ["+3", "–3", "=", "새 주제", "new", "…"])
def test_what_marks_a_change_has_its_glyphs(mark: str) -> None:
    assert load_font("").keep(mark) == mark


def test_a_full_chart_is_portrait_and_small() -> None:
    bars = tuple(ChartBar(f"주제 {n}", 9 - n, n, "+1") for n in range(8))
    totals = (ChartBar("이 기간", 44), ChartBar("전주", 28))
    drawn = MatplotlibCharts().draw(Chart("제목", bars, totals=totals, panels=(KINDS, SHARERS)))
    width, height = open_png(drawn).size

    assert width == 720
    assert 1 < height / width < 1.3
    assert len(drawn) < 40_000


def test_parts_of_a_strip_differ_in_lightness_from_those_beside_them() -> None:
    panel = ChartPanel("", tuple(ChartBar("", 1) for _ in range(4)), is_whole=True)
    picture = open_png(MatplotlibCharts().draw(Chart("", (), panels=(panel,)))).convert("L")
    strip = np.asarray(picture)[32 + 26 + 13].astype(int)
    levels = [strip[32 + 82 + 164 * n] for n in range(4)]

    assert all(abs(one - other) > 30 for one, other in pairwise(levels))


def test_one_link_beside_a_thousand_is_still_a_bar() -> None:
    assert len(lengths(draw(("많음", 5000), ("하나", 1), ("없음", 0)))) == 2


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
    pixels = np.asarray(open_png(draw(("검색", 3), ("멀티모달", 1))).convert("L"))

    assert pixels.min() < 40
    assert pixels.max() > 250


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
