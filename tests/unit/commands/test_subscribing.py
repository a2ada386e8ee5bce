"""Channels subscribe to digests, and anybody there can preview, pause and remove them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.subscribing import PRESS, SubscribingCommands
from bot.domain.digests import Chart, Style
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.domain.subscriptions import Subscription
from bot.events import CommandCalled
from bot.posts import Button, Buttons, Post
from bot.services.digesting import DigestingService
from bot.services.subscribing import MOST_OF_A_CHANNEL, SubscribingService
from bot.texts import LANGUAGES
from storage import open_storage
from tests.factories import GENERAL, NOON, make_archive, make_command, make_entry, make_press
from tests.fakes.platform import FakePlatform, Sent, words_of
from tests.fakes.subscriptions import FakeSubscriptions
from tests.fakes.talking import TEXTS, make_dispatcher

ELSEWHERE = Place(ChannelId("elsewhere"), is_private=True)


class Charts:
    """The port `ChartDrawer`: a picture that names what it shows."""

    def draw(self, chart: Chart) -> bytes:
        return chart.name.encode()


@dataclass
class Chat:
    """A channel with the commands; each call and press is answered by the posts it led to."""

    digesting: DigestingService
    store: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    platform: FakePlatform = field(default_factory=FakePlatform)
    acts: int = 0

    def __post_init__(self) -> None:
        commands = SubscribingCommands(SubscribingService(self.store), self.digesting, Charts())
        self._dispatcher = make_dispatcher([commands.router], platform=self.platform)

    async def call(
        self, name: str, arguments: str = "", *, place: Place = GENERAL, language: str = "en"
    ) -> list[Sent]:
        self.acts += 1
        command = make_command(
            name, arguments, event=f"call-{self.acts}", place=place, language=language
        )
        return await self.dispatch(command)

    async def dispatch(self, command: CommandCalled) -> list[Sent]:
        known = len(self.platform.posts)
        await self._dispatcher.dispatch(command)
        return self.platform.posts[known:]

    async def press(self, value: str, *, member: str = "Alice", place: Place = GENERAL) -> Sent:
        self.acts += 1
        press = make_press(PRESS, value, event=f"press-{self.acts}")
        press = replace(press, place=place, member=MemberId(member.lower()), member_name=member)
        known = len(self.platform.posts)
        await self._dispatcher.dispatch(press)
        answer, *replies = self.platform.posts[known:]
        assert all(reply.only_for == answer.only_for for reply in replies)
        return answer

    @property
    def kept(self) -> list[Subscription]:
        return list(self.store.kept.values())


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat where one link was saved today and one a month ago."""
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        fresh = make_entry("https://fresh.example/", "It is new.", title="Fresh bread")
        await storage.archives.import_archive(LOCAL, make_archive(fresh))
        yield Chat(DigestingService(storage.links, storage.notes, texts=TEXTS))


