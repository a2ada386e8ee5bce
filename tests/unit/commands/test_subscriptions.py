"""Anybody in a channel sees, changes, pauses, skips, runs and removes its subscriptions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.subscription_options import options_of
from bot.commands.subscription_views import PRESS
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.models import LOCAL, Kind
from bot.domain.planning import plan, schedule
from bot.domain.subscriptions import Size, Subscription
from bot.errors import UserError
from bot.posts import Select
from tests.factories import NOON
from tests.fakes.platform import Sent, words_of
from tests.fakes.talking import TEXTS
from tests.unit.commands.subscribed_chat import ELSEWHERE, Chat, button_of, buttons_of, open_chat


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_chat(tmp_path) as opened:
        yield opened


async def send_form(chat: Chat, before: Subscription, **chosen: str) -> Sent:
    """Send the form of a subscription as it was opened, with what somebody chose in it."""
    filled = dict(options_of(before)) | chosen
    options = tuple((name, value) for name, value in filled.items() if value)
    (answer,) = await chat.call("subscribe", options=options, member="Alice")
    return answer


async def test_the_list_is_of_this_channel_alone_and_private(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    await chat.call("subscribe", "monthly", place=ELSEWHERE)

    (answer,) = await chat.call("subscriptions")

    words = words_of(answer.post)
    assert answer.only_for == "mina"
    assert "Every day at 09:00" in words
    assert "Next on Tuesday, November 5, 2024, 09:00 · by Mina" in words
    assert "month" not in words
    labels = [each.label for each in buttons_of(answer.post)]
    assert labels == ["Preview", "Run now", "Skip next", "Edit", "Pause", "Remove"]


async def test_buttons_in_a_list_say_which_one_they_are_for(chat: Chat) -> None:
    await chat.call("subscribe", "daily at:1")
    await chat.call("subscribe", "daily at:2")

    (answer,) = await chat.call("subscriptions")

    labels = [each.label for each in buttons_of(answer.post)]
    assert labels[::6] == ["1. Preview", "2. Preview"]
    values = [each.value for each in buttons_of(answer.post)]
    assert len(set(values)) == 12
    assert all(len(f"{PRESS}|{value}") <= 100 for value in values)


async def test_of_a_long_list_one_is_chosen_to_see_its_buttons(chat: Chat) -> None:
    for hour in range(7):
        await chat.call("subscribe", f"daily at:{hour}")

    (answer,) = await chat.call("subscriptions")

    assert buttons_of(answer.post) == []
    (menu,) = (each for each in answer.post.blocks if isinstance(each, Select))
    label, value = menu.choices[4]
    assert label == "5. every day at 04:00 (Asia/Seoul)"
    shown = await chat.press_once(value)
    assert shown.only_for == "alice"
    assert "Every day at 04:00" in words_of(shown.post)
    assert len(buttons_of(shown.post)) == 6


async def test_an_empty_list_says_how_to_begin(chat: Chat) -> None:
    (answer,) = await chat.call("subscriptions")

    assert words_of(answer.post) == TEXTS.get("en", "subscriptions.none")


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (DeliveryState.DELIVERED, {"number": 12}, "09:00 · No. 12"),
        (DeliveryState.DELIVERED, {"is_manual": True}, "somebody asked for it"),
        (DeliveryState.DELIVERED, {}, "said that nothing new was saved"),
        (DeliveryState.EMPTY, {}, "nothing new was saved"),
        (DeliveryState.FAILED, {"reason": "message.gone"}, TEXTS.get("en", "message.gone")),
        (DeliveryState.FAILED, {"reason": "of.another_version"}, "in the log"),
        (DeliveryState.PLANNED, {}, "Being posted now"),
    ],
)
async def test_the_list_says_what_became_of_the_last_one(
    chat: Chat, state: DeliveryState, fields: dict[str, object], words: str
) -> None:
    await chat.call("subscribe", "daily")
    await deliver(chat, state=state, **fields)

    (answer,) = await chat.call("subscriptions")

    said = words_of(answer.post)
    assert "Tuesday, November 5, 2024, 09:00" in said
    assert words in said


async def deliver(chat: Chat, **fields: object) -> Delivery:
    """Let the next one be due, and end as the fields say."""
    before = await chat.only()
    planned = plan(before, now=NOON + timedelta(hours=13))
    assert planned is not None
    assert planned.delivery is not None
    assert await chat.deliveries.plan(before, planned.after, planned.delivery)
    ended = replace(planned.delivery, **fields)  # type: ignore[arg-type]  # as tests name them
    if ended.state is not DeliveryState.PLANNED:
        await chat.deliveries.end(ended)
    return ended


async def test_pausing_and_resuming_is_told_to_the_channel_with_who_did_it(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    subscription = await chat.only()

    paused = await chat.press_once(f"pause {subscription.id}")
    assert paused.only_for is None
    assert "Alice paused the digest every day at 09:00" in words_of(paused.post)
    kept = await chat.only()
    assert kept.is_paused
    assert kept.next_run_at is None
    (listed,) = await chat.call("subscriptions")
    assert "Paused by Alice" in words_of(listed.post)
    labels = [each.label for each in buttons_of(listed.post)]
    assert labels == ["Preview", "Run now", "Edit", "Resume", "Remove"]

    chat.clock.move(days=10)
    resumed = await chat.press_once(f"resume {subscription.id}")
    words = words_of(resumed.post)
    assert "Alice resumed" in words
    assert "next on Friday, November 15, 2024, 09:00, with what was saved meanwhile" in words
    assert (await chat.only()).next_run_at is not None


async def test_a_resumed_one_covers_the_pause(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    first = await deliver(chat, state=DeliveryState.DELIVERED, number=1)
    subscription = await chat.only()
    await chat.press(f"pause {subscription.id}")
    chat.clock.move(days=10)

    await chat.press(f"resume {subscription.id}")

    after = await chat.only()
    planned = plan(after, now=after.next_run_at or NOON)
    assert planned is not None
    assert planned.delivery is not None
    assert planned.delivery.since == first.until


async def test_why_we_paused_one_ourselves_is_told(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    before = await chat.only()
    stopped = schedule(
        replace(before, is_paused=True, pause_reason="slack_post.not_in_channel"), now=NOON
    )
    await chat.deliveries.plan(before, stopped, None)

    (answer,) = await chat.call("subscriptions")

    assert f"Stopped: {TEXTS.get('en', 'slack_post.not_in_channel')}" in words_of(answer.post)
    await chat.press(f"resume {before.id}")
    assert (await chat.only()).pause_reason == ""


async def test_a_second_press_is_answered_quietly(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    subscription = await chat.only()
    await chat.press(f"pause {subscription.id}")

    again = await chat.press_once(f"pause {subscription.id}")

    assert again.only_for == "alice"
    assert "paused already" in words_of(again.post)


async def test_the_next_one_is_skipped_once_however_often_it_is_pressed(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (listed,) = await chat.call("subscriptions")
    skip = button_of(listed.post, "Skip next").value

    skipped = await chat.press_once(skip)
    words = words_of(skipped.post)
    assert skipped.only_for is None
    assert "Alice skipped the digest of Tuesday, November 5, 2024, 09:00" in words
    assert "The next one comes on Wednesday, November 6, 2024, 09:00" in words

    again = await chat.press_once(skip, member="Bob")
    assert again.only_for == "bob"
    assert "Next is Wednesday, November 6" in words_of(again.post)
    assert (await chat.only()).version == 1


async def test_what_was_skipped_comes_with_the_next(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    first = await deliver(chat, state=DeliveryState.DELIVERED, number=1)
    (listed,) = await chat.call("subscriptions")
    chat.clock.move(hours=14)

    await chat.press(button_of(listed.post, "Skip next").value)

    after = await chat.only()
    assert after.next_run_at == first.until + timedelta(days=2)
    planned = plan(after, now=after.next_run_at)
    assert planned is not None
    assert planned.delivery is not None
    assert planned.delivery.since == first.until


async def test_one_that_came_meanwhile_is_not_skipped_and_no_other_is(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    before = await chat.only()
    await deliver(chat, state=DeliveryState.PLANNED)
    after = await chat.only()

    with pytest.raises(UserError) as refused:
        await chat.subscribing.skip(before, by="Alice", act="press")

    assert refused.value.message_key == "subscription.came_meanwhile"
    assert await chat.only() == after


async def test_an_event_that_is_handled_again_skips_no_other(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (listed,) = await chat.call("subscriptions")
    skip = button_of(listed.post, "Skip next").value
    await chat.press(skip, event="same")

    again = await chat.press(skip, event="same")

    assert again == []  # said already
    assert (await chat.only()).version == 1


async def test_one_that_is_paused_has_none_to_skip(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (listed,) = await chat.call("subscriptions")
    await chat.press(button_of(listed.post, "Pause").value)

    answer = await chat.press_once(button_of(listed.post, "Skip next").value)

    assert words_of(answer.post) == TEXTS.get("en", "subscription.not_skipped_paused")


async def test_one_is_run_now_beside_those_that_are_planned(chat: Chat) -> None:
    await chat.call("subscribe", "weekly")
    before = await chat.only()

    answer = await chat.press_once(f"run {before.id}")

    assert answer.only_for is None
    assert "Alice asked for the digest of the last 7 days now" in words_of(answer.post)
    assert await chat.only() == before
    (delivery,) = await chat.deliveries.list_recent(LOCAL, limit=9)
    assert delivery.is_manual
    (job,) = await chat.storage.jobs.list_jobs(limit=9)
    assert job.arguments["delivery"] == delivery.id
    assert delivery.until - delivery.since == timedelta(days=7)


async def test_the_same_press_again_runs_it_once(chat: Chat) -> None:
    await chat.call("subscribe", "weekly")
    subscription = await chat.only()

    for _ in range(3):
        await chat.press(f"run {subscription.id}", event="same")

    assert len(await chat.deliveries.list_recent(LOCAL, limit=9)) == 1


async def test_what_was_removed_is_gone_and_its_buttons_say_so(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    (listed,) = await chat.call("subscriptions")

    removed = await chat.press_once(button_of(listed.post, "Remove").value)
    assert removed.only_for is None
    assert "Alice removed" in words_of(removed.post)
    assert await chat.kept() == []

    for button in buttons_of(listed.post):
        answer = await chat.press_once(button.value)
        assert answer.only_for == "alice"
        assert words_of(answer.post) == TEXTS.get("en", "subscription.gone")


async def test_what_is_planned_of_a_removed_one_does_not_come(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    subscription = await chat.only()
    planned = await deliver(chat, state=DeliveryState.PLANNED)

    await chat.press(f"remove {subscription.id}")

    dropped = await chat.deliveries.get(LOCAL, planned.id)
    assert dropped.state is DeliveryState.FAILED
    assert dropped.reason == "subscription.was_removed"
    assert list(await chat.deliveries.list_unclaimed(limit=9)) == []


async def test_another_channels_subscription_cannot_be_touched(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    subscription = await chat.only()

    for name in ("show", "preview", "run", "skip", "edit", "pause", "resume", "remove"):
        (answer,) = await chat.press(f"{name} {subscription.id}", place=ELSEWHERE)
        assert words_of(answer.post) == TEXTS.get("en", "subscription.gone")
    (answer,) = await chat.call("subscribe", f"change:{subscription.id} at:1", place=ELSEWHERE)

    assert words_of(answer.post) == TEXTS.get("en", "subscription.gone")
    assert await chat.kept() == [subscription]


@pytest.mark.parametrize("value", ["", "dance", "dance 123", "__class__ x"])
async def test_a_button_of_another_time_is_answered(chat: Chat, value: str) -> None:
    answer = await chat.press_once(value)

    assert words_of(answer.post) == TEXTS.get("en", "command.old_button")


async def test_a_preview_shows_the_digest_to_who_asked(chat: Chat) -> None:
    await chat.call("subscribe", "daily language:ko")
    subscription = await chat.only()
    chat.clock.move(hours=23)  # another day, and within a day of the save

    answer = await chat.press_once(f"preview {subscription.id}")

    assert answer.only_for == "alice"
    assert "Fresh bread" in words_of(answer.post)
    assert TEXTS.get("ko", "subscription.preview") in words_of(answer.post)
    assert answer.post.language == "ko"


async def test_a_preview_keeps_to_what_the_subscription_holds(chat: Chat) -> None:
    await chat.call("subscribe", "weekly kinds:news")
    subscription = await chat.only()

    answer = await chat.press_once(f"preview {subscription.id}")

    assert "Fresh bread" not in words_of(answer.post)  # a paper


# Changing one


@pytest.mark.parametrize(
    ("made", "typed", "cron", "zone"),
    [
        ("weekly fri 17:00", "at:10:00", "0 10 * * 5", "Asia/Seoul"),
        ("weekly fri 17:00", "on:mon", "0 17 * * 1", "Asia/Seoul"),
        ("weekly fri 17:00", "매일", "0 17 * * *", "Asia/Seoul"),
        ("weekly fri 17:00", "monthly on:15", "0 17 15 * *", "Asia/Seoul"),
        ("weekly fri 17:00", "zone:Europe/Berlin", "0 17 * * 5", "Europe/Berlin"),
        ("weekly fri 17:00", "cron:0 9 * * 1,4", "0 9 * * 1,4", "Asia/Seoul"),
        ("cron:0 9 * * 1,4", "at:10:00", "0 10 * * 1,4", "Asia/Seoul"),
        ("cron:0 9 * * 1,4", "on:15", "0 9 15 * *", "Asia/Seoul"),
        ("cron:0 9 * * 1,4", "size:small", "0 9 * * 1,4", "Asia/Seoul"),
    ],
)
async def test_one_part_of_a_schedule_is_changed_by_typing(
    chat: Chat, made: str, typed: str, cron: str, zone: str
) -> None:
    await chat.call("subscribe", made)

    (answer,) = await chat.call("subscribe", f"change:1 {typed}", member="Alice")

    after = await chat.only()
    assert (after.cron, after.zone) == (cron, zone)
    assert answer.only_for is None
    assert "Alice changed this channel's digest" in words_of(answer.post)


async def test_what_a_change_leaves_out_stays(chat: Chat) -> None:
    await chat.call("subscribe", "daily kinds:paper size:large empty:yes language:ko")
    before = await chat.only()

    await chat.call("subscribe", "change:1 topics:programming", member="Alice")

    after = await chat.only()
    assert after.topics == ("programming",)
    assert (after.kinds, after.size, after.posts_empty) == ((Kind.PAPER,), Size.LARGE, True)
    assert (after.next_run_at, after.made_by_name) == (before.next_run_at, "Mina")
    assert (after.version, after.changed_by_name) == (1, "Alice")
    await chat.call("subscribe", "change:1 kinds:all empty:no")
    assert ((await chat.only()).kinds, (await chat.only()).posts_empty) == ((), False)


async def test_an_edited_time_neither_skips_nor_repeats(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    first = await deliver(chat, state=DeliveryState.DELIVERED, number=1)
    chat.clock.move(hours=12, minutes=30)  # half an hour later, on Tuesday at 09:30 there

    await chat.call("subscribe", "change:1 at:10:00")

    after = await chat.only()
    assert after.next_run_at == first.until + timedelta(hours=1)
    planned = plan(after, now=after.next_run_at)
    assert planned is not None
    assert planned.delivery is not None
    assert planned.delivery.since == first.until


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("change:2 at:10:00", "There is no subscription 2 here"),
        ("change:0 at:10:00", "There is no subscription 0 here"),
        ("change:x at:10:00", "That subscription is gone"),
        ("change:1 zone:Mars", "There is no time zone “Mars”"),
        ("change:1 on:fri", "“fri” only goes with weekly or monthly"),
        ("change:1", "/subscribe change:1 at:10:00"),
        ("change:1 cron:0 9 31 2 *", "never comes"),
    ],
)
async def test_a_change_that_cannot_be_meant_changes_nothing(
    chat: Chat, typed: str, sentence: str
) -> None:
    await chat.call("subscribe", "daily")
    before = await chat.only()

    (answer,) = await chat.call("subscribe", typed)

    assert answer.only_for == "mina"
    assert sentence in words_of(answer.post)
    assert await chat.only() == before


async def test_one_cannot_be_changed_into_another(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    await chat.call("subscribe", "daily at:10:00")

    (answer,) = await chat.call("subscribe", "change:2 at:09:00")

    assert words_of(answer.post) == TEXTS.get("en", "subscribe.already")


async def test_a_form_is_filled_in_with_what_stands(chat: Chat) -> None:
    await chat.call("subscribe", "weekly fri 17:00 kinds:paper empty:yes")

    (listed,) = await chat.call("subscriptions")

    form = button_of(listed.post, "Edit").form
    assert form is not None
    filled = dict(form.options)
    assert (filled["every"], filled["at"], filled["on"]) == ("weekly", "17:00", "fri")
    assert (filled["kinds"], filled["empty"], filled["zone"]) == ("paper", "yes", "Asia/Seoul")
    assert form.command == "subscribe"


@pytest.mark.parametrize("made", ["weekly fri 17:00 kinds:paper empty:yes", "cron:0 9 * * 1,4"])
async def test_a_form_that_is_sent_as_it_was_opened_changes_nothing_people_chose(
    chat: Chat, made: str
) -> None:
    await chat.call("subscribe", made)
    before = await chat.only()

    answer = await send_form(chat, before)

    after = await chat.only()
    assert replace(after, version=0, changed_by_name="", changed_in="") == before
    assert "Alice changed" in words_of(answer.post)


async def test_what_a_form_leaves_empty_is_emptied(chat: Chat) -> None:
    await chat.call("subscribe", "weekly fri 17:00 kinds:paper topics:programming")
    before = await chat.only()

    await send_form(chat, before, kinds="", every="daily")

    after = await chat.only()
    assert (after.kinds, after.topics) == ((), ("programming",))
    assert after.cron == "0 17 * * *"


async def test_a_form_leaves_a_cron_line_for_what_is_chosen_instead(chat: Chat) -> None:
    await chat.call("subscribe", "cron:0 9 * * 1,4")

    await send_form(chat, await chat.only(), every="weekdays", at="08:00")

    assert (await chat.only()).cron == "0 8 * * 1-5"


async def test_of_two_who_edit_at_once_the_second_hears_of_the_first(chat: Chat) -> None:
    await chat.call("subscribe", "weekly fri 17:00")
    before = await chat.only()
    await chat.call("subscribe", "change:1 at:10:00", member="Bob")

    answer = await send_form(chat, before, at="12:00")

    words = words_of(answer.post)
    assert answer.only_for == "alice"
    assert "Bob changed this meanwhile" in words
    assert "Every Friday at 10:00" in words
    form = button_of(answer.post, "Edit").form
    assert form is not None
    assert (await chat.only()).cron == "0 10 * * 5"
    (again,) = await chat.call(
        "subscribe", options=(*form.options, ("at", "12:00")), member="Alice"
    )
    assert "Alice changed" in words_of(again.post)


async def test_who_edits_what_was_stopped_meanwhile_hears_why(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    before = await chat.only()
    stopped = replace(before, is_paused=True, pause_reason="delivery.refused", version=1)
    await chat.deliveries.plan(before, stopped, None)

    answer = await send_form(chat, before, at="12:00")

    assert "was stopped meanwhile" in words_of(answer.post)
    assert TEXTS.get("en", "delivery.refused") in words_of(answer.post)


async def test_that_one_came_meanwhile_is_no_change(chat: Chat) -> None:
    await chat.call("subscribe", "daily")
    before = await chat.only()
    await deliver(chat, state=DeliveryState.DELIVERED, number=1)

    answer = await send_form(chat, before, size="small")

    assert "Alice changed" in words_of(answer.post)
    after = await chat.only()
    assert after.size is Size.SMALL
    assert after.covered_until is not None


async def test_where_there_is_no_form_edit_says_what_to_type(chat: Chat) -> None:
    await chat.call("subscribe", "daily at:1")
    await chat.call("subscribe", "daily at:2")
    second = (await chat.kept())[1]

    answer = await chat.press_once(f"edit {second.id}")

    assert answer.only_for == "alice"
    assert "/subscribe change:2 at:10:00" in words_of(answer.post)
