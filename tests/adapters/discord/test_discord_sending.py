"""Posting through discord.py to a local Discord: once, in the right place, to the right people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import aiohttp
import pytest

from adapters.discord.client import SendingClient, point_at
from adapters.discord.platform import DiscordPlatform
from adapters.discord.render import Message, message_of
from adapters.discord.requests import open_answers
from adapters.discord.sending import EPHEMERAL, nonce_of
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import MessageGone, PlaceClosed, RateLimited, SendUnsure, TransientError
from bot.ports import Piece, Target
from bot.posts import Heading, Picture, Post, Text, paragraph, say
from bot.texts import Texts
from tests.fakes.talking import make_posting
from tests.servers.discord_server import DiscordServer

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)
_numbers = count()


class NoLookups:
    """What an event means is tested elsewhere."""

    async def complete(self, event: Any) -> Any:
        raise NotImplementedError

    async def list_private_channels(self, workspace: Any, member: Any) -> Any:
        raise NotImplementedError

    async def fetch_file(self, workspace: Any, file: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
async def client(discord_server: DiscordServer) -> AsyncIterator[SendingClient]:
    point_at(discord_server.rest)
    client = SendingClient()
    await client.login(discord_server.token)
    yield client
    await client.close()


@pytest.fixture
async def answers() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_answers() as session:
        yield session


@pytest.fixture
def platform(client: SendingClient, answers: aiohttp.ClientSession) -> DiscordPlatform:
    return DiscordPlatform(client, NoLookups(), texts=Texts.load(), answers=answers)


@pytest.fixture
async def channel(discord_server: DiscordServer) -> str:
    return str((await discord_server.do("channel", name=f"room-{next(_numbers)}"))["id"])


def target_of(server: DiscordServer, channel: str, **more: Any) -> Target:
    return Target(WorkspaceId(f"discord:{server.guild}"), Place(ChannelId(channel)), **more)


def piece(platform: DiscordPlatform, text: str) -> Piece:
    (only,) = platform.split(say(text, language="ko"))
    return only


async def said(server: DiscordServer, channel: str) -> list[dict[str, Any]]:
    """Return what a channel holds, oldest first."""
    return list(reversed(await server.read(f"/channels/{channel}/messages")))


async def call(
    server: DiscordServer, channel: str, *, is_private: bool = False, defer: int = 5
) -> str:
    """Call a command as Alice, acknowledge it, and return the way back to her."""
    called = await server.do("slash", channel=channel, user=server.users["alice"], name="ask")
    await acknowledge(server, called, is_private=is_private, defer=defer)
    return f"{server.application}/{called['id']}/{called['token']}"


async def acknowledge(
    server: DiscordServer, called: dict[str, Any], *, is_private: bool = False, defer: int = 5
) -> None:
    url = f"{server.rest}/interactions/{called['id']}/{called['token']}/callback"
    body = {"type": defer, "data": {"flags": EPHEMERAL if is_private else 0}}
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        assert answer.status < 300


async def test_a_post_is_sent_once_under_its_key(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel)

    first = await platform.send(target, piece(platform, "안녕 @everyone"), key="a")
    again = await platform.send(target, piece(platform, "안녕 @everyone"), key="a")

    (message,) = await said(discord_server, channel)
    assert first == again == f"{channel}/{message['id']}"
    assert message["content"] == "안녕 \\@everyone"
    (sent, _) = await discord_server.requests("POST", f"/channels/{channel}/messages")
    assert sent["payload"]["allowed_mentions"] == {"parse": []}
    assert len(sent["payload"]["nonce"]) <= 25


async def test_what_is_said_below_a_member_is_a_reply(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alice = discord_server.users["alice"]
    asked = await discord_server.do("message", channel=channel, user=alice, content="질문")
    below = target_of(discord_server, channel, thread=MessageId(f"{channel}/{asked['id']}"))

    await platform.send(below, piece(platform, "답"), key="b")

    (sent,) = await discord_server.requests("POST", f"/channels/{channel}/messages")
    assert sent["payload"]["message_reference"] == {
        "message_id": asked["id"],
        "fail_if_not_exists": False,
    }


async def test_what_is_said_in_a_thread_stays_there(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alice = discord_server.users["alice"]
    asked = await discord_server.do("message", channel=channel, user=alice, content="질문")
    thread = await discord_server.do("thread", channel=channel, message=asked["id"])
    inside = target_of(discord_server, channel, thread=MessageId(f"{channel}/{thread['id']}"))

    message = await platform.send(inside, piece(platform, "답"), key="c")

    assert message.startswith(f"{thread['id']}/")


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_what_does_not_fit_goes_on_in_a_thread_of_our_own(
    platform: DiscordPlatform,
    client: SendingClient,
    answers: aiohttp.ClientSession,
    discord_server: DiscordServer,
    channel: str,
    is_remembered: bool,
) -> None:
    post = Post((Heading((Text("**주보** 3호"),), level=1), *[paragraph("낱말 " * 600)] * 4))
    head, *rest = platform.split(post)
    target = target_of(discord_server, channel)
    first = await platform.send(target, head, key="d")
    if not is_remembered:  # another process goes on
        platform = DiscordPlatform(client, NoLookups(), texts=Texts.load(), answers=answers)

    below = target_of(discord_server, channel, thread=first)
    others = [await platform.send(below, each, key=f"d/+{n}") for n, each in enumerate(rest, 1)]

    thread = first.partition("/")[2]
    assert {each.partition("/")[0] for each in others} == {thread}
    (made,) = await discord_server.requests("POST", "/threads")
    assert made["payload"]["name"] == "**주보** 3호"


@pytest.mark.parametrize("is_called", [False, True])
async def test_a_thread_is_called_by_what_took_the_place_of_a_note(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str, is_called: bool
) -> None:
    answer_by = await call(discord_server, channel) if is_called else ""
    target = target_of(discord_server, channel, answer_by=answer_by)
    first = await platform.send(target, piece(platform, "정리하는 중 (1/3)"), key="note")

    await platform.edit(target, first, say("11월 둘째 주", language="ko"))
    below = target_of(discord_server, channel, thread=first, answer_by=answer_by)
    await platform.send(below, piece(platform, "자세히"), key="more")

    (made,) = await discord_server.requests("POST", "/threads")
    assert made["payload"]["name"] == "11월 둘째 주"


async def test_where_no_thread_may_be_made_posts_are_replies(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel)
    first = await platform.send(target, piece(platform, "머리"), key="e")
    await discord_server.do(
        "fault", method="POST", match="/threads$", status=403, body={"code": 50013, "message": "no"}
    )

    for number in (1, 2):
        below = target_of(discord_server, channel, thread=first)
        await platform.send(below, piece(platform, f"다음 {number}"), key=f"e/{number}")

    assert len(await discord_server.requests("POST", "/threads")) == 1
    assert len(await said(discord_server, channel)) == 3


async def test_a_picture_goes_up_with_its_description(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    post = Post((paragraph("그림"), Picture("chart.png", "막대 그림", b"\x89PNG data")))
    (only,) = platform.split(post)

    await platform.send(target_of(discord_server, channel), only, key="f")

    (sent,) = await discord_server.requests("POST", f"/channels/{channel}/messages")
    assert [(each["name"], each["size"]) for each in sent["files"]] == [("chart.png", 9)]
    assert sent["payload"]["attachments"] == [
        {"id": "0", "filename": "chart.png", "description": "막대 그림"}
    ]


async def test_an_answer_takes_the_place_of_thinking_and_more_follows(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel, answer_by=await call(discord_server, channel))

    first = await platform.send(target, piece(platform, "답"), key="g")
    below = target_of(discord_server, channel, thread=first, answer_by=target.answer_by)
    second = await platform.send(below, piece(platform, "더"), key="g/1")
    alone = target_of(
        discord_server,
        channel,
        only_for=MemberId(discord_server.users["alice"]),
        answer_by=target.answer_by,
    )
    await platform.send(alone, piece(platform, "귓속말"), key="g/2")

    contents = [each["content"] for each in await said(discord_server, channel)]
    assert contents == ["답"]
    assert second.partition("/")[0] == first.partition("/")[2], "in a thread below the answer"
    (whispered,) = await discord_server.requests("POST", target.answer_by.rpartition("/")[2])
    assert whispered["payload"]["flags"] & EPHEMERAL


async def test_what_one_member_may_see_does_not_show_where_all_saw_it_think(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alone = target_of(
        discord_server,
        channel,
        only_for=MemberId(discord_server.users["alice"]),
        answer_by=await call(discord_server, channel),
    )

    await platform.send(alone, piece(platform, "너만"), key="h")

    assert await said(discord_server, channel) == []
    assert await discord_server.requests("DELETE", "@original")
    (sent,) = await discord_server.requests("POST", alone.answer_by.rpartition("/")[2])
    assert sent["payload"]["flags"] & EPHEMERAL


async def test_a_private_answer_takes_the_place_of_private_thinking(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alone = target_of(
        discord_server,
        channel,
        only_for=MemberId(discord_server.users["alice"]),
        answer_by=await call(discord_server, channel, is_private=True),
    )

    message = await platform.send(alone, piece(platform, "너만"), key="i")
    await platform.edit(alone, message, say("바뀜", language="ko"))

    assert await said(discord_server, channel) == []
    assert not await discord_server.requests("DELETE", "@original")
    edits = [each for each in await discord_server.log() if each.get("method") == "PATCH"]
    assert [each["payload"]["content"] for each in edits] == ["너만", "바뀜"]


async def test_an_answer_that_comes_too_late_is_posted(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    answer_by = await call(discord_server, channel)
    interaction = answer_by.rpartition("-")[2]
    await discord_server.do("age", interaction=interaction, ms=16 * 60_000)
    alice = MemberId(discord_server.users["alice"])

    public = target_of(discord_server, channel, answer_by=answer_by)
    await platform.send(public, piece(platform, "늦은 답"), key="j")
    alone = target_of(discord_server, channel, answer_by=answer_by, only_for=alice)
    whispered = await platform.send(alone, piece(platform, "너만"), key="j/1")

    assert [each["content"] for each in await said(discord_server, channel)] == ["늦은 답"]
    assert whispered.startswith(f"{discord_server.dms['alice']}/")


@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("delay_ms", [250, 1500])
async def test_an_answer_that_comes_before_the_thinking_waits_for_it(
    platform: DiscordPlatform,
    discord_server: DiscordServer,
    channel: str,
    delay_ms: int,
    is_private: bool,
) -> None:
    alice = discord_server.users["alice"]
    called = await discord_server.do("slash", channel=channel, user=alice, name="ask")
    target = target_of(
        discord_server,
        channel,
        answer_by=f"{discord_server.application}/{called['id']}/{called['token']}",
        only_for=MemberId(alice) if is_private else None,
    )
    await discord_server.do("fault", match="/callback$", delay_ms=delay_ms)

    await asyncio.gather(
        platform.send(target, piece(platform, "답"), key="j"),
        acknowledge(discord_server, called, is_private=is_private),
    )

    (sent,) = [each for each in await discord_server.log() if each.get("method") == "PATCH"]
    assert (sent["path"].rpartition("/")[2], sent["payload"]["content"]) == ("@original", "답")
    assert not await discord_server.requests("POST", "/messages")


async def test_an_answer_to_what_discord_never_heard_of_again_is_posted_soon(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alice = discord_server.users["alice"]
    called = await discord_server.do("slash", channel=channel, user=alice, name="ask")
    answer_by = f"{discord_server.application}/{called['id']}/{called['token']}"
    target = target_of(discord_server, channel, answer_by=answer_by)

    async with asyncio.timeout(45):
        await platform.send(target, piece(platform, "답"), key="j")

    assert [each["content"] for each in await said(discord_server, channel)] == ["답"]


async def test_who_takes_no_direct_messages_is_told_so_without_the_words(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    dm = discord_server.dms["alice"]
    await discord_server.do(
        "fault", method="POST", match=f"/channels/{dm}/", status=403, body={"code": 50007}
    )
    alone = target_of(discord_server, channel, only_for=MemberId(discord_server.users["alice"]))

    await platform.send(alone, piece(platform, "비밀"), key="k")

    (message,) = await said(discord_server, channel)
    assert "비밀" not in message["content"]
    assert "direct messages" in message["content"]


async def test_a_limit_is_told_and_nothing_is_sent(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel)
    headers = {"Retry-After": "7"}
    await discord_server.do("fault", method="POST", match="/messages$", status=429, headers=headers)

    with pytest.raises(RateLimited) as limited:
        await platform.send(target, piece(platform, "하나"), key="l")

    assert limited.value.retry_after_s == 7
    assert await said(discord_server, channel) == []


async def test_a_limit_that_the_library_knows_is_waited_for(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    body = {"message": "limited", "retry_after": 0.2, "global": False}
    headers = {"Via": "1.1 test", "Retry-After": "1"}
    await discord_server.do(
        "fault", method="POST", match="/messages$", status=429, headers=headers, body=body
    )

    await platform.send(target_of(discord_server, channel), piece(platform, "하나"), key="m")

    assert len(await said(discord_server, channel)) == 1


@pytest.mark.parametrize("status", [500, 502])
async def test_the_library_may_repeat_as_the_nonce_is_the_same(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str, status: int
) -> None:
    await discord_server.do("fault", method="POST", match="/messages$", status=status)

    await platform.send(target_of(discord_server, channel), piece(platform, "하나"), key="n")

    sent = await discord_server.requests("POST", f"/channels/{channel}/messages")
    assert [each["payload"]["nonce"] for each in sent] == [nonce_of("n")] * 2
    assert len(await said(discord_server, channel)) == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "after"}, {"drop": "before"}])
async def test_what_may_have_arrived_is_not_posted_twice(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str, fault: dict[str, Any]
) -> None:
    target = target_of(discord_server, channel)
    await discord_server.do("fault", method="POST", match="/messages$", **fault)
    one = piece(platform, "하나")

    with pytest.raises(SendUnsure):
        await platform.send(target, one, key="o")
    assert await platform.find_sent(target, one, key="o", since=datetime.now(UTC)) is None
    await platform.send(target, one, key="o")

    assert len(await said(discord_server, channel)) == 1


async def test_what_arrived_long_ago_is_found_in_the_channel(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel)
    one = platform.split(Post((paragraph("하나"), Picture("a.png", "그림", b"png"))))[0]
    sent = await platform.send(target, one, key="p")
    await platform.send(target, piece(platform, "하나"), key="p/1")

    found = await platform.find_sent(target, one, key="p", since=LONG_AGO)

    assert found == sent
    other = piece(platform, "둘")
    assert await platform.find_sent(target, other, key="q", since=LONG_AGO) is None


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 502}, {"drop": "after"}])
async def test_an_answer_that_may_have_arrived_is_not_given_twice(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str, fault: dict[str, Any]
) -> None:
    target = target_of(discord_server, channel, answer_by=await call(discord_server, channel))
    await discord_server.do("fault", method="PATCH", match="@original", **fault)
    one = piece(platform, "답")

    with pytest.raises(SendUnsure):
        await platform.send(target, one, key="r")
    found = await platform.find_sent(target, one, key="r", since=datetime.now(UTC))
    if found is None:
        found = await platform.send(target, one, key="r")

    (message,) = await said(discord_server, channel)
    assert found == f"{channel}/{message['id']}"


async def test_where_nobody_listens_nothing_left(
    platform: DiscordPlatform, discord_server: DiscordServer
) -> None:
    point_at("http://127.0.0.1:9")

    with pytest.raises(TransientError) as failed:
        await platform.send(target_of(discord_server, "1"), piece(platform, "하나"), key="s")

    assert not isinstance(failed.value, SendUnsure)


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (403, 50013, "discord_post.cannot_send"),
        (403, 50001, "discord_post.cannot_see"),
        (400, 160002, "discord_post.cannot_reply"),
        (404, 10003, "discord_post.no_channel"),
        (400, 40058, "discord_post.refused"),
    ],
)
async def test_a_closed_place_says_what_is_missing(
    platform: DiscordPlatform,
    discord_server: DiscordServer,
    channel: str,
    status: int,
    code: int,
    key: str,
) -> None:
    await discord_server.do(
        "fault", method="POST", match="/messages$", status=status, body={"code": code}
    )

    with pytest.raises(PlaceClosed) as closed:
        await platform.send(target_of(discord_server, channel), piece(platform, "하나"), key="t")

    assert closed.value.message_key == key


async def test_a_message_that_is_refused_goes_out_as_words(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    refused = Piece("하나 *둘*", Message("x" * 2001))

    await platform.send(target_of(discord_server, channel), refused, key="u")

    assert [each["content"] for each in await said(discord_server, channel)] == ["하나 \\*둘\\*"]


async def test_words_that_are_refused_too_are_told_of(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    body = {"code": 50035, "message": "Invalid Form Body"}
    await discord_server.do(
        "fault", method="POST", match="/messages$", status=400, body=body, times=2
    )

    with pytest.raises(PlaceClosed) as refused:
        await platform.send(target_of(discord_server, channel), piece(platform, "하나"), key="w")

    assert refused.value.message_key == "discord_post.refused"


async def test_a_post_can_be_changed(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    target = target_of(discord_server, channel)
    message = await platform.send(target, piece(platform, "하나"), key="v")

    await platform.edit(target, message, say("둘", language="ko"))

    assert [each["content"] for each in await said(discord_server, channel)] == ["둘"]
    await discord_server.do("delete", channel=channel, message=message.partition("/")[2])
    with pytest.raises(MessageGone):
        await platform.edit(target, message, say("셋", language="ko"))


async def test_reactions_come_and_go_twice_and_on_what_is_gone(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str
) -> None:
    alice = discord_server.users["alice"]
    asked = await discord_server.do("message", channel=channel, user=alice, content="글")
    message = MessageId(f"{channel}/{asked['id']}")
    place = Place(ChannelId(channel))

    for _ in "ab":
        await platform.react(place, message, "👀")
    (there,) = await said(discord_server, channel)
    for _ in "ab":
        await platform.unreact(place, message, "👀")
    await platform.react(place, MessageId(f"{channel}/1"), "⚠️")

    assert [(each["emoji"]["name"], each["count"]) for each in there["reactions"]] == [("👀", 1)]
    (left,) = await said(discord_server, channel)
    assert "reactions" not in left


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 500},
        {"status": 503},
        {"drop": "before"},
        {"drop": "after"},
    ],
)
async def test_every_fault_ends_in_one_post_with_its_thread(
    platform: DiscordPlatform, discord_server: DiscordServer, channel: str, fault: dict[str, Any]
) -> None:
    posting = make_posting(platform)
    post = Post((paragraph("머리"),), thread=(say("하나", language="ko"), say("둘", language="ko")))
    for match in (f"/channels/{channel}/messages$", "/threads$"):
        await discord_server.do("fault", method="POST", match=match, **fault)

    head = await posting.post(target_of(discord_server, channel), post, key="x")

    assert [each["content"] for each in await said(discord_server, channel)] == ["머리"]
    thread = head.partition("/")[2]
    assert [each["content"] for each in await said(discord_server, thread)] == ["하나", "둘"]


def test_a_piece_of_another_platform_is_refused() -> None:
    with pytest.raises(TypeError):
        message_of(Piece("", {}))
