"""Chapters and captions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.transcripts import (
    Chapter,
    Line,
    chapters_in,
    parse_lines,
    transcript_parts,
)
from adapters.parsing import Download


def captions(body: str) -> tuple[Line, ...]:
    return parse_lines(Download("https://video.example/c", "text/plain", "", body.encode()))


def test_chapters_are_read_in_the_forms_that_people_write() -> None:
    lines = [
        "00:00 - Intro",
        "• 1:15: Next",
        "[2:00] 마지막",
        "The end 3:00",
        "오늘 3:30 에 말한 것",
    ]

    found = chapters_in("\n".join(lines))

    assert found == (
        Chapter(0, "Intro"),
        Chapter(75, "Next"),
        Chapter(120, "마지막"),
        Chapter(180, "The end"),
    )


def test_times_that_are_no_list_from_the_start_are_no_chapters() -> None:
    assert chapters_in("See you at 12:30 Seoul\nor 13:30 Tokyo") == ()
    assert chapters_in("0:00 Intro") == ()
    assert chapters_in("") == ()


def test_webvtt_and_both_forms_of_xml_are_read() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<c>Hello</c> there\n\n1:00:00.000 --> x\nEnd"
    timed = '<timedtext><body><p t="1500">Hi<s> you</s></p></body></timedtext>'

    assert captions(vtt) == (Line(1, "Hello there"), Line(3600, "End"))
    assert captions(timed) == (Line(1.5, "Hi you"),)
    assert captions('<transcript><text start="nan">x</text><text>y</text></transcript>') == ()


@given(
    st.lists(st.tuples(st.floats(0, 20_000), st.from_regex(r"[a-z가-힣]{1,8}\.?", fullmatch=True))),
    st.lists(st.integers(1, 20_000), unique=True),
)
def test_no_word_is_lost_between_the_parts(
    said: list[tuple[float, str]], starts: list[int]
) -> None:
    lines = [Line(*each) for each in sorted(said)]
    chapters = [Chapter(each, "x") for each in [0, *sorted(starts)]] if starts else []

    parts = transcript_parts(lines, chapters)

    words = " ".join(each.text for each in parts).split()
    assert words == [each.text for each in lines]
