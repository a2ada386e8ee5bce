"""What Discord tells by id only is looked up, and nobody learns what they may not see."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.models import ChannelId, MemberId, Place, WorkspaceId
from bot.errors import MessageGone, PlaceClosed, UserError
from bot.events import CommandCalled, MessagePosted, ReactionAdded, ReactionRemoved, SharedFile
from tests.adapters.discord.discord_listening import answer_to, listening, until
from tests.servers.discord_server import DiscordServer


async def test_a_reaction_is_completed_with_the_message_and_all_its_links(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    forwarded = {
        "type": 0,
        "content": "[paper](https://example.com/forwarded)",
        "embeds": [],
        "attachments": [],
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
    }
    said = await discord_server.do(
        "message",
        channel=general,
        user=users["bob"],
        content="<https://example.com/own>",
        extra={"message_snapshots": [{"message": forwarded}]},
    )
    async with listening(discord_server) as heard:
        await discord_server.do(
            "react", channel=general, message=said["id"], user=users["alice"], emoji="🔖"
        )
        event = await heard.one(ReactionAdded)

        completed = await heard.connection.platform.complete(event)
        assert isinstance(completed, ReactionAdded)
        assert "https://example.com/own" in completed.message_text
        assert "https://example.com/forwarded" in completed.message_text


async def test_a_feed_s_embeds_are_part_of_its_words(discord_server: DiscordServer) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    embed = {
        "type": "rich",
        "title": "Entry",
        "url": "https://example.com/entry",
        "description": "see [more](https://example.com/more)",
        "fields": [{"name": "code", "value": "https://example.com/code", "inline": False}],
    }
    said = await discord_server.do(
        "message", channel=general, user=users["robot"], content="New!", embeds=[embed]
    )
    async with listening(discord_server) as heard:
        await discord_server.do(
            "react", channel=general, message=said["id"], user=users["alice"], emoji="🔖"
        )

        completed = await heard.connection.platform.complete(await heard.one(ReactionAdded))
        assert isinstance(completed, ReactionAdded)
        for link in ("entry", "more", "code"):
            assert f"https://example.com/{link}" in completed.message_text


async def test_a_preview_is_no_second_link(discord_server: DiscordServer) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    preview = {"type": "link", "url": "https://www.example.com/canonical", "title": "T"}
    said = await discord_server.do(
        "message", channel=general, user=alice, content="https://exa.mp/le", embeds=[preview]
    )
    async with listening(discord_server) as heard:
        await discord_server.do(
            "react", channel=general, message=said["id"], user=alice, emoji="🔖"
        )

        completed = await heard.connection.platform.complete(await heard.one(ReactionAdded))
        assert isinstance(completed, ReactionAdded)
        assert completed.message_text == "https://exa.mp/le"


async def test_a_removed_reaction_gets_the_name_and_a_bot_s_means_nothing(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    said = await discord_server.do("message", channel=general, user=users["bob"], content="x")
    async with listening(discord_server) as heard:
        for user in (users["alice"], users["robot"]):
            await discord_server.do(
                "react", channel=general, message=said["id"], user=user, emoji="🔖", remove=True
            )
        await until(lambda: len(heard.of(ReactionRemoved)) == 2)

        member, bot = [
            await heard.connection.platform.complete(each) for each in heard.of(ReactionRemoved)
        ]
        assert isinstance(member, ReactionRemoved)
        assert member.member_name == "alice"
        assert bot is None


async def test_a_reaction_on_a_deleted_or_hidden_message_says_so(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    said = await discord_server.do("message", channel=general, user=alice, content="x")
    async with listening(discord_server) as heard:
        await discord_server.do(
            "react", channel=general, message=said["id"], user=alice, emoji="🔖"
        )
        event = await heard.one(ReactionAdded)
        body = {"code": 50001, "message": "Missing Access"}
        await discord_server.do("fault", match="/messages/", status=403, body=body)

        with pytest.raises(PlaceClosed) as closed:
            await heard.connection.platform.complete(event)
        assert closed.value.message_key == "discord.cannot_read"
        await discord_server.do("delete", channel=general, message=said["id"])
        with pytest.raises(MessageGone):
            await heard.connection.platform.complete(event)


async def test_in_a_thread_under_our_post_no_mention_is_needed(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    ours = await discord_server.do("message", channel=general, user=discord_server.bot, content="!")
    theirs = await discord_server.do("message", channel=general, user=users["bob"], content="?")
    async with listening(discord_server) as heard:
        for post in (ours, theirs):
            thread = await discord_server.do(
                "thread", channel=general, message=post["id"], user=users["alice"]
            )
            await discord_server.do(
                "message", channel=thread["id"], user=users["alice"], content="and?"
            )
        await until(lambda: len(heard.of(MessagePosted)) == 2)

        completed = [
            await heard.connection.platform.complete(each) for each in heard.of(MessagePosted)
        ]
        assert [getattr(each, "is_for_bot", None) for each in completed] == [True, False]


async def test_an_archived_thread_belongs_to_its_channel_as_well(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    head = await discord_server.do("message", channel=general, user=users["bob"], content="head")
    thread = await discord_server.do("thread", channel=general, message=head["id"])
    said = await discord_server.do(
        "message", channel=thread["id"], user=users["bob"], content="https://example.com/a"
    )
    await discord_server.do("archive", thread=thread["id"])
    async with listening(discord_server) as heard:
        await discord_server.do(
            "react", channel=thread["id"], message=said["id"], user=users["alice"], emoji="🔖"
        )
        event = await heard.one(ReactionAdded)
        assert event.place.is_private  # as long as nobody has looked

        completed = await heard.connection.platform.complete(event)
        assert isinstance(completed, ReactionAdded)
        assert completed.place == Place(ChannelId(general))
        assert completed.thread == f"{general}/{thread['id']}"
        assert completed.message_text == "https://example.com/a"


async def test_private_channels_are_those_that_the_member_may_see(
    discord_server: DiscordServer,
) -> None:
    users, secret = discord_server.users, discord_server.channels["secret"]
    guild = WorkspaceId(f"discord:{discord_server.guild}")
    async with listening(discord_server) as heard:
        thread = await discord_server.do(
            "thread",
            channel=discord_server.channels["general"],
            is_private=True,
            members=[users["bob"]],
        )
        seen = {
            name: await heard.connection.platform.list_private_channels(guild, MemberId(id_))
            for name, id_ in users.items()
        }

    assert seen["alice"] == {secret}
    assert seen["bob"] == {thread["id"]}
    assert not seen["carol"]
    assert not seen["dave"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/attachments/1/a.md",
        "http://cdn.discordapp.com/attachments/1/a.md",
        "https://cdn.discordapp.com:8443/a.md",
        "https://cdn.discordapp.com@evil.example/a.md",
        "file:///etc/passwd",
        "/etc/passwd",
    ],
)
async def test_a_file_that_discord_does_not_keep_is_not_opened(
    discord_server: DiscordServer, url: str
) -> None:
    async with listening(discord_server) as heard:
        with pytest.raises(UserError) as refused:
            await heard.connection.platform.fetch_file(
                WorkspaceId("discord:1"), SharedFile(name="a.md", url=url)
            )

    assert refused.value.message_key == "discord.file_elsewhere"


async def test_a_file_that_is_gone_or_too_large_is_refused(discord_server: DiscordServer) -> None:
    gone = SharedFile(name="a.md", url=f"{discord_server.origin}/cdn/attachments/1/a.md")
    large = SharedFile(name="a.md", url=gone.url, size_bytes=11 * 1024 * 1024)
    async with listening(discord_server) as heard:
        for file, key in ((gone, "file_gone"), (large, "file_too_large")):
            with pytest.raises(UserError) as refused:
                await heard.connection.platform.fetch_file(WorkspaceId("discord:1"), file)
            assert refused.value.message_key == f"discord.{key}"


async def test_direct_messages_belong_to_the_only_guild_that_is_shared(
    discord_server: DiscordServer,
) -> None:
    carol, direct = discord_server.users["carol"], discord_server.dms["carol"]
    async with listening(discord_server) as heard:
        await discord_server.do("message", channel=direct, user=carol, content="what about RAG?")

        event = await heard.one(MessagePosted)
        assert event.workspace == f"discord:{discord_server.guild}"
        assert (event.is_for_bot, event.place.is_direct) == (True, True)
        assert heard.homes.homes == {carol: event.workspace}
        completed = await heard.connection.platform.complete(event)
        assert completed == replace(event, language="en")


async def test_who_shares_several_guilds_is_asked_once_and_then_answered(
    discord_server: DiscordServer,
) -> None:
    alice, direct = discord_server.users["alice"], discord_server.dms["alice"]
    async with listening(discord_server) as heard:
        said = await discord_server.do("message", channel=direct, user=alice, content="what now?")
        await until_asked(discord_server, direct)
        (asked, *_) = await discord_server.read(f"/channels/{direct}/messages")
        (menu,) = asked["components"][0]["components"]
        assert [each["label"] for each in menu["options"]] == ["Reading Circle", "Second Circle"]
        assert not heard.events

        chosen = await discord_server.do(
            "select",
            channel=direct,
            user=alice,
            message=asked["id"],
            custom_id=menu["custom_id"],
            values=[discord_server.second_guild],
        )
        event = await heard.one(MessagePosted)
        assert event.message == f"{direct}/{said['id']}"
        assert event.workspace == f"discord:{discord_server.second_guild}"
        answer = await answer_to(discord_server, chosen)
        assert "Second Circle" in answer["data"]["content"]

        await discord_server.do("message", channel=direct, user=alice, content="and now?")
        await until(lambda: len(heard.of(MessagePosted)) == 2)
        assert heard.of(MessagePosted)[1].workspace == event.workspace


async def test_a_direct_command_asks_for_the_home_too(discord_server: DiscordServer) -> None:
    bob, direct = discord_server.users["bob"], discord_server.dms["bob"]
    async with listening(discord_server) as heard:
        act = await discord_server.do("slash", channel=direct, user=bob, name="digest", locale="ko")
        await until_asked(discord_server, direct)

        assert (await answer_to(discord_server, act))["type"] == 5
        (asked, *_) = await discord_server.read(f"/channels/{direct}/messages")
        assert "서버" in asked["content"]
        assert not heard.of(CommandCalled)


async def test_who_shares_no_guild_is_told(discord_server: DiscordServer) -> None:
    dave, direct = discord_server.users["dave"], discord_server.dms["dave"]
    async with listening(discord_server) as heard:
        await discord_server.do("message", channel=direct, user=dave, content="hello?")
        await until_asked(discord_server, direct)

        (told, *_) = await discord_server.read(f"/channels/{direct}/messages")
        assert "we share none" in told["content"]
        assert not heard.events


async def test_who_left_the_guild_is_no_longer_answered_from_its_archive(
    discord_server: DiscordServer,
) -> None:
    dave, direct = discord_server.users["dave"], discord_server.dms["dave"]
    async with listening(discord_server) as heard:
        heard.homes.homes[MemberId(dave)] = WorkspaceId(f"discord:{discord_server.guild}")
        await discord_server.do("message", channel=direct, user=dave, content="what now?")
        event = await heard.one(MessagePosted)

        with pytest.raises(PlaceClosed) as closed:
            await heard.connection.platform.complete(event)
        assert closed.value.message_key == "discord.not_member"
        await discord_server.do("message", channel=direct, user=dave, content="and now?")
        await until_asked(discord_server, direct)
        assert len(heard.events) == 1  # asked for another home instead: there is none


async def until_asked(server: DiscordServer, direct: str) -> None:
    """Wait for the first message of ours in this channel of direct messages."""
    async with asyncio.timeout(45):
        while True:
            messages = await server.read(f"/channels/{direct}/messages")
            if messages and messages[0]["author"]["id"] == server.bot:
                return
            await asyncio.sleep(0.02)


async def test_what_is_left_from_before_a_start_waits_for_the_guilds(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        asked = f"<@{discord_server.bot}> x"
        await discord_server.do("message", channel=general, user=alice, content=asked)
        left = await heard.one(MessagePosted)
    await discord_server.do("fault", match="/gateway/bot", delay_ms=500)

    async with listening(discord_server, workspaces=0) as heard:
        assert await heard.connection.platform.complete(left) == left
