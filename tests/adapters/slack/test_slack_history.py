"""A channel's past is read whole: pages, threads, reactions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.slack import history as reading_history
from adapters.slack.client import SlackClients
from adapters.slack.events import translate
from adapters.slack.history import SlackHistory
from adapters.slack.identity import WhoWeAre
from adapters.slack.messages import instant_of
from bot.domain.models import ChannelId, Place
from bot.errors import PlaceClosed
from bot.ports import PastMessage
from tests.adapters.slack.slack_connecting import WORKSPACE
from tests.servers.slack_server import (
    ALICE,
    BOT,
    ELSEWHERE,
    GENERAL,
    MINA,
    PRIVATE,
    SlackServer,
)

PLACE = Place(ChannelId(GENERAL))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def history(clients: SlackClients) -> SlackHistory:
    return SlackHistory(clients.reading, WhoWeAre(clients.reading))


async def read_all(history: SlackHistory, *, since: datetime = LONG_AGO) -> list[PastMessage]:
    found: list[PastMessage] = []
    cursor = ""
    while True:
        page = await history.read(WORKSPACE, PLACE, since=since, cursor=cursor)
        found += page.messages
        cursor = page.cursor
        if not cursor:
            return found


async def test_the_channels_that_we_are_in_are_listed(history: SlackHistory) -> None:
    places = await history.list_channels(WORKSPACE)

    assert set(places) == {PLACE, Place(ChannelId(PRIVATE), is_private=True)}


async def test_every_message_is_read_once_over_many_pages(
    slack: SlackServer, history: SlackHistory
) -> None:
    for number in range(reading_history.PAGE * 2 + 1):
        await slack.say(f"message {number}")

    found = await read_all(history)

    assert len(found) == reading_history.PAGE * 2 + 1
    assert len({each.id for each in found}) == len(found)
    assert len(await slack.calls("conversations.history")) == 3 + 1  # one for older threads


async def test_replies_come_behind_what_they_answer(
    slack: SlackServer, history: SlackHistory
) -> None:
    root = await slack.say("a question")
    later = await slack.say("something else")
    reply = await slack.say("<https://example.com/a>", thread=root, by=ALICE)

    found = await read_all(history)

    assert [each.id.partition("/")[2] for each in found] == [root, reply, later]
    assert found[1].thread == f"{GENERAL}/{root}"
    assert (found[1].text, found[1].member) == ("<https://example.com/a>", ALICE)


async def test_reactions_and_mentions_come_along_and_our_own_marks_do_not(
    slack: SlackServer, clients: SlackClients, history: SlackHistory
) -> None:
    ts = await slack.say(f"<@{BOT}> see <https://example.com/a>")
    await slack.react(ts, "technologist", by=ALICE)
    await slack.react(ts, "bookmark", by=MINA)
    await clients.posting.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")

    (message,) = await read_all(history)

    assert message.is_for_bot
    assert {(each.emoji, each.member) for each in message.reactions} == {
        ("🧑💻", ALICE),
        ("🔖", MINA),
    }


async def test_what_bots_say_is_marked(clients: SlackClients, history: SlackHistory) -> None:
    await clients.posting.chat_postMessage(channel=GENERAL, text="ours")

    (message,) = await read_all(history)

    assert message.is_from_bot


async def test_only_what_is_younger_is_read(slack: SlackServer, history: SlackHistory) -> None:
    await slack.say("old")
    ts = await slack.say("young")

    found = await read_all(history, since=instant_of(ts, otherwise=LONG_AGO))

    assert [each.text for each in found] == ["young"]


async def test_what_is_said_in_threads_that_began_earlier_comes_along(
    slack: SlackServer, history: SlackHistory
) -> None:
    root = await slack.say("old", by=ALICE)
    await slack.say("an old reply", thread=root)
    await slack.say("old, too")
    quiet = await slack.say("a quiet thread")
    await slack.say("a reply", thread=quiet)
    since = await slack.say("young")
    reply = await slack.say("a young reply", thread=root, by=ALICE)
    await slack.react(reply, "bookmark")

    found = await read_all(history, since=instant_of(since, otherwise=LONG_AGO))

    assert [each.text for each in found] == ["young", "a young reply"]
    assert found[1].thread == f"{GENERAL}/{root}"
    assert [each.member for each in found[1].reactions] == [MINA]
    assert len(await slack.calls("conversations.replies")) == 1


async def test_threads_are_looked_for_in_a_few_pages_of_what_is_older(
    slack: SlackServer, clients: SlackClients
) -> None:
    history = SlackHistory(clients.reading, WhoWeAre(clients.reading), older_page=2)
    said = [
        await slack.say(f"old {number}") for number in range(2 * reading_history.OLDER_PAGES + 1)
    ]
    since = await slack.say("young")
    for root in said[:2]:
        await slack.say(f"below {root}", thread=root)

    found = await read_all(history, since=instant_of(since, otherwise=LONG_AGO))

    assert [each.text for each in found] == ["young", f"below {said[1]}"]


async def test_direct_messages_are_for_us_and_no_channels(
    slack: SlackServer, history: SlackHistory
) -> None:
    channel = await slack.open_direct(ALICE)
    await slack.say("what is new?", by=ALICE, channel=channel)

    (place,) = await history.list_directs(WORKSPACE)
    assert place == Place(ChannelId(channel), is_private=True, is_direct=True)
    assert place not in await history.list_channels(WORKSPACE)
    page = await history.read(WORKSPACE, place, since=LONG_AGO)
    assert [(each.text, each.is_for_bot) for each in page.messages] == [("what is new?", True)]
    assert not page.cursor  # one call for each member is dear enough


async def test_whom_nobody_hears_any_more_is_left_out(
    slack: SlackServer, history: SlackHistory
) -> None:
    left = {"id": "D0LEFT", "is_im": True, "user": MINA, "is_user_deleted": True}
    await slack.fault("users.conversations", body={"ok": True, "channels": [left]})

    assert await history.list_directs(WORKSPACE) == []


async def test_group_messages_are_private_channels(
    slack: SlackServer, history: SlackHistory
) -> None:
    group = {"id": "G0GROUP", "is_mpim": True}
    await slack.fault("users.conversations", body={"ok": True, "channels": [group]})

    places = await history.list_channels(WORKSPACE)

    assert places == [Place(ChannelId("G0GROUP"), is_private=True)]
    (call,) = await slack.calls("users.conversations")
    assert "mpim" in call["args"]["types"]


async def test_edits_come_as_they_were_heard(
    slack: SlackServer, clients: SlackClients, history: SlackHistory
) -> None:
    ts = await slack.say("one")
    await slack.say("two")
    await slack.edit(ts, "three")
    raw = (await clients.reading.conversations_history(channel=GENERAL))["messages"][-1]

    one, two = await read_all(history)

    heard = translate(
        {
            "type": "event_callback",
            "event": {
                "type": "message",
                "subtype": "message_changed",
                "channel": GENERAL,
                "message": raw,
            },
        },
        me=await WhoWeAre(clients.reading).get(),
        now=LONG_AGO,
    )
    assert heard is not None
    assert one.edited_at is not None
    assert heard.id == f"edit:{one.id}:{one.edited_at.isoformat()}"
    assert two.edited_at is None


async def test_files_come_along(slack: SlackServer, history: SlackHistory) -> None:
    await slack.upload("notes.md", b"# notes")

    (message,) = await read_all(history)

    assert [each.name for each in message.files] == ["notes.md"]


async def test_limits_are_waited_for(slack: SlackServer, history: SlackHistory) -> None:
    await slack.say("hello")
    wait = {"status": 429, "headers": {"Retry-After": "0"}}
    await slack.fault("conversations.history", times=6, **wait)

    assert len(await read_all(history)) == 1
    assert len(await slack.calls("conversations.history")) == 6 + 2


async def test_a_channel_that_we_are_not_in_is_closed(history: SlackHistory) -> None:
    with pytest.raises(PlaceClosed):
        await history.read(WORKSPACE, Place(ChannelId(ELSEWHERE)), since=LONG_AGO)


async def test_reactions_of_many_are_asked_for_in_full(
    slack: SlackServer, history: SlackHistory
) -> None:
    some = {"name": "bookmark", "users": [MINA], "count": 2}
    both = {"name": "bookmark", "users": [MINA, ALICE], "count": 2}
    shown = {"ts": "1700000000.000100", "user": MINA, "text": "hello", "reactions": [some]}
    await slack.fault("conversations.history", body={"ok": True, "messages": [shown]})
    whole = {"type": "message", "message": {**shown, "reactions": [both]}}
    await slack.fault("reactions.get", body={"ok": True, **whole})

    (message,) = await read_all(history)

    assert [each.member for each in message.reactions] == [MINA, ALICE]
