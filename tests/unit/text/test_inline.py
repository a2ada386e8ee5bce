from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.inline import Span, parse_inline, plain

_WORDS = st.text("가나 abc12.-_()", min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("그냥 글", (Span("그냥 글"),)),
        ("**색인**을 다시", (Span("색인", strong=True), Span("을 다시"))),
        (
            "<b>색인</b>을 <em>다시</em>",
            (Span("색인", strong=True), Span("을 "), Span("다시", emphasis=True)),
        ),
        (
            "a *b* `c*d*`",
            (Span("a "), Span("b", emphasis=True), Span(" "), Span("c*d*", code=True)),
        ),
        ("***둘 다***", (Span("둘 다", strong=True, emphasis=True),)),
        ("``a`b``", (Span("a`b", code=True),)),
        (r"\*글자\*", (Span("*글자*"),)),
    ],
)
def test_marks_become_styles(text: str, spans: tuple[Span, ...]) -> None:
    assert parse_inline(text) == spans


@pytest.mark.parametrize(
    "text", ["2 * 3 * 4", "**열기만", "snake_case_name", "****", "``", "</b>x<b>", "`a", "<script>"]
)
def test_marks_without_a_partner_stay_text(text: str) -> None:
    assert parse_inline(text) == (Span(text),)


@given(_WORDS, _WORDS, _WORDS)
def test_styled_words_come_back_without_their_marks(first: str, second: str, third: str) -> None:
    text = f"**{first}** *{second}* `{third}`"

    assert plain(text) == f"{first} {second} {third}"


@given(st.text("*`<b>/i\\ a가", max_size=40) | st.text())
def test_spans_are_not_empty_and_neighbours_differ(text: str) -> None:
    spans = parse_inline(text)

    assert all(span.text for span in spans)
    styles = [(span.strong, span.emphasis, span.code) for span in spans]
    assert all(left != right for left, right in pairwise(styles))


@given(st.text("*`<b>/i\\ a가", max_size=40))
def test_only_marks_are_taken_away(text: str) -> None:
    assert [char for char in plain(text) if char in "a가 "] == [
        char for char in text if char in "a가 "
    ]


@pytest.mark.parametrize("piece", ["*", "**a", "`", "` ``", "<b>", "</b>", "<b", "\\", "*a "])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    started = process_time()

    parse_inline(piece * (200_000 // len(piece)))

    assert process_time() - started < 3
