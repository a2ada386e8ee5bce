"""How much is done for long texts: calls are counted, since times say nothing on a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType

import pytest

from bot.domain.guard import Fault, Guard, Judgement, Source, Statement
from bot.text.languages import Language

LINE = {
    Language.EN: "On 3 March 2024 shelf {n} held {n} crates, up from 12, said Ann of Depot {n}.",
    Language.KO: "2024년 3월 3일 선반 {n}번에는 상자 {n}개가 있었고 창고는 12개에서 늘지 않았다.",
}


def judge(
    source: str, said: Sequence[str], language: Language = Language.EN
) -> tuple[Judgement, int]:
    """Return the judgement, and how many calls it took."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    guard = Guard([Source(1, source)], language=language)
    statements = [Statement(text, (1,)) for text in said]
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return guard.judge(statements), calls
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("language", [Language.EN, Language.KO])
def test_work_grows_with_the_source_and_no_faster(language: Language) -> None:
    claim = LINE[language].format(n=7).replace("12", "13")
    judge(LINE[language].format(n=1), [claim], language)  # fills what is read once

    small, large = (
        judge("\n".join(LINE[language].format(n=n) for n in range(size)), [claim], language)[1]
        for size in (100, 200)
    )

    assert large < 2.4 * small


def test_work_grows_with_the_statements_and_no_faster() -> None:
    source = "\n".join(LINE[Language.EN].format(n=n) for n in range(50))
    said = [LINE[Language.EN].format(n=n).replace("12", "13") for n in range(40)]
    judge(source, said)

    few, many = (judge(source, said[:count])[1] for count in (20, 40))

    assert many < 2.4 * few


def test_a_source_without_a_full_stop_is_read_in_as_much_work() -> None:
    claim = "Shelf 7 did not hold 7 crates."
    judge("shelf 7 held 7 crates, not 8 ", [claim])

    small, large = (
        judge("shelf 7 held 7 crates, not 8 " * size, [claim])[1] for size in (200, 400)
    )

    assert large < 2.4 * small


def test_a_statement_that_nobody_would_read_is_refused_unread() -> None:
    source = "\n".join(LINE[Language.EN].format(n=n) for n in range(50))

    judgement, calls = judge(source, ["Shelf 7 held 7 crates and " * 10_000])

    assert [each.fault for each in judgement.all_refusals] == [Fault.TOO_LONG]
    assert calls < 200
