"""Payloads of every kind as events, without any network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.events import translate
from adapters.slack.identity import Identity
from adapters.slack.messages import instant_of
from bot.domain.models import ChannelId, MemberId, Place, WorkspaceId
from bot.events import (
    ButtonPressed,
    CommandCalled,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.ports import Target

ME = Identity(WorkspaceId("slack:T1"), "Study", team="T1", member=MemberId("U0BOT"), bot_id="B0BOT")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
HERE = ChannelId("C1")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MESSAGE = {"type": "message", "channel": "C1", "user": "U1", "ts": "1700000000.000100"}
MENTION = {**MESSAGE, "text": "<@U0BOT> hello"}


def hear(event: dict[str, Any]) -> Event | None:
    return translate({"type": "event_callback", "event": event}, me=ME, now=NOW)


def test_a_mention_told_twice_is_one_event() -> None:
    first, second = hear(MENTION), hear({**MENTION, "type": "app_mention"})

    assert isinstance(first, MessagePosted)
    assert first == second
    assert first.id == "message:C1/1700000000.000100"
    assert first.at == datetime(2023, 11, 14, 22, 13, 20, 100, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (
            {"channel_type": "im", "channel": "D1"},
            Place(ChannelId("D1"), is_private=True, is_direct=True),
        ),
        ({"channel_type": "group"}, Place(ChannelId("C1"), is_private=True)),
        ({"channel_type": "mpim"}, Place(ChannelId("C1"), is_private=True)),
        ({"channel_type": "channel"}, Place(ChannelId("C1"))),
        ({}, Place(ChannelId("C1"))),
    ],
)
def test_places_are_as_private_as_slack_says(more: dict[str, str], place: Place) -> None:
    event = hear({**MENTION, **more})

    assert event is not None
    assert event.place == place


def test_a_reply_to_us_is_for_us_at_once() -> None:
    reply = {**MESSAGE, "text": "and then?", "thread_ts": "1.0", "parent_user_id": "U0BOT"}

    ours, theirs = hear(reply), hear({**reply, "parent_user_id": "U2"})

    assert isinstance(ours, MessagePosted)
    assert isinstance(theirs, MessagePosted)
    assert (ours.is_for_bot, theirs.is_for_bot, ours.thread) == (True, False, "C1/1.0")


@pytest.mark.parametrize(
    "event",
    [
        {**MESSAGE, "text": "the talk of a channel"},
        {**MESSAGE, "text": "the start of a thread", "thread_ts": MESSAGE["ts"]},
        {**MENTION, "bot_id": "B1"},
        {**MENTION, "subtype": "bot_message"},
        {**MENTION, "subtype": "channel_topic"},
        {**MENTION, "subtype": "message_deleted"},
        {**MENTION, "user": "U0BOT"},
        {"type": "member_joined_channel", "channel": "C1", "user": "U1"},
        {"type": "reaction_added", "user": "U1", "reaction": "x", "item": {"type": "file"}},
        {"type": "reaction_added", "user": "U0BOT", "reaction": "x", "item": {"type": "message"}},
        {"type": "file_shared", "file_id": "F1"},
    ],
)
def test_what_is_not_for_us_is_no_event(event: dict[str, Any]) -> None:
    assert hear(event) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_what_people_say_in_other_forms_is_heard(subtype: str) -> None:
    assert isinstance(hear({**MENTION, "subtype": subtype}), MessagePosted)


def edit(new: dict[str, Any], old: dict[str, Any] | None) -> Event | None:
    changed: dict[str, Any] = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "ts": "2.0",
    }
    if old is not None:
        changed["previous_message"] = {**MESSAGE, **old}
    return hear({**changed, "message": {**MESSAGE, **new}, "event_ts": "1700000009.000000"})


def delete(old: dict[str, Any], *, is_answered: bool = False) -> Event | None:
    gone: dict[str, Any] = {"subtype": "message_deleted", "deleted_ts": MESSAGE["ts"]}
    if is_answered:
        left = {**MESSAGE, "user": "USLACKBOT", "subtype": "tombstone", "hidden": True}
        gone = {"subtype": "message_changed", "message": left}
    told = {"type": "message", "channel": "C1", "ts": "2.0", "event_ts": "1700000009.000000"}
    return hear({**told, **gone, "previous_message": {**MESSAGE, **old}})


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_question_that_is_deleted_is_told(*, is_answered: bool) -> None:
    event = delete({"text": "<@U0BOT> what is it?"}, is_answered=is_answered)

    assert isinstance(event, MessageDeleted)
    assert event.id == "deletion:C1/1700000000.000100"
    assert (event.message, event.member) == ("C1/1700000000.000100", "U1")


def test_other_deletions_are_none_of_our_business() -> None:
    assert delete({"text": "the talk of a channel"}) is None
    assert delete({"text": "<@U0BOT> hi", "bot_id": "B1"}) is None
    assert delete({"text": "<@U0BOT> hi", "user": "U0BOT"}) is None


def test_changed_words_are_an_edit_and_a_preview_is_none() -> None:
    edited = {"edited": {"user": "U1", "ts": "1700000005.000000"}}
    changed = edit({"text": "new", **edited}, {"text": "old"})
    preview = edit({"text": "old", "attachments": [{"from_url": "https://a.b"}]}, {"text": "old"})

    assert isinstance(changed, MessageEdited)
    assert changed.id == "edit:C1/1700000000.000100:2023-11-14T22:13:25+00:00"
    assert changed.text == "new"
    assert preview is None
    assert edit({"text": "new", "bot_id": "B1"}, {"text": "old"}) is None
    assert isinstance(edit({"text": "new"}, None), MessageEdited)


def test_a_reaction_has_no_skin_tone_and_its_end_another_identity() -> None:
    item = {"type": "message", "channel": "C1", "ts": "1.0"}
    act = {"user": "U1", "reaction": "technologist::skin-tone-3", "item": item}

    on = hear({"type": "reaction_added", **act, "event_ts": "2.0"})
    off = hear({"type": "reaction_removed", **act, "event_ts": "3.0"})

    assert isinstance(on, ReactionAdded)
    assert isinstance(off, ReactionRemoved)
    assert on.emoji == off.emoji == "🧑‍💻"
    assert on.id == "react:C1/1.0:🧑‍💻:U1:2.0"
    assert on.id != off.id


def test_a_command_in_a_direct_message_is_private() -> None:
    body = {
        "command": "/ask",
        "text": "what &amp; why",
        "trigger_id": "1.2.3",
        "channel_id": "D1",
        "channel_name": "directmessage",
        "user_id": "U1",
    }

    event = translate(body, me=ME, now=NOW)

    assert isinstance(event, CommandCalled)
    assert (event.id, event.name, event.arguments) == ("command:1.2.3", "ask", "what & why")
    assert event.place.is_private
    assert event.at == NOW


def test_the_way_back_is_a_secret_that_no_log_shows() -> None:
    secret = "https://hooks.slack.com/commands/T1/2/secret"
    body = {"command": "/ask", "trigger_id": "1.2.3", "channel_id": "C1", "user_id": "U1"}

    event = translate({**body, "response_url": secret}, me=ME, now=NOW)

    assert event is not None
    target = Target(ME.workspace, event.place, answer_by=event.answer_by)
    assert target.answer_by == secret
    assert "secret" not in f"{event!r} {target!r}"


def test_a_button_without_a_value_in_a_thread_is_read() -> None:
    body = {
        "type": "block_actions",
        "trigger_id": "1.2.3",
        "user": {"id": "U1"},
        "container": {
            "type": "message",
            "message_ts": "5.0",
            "channel_id": "C1",
            "thread_ts": "4.0",
        },
        "actions": [{"type": "button", "action_id": "more#2", "action_ts": "1700000000.5"}],
    }

    event = translate(body, me=ME, now=NOW)

    assert isinstance(event, ButtonPressed)
    assert (event.action, event.value, event.message) == ("more", "", "C1/5.0")
    assert event.thread == "C1/4.0"
    assert event.at == datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)


def test_a_form_of_another_age_is_no_event() -> None:
    view = {"id": "V1", "callback_id": "command", "private_metadata": "{}", "state": {}}

    assert translate({"type": "view_submission", "view": view}, me=ME, now=NOW) is None


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_timestamps_keep_their_microseconds(micros: int) -> None:
    ts = f"{micros // 10**6}.{micros % 10**6:06d}"

    assert instant_of(ts, otherwise=NOW) == EPOCH + timedelta(microseconds=micros)


@given(st.text() | st.integers().map(str))
def test_a_time_that_is_none_is_now(ts: str) -> None:
    assert instant_of(ts, otherwise=NOW).tzinfo is not None
