"""What a channel's past promises, whoever keeps it: the fake, Slack, Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import MessageGone, PlaceClosed
from bot.ports import PastMessage
from tests.contract.chat_pasts import (
    ChatPast,
    MemoryPast,
    open_discord_past,
    open_slack_past,
)
from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.slack_server import SlackServer, slack, slack_url

__all__ = ["discord_process", "discord_server", "slack", "slack_url"]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def fake_past() -> MemoryPast:
    return MemoryPast()


@pytest.fixture
async def slack_past(slack: SlackServer) -> AsyncIterator[ChatPast]:
    async with open_slack_past(slack) as opened:
        yield opened


@pytest.fixture
async def discord_past(discord_server: DiscordServer) -> AsyncIterator[ChatPast]:
    async with open_discord_past(discord_server) as opened:
        yield opened


@pytest.fixture(params=["fake", "slack", "discord"])
def past(request: pytest.FixtureRequest) -> ChatPast:
    opened: ChatPast = request.getfixturevalue(f"{request.param}_past")
    return opened


@pytest.fixture(params=["slack", "discord"])
def guarded(request: pytest.FixtureRequest) -> ChatPast:
    """Return a channel on a platform that has others, which not everybody may read."""
    opened: ChatPast = request.getfixturevalue(f"{request.param}_past")
    return opened


async def read_all(
    past: ChatPast, *, since: datetime = LONG_AGO, cursor: str = ""
) -> list[PastMessage]:
    """Read page after page, each as after a restart."""
    found: list[PastMessage] = []
    while True:
        page = await past.open_history().read(
            past.workspace, past.place, since=since, cursor=cursor
        )
        found += page.messages
        cursor = page.cursor
        if not cursor:
            return found


async def test_what_was_said_is_read_with_who_and_when(past: ChatPast) -> None:
    mina, alice = past.two
    first = await past.say("https://example.com/a", by=mina)
    second = await past.say("https://example.com/b", by=alice)

    found = {each.id: each for each in await read_all(past)}
    assert {id_: (each.text, each.member) for id_, each in found.items()} == {
        first: ("https://example.com/a", mina),
        second: ("https://example.com/b", alice),
    }
    assert found[first].at < found[second].at
    assert found[first].at.tzinfo is not None
    assert not any(each.thread or each.is_from_bot or each.reactions for each in found.values())


async def test_what_is_older_is_left_out_and_the_instant_itself_is_not(past: ChatPast) -> None:
    mina, _ = past.two
    await past.say("older", by=mina)
    second = await past.say("younger", by=mina)
    at = {each.id: each.at for each in await read_all(past)}[second]

    found = await read_all(past, since=at)

    assert [each.text for each in found] == ["younger"]
    assert await read_all(past, since=at + timedelta(milliseconds=1)) == []


async def test_a_past_of_many_pages_is_read_whole_and_once(past: ChatPast) -> None:
    mina, _ = past.two
    said = [await past.say(f"message {n}", by=mina) for n in range(past.more_than_a_page)]

    found = [each.id for each in await read_all(past)]

    assert sorted(found) == sorted(said)
    assert found == [each.id for each in await read_all(past)]


async def test_a_cursor_goes_on_though_more_was_said_meanwhile(past: ChatPast) -> None:
    mina, _ = past.two
    said = [await past.say(f"message {n}", by=mina) for n in range(past.more_than_a_page)]
    page = await past.open_history().read(past.workspace, past.place, since=LONG_AGO)
    assert page.cursor

    meanwhile = await past.say("meanwhile", by=mina)
    rest = await read_all(past, cursor=page.cursor)

    found = [each.id for each in (*page.messages, *rest)]
    assert sorted(set(found) - {meanwhile}) == sorted(said)
    assert len(set(found)) == len(found)


async def test_every_member_s_reaction_comes_along(past: ChatPast) -> None:
    mina, alice = past.two
    message = await past.say("https://example.com/a", by=mina)
    for emoji, member in (("🔖", mina), ("🔖", alice), ("🧑‍💻", alice), ("🗞️", mina)):
        await past.react(message, emoji, by=member)

    (found,) = await read_all(past)

    assert {(each.emoji, each.member) for each in found.reactions} == {
        ("🔖", mina),
        ("🔖", alice),
        ("🧑💻", alice),
        ("🗞", mina),
    }


async def test_one_message_s_reactions_are_told_as_they_are_now(past: ChatPast) -> None:
    mina, alice = past.two
    root = await past.say("a question", by=mina)
    reply = await past.say("https://example.com/b", by=alice, below=root)
    history = past.open_history()
    assert list(await history.list_reactions(past.workspace, reply)) == []

    for emoji, member in (("🔖", mina), ("🔖", alice), ("🧑‍💻", alice)):
        await past.react(reply, emoji, by=member)
    await past.react(root, "👍", by=alice)
    of_root = await history.list_reactions(past.workspace, root)
    of_reply = await history.list_reactions(past.workspace, reply)

    assert {(each.emoji, each.member) for each in of_root} == {("👍", alice)}
    assert {(each.emoji, each.member) for each in of_reply} == {
        ("🔖", mina),
        ("🔖", alice),
        ("🧑💻", alice),
    }


async def test_a_message_that_is_not_there_shows_no_reactions(past: ChatPast) -> None:
    mina, _ = past.two
    message = await past.say("here for a moment", by=mina)
    await past.delete(message, by=mina)

    with pytest.raises(MessageGone):
        await past.open_history().list_reactions(past.workspace, message)


async def test_what_programs_say_is_marked(past: ChatPast) -> None:
    await past.say_as_robot("a feed's news")
    await past.say("a member's", by=past.two[0])

    found = {each.text: each.is_from_bot for each in await read_all(past)}

    assert found == {"a feed's news": True, "a member's": False}


async def test_replies_come_along_with_what_they_are_below(past: ChatPast) -> None:
    mina, alice = past.two
    root = await past.say("a question", by=mina)
    reply = await past.say("https://example.com/b", by=alice, below=root)
    await past.react(reply, "🔖", by=mina)

    found = {each.id: each for each in await read_all(past)}

    assert set(found) == {root, reply}
    assert found[root].thread is None
    assert found[reply].thread == root
    assert [each.member for each in found[reply].reactions] == [mina]


async def test_replies_of_late_come_along_though_their_thread_is_old(past: ChatPast) -> None:
    mina, alice = past.two
    root = await past.say("a question", by=mina)
    await past.say("an answer of then", by=alice, below=root)
    young = await past.say("young", by=mina)
    at = {each.id: each.at for each in await read_all(past)}[young]
    reply = await past.say("an answer of late", by=alice, below=root)

    found = {each.id: each for each in await read_all(past, since=at)}

    assert set(found) == {young, reply}
    assert found[reply].thread == root


async def test_when_words_were_changed_is_told(past: ChatPast) -> None:
    mina, _ = past.two
    first = await past.say("https://example.com/a", by=mina)
    second = await past.say("as it was", by=mina)
    await past.edit(first, "https://example.com/b", by=mina)

    found = {each.id: each for each in await read_all(past)}

    edited = found[first]
    assert edited.text == "https://example.com/b"
    assert edited.edited_at is not None
    assert edited.edited_at >= edited.at - timedelta(seconds=1)  # Slack rounds it to a second
    assert found[second].edited_at is None


async def test_what_is_said_in_private_is_for_us_and_in_no_channel(past: ChatPast) -> None:
    place = await past.say_privately("what is new?")
    history = past.open_history()

    assert place in await history.list_directs(past.workspace)
    assert place not in await history.list_channels(past.workspace)
    page = await history.read(past.workspace, place, since=LONG_AGO)
    assert page.messages[-1].text == "what is new?"
    assert page.messages[-1].is_for_bot


async def test_the_channels_that_we_are_in_are_listed(past: ChatPast) -> None:
    places = await past.open_history().list_channels(past.workspace)

    assert past.place in places
    assert past.closed not in places
    assert past.private is None or past.private in places
    assert not any(each.is_direct for each in places)


async def test_a_channel_that_is_not_ours_is_closed(guarded: ChatPast) -> None:
    assert guarded.closed is not None

    with pytest.raises(PlaceClosed):
        await guarded.open_history().read(guarded.workspace, guarded.closed, since=LONG_AGO)