def buttons_of(post: Post) -> list[Button]:
    return [
        button for block in post.blocks if isinstance(block, Buttons) for button in block.buttons
    ]


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

    (subscription,) = chat.kept
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

    (subscription,) = chat.kept
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
    assert words.splitlines()[1] == TEXTS.get("en", "subscribe.not_yet")
    assert words.index("It would come on:") < words.index("Friday, November 8")
    assert [each.label for each in buttons_of(answer.post)] == ["Preview", "Pause", "Remove"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_told_in_the_language_of_the_member(chat: Chat, language: str) -> None:
    (answer,) = await chat.call("subscribe", "daily", language=language)

    expected = {"ko": "매일 09:00 (Asia/Seoul)", "en": "every day at 09:00 (Asia/Seoul)"}
    assert expected[language] in words_of(answer.post)
    assert chat.kept[0].language == language


async def test_a_direct_message_can_be_subscribed_too(chat: Chat) -> None:
    place = Place(ChannelId("direct"), is_private=True, is_direct=True)

    (answer,) = await chat.call("subscribe", "daily", place=place)

    assert TEXTS.get("en", "subscribe.done_direct") in words_of(answer.post)
    assert chat.kept[0].place == place


async def test_the_same_event_again_changes_nothing(chat: Chat) -> None:
    command = make_command("subscribe", "daily", event="slash:" + "9" * 200)

    for _ in range(3):
        await chat.dispatch(command)

    assert len(chat.kept) == 1
    assert len(chat.platform.posts) == 1


async def test_what_a_channel_has_is_not_subscribed_again(chat: Chat) -> None:
    await chat.call("subscribe", "daily")

    (answer,) = await chat.call("subscribe", "daily 9:00")

    assert answer.only_for == "mina"
    assert words_of(answer.post) == TEXTS.get("en", "subscribe.already")
    assert len(chat.kept) == 1
    await chat.call("subscribe", "daily", place=ELSEWHERE)
    assert len(chat.kept) == 2


async def test_another_language_must_be_named_to_have_the_same_digest_twice(chat: Chat) -> None:
    await chat.call("subscribe", "daily", language="ko")

    (refused,) = await chat.call("subscribe", "daily", language="en")

    assert refused.only_for == "mina"
    assert words_of(refused.post) == TEXTS.get("en", "subscribe.already_in_ko")
    assert len(chat.kept) == 1
    await chat.call("subscribe", "daily language:en", language="en")
    assert [each.language for each in chat.kept] == ["ko", "en"]


async def test_there_is_an_end_to_subscriptions(chat: Chat) -> None:
    for hour in range(MOST_OF_A_CHANNEL):
        await chat.call("subscribe", f"daily at:{hour}")

    (answer,) = await chat.call("subscribe", "daily at:23")

    assert words_of(answer.post) == TEXTS.get("en", "subscribe.too_many", limit=MOST_OF_A_CHANNEL)
    assert len(chat.kept) == MOST_OF_A_CHANNEL


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("zone:Mars/Olympus", "There is no time zone “Mars/Olympus”"),
        ("at:25:00", "“25:00” is not a time of day"),
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
    assert chat.kept == []


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
    assert (answer.only_for is None) == bool(chat.kept)
    chat.store.kept.clear()


async def test_the_list_is_of_this_channel_alone_and_private(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    await chat.call("subscribe", "monthly", place=ELSEWHERE)

    (answer,) = await chat.call("subscriptions")

    words = words_of(answer.post)
    assert answer.only_for == "mina"
    assert "every day at 09:00" in words
    assert "would come on Tuesday, November 5, 2024, 09:00" in words
    assert "month" not in words


async def test_buttons_in_a_list_say_which_one_they_are_for(chat: Chat) -> None:
    for hour in range(7):
        await chat.call("subscribe", f"daily at:{hour}")

    answers = await chat.call("subscriptions")

    labels = [each.label for answer in answers for each in buttons_of(answer.post)]
    assert labels[::3] == [f"{number}. Preview" for number in range(1, 8)]
    values = [each.value for answer in answers for each in buttons_of(answer.post)]
    assert len(set(values)) == 21
    assert all(len(f"{PRESS}|{value}") <= 100 for value in values)
    assert all(len(buttons_of(answer.post)) <= 15 for answer in answers)


async def test_an_empty_list_says_how_to_begin(chat: Chat) -> None:
    (answer,) = await chat.call("subscriptions")

    assert words_of(answer.post) == TEXTS.get("en", "subscriptions.none")


async def test_pausing_and_resuming_is_told_to_the_channel_with_who_did_it(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (subscription,) = chat.kept

    paused = await chat.press(f"pause {subscription.id}")
    assert paused.only_for is None
    assert "Alice paused the digest every day at 09:00" in words_of(paused.post)
    assert chat.kept[0].is_paused
    (listed,) = await chat.call("subscriptions")
    assert "paused" in words_of(listed.post)
    assert "Resume" in words_of(listed.post)

    resumed = await chat.press(f"resume {subscription.id}")
    assert "Alice resumed" in words_of(resumed.post)
    assert not chat.kept[0].is_paused


async def test_a_second_press_is_answered_quietly(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (subscription,) = chat.kept
    await chat.press(f"pause {subscription.id}")

    again = await chat.press(f"pause {subscription.id}")

    assert again.only_for == "alice"
    assert "paused already" in words_of(again.post)


async def test_what_was_removed_is_gone_and_its_buttons_say_so(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (subscription,) = chat.kept

    removed = await chat.press(f"remove {subscription.id}")
    assert removed.only_for is None
    assert "Alice removed" in words_of(removed.post)
    assert chat.kept == []

    for name in ("preview", "pause", "resume", "remove"):
        answer = await chat.press(f"{name} {subscription.id}")
        assert answer.only_for == "alice"
        assert words_of(answer.post) == TEXTS.get("en", "subscription.gone")


async def test_another_channels_subscription_cannot_be_touched(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (subscription,) = chat.kept

    answer = await chat.press(f"remove {subscription.id}", place=ELSEWHERE)

    assert words_of(answer.post) == TEXTS.get("en", "subscription.gone")
    assert len(chat.kept) == 1


@pytest.mark.parametrize("value", ["", "dance", "dance 123", "__class__ x"])
async def test_a_button_of_another_time_is_answered(chat: Chat, value: str) -> None:
    answer = await chat.press(value)

    assert words_of(answer.post) == TEXTS.get("en", "command.old_button")


async def test_a_preview_shows_the_digest_to_who_asked(chat: Chat) -> None:
    await chat.call("subscribe", "weekly language:ko")
    (subscription,) = chat.kept

    answer = await chat.press(f"preview {subscription.id}")

    assert answer.only_for == "alice"
    assert "Fresh bread" in words_of(answer.post)
    assert TEXTS.get("ko", "subscription.preview") in words_of(answer.post)
    assert answer.post.language == "ko"


async def test_a_preview_without_a_link_says_so(chat: Chat) -> None:
    await chat.call("subscribe", "weekly")
    (subscription,) = chat.kept
    press = replace(make_press(PRESS, f"preview {subscription.id}"), at=NOON.replace(year=2023))

    await make_dispatcher(
        [SubscribingCommands(SubscribingService(chat.store), chat.digesting, Charts()).router],
        platform=chat.platform,
    ).dispatch(press)

    assert "Nothing was saved for" in words_of(chat.platform.posts[-1].post)
