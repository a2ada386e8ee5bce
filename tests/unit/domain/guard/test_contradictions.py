# ruff: noqa: E501 - sentences are read best on one line

from __future__ import annotations

import pytest

from bot.domain.guard import Fault, Guard, Source, Statement
from bot.domain.guard.assertions import read_assertion
from bot.domain.guard.contradictions import Carriers, find_contradicted
from bot.text.languages import Language

ENGLISH = """Nimbus published Kestrel 4 in spring. The new planner cuts median latency from 90 ms to 30 ms on small machines.
Kestrel does not support nested queries. Heron was slower than Kestrel in every test.
Nimbus acquired Delta Works for 40 million dollars. The index did not grow during the trial.
Only the paid edition encrypts backups. Revenue rose while costs fell. The board met 3 times in 12 weeks.
The cache holds 8 GB and the disk 64 GB. Unemployment fell by 2 percentage points. The fault was found by Lee, not by Kim."""
KOREAN = """님버스는 봄에 케스트럴을 공개했다. 새 계획기는 작은 서버에서 중간 지연을 90ms에서 30ms로 줄인다.
케스트럴은 중첩 질의를 지원하지 않는다. 모든 시험에서 헤론은 케스트럴보다 느렸다.
님버스는 델타웍스를 4천만 달러에 인수했다. 시험 기간 동안 색인 크기는 늘지 않았다.
백업은 유료판에서만 암호화할 수 있다. 회의는 12주 동안 열렸다."""


def contradicted(sentence: str, source: str) -> bool:
    return bool(find_contradicted(sentence, [Carriers(source)]))


@pytest.mark.parametrize(
    "sentence",
    [
        "Kestrel supports nested queries.",
        "Kestrel does support nested queries.",
        "The index grew during the trial.",
        "The paid edition does not encrypt backups.",
        "Heron was faster than Kestrel in every test.",
        "Kestrel was slower than Heron in every test.",
        "The new planner raises median latency on small machines.",
        "The new planner cuts median latency from 30 ms to 90 ms.",
        "Median latency fell to 90 ms from 30 ms with the new planner.",
        "Delta Works acquired Nimbus for 40 million dollars.",
        "Nimbus was acquired by Delta Works for 40 million dollars.",
        "Nimbus sold Delta Works for 40 million dollars.",
        "Nimbus acquired Delta Works for 40 million euros.",
        "The board met 3 times in 12 months.",
        "The board met 12 times in 3 weeks.",
        "The cache holds 64 GB and the disk 8 GB.",
        "Unemployment fell by 2 percent.",
        "The fault was found by Kim.",
        "The fault was not found by Lee.",
    ],
)
def test_the_opposite_of_an_english_sentence_is_found(sentence: str) -> None:
    assert contradicted(sentence, ENGLISH)


@pytest.mark.parametrize(
    "sentence",
    [
        "케스트럴은 중첩 질의를 지원한다.",
        "중첩 질의를 지원하는 케스트럴.",
        "시험 기간 동안 색인 크기가 늘었다.",
        "백업은 유료판에서 암호화할 수 없다.",
        "모든 시험에서 헤론은 케스트럴보다 빨랐다.",
        "모든 시험에서 케스트럴은 헤론보다 느렸다.",
        "새 계획기는 작은 서버에서 중간 지연을 늘린다.",
        "새 계획기는 작은 서버에서 중간 지연을 30ms에서 90ms로 줄인다.",
        "작은 서버에서 중간 지연이 30ms → 90ms로 바뀜.",
        "델타웍스는 님버스를 4천만 달러에 인수했다.",
        "님버스는 델타웍스를 4천만 달러에 매각했다.",
        "님버스는 델타웍스를 4천만 원에 인수했다.",
        "회의는 12개월 동안 열렸다.",
        "님버스는 봄에 케스트럴을 비공개했다.",
    ],
)
def test_the_opposite_of_a_korean_sentence_is_found(sentence: str) -> None:
    assert contradicted(sentence, KOREAN)


@pytest.mark.parametrize(
    "sentence",
    [
        "Kestrel doesn't support nested queries.",
        "Nested queries are unsupported by Kestrel.",
        "The index stayed as it was during the trial.",
        "Kestrel was faster than Heron in every test.",
        "Heron was slower than Kestrel in all tests.",
        "The planner reduces median latency to 30 ms from 90 ms.",
        "Delta Works was acquired by Nimbus for $40 million.",
        "Nimbus bought Delta Works for 40 million dollars.",
        "Revenue rose.",
        "Costs fell while revenue rose.",
        "In 12 weeks the board met 3 times.",
        "Backups are encrypted in the paid edition.",
        "The disk holds 64 GB, the cache 8 GB.",
        "Does Kestrel support nested queries?",
    ],
)
def test_the_same_in_other_english_words_is_none(sentence: str) -> None:
    assert not contradicted(sentence, ENGLISH)


@pytest.mark.parametrize(
    "sentence",
    [
        "케스트럴은 중첩 질의를 지원하지 않음.",
        "케스트럴은 중첩 질의 미지원.",
        "모든 시험에서 케스트럴은 헤론보다 빨랐다.",
        "모든 시험에서 케스트럴보다 헤론이 느림.",
        "새 계획기는 중간 지연을 90ms → 30ms로 단축함.",
        "델타웍스는 님버스에 4천만 달러에 인수됐다.",
        "시험 기간 동안 색인 크기는 그대로였다.",
        "유료판에서만 백업을 암호화함.",
    ],
)
def test_the_same_in_other_korean_words_is_none(sentence: str) -> None:
    assert not contradicted(sentence, KOREAN)


def test_a_source_that_says_both_contradicts_neither() -> None:
    both = "Kestrel does not support nested queries. Since May, Kestrel supports nested queries."

    assert not contradicted("Kestrel supports nested queries.", both)
    assert not contradicted("Kestrel does not support nested queries.", both)


def test_what_no_sentence_carries_is_not_judged() -> None:
    assert not contradicted("The museum opened a slower lift for visitors.", ENGLISH)


def test_only_sentences_that_share_its_words_are_compared_with_a_claim() -> None:
    line = "Shelf {n} does not hold item {n} of warehouse north."
    many = " ".join(line.format(n=n) for n in range(500))

    found = Carriers(many).find(read_assertion("Shelf 7 holds item 7 of warehouse north."))

    assert len(found) <= 8
    assert found[0][1] == line.format(n=7)


def test_the_reader_is_told_what_the_source_says() -> None:
    guard = Guard([Source(1, ENGLISH)], language=Language.EN)

    (verdict,) = guard.judge([Statement("Kestrel supports nested queries.", (1,))]).verdicts

    assert [(each.fault, each.what) for each in verdict.refusals] == [
        (Fault.OPPOSITE, "Kestrel does not support nested queries.")
    ]
