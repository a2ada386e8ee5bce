"""What was said while nobody listened is read in order, with every reaction of a member."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.domain.emoji import SaveEmoji, bare_emoji
from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.errors import PlaceClosed
from bot.events import MessageEdited, MessagePosted
from bot.ports import PastMessage
from tests.adapters.discord.discord_listening import Heard, listening, until
from tests.servers.discord_server import DiscordServer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def read_all(
    heard: Heard,
    workspace: str,
    channel: str,
    *,
    since: datetime = LONG_AGO,
    is_direct: bool = False,
    wanted: Callable[[str], bool] | None = None,
) -> list[PastMessage]:
    """Read page after page, each by what would be left after a restart."""
    history = heard.connection.history
    assert history is not None
    place = Place(ChannelId(channel), is_private=is_direct, is_direct=is_direct)
    messages: list[PastMessage] = []
    cursor = ""
    while True:
        page = await history.read(
            WorkspaceId(workspace), place, since=since, cursor=cursor, wanted=wanted
        )
        messages += page.messages
        cursor = page.cursor
        if not cursor:
            return messages


async def new_channel(server: DiscordServer, heard: Heard, name: str, *, kind: int = 0) -> str:
    channel = await server.do("channel", name=name, type=kind)
    await until(lambda: heard.connection.client.get_channel(int(channel["id"])) is not None)
    return str(channel["id"])


async def test_messages_and_replies_come_once_with_their_reactions(
    discord_server: DiscordServer,
) -> None:
    users, workspace = discord_server.users, f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "past")
        said = [
            await discord_server.do(
                "message", channel=channel, user=users["alice"], content=f"https://example.com/{n}"
            )
            for n in range(3)
        ]
        open_thread, old_thread = [
            await discord_server.do(
                "thread", channel=channel, message=each["id"], user=users["bob"]
            )
            for each in said[:2]
        ]
        for thread in (open_thread, old_thread):
            await discord_server.do(
                "message", channel=thread["id"], user=users["bob"], content=f"in {thread['id']}"
            )
        await discord_server.do("archive", thread=old_thread["id"])
        for user in (users["alice"], users["robot"], discord_server.bot):
            await discord_server.do(
                "react", channel=channel, message=said[2]["id"], user=user, emoji="🧑🏽‍💻"
            )

        messages = await read_all(heard, workspace, channel)
        assert [each.text for each in messages] == [
            *(f"https://example.com/{n}" for n in range(3)),
            f"in {open_thread['id']}",
            f"in {old_thread['id']}",
        ]
        assert messages[4].thread == f"{channel}/{old_thread['id']}"
        assert messages[0].thread is None
        (reaction,) = messages[2].reactions
        assert (reaction.emoji, reaction.member) == ("🧑💻", users["alice"])


async def test_who_reacted_is_asked_only_of_messages_with_an_emoji_that_matters(
    discord_server: DiscordServer,
) -> None:
    alice, workspace = discord_server.users["alice"], f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "reactions")
        said = await discord_server.do("message", channel=channel, user=alice, content="x")
        for emoji in ("🎉", "🔖", "❤️"):
            await discord_server.do(
                "react", channel=channel, message=said["id"], user=alice, emoji=emoji
            )
        other = await discord_server.do("message", channel=channel, user=alice, content="y")
        await discord_server.do(
            "react", channel=channel, message=other["id"], user=alice, emoji="🎉"
        )

        saved, unsaved = await read_all(heard, workspace, channel, wanted=SaveEmoji().knows)
        asked = [each["path"] for each in await discord_server.log() if "/reactions/" in str(each)]
        assert {each.emoji for each in saved.reactions} == set(map(bare_emoji, "🎉🔖❤"))
        assert not unsaved.reactions
        assert len(asked) == 3


async def test_more_than_a_page_is_read_in_order(discord_server: DiscordServer) -> None:
    alice, workspace = discord_server.users["alice"], f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "long")
        for start in range(0, 130, 65):
            for n in range(start, start + 65):
                await discord_server.do("message", channel=channel, user=alice, content=str(n))

        messages = await read_all(heard, workspace, channel)
        assert [each.text for each in messages] == [str(n) for n in range(130)]


async def test_what_is_older_is_left_out(discord_server: DiscordServer) -> None:
    alice, workspace = discord_server.users["alice"], f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "since")
        await discord_server.do("message", channel=channel, user=alice, content="x")

        (message,) = await read_all(heard, workspace, channel)
        (same,) = await read_all(heard, workspace, channel, since=message.at)
        later = message.at + timedelta(milliseconds=1)
        assert same == message
        assert not await read_all(heard, workspace, channel, since=later)


async def test_channels_that_we_may_read_are_listed_with_their_privacy(
    discord_server: DiscordServer,
) -> None:
    guild = WorkspaceId(f"discord:{discord_server.guild}")
    async with listening(discord_server) as heard:
        history = heard.connection.history
        assert history is not None
        places = {each.channel: each.is_private for each in await history.list_channels(guild)}

    assert places[ChannelId(discord_server.channels["general"])] is False
    assert places[ChannelId(discord_server.channels["secret"])] is True
    assert discord_server.channels["second"] not in places


@pytest.mark.parametrize("name", ["second", "nowhere"])
async def test_a_channel_of_another_guild_or_of_none_is_closed(
    discord_server: DiscordServer, name: str
) -> None:
    channel = discord_server.channels.get(name, "100000000000000777")
    async with listening(discord_server) as heard:
        with pytest.raises(PlaceClosed):
            await read_all(heard, f"discord:{discord_server.guild}", channel)


async def test_a_question_reads_as_if_it_had_been_heard(discord_server: DiscordServer) -> None:
    alice, workspace = discord_server.users["alice"], f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "asked")
        await discord_server.do(
            "message",
            channel=channel,
            user=alice,
            content=f"<@{discord_server.bot}> what is new?",
            files=[{"name": "notes.md", "data": "IyBub3Rlcw=="}],
        )

        (message,) = await read_all(heard, workspace, channel)
        event = await heard.one(MessagePosted)
        assert message.is_for_bot
        assert (message.text, message.files) == (event.text, event.files)
        assert [each.name for each in message.files] == ["notes.md"]


async def test_edits_come_as_they_were_heard(discord_server: DiscordServer) -> None:
    alice, workspace = discord_server.users["alice"], f"discord:{discord_server.guild}"
    async with listening(discord_server) as heard:
        channel = await new_channel(discord_server, heard, "edited")
        first, _ = [
            await discord_server.do("message", channel=channel, user=alice, content=content)
            for content in ("one", "two")
        ]
        await discord_server.do("edit", channel=channel, message=first["id"], content="three")

        one, two = await read_all(heard, workspace, channel)
        event = await heard.one(MessageEdited)
        assert one.edited_at is not None
        assert event.id == f"edit:{one.id}:{one.edited_at.isoformat()}"
        assert two.edited_at is None


async def test_private_threads_that_we_are_in_are_channels_of_their_own(
    discord_server: DiscordServer,
) -> None:
    alice, workspace = discord_server.users["alice"], WorkspaceId(f"discord:{discord_server.guild}")
    async with listening(discord_server) as heard:
        history = heard.connection.history
        assert history is not None
        channel = await new_channel(discord_server, heard, "threads")
        threads = [
            await discord_server.do("thread", channel=channel, user=alice, is_private=True)
            for _ in range(2)
        ]
        said = [
            await discord_server.do("message", channel=each["id"], user=alice, content="psst")
            for each in threads
        ]
        await discord_server.do("archive", thread=threads[1]["id"])
        await discord_server.do(
            "react", channel=threads[1]["id"], message=said[1]["id"], user=alice, emoji="🔖"
        )

        places = await history.list_channels(workspace)
        for each in threads:
            assert Place(ChannelId(each["id"]), is_private=True) in places
        (found,) = await read_all(heard, workspace, threads[1]["id"])
        assert (found.text, found.thread) == ("psst", None)
        assert [each.member for each in found.reactions] == [alice]
        assert await read_all(heard, workspace, channel) == []


@pytest.mark.parametrize("kind", [discord.ChannelType.news, discord.ChannelType.forum])
async def test_what_is_said_in_threads_of_announcements_and_forums_is_read(
    discord_server: DiscordServer, kind: discord.ChannelType
) -> None:
    alice, workspace = discord_server.users["alice"], WorkspaceId(f"discord:{discord_server.guild}")
    async with listening(discord_server) as heard:
        history = heard.connection.history
        assert history is not None
        channel = await new_channel(discord_server, heard, kind.name, kind=kind.value)
        thread = await discord_server.do("thread", channel=channel, user=alice)
        said = await discord_server.do(
            "message", channel=thread["id"], user=alice, content="https://example.com/a"
        )
        await discord_server.do(
            "react", channel=thread["id"], message=said["id"], user=alice, emoji="🔖"
        )

        assert Place(ChannelId(channel)) in await history.list_channels(workspace)
        (found,) = await read_all(heard, workspace, channel)
        assert (found.text, found.thread) == (
            "https://example.com/a",
            f"{channel}/{thread['id']}",
        )
        assert [each.member for each in found.reactions] == [alice]


async def test_direct_messages_are_read_where_we_were_spoken_to_before(
    discord_server: DiscordServer,
) -> None:
    carol, direct = discord_server.users["carol"], discord_server.dms["carol"]
    workspace = WorkspaceId(f"discord:{discord_server.guild}")
    async with listening(discord_server) as heard:
        history = heard.connection.history
        assert history is not None
        assert await history.list_directs(workspace) == []
        said = await discord_server.do(
            "message", channel=direct, user=carol, content="what is new?"
        )
        await heard.one(MessagePosted)
        await discord_server.do("react", channel=direct, message=said["id"], user=carol, emoji="🔖")

        (place,) = await history.list_directs(workspace)
        assert place == Place(ChannelId(direct), is_private=True, is_direct=True)
        assert (
            await history.list_directs(WorkspaceId(f"discord:{discord_server.second_guild}")) == []
        )
        found = (await read_all(heard, workspace, direct, is_direct=True))[-1]
        assert (found.text, found.is_for_bot) == ("what is new?", True)
        assert [each.member for each in found.reactions] == [carol]


async def test_a_channel_is_no_direct_message(discord_server: DiscordServer) -> None:
    async with listening(discord_server) as heard:
        with pytest.raises(PlaceClosed):
            await read_all(
                heard,
                f"discord:{discord_server.guild}",
                discord_server.channels["second"],
                is_direct=True,
            )
