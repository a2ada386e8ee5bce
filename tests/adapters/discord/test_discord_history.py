"""What was said while nobody listened is read in order, with every reaction of a member."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.errors import PlaceClosed
from bot.ports import PastMessage
from tests.adapters.discord.discord_listening import Heard, listening, until
from tests.servers.discord_server import DiscordServer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def read_all(
    heard: Heard, workspace: str, channel: str, *, since: datetime = LONG_AGO
) -> list[PastMessage]:
    """Read page after page, each by what would be left after a restart."""
    history = heard.connection.history
    assert history is not None
    messages: list[PastMessage] = []
    cursor = ""
    while True:
        page = await history.read(
            WorkspaceId(workspace), Place(ChannelId(channel)), since=since, cursor=cursor
        )
        messages += page.messages
        cursor = page.cursor
        if not cursor:
            return messages


async def new_channel(server: DiscordServer, heard: Heard, name: str) -> str:
    channel = await server.do("channel", name=name)
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
