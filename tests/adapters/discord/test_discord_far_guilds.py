"""Who hears nothing asks for a guild, and knows of it what the gateway would have told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord.client import SendingClient, point_at
from adapters.discord.places import is_private
from tests.servers.discord_server import DiscordServer


@pytest.fixture
async def client(discord_server: DiscordServer) -> AsyncIterator[SendingClient]:
    point_at(discord_server.rest)
    client = SendingClient()
    await client.login(discord_server.token)
    yield client
    await client.close()


async def test_a_guild_is_there_with_its_channels_and_who_may_look_in(
    client: SendingClient, discord_server: DiscordServer
) -> None:
    guild = await client.find_guild(int(discord_server.guild))

    assert guild is not None
    channels = {each.name: is_private(each) for each in guild.channels}
    assert (channels["general"], channels["secret"]) == (False, True)
    alice = await guild.fetch_member(int(discord_server.users["alice"]))
    bob = await guild.fetch_member(int(discord_server.users["bob"]))
    (secret,) = [each for each in guild.channels if each.name == "secret"]
    assert secret.permissions_for(alice).view_channel
    assert not secret.permissions_for(bob).view_channel


async def test_open_threads_come_with_their_guild(
    client: SendingClient, discord_server: DiscordServer
) -> None:
    channel = (await discord_server.do("channel", name="far"))["id"]
    thread = (await discord_server.do("thread", channel=channel, is_private=True))["id"]

    guild = await client.find_guild(int(discord_server.guild))

    assert guild is not None
    found = guild.get_thread(int(thread))
    assert found is not None
    assert found.is_private()


async def test_a_guild_that_we_are_not_in_is_none(client: SendingClient) -> None:
    assert await client.find_guild(42) is None


async def test_a_guild_is_asked_for_once_a_minute(
    client: SendingClient, discord_server: DiscordServer
) -> None:
    path = f"/guilds/{discord_server.guild}"

    for _ in range(3):
        await client.find_guild(int(discord_server.guild))

    assert len(await discord_server.requests("GET", path)) == 1


async def test_all_guilds_are_listed(client: SendingClient, discord_server: DiscordServer) -> None:
    names = {each.name for each in await client.list_guilds()}

    assert names == {"Reading Circle", "Second Circle"}
