"""Filters said in words, and questions that only sound like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.filters import Filters, Nobody, Query, read_written
from bot.domain.models import Kind, MemberId, Sharer
from bot.domain.spoken_filters import may_name_sharer, read_query
from bot.errors import UsageError

TODAY = date(2024, 11, 20)  # a Wednesday
MINA = Sharer(MemberId("U1"), "Mina")
JUN = Sharer(MemberId("U2"), "Jun Park")
SHARERS = (MINA, JUN)
LAST_WEEK = (date(2024, 11, 11), date(2024, 11, 18))
LAST_MONTH = (date(2024, 10, 1), date(2024, 11, 1))
THIS_MONTH = (date(2024, 11, 1), date(2024, 12, 1))
LAST_YEAR = (date(2023, 1, 1), date(2024, 1, 1))


def read(text: str) -> Query:
    return read_query(text, today=TODAY, sharers=SHARERS)


@pytest.mark.parametrize(
    ("text", "words", "days"),
    [
        ("지난주에 공유한 RAG 글", "RAG 글", LAST_WEEK),
        ("이번 달에 올라온 에이전트 뉴스", "에이전트 뉴스", THIS_MONTH),
        ("2024년 10월에 저장된 양자화 글", "양자화 글", LAST_MONTH),
        ("12월에 공유한 양자화 글", "양자화 글", (date(2023, 12, 1), date(2024, 1, 1))),
        ("최근 7일 동안 공유된 색인 글", "색인 글", (date(2024, 11, 14), date(2024, 11, 21))),
        ("지난달부터 올라온 색인 글", "색인 글", (date(2024, 10, 1), None)),
        ("지난달에 LoRA 관련해서 뭐 봤지?", "LoRA 관련해서 뭐 봤지?", LAST_MONTH),
        ("LoRA links from last week", "LoRA", LAST_WEEK),
        ("what was shared about LoRA last month?", "what was shared about LoRA ?", LAST_MONTH),
        ("what did we save last month on LoRA?", "what did we on LoRA?", LAST_MONTH),
        ("posted in October 2024 on queues", "on queues", LAST_MONTH),
        ("LoRA, shared since last week", "LoRA,", (date(2024, 11, 11), None)),
        ("LoRA, shared before 2024-11", "LoRA,", (None, date(2024, 11, 1))),
        ("last week's articles on LoRA", "on LoRA", LAST_WEEK),
        ("2023년에 저장한 논문 알려줘", "알려줘", LAST_YEAR),
        ("2023년 논문", "", LAST_YEAR),
        ("2023년도에 공유한 양자화 글", "양자화 글", LAST_YEAR),
        ("작년에 저장한 논문", "", LAST_YEAR),
        ("지난해 올라온 논문", "", LAST_YEAR),
        ("올해부터 저장한 색인 글", "색인 글", (date(2024, 1, 1), None)),
        ("papers saved in 2023", "", LAST_YEAR),
        ("what did we read last month about LoRA?", "what did we about LoRA?", LAST_MONTH),
        ("2023년에 LoRA에 대해 뭘 읽었지?", "LoRA에 대해 뭘 읽었지?", LAST_YEAR),
        ("papers in 2023 on LoRA", "on LoRA", LAST_YEAR),
        ("LoRA links from last year", "LoRA", LAST_YEAR),
    ],
)
def test_a_time_of_sharing_is_a_filter(
    text: str, words: str, days: tuple[date | None, date | None]
) -> None:
    query = read(text)

    assert query.words == words
    assert (query.filters.first, query.filters.end) == days
    assert query.wider == Query(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("민아가 공유한 LoRA 글", "LoRA 글"),
        ("Mina 님이 올린 LoRA 글", "LoRA 글"),
        ("<@U1>가 공유한 LoRA 글", "LoRA 글"),
        ("LoRA links shared by Mina", "LoRA"),
        ("links about LoRA that Mina posted", "links about LoRA"),
        ("what did Mina share about LoRA?", "what about LoRA?"),
        ("Mina's links on LoRA", "on LoRA"),
    ],
)
def test_who_shared_it_is_a_filter(text: str, words: str) -> None:
    query = read(text)

    assert may_name_sharer(text)
    assert query.words == words
    assert query.filters == Filters(sharers=(MINA,))


@pytest.mark.parametrize(
    "text",
    [
        "지난주에 민아가 공유한 논문",
        "민아가 지난주에 올린 논문",
        "papers shared by Mina last week",
        "papers that Mina shared last week",
    ],
)
def test_who_when_and_what_may_be_said_together(text: str) -> None:
    first, end = LAST_WEEK

    assert may_name_sharer(text)
    assert read(text) == Query(
        "", Filters(kind=Kind.PAPER, sharers=(MINA,), first=first, end=end), wider=Query(text)
    )


@pytest.mark.parametrize(
    "text",
    [
        "What was last month's revenue of the company?",
        "지난달 매출은 얼마야?",
        "작년에 매출은 얼마였어?",
        "2023년에 나온 모델은?",
        "What was the revenue in 2023?",
        "What was the revenue last year?",
        "How does it compare to last month?",
        "Who is the author of the report of last week's meeting?",
        "links that we shared",
        "How is attention used today?",
        '"shared by Mina" as a phrase',
        "What is shared memory?",
        "공유 메모리란?",
        "May the model be shared?",
    ],
)
def test_what_does_not_speak_of_sharing_is_no_filter(text: str) -> None:
    assert read(text) == Query(text)


@pytest.mark.parametrize(
    ("text", "words", "name", "filters"),
    [
        (
            "지난주에 지우가 공유한 RAG 논문",
            "RAG",
            "지우",
            Filters(kind=Kind.PAPER, first=LAST_WEEK[0], end=LAST_WEEK[1]),
        ),
        (
            "what did HuggingFace share in October 2024?",
            "what ?",
            "HuggingFace",
            Filters(first=LAST_MONTH[0], end=LAST_MONTH[1]),
        ),
        ("links on LoRA that Zoe shared", "links on LoRA", "Zoe", Filters()),
    ],
)
def test_who_is_named_and_not_known_is_told(
    text: str, words: str, name: str, filters: Filters
) -> None:
    nobody = Nobody(name, ("Mina", "Jun Park"))

    assert may_name_sharer(text)
    assert read(text) == Query(words, filters, wider=Query(text), nobody=nobody)


@pytest.mark.parametrize("text", ["철수가 공유한 링크", "what did HuggingFace share?"])
def test_nothing_but_an_unknown_name_is_refused_with_the_known(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read(text)

    assert refusal.value.message_key == "filters.bad_name"
    assert refusal.value.values["names"] == "Mina, Jun Park"


@pytest.mark.parametrize(
    "text",
    [
        "우리가 공유한 LoRA 글",
        "누가 LoRA 글을 공유했어?",
        "글이 올라온 LoRA 채널",
        "what did we share about LoRA?",
        "what did everyone post on LoRA?",
        "Who shared LoRA?",
    ],
)
def test_not_every_word_beside_sharing_is_a_name(text: str) -> None:
    assert read(text).nobody is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("지난주에 민아가 공유한 RAG 논문은 뭐가 있어?", "RAG 뭐가 있어?"),
        ("papers about RAG that Mina shared", "about RAG"),
        ("what papers did we save last month on RAG?", "what did we on RAG?"),
    ],
)
def test_papers_on_a_subject_are_papers(text: str, words: str) -> None:
    query = read(text)

    assert query.filters.kind == Kind.PAPER
    assert query.words == words


def test_what_is_written_beats_what_is_said() -> None:
    query = read("지난주에 공유한 LoRA 논문 from:2024-10 kind:news")

    assert query.filters == Filters(kind=Kind.NEWS, first=date(2024, 10, 1), end=LAST_WEEK[1])
    assert query.wider is not None
    assert query.wider.filters == Filters(kind=Kind.NEWS, first=date(2024, 10, 1))


PIECES = [
    "지난주에",
    "공유한",
    "민아가",
    "Mina",
    "shared",
    "by",
    "last",
    "week",
    "papers",
    "논문",
    '"',
]


@given(st.lists(st.sampled_from([*PIECES, '"', "색인", "LoRA", "\ue000", "from"]), max_size=12))
def test_the_other_words_keep_their_order(parts: list[str]) -> None:
    query = read(" ".join(parts))

    left = iter(parts)
    assert all(word in left for word in query.words.split())
    names = [each for each in parts if each in ("색인", "LoRA")]
    assert [each for each in query.words.split() if each in ("색인", "LoRA")] == names


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = read(text)
    except UsageError:
        return
    assert query.wider in (None, read_written(text, today=TODAY, sharers=SHARERS))
