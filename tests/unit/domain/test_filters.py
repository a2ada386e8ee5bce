"""Filters written in a query: what they take, and what stays of the words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.filters import Filters, Query, find_sharers, read_written
from bot.domain.models import Kind, MemberId, Sharer
from bot.errors import UsageError

TODAY = date(2024, 11, 20)
MINA = Sharer(MemberId("U1"), "Mina")
JUN = Sharer(MemberId("U2"), "Jun Park")
SEOYEON = Sharer(MemberId("U3"), "서연")
SHARERS = (MINA, JUN, SEOYEON)


def read(text: str) -> Query:
    return read_written(text, today=TODAY, sharers=SHARERS)


def test_all_filters_are_taken_out_wherever_they_stand() -> None:
    query = read('kind:paper what topic:rag does by:"Jun Park" from:2024-10 RAG until:last-week do')

    assert query.words == "what does RAG do"
    assert query.filters == Filters(
        kind=Kind.PAPER,
        topic="retrieval-rag",
        sharers=(JUN,),
        first=date(2024, 10, 1),
        end=date(2024, 11, 11),
    )


@pytest.mark.parametrize("name", ["rag", "RAG", "retrieval-rag", '"검색과 RAG"', "검색과_rag"])
def test_a_topic_goes_by_any_of_its_names(name: str) -> None:
    assert read(f"topic:{name}").filters.topic == "retrieval-rag"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mina", MINA),
        ("민아", MINA),
        ("민아님", MINA),
        ("@Mina", MINA),
        ("<@U1>", MINA),
        ("<@!U2>", JUN),
        ("<@U2|jun>", JUN),
        ("park", JUN),
        ("서연", SEOYEON),
        ("“Jun Park”", JUN),
    ],
)
def test_a_sharer_goes_by_name_part_sound_or_mention(name: str, meant: Sharer) -> None:
    assert read(f"by:{name} LoRA").filters.sharers == (meant,)


def test_a_name_that_several_sound_like_is_nobody() -> None:
    assert find_sharers("민아", [MINA, Sharer(MemberId("U9"), "Meena")]) == ()


def test_all_who_have_one_name_are_meant() -> None:
    other = Sharer(MemberId("U9"), "Mina")

    assert find_sharers("mina", [MINA, other, JUN]) == (MINA, other)


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ("kind:book", "links.bad_kind", "book"),
        ("topic:retreival-rag x", "filters.bad_topic", "retrieval-rag"),
        ("by:Mona", "filters.bad_name", "Mina"),
        ("by:Nobody", "filters.bad_name", "Mina"),
        ("from:someday", "filters.bad_date", "someday"),
        ("until:2024-13", "filters.bad_date", "2024-13"),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_what_is_known(
    text: str, key: str, named: str
) -> None:
    with pytest.raises(UsageError) as refused:
        read(text)

    assert refused.value.message_key == key
    assert named in str(refused.value.values)


@pytest.mark.parametrize(
    "text", ["from: me", "a kind: of", "from:https://example.org/x", "backfrom:2024", "by :Mina"]
)
def test_words_that_only_look_like_a_filter_stay(text: str) -> None:
    assert read(text) == Query(text)


def test_days_begin_in_the_zone_of_who_asks() -> None:
    which = read("from:2024-11-04 until:2024-11-05").filters.within(ZoneInfo("Asia/Seoul"))

    assert which.since == datetime(2024, 11, 3, 15, tzinfo=UTC)
    assert which.until == datetime(2024, 11, 4, 15, tzinfo=UTC)


def test_a_day_before_all_days_is_refused() -> None:
    filters = read("from:0001-01-01").filters

    with pytest.raises(UsageError):
        filters.within(ZoneInfo("Asia/Seoul"))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = read(text)
    except UsageError:
        return
    assert query.filters or query.words == text


@given(st.lists(st.sampled_from(["kind:paper", "by:Mina", "RAG", "색인", '"', "NEAR(", "-", "*"])))
def test_the_other_words_keep_their_order(parts: list[str]) -> None:
    query = read(" ".join(parts))

    assert query.words.split() == [each for each in parts if ":" not in each]
