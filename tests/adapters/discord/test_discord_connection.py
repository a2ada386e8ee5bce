"""Connections end and come back; what an operator must do is said in one sentence."""

import asyncio

import pytest

from adapters.discord.doctor import check_discord, find_application
from bot.errors import ConfigError
from bot.events import ChannelJoined, MessagePosted, ReactionAdded
from bot.texts import Texts
from tests.adapters.discord.discord_listening import SPECS, SlowInbox, listening, until
from tests.servers.discord_server import DiscordServer

MESSAGE_CONTENT = 1 << 15
DROPS = ({"op": 7}, {"code": 4000}, {"terminate": True}, {"op": 9, "resumable": True})


@pytest.mark.parametrize("drop", DROPS, ids=str)
async def test_what_was_said_during_a_lost_connection_is_heard_once(
    discord_server: DiscordServer, drop: dict[str, object]
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        for words in ("before", "meanwhile"):
            said = await discord_server.do(
                "message", channel=general, user=alice, content=f"<@{discord_server.bot}> {words}"
            )
            await discord_server.do(
                "react", channel=general, message=said["id"], user=alice, emoji="🔖"
            )
            if words == "before":
                await until(lambda: len(heard.events) == 2)
                await discord_server.do("drop", **drop)

        await until(lambda: len(heard.events) == 4)
        assert [each.text for each in heard.of(MessagePosted)] == ["before", "meanwhile"]
        assert len(heard.of(ReactionAdded)) == 2
        assert any(each.get("gateway") == "RESUME" for each in await discord_server.log())


async def test_what_discord_tells_again_is_not_read_again(
    discord_server: DiscordServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    direct, carol = discord_server.dms["carol"], discord_server.users["carol"]
    async with listening(discord_server) as heard:
        await until(heard.connection.client.is_ready)
        connected = len(heard.connected)
        await discord_server.do("drop", code=4000)

        await until(lambda: "connection resumed" in caplog.text)
        await discord_server.do("message", channel=direct, user=carol, content="still there?")
        await heard.one(MessagePosted)
        assert len(heard.connected) == connected


async def test_a_session_that_cannot_be_resumed_begins_anew(discord_server: DiscordServer) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        connected = len(heard.connected)
        await discord_server.do("forget")
        await discord_server.do("drop", code=4000)

        # discord.py waits five seconds before it greets again.
        await until(lambda: len(heard.connected) >= connected + 2)
        again = f"<@{discord_server.bot}> again"
        await discord_server.do("message", channel=general, user=alice, content=again)
        assert (await heard.one(MessagePosted)).text == "again"


@pytest.mark.parametrize(
    ("code", "key"), [(4004, "bad_token"), (4014, "missing_intent"), (4013, "refused")]
)
async def test_a_gateway_that_refuses_us_says_what_to_do(
    discord_server: DiscordServer, code: int, key: str
) -> None:
    await discord_server.do("refuse", code=code)

    with pytest.raises(ConfigError) as caught:
        async with listening(discord_server):
            pass
    assert caught.value.message_key == f"discord.{key}"
    assert Texts.load().get("en", caught.value.message_key, **caught.value.values)


async def test_an_intent_taken_away_while_we_run_is_said_too(discord_server: DiscordServer) -> None:
    async def lose_it() -> None:
        async with listening(discord_server) as heard:
            await discord_server.do("drop", code=4014)
            await until(heard.running.done)

    with pytest.raises(ConfigError) as caught:
        await lose_it()
    assert caught.value.message_key == "discord.missing_intent"


async def test_a_wrong_token_is_said_and_not_tried_again(discord_server: DiscordServer) -> None:
    with pytest.raises(ConfigError) as caught:
        async with listening(discord_server, token="wrong.token.x"):
            pass

    assert caught.value.message_key == "discord.bad_token"
    assert len(await discord_server.requests("GET", "/users/@me")) == 1


async def test_a_server_that_is_away_at_the_start_is_waited_for(
    discord_server: DiscordServer,
) -> None:
    await discord_server.do("fault", match="/users/@me$", drop="before", times=1)

    async with listening(discord_server) as heard:
        assert len(set(heard.connected)) == 2


async def test_a_message_that_the_library_cannot_read_ends_nothing(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        connected = len(heard.connected)
        await discord_server.do("tell", event="MESSAGE_CREATE", data={"id": "1"})

        await until(lambda: len(heard.connected) >= connected + 2)
        asked = f"<@{discord_server.bot}> still here?"
        await discord_server.do("message", channel=general, user=alice, content=asked)
        assert (await heard.one(MessagePosted)).text == "still here?"


@pytest.mark.parametrize("delay_ms", [0, 300])
async def test_it_stops_at_once_while_it_is_still_connecting(
    discord_server: DiscordServer, delay_ms: int
) -> None:
    await discord_server.do("fault", match="/users/@me$", delay_ms=delay_ms)

    async with asyncio.timeout(30):
        async with listening(discord_server, workspaces=0) as heard:
            await until(lambda: not heard.running.done())


async def test_an_event_that_is_being_written_at_a_stop_is_written(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    inbox = SlowInbox(delay_s=0.5)
    async with listening(discord_server, inbox=inbox) as heard:
        asked = f"<@{discord_server.bot}> x"
        await discord_server.do("message", channel=general, user=alice, content=asked)
        await until(lambda: inbox.asked > 0)

    assert heard.of(MessagePosted)


async def test_no_session_is_started_where_none_is_left(
    discord_server: DiscordServer, caplog: pytest.LogCaptureFixture
) -> None:
    await discord_server.do("limits", starts=0)

    async with listening(discord_server, workspaces=0):
        await until(lambda: "connect again" in caplog.text)

        assert not [each for each in await discord_server.log() if "gateway" in each]


async def test_guilds_are_spread_over_as_many_shards_as_discord_says(
    discord_server: DiscordServer,
) -> None:
    await discord_server.do("limits", shards=2)
    second, bob = discord_server.channels["second"], discord_server.users["bob"]

    # The library pauses for five seconds between two greetings, as Discord asks.
    async with listening(discord_server) as heard:
        greeting = f"<@{discord_server.bot}> hi"
        await discord_server.do("message", channel=second, user=bob, content=greeting)
        event = await heard.one(MessagePosted)

    assert event.workspace == f"discord:{discord_server.second_guild}"
    greetings = [each["shard"] for each in await discord_server.log() if "shard" in each]
    assert greetings == [[0, 2], [1, 2]]


async def test_commands_are_registered_only_when_they_changed(
    discord_server: DiscordServer,
) -> None:
    for specs, puts in ((SPECS, 1), (SPECS, 1), (SPECS[:2], 2)):
        async with listening(discord_server, specs=specs) as heard:
            await until(heard.connection.client.is_ready)  # a second later
            made = await discord_server.requests("PUT", "/commands")
            assert len(made) == puts


async def test_commands_are_registered_where_those_that_stand_cannot_be_asked_for(
    discord_server: DiscordServer,
) -> None:
    await discord_server.do("fault", method="GET", match="/commands$", status=404)

    async with listening(discord_server) as heard:
        await until(heard.connection.client.is_ready)
        assert len(await discord_server.requests("PUT", "/commands")) == 1


async def test_a_new_server_becomes_a_workspace_and_is_greeted(
    discord_server: DiscordServer,
) -> None:
    guild = await discord_server.read(f"/guilds/{discord_server.guild}")
    general = await discord_server.read(f"/channels/{discord_server.channels['general']}")
    ours = await discord_server.read(f"/guilds/{discord_server.guild}/members/{discord_server.bot}")
    new, channel = "100000000008388609", "100000000008388610"
    data = {
        **guild,
        "id": new,
        "name": "New Circle",
        "roles": [{"id": new, "name": "@everyone", "permissions": "1071698660929"}],
        "channels": [{**general, "id": channel}],
        "system_channel_id": channel,
        "threads": [],
        "members": [ours],
        "member_count": 1,
    }
    async with listening(discord_server) as heard:
        await until(heard.connection.client.is_ready)
        await discord_server.do("tell", event="GUILD_CREATE", data=data)

        event = await heard.one(ChannelJoined)
        assert (event.workspace, event.place.channel) == (f"discord:{new}", channel)
        assert f"discord:{new}" in await heard.workspaces.list_workspaces()


async def test_the_doctor_sees_the_token_the_intent_and_what_lacks(
    discord_server: DiscordServer,
) -> None:
    say = Texts.load()
    await discord_server.do("refuse", code=4014, intents=MESSAGE_CONTENT)
    findings = await check_discord(discord_server.token, discord_server.rest)
    bad = await check_discord("wrong.token.x", discord_server.rest)
    away = await check_discord(discord_server.token, "http://127.0.0.1:1")

    found = {each.key.removeprefix("discord."): each.is_ok for each in findings}
    assert found == {"token_ok": True, "missing_intent": False, "guilds": True}
    assert [each.key for each in bad] == ["discord.bad_token"]
    assert [each.key for each in away] == ["discord.unreachable"]
    for each in (*findings, *bad, *away):
        assert say.get("ko", each.key, **each.values)
    assert await find_application(discord_server.token, discord_server.rest) == (
        discord_server.application
    )
