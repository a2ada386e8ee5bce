"""Nothing that was saved may steer a terminal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.printable import dump_json, is_control, one_line, printable

ANY = st.text(st.characters() | st.sampled_from("\x1b\x07\x7f\x9b\u202e\u2066\ud800\n\t"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a title \x1b]0;owned\x07", r"a title \x1b]0;owned\x07"),
        ("one\r\ntwo\tthree", "one \ntwo three"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("name\udcff", r"name\udcff"),
        ("저장한 링크 👩\u200d💻", "저장한 링크 👩\u200d💻"),
    ],
)
def test_controls_are_seen_and_not_obeyed(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY)
def test_what_is_printed_holds_no_control_but_new_lines(text: str) -> None:
    shown = printable(text)

    assert not any(map(is_control, shown.replace("\n", "")))
    assert shown.count("\n") == text.count("\n")
    assert printable(shown) == shown


@given(ANY)
def test_a_line_holds_no_control_and_nothing_else_goes(text: str) -> None:
    line = one_line(text)

    assert not any(map(is_control, line))
    assert [each for each in line if not each.isspace()] == [
        each for each in text if not (each.isspace() or is_control(each))
    ]
    assert one_line(line) == line


@given(st.recursive(ANY, lambda inner: st.lists(inner) | st.dictionaries(ANY, inner)))
def test_json_holds_no_control_and_keeps_every_value(value: object) -> None:
    document = dump_json(value)

    assert printable(document) == document
    assert json.loads(document) == value
