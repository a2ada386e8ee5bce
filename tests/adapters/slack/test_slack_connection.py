"""The real SDK against the local Slack: what members do arrives once, and is acknowledged then."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.errors import StorageUnavailable
from bot.events import (
    ButtonPressed,
    ChannelJoined,
    CommandCalled,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    ShortcutUsed,
)
from tests.adapters.slack.slack_connecting import WORKSPACE, Joined, join
from tests.servers.slack_server import (
    BOT_TOKEN,
    GENERAL,
    HTTP_TOKEN,
    MINA,
    SlackServer,
    until,
)


@pytest.fixture(params=["socket", "http"])
async def joined(request: pytest.FixtureRequest, slack: SlackServer) -> AsyncIterator[Joined]:
    async with join(slack, request.param) as opened:
        yield opened


@pytest.fixture
async def by_socket(slack: SlackServer) -> AsyncIterator[Joined]:
    async with join(slack, "socket") as opened:
        yield opened


async def test_a_mention_is_one_event_without_the_mention(joined: Joined) -> None:
    ts = await joined.slack.say(f"<@{joined.bot}> what is RAG?")

    event = await joined.only_event()
    assert isinstance(event, MessagePosted)
    assert (event.text, event.is_for_bot, event.message) == (
        "what is RAG?",
        True,
        f"{GENERAL}/{ts}",
    )
    assert event.workspace == WORKSPACE


async def test_the_talk_of_a_channel_is_left_alone(joined: Joined) -> None:
    root = await joined.slack.say("https://example.com for everyone")
    await joined.slack.say("a reply", thread=root)

    event = await joined.only_event()
    assert isinstance(event, MessagePosted)
    assert (event.text, event.is_for_bot, event.thread) == ("a reply", False, f"{GENERAL}/{root}")


async def test_a_reaction_and_its_end_are_an_event_each(joined: Joined) -> None:
    ts = await joined.slack.say("https://example.com/a")
    await joined.slack.react(ts, "bookmark")
    await until(lambda: joined.events)
    await joined.slack.react(ts, "bookmark", present=False)

    added, removed = await until(lambda: len(joined.events) == 2 and joined.events)
    assert isinstance(added, ReactionAdded)
    assert isinstance(removed, ReactionRemoved)
    assert (added.emoji, added.member, added.message) == ("🔖", MINA, f"{GENERAL}/{ts}")


async def test_an_edit_of_the_words_is_an_event(joined: Joined) -> None:
    ts = await joined.slack.say("https://example.com/a")
    await joined.slack.edit(ts, "https://example.com/b")

    event = await joined.only_event()
    assert isinstance(event, MessageEdited)
    assert (event.text, event.message) == ("https://example.com/b", f"{GENERAL}/{ts}")


async def test_a_command_carries_its_words_and_a_way_back(joined: Joined) -> None:
    await joined.slack.command("/jubo", "ask what is a payload=?", app=joined.app)

    event = await joined.only_event()
    assert isinstance(event, CommandCalled)
    assert (event.name, event.arguments) == ("jubo", "ask what is a payload=?")
    assert (event.member_name, event.answer_by.startswith("http")) == ("mina", True)


@pytest.mark.parametrize(("command", "text"), [("/digest", ""), ("/jubo", "digest")])
async def test_a_bare_command_asks_in_a_form(joined: Joined, command: str, text: str) -> None:
    await joined.slack.command(command, text, app=joined.app)
    await joined.slack.submit({"period": {"value": {"type": "plain_text_input", "value": "7d"}}})

    event = await joined.only_event()
    assert isinstance(event, CommandCalled)
    assert (event.name, event.place.channel) == ("digest", GENERAL)
    assert ("period", "7d") in event.options
    form = (await joined.slack.calls("views.open"))[0]["args"]["view"]
    assert form["submit"]["text"] == "실행"  # mina's Slack speaks Korean


async def test_a_form_that_does_not_open_leaves_the_bare_command(joined: Joined) -> None:
    await joined.slack.fault("views.open", body={"ok": False, "error": "expired_trigger_id"})
    await joined.slack.command("/digest", app=joined.app)

    event = await joined.only_event()
    assert isinstance(event, CommandCalled)
    assert (event.name, event.arguments, event.options) == ("digest", "", ())


async def test_a_form_that_opens_late_is_not_also_the_bare_command(joined: Joined) -> None:
    await joined.slack.fault("views.open", delay_ms=2000)
    await joined.slack.command("/digest", app=joined.app)
    told = (await joined.slack.acks())[-1]["payload"]
    await until(lambda: form_is_open(joined.slack))
    await joined.slack.submit({"period": {"value": {"type": "plain_text_input", "value": "7d"}}})

    event = await joined.only_event()
    assert isinstance(event, CommandCalled)
    assert ("period", "7d") in event.options
    assert "/digest" in json.dumps(told)


async def test_buttons_and_menus_give_their_values(joined: Joined) -> None:
    ts = await post(joined)
    await joined.slack.press(ts, {"type": "button", "action_id": "more#0", "value": "42"})
    await until(lambda: joined.events)
    chosen = {"selected_option": {"value": "weekly"}}
    await joined.slack.press(ts, {"type": "static_select", "action_id": "style#1", **chosen})

    first, second = await until(lambda: len(joined.events) == 2 and joined.events)
    assert isinstance(first, ButtonPressed)
    assert isinstance(second, ButtonPressed)
    assert (first.action, first.value, first.message) == ("more", "42", f"{GENERAL}/{ts}")
    assert (second.action, second.value) == ("style", "weekly")


async def test_a_shortcut_brings_the_message_along(by_socket: Joined) -> None:
    await by_socket.slack.deliver("interactive", SHORTCUT)

    event = await by_socket.only_event()
    assert isinstance(event, ShortcutUsed)
    assert (event.name, event.message_text) == ("save", "see <https://example.com/a>")
    assert [each.name for each in event.files] == ["notes.md"]


async def test_being_let_into_a_channel_is_an_event(by_socket: Joined) -> None:
    joining = {"type": "member_joined_channel", "channel": GENERAL, "channel_type": "C"}
    await by_socket.slack.deliver_event({**joining, "user": MINA, "event_ts": "1700000000.000100"})
    ours = {"user": by_socket.bot, "inviter": MINA, "event_ts": "1700000000.000200"}
    await by_socket.slack.deliver_event({**joining, **ours})

    event = await by_socket.only_event()
    assert isinstance(event, ChannelJoined)
    assert (event.place.channel, event.member) == (GENERAL, MINA)


async def test_deliveries_that_come_three_times_are_kept_once(joined: Joined) -> None:
    await joined.slack.settings(copies=3)
    ts = await joined.slack.say("hello")
    await joined.slack.react(ts, "bookmark")
    await until(lambda: joined.inbox.puts == 3)
    await joined.slack.settings(copies=1)

    assert isinstance(await joined.only_event(), ReactionAdded)
    assert joined.woken == 2  # the reaction and the command that followed it


async def test_nothing_is_acknowledged_before_it_is_kept(joined: Joined) -> None:
    ts = await joined.slack.say("hello")
    before = len(await joined.slack.acks())
    joined.inbox.gate.clear()
    reacting = asyncio.ensure_future(joined.slack.react(ts, "bookmark"))
    await until(lambda: joined.inbox.puts)

    assert len(await joined.slack.acks()) == before
    joined.inbox.gate.set()
    await reacting
    assert len(await joined.slack.acks()) == before + 1
    assert len(joined.events) == 1


async def test_what_is_not_kept_is_not_acknowledged(joined: Joined) -> None:
    joined.inbox.failure = StorageUnavailable()
    ts = await joined.slack.say("hello")
    before = len([each for each in await joined.slack.acks() if is_good(each)])
    reacting = asyncio.ensure_future(joined.slack.react(ts, "bookmark"))
    await until(lambda: joined.inbox.puts)
    await joined.slack.command("/ask", "anything?", app=joined.app)

    good = [each for each in await joined.slack.acks() if is_good(each)][before:]
    reacting.cancel()
    assert len(good) == 1
    assert "try again" in json.dumps(good[0]["payload"])
    assert joined.events == []


async def test_a_button_that_is_not_kept_says_so_to_who_pressed_it(joined: Joined) -> None:
    ts = await post(joined)
    joined.inbox.failure = StorageUnavailable()
    await joined.slack.press(ts, {"type": "button", "action_id": "more#0", "value": "42"})

    told = [each for each in await joined.slack.messages() if each.get("ephemeral_to") == MINA]
    assert ["try again" in each["text"] for each in told] == [True]


async def test_a_form_that_is_not_kept_stays_open(joined: Joined) -> None:
    await joined.slack.command("/digest", app=joined.app)
    joined.inbox.failure = StorageUnavailable()
    await joined.slack.submit({"period": {"value": {"type": "plain_text_input", "value": "7d"}}})

    answer = (await joined.slack.acks())[-1]["payload"]
    answer = json.loads(answer) if isinstance(answer, str) else answer
    assert answer["response_action"] == "errors"
    assert "다시" in answer["errors"]["period"]  # mina's Slack speaks Korean


async def test_a_bad_signature_is_turned_away(slack: SlackServer) -> None:
    async with join(slack, "http") as joined, httpx.AsyncClient() as stranger:
        url = joined.url
        signed = {"X-Slack-Signature": "v0=bad", "X-Slack-Request-Timestamp": f"{time.time():.0f}"}
        forged = await stranger.post(url, json={"type": "event_callback"}, headers=signed)
        unsigned = await stranger.post(url, content=b"{\xff")

        assert (forged.status_code, unsigned.status_code) == (401, 400)


@pytest.mark.parametrize(
    "act", [{"disconnect": "warning"}, {"disconnect": "refresh_requested"}, {"close": 1001}]
)
async def test_a_lost_connection_comes_back(by_socket: Joined, act: dict[str, Any]) -> None:
    await by_socket.slack.socket(**act)

    await until(lambda: len(by_socket.connected) == 2)
    ts = await by_socket.slack.say("hello")
    await by_socket.slack.react(ts, "bookmark")
    assert isinstance(await by_socket.only_event(), ReactionAdded)


async def post(joined: Joined) -> str:
    token = BOT_TOKEN if joined.mode == "socket" else HTTP_TOKEN
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{joined.slack.api_url}chat.postMessage",
            json={"channel": GENERAL, "text": "a post"},
            headers={"Authorization": f"Bearer {token}"},
        )
    return str(answer.json()["ts"])


async def form_is_open(slack: SlackServer) -> bool:
    return any("is_done" in each for each in await slack.calls("views.open"))


def is_good(ack: dict[str, Any]) -> bool:
    return bool(ack.get("status", 200) == 200)


SHORTCUT = {
    "type": "message_action",
    "callback_id": "save",
    "trigger_id": "1.2.shortcut",
    "response_url": "http://127.0.0.1/none",
    "action_ts": "1700000000.000300",
    "message_ts": "1700000000.000100",
    "user": {"id": MINA, "name": "mina"},
    "channel": {"id": GENERAL, "name": "general"},
    "team": {"id": "T0TEAM", "domain": "study"},
    "message": {
        "type": "message",
        "user": MINA,
        "ts": "1700000000.000100",
        "text": "see <https://example.com/a>",
        "files": [
            {
                "id": "F1",
                "name": "notes.md",
                "mimetype": "text/markdown",
                "size": 12,
                "url_private": "https://files.slack.com/files-pri/T0TEAM-F1/notes.md",
            }
        ],
    },
}
