"""Channels subscribe to digests: what people say, and what they hear."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.digests import Style
from bot.domain.models import ChannelId, Kind, Place
from bot.domain.subscriptions import Size
from bot.posts import ChannelName
from bot.services.subscribing import MOST_OF_A_CHANNEL
from bot.texts import LANGUAGES
from tests.factories import GENERAL, NOON, make_command
from tests.fakes.platform import words_of
from tests.fakes.talking import TEXTS
from tests.unit.commands.subscribed_chat import ELSEWHERE, Chat, buttons_of, open_chat


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_chat(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "cron", "zone"),
    [
        ("", "0 9 * * 1", "Asia/Seoul"),
        ("weekly", "0 9 * * 1", "Asia/Seoul"),
        ("every:daily at:18:30", "30 18 * * *", "Asia/Seoul"),
        ("Weekdays 8:15 zone:Europe/Berlin", "15 8 * * 1-5", "Europe/Berlin"),
        ("weekly fri 17:00", "0 17 * * 5", "Asia/Seoul"),
        ("weekly on:금요일", "0 9 * * 5", "Asia/Seoul"),
        ("매주 금요일 17:00 en", "0 17 * * 5", "Asia/Seoul"),
        ("평일 8시", "0 8 * * 1-5", "Asia/Seoul"),
        ("monthly on:last Seoul", "0 9 L * *", "Asia/Seoul"),
        ("cron:0 9 * * 1,4", "0 9 * * 1,4", "Asia/Seoul"),
        ('cron:"0 9 * * 1,4" zone:utc', "0 9 * * 1,4", "UTC"),
    ],
)
async def test_a_schedule_is_typed_in_many_ways(
    chat: Chat, typed: str, cron: str, zone: str
) -> None:
    await chat.call("subscribe", typed)

    subscription = await chat.only()
    assert (subscription.cron, subscription.zone) == (cron, zone)
    assert subscription.place == GENERAL


async def test_a_form_says_the_same_as_typing(chat: Chat) -> None:
    command = replace(
        make_command("subscribe"),
        options=(
            ("every", "monthly"),
            ("at", "10:00"),
            ("on", "15"),
            ("zone", ""),
            ("style", "daily"),
            ("language", "ko"),
            ("cron", ""),
        ),
    )

    await chat.dispatch(command)

    subscription = await chat.only()
    assert subscription.cron == "0 10 15 * *"
    assert (subscription.style, subscription.language) == (Style.DAILY, "ko")
    assert (subscription.made_by, subscription.made_at) == ("mina", NOON)


async def test_the_channel_hears_what_comes_when(chat: Chat) -> None:
    (answer,) = await chat.call("subscribe", "weekly fri 17:00 zone:America/New_York")

    words = words_of(answer.post)
    assert answer.only_for is None
    assert "Mina" in words
    assert "every Friday at 17:00 (America/New_York)" in words
    assert "Friday, November 8, 2024, 17:00" in words
    assert "Friday, November 22, 2024, 17:00" in words
    assert words.index("It comes on:") < words.index("Friday, November 8")
    labels = [each.label for each in buttons_of(answer.post)]
    assert labels == ["Preview", "Edit", "Pause", "Remove"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_told_in_the_language_of_the_member(chat: Chat, language: str) -> None:
    (answer,) = await chat.call("subscribe", "daily", language=language)

    expected = {"ko": "매일 09:00 (Asia/Seoul)", "en": "every day at 09:00 (Asia/Seoul)"}
    assert expected[language] in words_of(answer.post)
    assert (await chat.only()).language == language


async def test_a_direct_message_can_be_subscribed_too(chat: Chat) -> None:
    place = Place(ChannelId("direct"), is_private=True, is_direct=True)

    (answer,) = await chat.call("subscribe", "daily", place=place)

    assert TEXTS.get("en", "subscribe.done_direct") in words_of(answer.post)
    assert (await chat.only()).place == place


async def test_the_same_event_again_changes_nothing(chat: Chat) -> None:
    command = make_command("subscribe", "daily", event="slash:" + "9" * 200)

    for _ in range(3):
        await chat.dispatch(command)

    assert len(await chat.kept()) == 1
    assert len(chat.platform.posts) == 1


async def test_what_a_channel_has_is_not_subscribed_again(chat: Chat) -> None:
    await chat.call("subscribe", "daily")

    (answer,) = await chat.call("subscribe", "daily 9:00")

    assert answer.only_for == "mina"
    assert words_of(answer.post) == TEXTS.get("en", "subscribe.already")
    assert len(await chat.kept()) == 1
    await chat.call("subscribe", "daily", place=ELSEWHERE)
    assert len(await chat.kept()) == 2


async def test_another_language_must_be_named_to_have_the_same_digest_twice(chat: Chat) -> None:
    await chat.call("subscribe", "daily", language="ko")

    (refused,) = await chat.call("subscribe", "daily", language="en")

    assert refused.only_for == "mina"
    assert words_of(refused.post) == TEXTS.get("en", "subscribe.already_in_ko")
    assert len(await chat.kept()) == 1
    await chat.call("subscribe", "daily language:en", language="en")
    assert [each.language for each in await chat.kept()] == ["ko", "en"]


async def test_there_is_an_end_to_subscriptions(chat: Chat) -> None:
    for hour in range(MOST_OF_A_CHANNEL):
        await chat.call("subscribe", f"daily at:{hour}")

    (answer,) = await chat.call("subscribe", "daily at:23")

    assert words_of(answer.post) == TEXTS.get("en", "subscribe.too_many", limit=MOST_OF_A_CHANNEL)
    assert len(await chat.kept()) == MOST_OF_A_CHANNEL


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("zone:Mars/Olympus", "There is no time zone “Mars/Olympus”"),
        ("zone:Asia/Soeul", "Did you mean one of these? Asia/Seoul"),
        ("cron:0 9 31 2 *", "“0 9 31 2 *” never comes"),
        ("cron:* * * * * *", "“* * * * * *” has too many fields"),
        ("size:huge", "There is no size “huge”"),
        ("kinds:podcast", "“podcast” is not a kind of link"),
        ("topics:cooking", "There is no topic “cooking”. Choose from ai-business, "),
        ("channels:!", "“!” is not a channel"),
        ("empty:maybe", "“maybe” is neither yes nor no"),
        ("at:25:00", "“25:00” is not a time of day"),
        ("weekly 25:00", "“25:00” is not a time of day"),
        ("weekly Asia/Soeul", "Did you mean one of these? Asia/Seoul"),
        ("every:yearly", "“yearly” is not how often"),
        ("cron:* * * * *", "“* * * * *” is too often"),
        ("cron:0 9 * *", "“0 9 * *” is not a cron line"),
        ("cron:0 9 * * 1 on:fri", "Leave out on"),
        ("daily on:fri", "“fri” only goes with weekly or monthly"),
        ("weekly on:31", "“31” is not a weekday"),
        ("monthly on:31", "“31” is not a day that every month has"),
        ("style:glossy", "There is no style “glossy”"),
        ("language:fr", "I do not write “fr”"),
        ("weekly daily", "two values for every"),
        ("fortnightly", "I do not know what “fortnightly” means"),
        ("colour:red", "I do not know “colour:red”"),
    ],
)
async def test_what_cannot_be_meant_is_said_to_the_caller_alone(
    chat: Chat, typed: str, sentence: str
) -> None:
    (answer,) = await chat.call("subscribe", typed)

    assert answer.only_for == "mina"
    assert sentence in words_of(answer.post)
    assert await chat.kept() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.text(max_size=8)
        | st.sampled_from(
            ["weekly", "daily", "at:", "at:9", "cron:0", "9", "*", "on:fri", "zone:utc"]
        ),
        max_size=6,
    ).map(" ".join)
)
async def test_whatever_is_typed_gets_an_answer_that_makes_sense(chat: Chat, typed: str) -> None:
    (answer,) = await chat.call("subscribe", typed)

    assert "on my side" not in words_of(answer.post)
    assert (answer.only_for is None) == bool(await chat.kept())
    await chat.clear()


async def test_what_it_holds_is_chosen_and_told(chat: Chat) -> None:
    chat.history.places = [GENERAL, Place(ChannelId("papers"))]

    (answer,) = await chat.call(
        "subscribe", "daily size:small kinds:📜🗞️ topics:retrieval-rag channels:#papers empty:yes"
    )

    subscription = await chat.only()
    assert subscription.size is Size.SMALL
    assert subscription.kinds == (Kind.PAPER, Kind.NEWS)
    assert subscription.topics == ("retrieval-rag",)
    assert subscription.sources == ("papers",)
    assert subscription.posts_empty
    words = words_of(answer.post)
    assert "list of links · short · English · also when nothing was saved" in words
    assert "Only: 📜 papers, 🗞️ news · 🔎 Retrieval and RAG · #papers" in " ".join(words.split())


@pytest.mark.parametrize(
    ("typed", "kinds", "topics"),
    [
        ("kinds:paper,news", (Kind.PAPER, Kind.NEWS), ()),
        ("kinds:논문,재미", (Kind.PAPER, Kind.FUN), ()),
        ("매일 📜 🗞️", (Kind.PAPER, Kind.NEWS), ()),
        ("daily 👩‍💻", (Kind.DEV,), ()),
        ("kinds:📜🧑‍💻🗞️🤪", (), ()),
        ("kinds:all topics:모두", (), ()),
        ("topics:에이전트와도구,Multimodal", (), ("multimodal", "agents-tools")),
        ("daily 프로그래밍", (), ("programming",)),
    ],
)
async def test_kinds_and_topics_are_named_in_many_ways(
    chat: Chat, typed: str, kinds: tuple[Kind, ...], topics: tuple[str, ...]
) -> None:
    await chat.call("subscribe", typed)

    subscription = await chat.only()
    assert (subscription.kinds, subscription.topics) == (kinds, topics)


async def test_a_channel_is_told_as_one(chat: Chat) -> None:
    (answer,) = await chat.call("subscribe", "daily channels:<#general|general>")

    channel = ChannelName("#general", channel=GENERAL.channel)
    assert repr(channel) in repr(answer.post)


@pytest.mark.parametrize(
    ("theirs", "sentence"),
    [
        (frozenset({ELSEWHERE.channel}), "subscribe.private_source"),
        (frozenset[ChannelId](), "subscribe.no_channel"),
    ],
    ids=["in it", "not in it"],
)
async def test_a_private_channel_is_no_source_elsewhere(
    chat: Chat, theirs: frozenset[ChannelId], sentence: str
) -> None:
    chat.history.places = [GENERAL, ELSEWHERE]
    chat.platform.private_channels = {make_command("subscribe").member: theirs}

    (answer,) = await chat.call("subscribe", "daily channels:elsewhere")

    assert words_of(answer.post) == TEXTS.get("en", sentence)
    assert await chat.kept() == []


async def test_a_private_channel_is_a_source_in_itself_and_for_its_member_alone(
    chat: Chat,
) -> None:
    chat.history.places = [GENERAL, ELSEWHERE]
    member = make_command("subscribe").member
    chat.platform.private_channels = {member: frozenset({ELSEWHERE.channel})}
    direct = Place(ChannelId("direct"), is_private=True, is_direct=True)

    await chat.call("subscribe", "daily channels:elsewhere", place=ELSEWHERE)
    await chat.call("subscribe", "daily channels:elsewhere", place=direct)

    assert [each.place for each in await chat.kept()] == [ELSEWHERE, direct]


async def test_a_channel_that_is_not_there_is_refused(chat: Chat) -> None:
    (answer,) = await chat.call("subscribe", "daily channels:nowhere")

    assert words_of(answer.post) == TEXTS.get("en", "subscribe.no_channel")


async def test_what_differs_in_what_it_tells_is_another_one(chat: Chat) -> None:
    await chat.call("subscribe", "daily")

    await chat.call("subscribe", "daily kinds:paper")

    assert [each.kinds for each in await chat.kept()] == [(), (Kind.PAPER,)]
