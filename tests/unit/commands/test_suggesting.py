"""What is offered while somebody types an option."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalogue import SPECS
from bot.commands.suggesting import LONGEST, MOST, Suggestions
from bot.domain.models import LOCAL
from bot.domain.periods import parse_period
from bot.domain.schedules import parse_time
from bot.domain.settings import WorkspaceSettings
from bot.domain.topics import SHIPPED_TOPICS
from bot.domain.zones import parse_zone
from bot.specs import Choice
from bot.texts import LANGUAGES
from tests.factories import GENERAL, MINA, make_subscription
from tests.fakes.clock import FakeClock
from tests.fakes.subscriptions import FakeSubscriptions
from tests.fakes.talking import TEXTS
from tests.fakes.workspaces import FakeWorkspaces

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 3, 4, 3, tzinfo=UTC)
OPTIONS = sorted({option.name for spec in SPECS for option in spec.options})


async def suggest(option: str, typed: str = "", *, language: str = "en") -> tuple[Choice, ...]:
    workspaces, subscriptions = FakeWorkspaces(), FakeSubscriptions()
    await workspaces.change_settings(LOCAL, lambda _: WorkspaceSettings(zone="Europe/Berlin"))
    for number, cron in enumerate(("0 9 * * 1", "0 18 * * *")):
        await subscriptions.add(make_subscription(f"s{number}", cron=cron, minute=number))
    suggestions = Suggestions(
        SPECS,
        texts=TEXTS,
        clock=FakeClock(NOW),
        zone=SEOUL,
        workspaces=workspaces,
        subscriptions=subscriptions,
    )
    return await suggestions.suggest(
        "digest", option, typed, workspace=LOCAL, place=GENERAL, member=MINA, language=language
    )


async def values(option: str, typed: str = "") -> list[str]:
    return [each.value for each in await suggest(option, typed)]


@given(
    option=st.sampled_from(OPTIONS) | st.text(),
    typed=st.text() | st.sampled_from(["2026-", "2026-W0", "9", "sat", "seo", "²", "99999d"]),
    language=st.sampled_from(LANGUAGES),
)
async def test_there_are_never_too_many_nor_too_long_ones(
    option: str, typed: str, language: str
) -> None:
    choices = await suggest(option, typed, language=language)

    assert len(choices) <= MOST
    assert len({each.value for each in choices}) == len(choices)
    assert all(0 < len(each.label) <= LONGEST for each in choices)
    assert all(0 < len(each.value) <= LONGEST for each in choices)


async def test_periods_say_which_days_they_are() -> None:
    english = await suggest("period")
    korean = await suggest("period", language="ko")

    assert Choice("this week · March 2026, 1st week (Mar 2–8)", "this-week") in english
    assert Choice("이번 주 · 2026년 3월 첫째 주 (3.2–3.8)", "this-week") in korean
    assert english[0].value == "7d"


@pytest.mark.parametrize("typed", ["2025-W02", "2023-11", "14d", "오늘", "last week", "2024-11-09"])
async def test_a_period_that_was_typed_comes_first(typed: str) -> None:
    first, *_ = await suggest("period", typed)

    today = NOW.astimezone(SEOUL).date()
    assert parse_period(first.value, today=today) == parse_period(typed, today=today)


async def test_weeks_are_offered_while_one_is_typed() -> None:
    assert (await values("period", "2026-W0"))[:2] == ["2026-W09", "2026-W08"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_ten_topics_have_their_names(language: str) -> None:
    choices = await suggest("topic", language=language)

    assert {each.value for each in choices} == {topic.id for topic in SHIPPED_TOPICS}
    assert len(choices) == 10


@pytest.mark.parametrize("typed", ["검색", "RAG", "retrieval"])
async def test_a_topic_is_found_in_both_languages(typed: str) -> None:
    assert "retrieval-rag" in await values("topic", typed)


async def test_zones_begin_with_the_workspaces_and_are_found_by_city() -> None:
    assert (await values("zone"))[:2] == ["Europe/Berlin", "Asia/Seoul"]
    assert (await values("zone", "seo"))[0] == "Asia/Seoul"
    assert (await values("zone", "new york"))[0] == "America/New_York"
    assert (await values("zone", "lon"))[0] == "Europe/London"
    assert await values("zone", "mars") == []
    assert all(parse_zone(each) == each for each in await values("zone", "a"))


async def test_times_are_every_half_hour() -> None:
    assert (await values("at"))[0] == "09:00"
    assert len(await values("at")) == MOST
    assert (await values("at", "9"))[:2] == ["09:00", "09:30"]
    assert await values("at", "17") == ["17:00", "17:30"]
    assert all(parse_time(each) for each in await values("at"))


async def test_days_have_names() -> None:
    assert await suggest("on", "금", language="ko") == (Choice("금요일 (매주)", "fri"),)
    assert await values("on", "mon") == ["mon", "1", "15", "last"]  # "(monthly)" matches too


async def test_commands_are_offered_to_help() -> None:
    assert {spec.name for spec in SPECS} == set(await values("command"))
    assert await values("command", "subscri") == ["subscribe", "subscriptions"]


@pytest.mark.parametrize("option", ["question", "addresses", "bookmark", "unheard"])
async def test_other_options_have_no_suggestions(option: str) -> None:
    assert await values(option) == []


async def test_of_several_the_next_one_is_offered_after_those_before() -> None:
    assert (await values("kinds"))[:2] == ["paper", "dev"]
    assert await values("kinds", "paper,ne") == ["paper,news"]
    assert "paper,paper" not in await values("kinds", "paper,")
    (offered,) = await suggest("topics", "programming, 멀티")
    assert offered == Choice("programming, 🖼️ Multimodal", "programming,multimodal")


async def test_a_subscription_is_offered_by_its_number_and_schedule() -> None:
    assert await suggest("change") == (
        Choice("1. every Monday at 09:00 (Asia/Seoul)", "1"),
        Choice("2. every day at 18:00 (Asia/Seoul)", "2"),
    )
    assert await values("change", "18:00") == ["2"]


async def test_every_option_that_says_so_has_suggestions() -> None:
    for spec in SPECS:
        for option in spec.options:
            assert bool(await values(option.name)) >= option.is_suggested, option.name
