"""Posts as they arrive in the local Slack, whatever it does on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.slack.client import SlackClients, open_clients
from adapters.slack.identity import WhoWeAre
from adapters.slack.lookups import SlackLookups
from adapters.slack.platform import SlackPlatform
from bot.domain.emoji import LOOKING, TROUBLE
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import MessageGone, PlaceClosed, RateLimited, SendUnsure, TransientError
from bot.events import CommandCalled
from bot.ports import Piece, Target
from bot.posts import Heading, Picture, Post, Text, paragraph
from bot.services.posting import PostingService
from bot.texts import Texts
from tests.adapters.slack.slack_connecting import join
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.servers.slack_server import (
    BOT_TOKEN,
    ELSEWHERE,
    GENERAL,
    MINA,
    TEAM,
    SlackServer,
)

WORKSPACE = WorkspaceId(f"slack:{TEAM}")
HERE = Target(WORKSPACE, Place(ChannelId(GENERAL)))
THERE = Target(WORKSPACE, Place(ChannelId(ELSEWHERE)))
HELLO = Post((paragraph("안녕하세요 <!channel>"),))
A_MINUTE_AGO = datetime.now(UTC) - timedelta(minutes=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
CHART = Post((Heading((Text("주보"),)), Picture("chart.png", "논문 3, 뉴스 1", PNG)))


def for_mina(target: Target = HERE, *, answer_by: str = "") -> Target:
    return Target(
        target.workspace,
        target.place,
        thread=target.thread,
        only_for=MemberId(MINA),
        answer_by=answer_by,
    )


@pytest.fixture
def platform(clients: SlackClients) -> SlackPlatform:
    return SlackPlatform(clients, SlackLookups(clients, WhoWeAre(clients.reading)))


async def send(
    platform: SlackPlatform, target: Target = HERE, post: Post = HELLO, *, key: str = "key"
) -> MessageId:
    [piece] = platform.split(post)
    return await platform.send(target, piece, key=key)


async def find(
    platform: SlackPlatform,
    target: Target = HERE,
    *,
    key: str = "key",
    since: datetime | None = None,
) -> MessageId | None:
    begun = since or A_MINUTE_AGO
    return await platform.find_sent(target, Piece("", None), key=key, since=begun)


async def ours(slack: SlackServer, channel: str = GENERAL) -> list[dict[str, Any]]:
    return [each for each in await slack.messages(channel) if each.get("bot_id")]


async def way_back(slack: SlackServer, channel: str) -> str:
    """Return the address that comes with a command."""
    async with join(slack, "socket") as joined:
        await slack.command("/ask", "who?", channel=channel)
        [event] = joined.events
        assert isinstance(event, CommandCalled)
        return event.answer_by


# Ways


async def test_a_post_arrives_with_its_blocks_its_words_and_no_previews(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    message = await send(platform)

    [shown] = await ours(slack)
    [call] = await slack.calls("chat.postMessage")
    assert message == f"{GENERAL}/{shown['ts']}"
    assert shown["text"] == "안녕하세요 &lt;!channel&gt;"
    assert shown["blocks"][0]["type"] == "section"
    assert call["args"]["unfurl_links"] is call["args"]["unfurl_media"] is False


async def test_a_reply_goes_into_its_thread_and_is_found_there(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    head = await send(platform, key="head")
    thread = Target(WORKSPACE, HERE.place, thread=head)

    reply = await send(platform, thread, key="reply")

    assert (await ours(slack))[-1]["thread_ts"] == head.partition("/")[2]
    assert await find(platform, thread, key="reply") == reply


async def test_only_its_own_key_finds_a_post(slack: SlackServer, platform: SlackPlatform) -> None:
    await send(platform, key="one")
    second = await send(platform, key="two")

    assert await find(platform, key="two") == second
    assert await find(platform, key="three") is None


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_post_is_found_though_our_clock_is_wrong(
    slack: SlackServer, platform: SlackPlatform, hours: int
) -> None:
    sent = await send(platform)

    found = await find(platform, since=A_MINUTE_AGO + timedelta(hours=hours))

    assert found == sent


async def test_a_post_for_one_member_is_ephemeral(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await send(platform, for_mina())

    [call] = await slack.calls("chat.postEphemeral")
    assert call["args"]["user"] == MINA
    assert await slack.calls("chat.postMessage") == []


async def test_where_we_are_not_a_member_is_answered_by_the_way_they_came(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    answer_by = await way_back(slack, ELSEWHERE)

    await send(platform, for_mina(THERE, answer_by=answer_by))
    await send(platform, Target(WORKSPACE, THERE.place, answer_by=answer_by))

    shown = [each["text"] for each in await slack.messages(ELSEWHERE)]
    assert shown == ["안녕하세요 &lt;!channel&gt;"] * 2


@pytest.mark.parametrize(
    "rule", ["restricted_action_read_only_channel", "restricted_action_thread_locked"]
)
async def test_where_only_some_may_post_the_one_who_asked_is_answered_alone(
    slack: SlackServer, platform: SlackPlatform, rule: str
) -> None:
    answer_by = await way_back(slack, GENERAL)
    await slack.fault("chat.postMessage", body={"ok": False, "error": rule})

    await send(platform, Target(WORKSPACE, HERE.place, answer_by=answer_by))

    [call] = await slack.calls("response_url")
    assert call["args"]["response_type"] == "ephemeral"


async def test_with_no_other_way_a_member_gets_a_direct_message(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    spent = f"{slack.url}/spent"

    message = await send(platform, for_mina(THERE, answer_by=spent))

    channel, ts = message.split("/")
    assert [each["ts"] for each in await slack.messages(channel)] == [ts]
    assert channel.startswith("D")


async def test_the_way_back_is_slacks_or_none(slack: SlackServer, platform: SlackPlatform) -> None:
    target = Target(WORKSPACE, THERE.place, answer_by="https://slack.com.example/hook")

    with pytest.raises(PlaceClosed):
        await send(platform, target)


async def test_a_post_where_we_are_not_says_who_must_do_what(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    with pytest.raises(PlaceClosed) as closed:
        await send(platform, THERE)

    for language in ("ko", "en"):
        assert "/invite" in Texts.load().get(language, closed.value.message_key)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("is_archived", "archived"),
        ("restricted_action", "restricted"),
        ("missing_scope", "missing_scope"),
        ("token_revoked", "token_invalid"),
        ("something_new", "refused"),
    ],
)
async def test_every_refusal_has_its_sentence(
    slack: SlackServer, platform: SlackPlatform, code: str, key: str
) -> None:
    await slack.fault("chat.postMessage", body={"ok": False, "error": code, "needed": "chat:write"})

    with pytest.raises(PlaceClosed) as closed:
        await send(platform)

    assert closed.value.message_key == f"slack_post.{key}"
    assert Texts.load().get("en", closed.value.message_key, **closed.value.values)


# Faults


@pytest.mark.parametrize(("headers", "wait_s"), [({"Retry-After": "7"}, 7.0), ({}, 1.0)])
async def test_a_limit_says_how_long_to_wait_and_nothing_is_posted(
    slack: SlackServer, platform: SlackPlatform, headers: dict[str, str], wait_s: float
) -> None:
    await slack.fault("chat.postMessage", status=429, headers=headers)

    with pytest.raises(RateLimited) as limited:
        await send(platform)

    assert limited.value.retry_after_s == wait_s
    assert len(await slack.calls("chat.postMessage")) == 1
    assert await ours(slack) == []


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("body", [None, "<html>oops</html>"])
async def test_a_server_error_is_unsure_and_tried_once(
    slack: SlackServer, platform: SlackPlatform, status: int, body: str | None
) -> None:
    headers = {"content-type": "text/html"} if body else {}
    await slack.fault("chat.postMessage", status=status, body=body, headers=headers)

    with pytest.raises(SendUnsure):
        await send(platform)

    assert len(await slack.calls("chat.postMessage")) == 1
    assert await find(platform) is None


async def test_what_was_taken_before_a_server_error_is_found(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postMessage", status=503, is_applied=True)

    with pytest.raises(SendUnsure):
        await send(platform)

    [shown] = await ours(slack)
    assert await find(platform) == f"{GENERAL}/{shown['ts']}"


async def test_what_was_taken_before_the_connection_dropped_is_found(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postMessage", is_dropped=True, is_applied=True)

    with pytest.raises(SendUnsure):
        await send(platform)

    [shown] = await ours(slack)
    assert await find(platform) == f"{GENERAL}/{shown['ts']}"


async def test_an_ephemeral_post_is_not_repeated_after_its_connection_dropped(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postEphemeral", is_dropped=True, is_applied=True)

    await send(platform, for_mina())

    assert len(await slack.calls("chat.postEphemeral")) == 1


async def test_an_ephemeral_post_is_tried_again_after_a_server_error(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postEphemeral", status=503)

    with pytest.raises(TransientError) as passing:
        await send(platform, for_mina())

    assert not isinstance(passing.value, SendUnsure)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with open_clients(token=BOT_TOKEN, api_url="http://127.0.0.1:9/api/") as clients:
        platform = SlackPlatform(clients, SlackLookups(clients, WhoWeAre(clients.reading)))

        with pytest.raises(TransientError) as passing:
            await send(platform)

    assert not isinstance(passing.value, SendUnsure)


@pytest.mark.parametrize("only_for", [None, MemberId(MINA)])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429},
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 500},
        {"status": 502, "body": "<html>oops</html>"},
        {"status": 503},
        {"is_dropped": True, "is_applied": True},
    ],
    ids=str,
)
async def test_every_fault_ends_in_one_post(
    slack: SlackServer, platform: SlackPlatform, fault: dict[str, Any], only_for: MemberId | None
) -> None:
    async def pause(seconds: float) -> None:
        pass

    posting = PostingService({"slack": platform}, FakeLedger(), clock=FakeClock(), pause=pause)
    await slack.fault("chat.postEphemeral" if only_for else "chat.postMessage", **fault)

    await posting.post(Target(WORKSPACE, HERE.place, only_for=only_for), HELLO, key="key")

    assert len(await ours(slack)) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_a_refused_layout_goes_out_as_plain_text(
    slack: SlackServer, platform: SlackPlatform, code: str
) -> None:
    await slack.fault("chat.postMessage", body={"ok": False, "error": code})

    await send(platform)

    [shown] = await ours(slack)
    assert shown["text"] == "안녕하세요 &lt;!channel&gt;"
    assert not shown.get("blocks")


# Pictures


def image_of(message: dict[str, Any]) -> dict[str, Any] | None:
    return next((each for each in message["blocks"] if each["type"] == "image"), None)


async def test_a_picture_is_uploaded_once_and_shown_in_the_post(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postMessage", status=429)
    with pytest.raises(RateLimited):
        await send(platform, post=CHART)

    await send(platform, post=CHART)

    [shown] = await ours(slack)
    image = image_of(shown)
    assert image is not None
    assert image["alt_text"] == "논문 3, 뉴스 1"
    assert len(await slack.calls("files.getUploadURLExternal")) == 1


async def test_a_picture_that_slack_has_yet_to_process_is_waited_for(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await slack.fault("chat.postMessage", body={"ok": False, "error": "invalid_blocks"})

    await send(platform, post=CHART)

    [shown] = await ours(slack)
    assert image_of(shown) is not None


async def test_a_picture_that_cannot_stand_in_the_post_hangs_below_it(
    slack: SlackServer, clients: SlackClients
) -> None:
    refused = {"ok": False, "error": "invalid_blocks"}
    await slack.fault("chat.postMessage", body=refused, times=4)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    lookups = SlackLookups(clients, WhoWeAre(clients.reading))
    message = await send(SlackPlatform(clients, lookups, pause=pause), post=CHART)

    assert pauses == sorted(set(pauses))

    shared = (await slack.calls("files.completeUploadExternal"))[-1]["args"]
    assert f"{shared['channel_id']}/{shared['thread_ts']}" == message
    assert "논문 3" in str((await ours(slack))[0]["blocks"])


async def test_without_an_upload_the_words_of_the_picture_stand_for_it(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    refused = {"ok": False, "error": "missing_scope", "needed": "files:write"}
    await slack.fault("files.getUploadURLExternal", body=refused)

    await send(platform, post=CHART)

    [shown] = await ours(slack)
    assert image_of(shown) is None
    assert shown["blocks"][1]["elements"][0]["text"] == "논문 3, 뉴스 1"


# Changing and marking


async def test_an_edit_replaces_the_post(slack: SlackServer, platform: SlackPlatform) -> None:
    message = await send(platform)

    await platform.edit(HERE, message, Post((paragraph("다 했어요"),)))

    [shown] = await ours(slack)
    assert shown["text"] == "다 했어요"
    assert await find(platform) == message


async def test_what_only_one_member_sees_is_edited_by_the_way_they_came(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    answer_by = await way_back(slack, GENERAL)
    message = await send(platform, for_mina())

    await slack.fault("chat.update", body={"ok": False, "error": "message_not_found"})
    await platform.edit(for_mina(answer_by=answer_by), message, Post((paragraph("다 했어요"),)))

    assert (await slack.messages(GENERAL))[-1]["text"] == "다 했어요"


async def test_editing_what_is_gone_says_so(slack: SlackServer, platform: SlackPlatform) -> None:
    with pytest.raises(MessageGone):
        await platform.edit(HERE, MessageId(f"{GENERAL}/1700000000.000100"), HELLO)


async def test_reacting_twice_and_taking_back_twice_is_no_error(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    message = MessageId(f"{GENERAL}/{await slack.say('https://example.com/')}")

    for _ in range(2):
        await platform.react(HERE.place, message, LOOKING)
        await platform.react(HERE.place, message, TROUBLE)
    for _ in range(2):
        await platform.unreact(HERE.place, message, LOOKING)

    [shown] = await slack.messages(GENERAL)
    assert [each["name"] for each in shown["reactions"]] == ["warning"]


async def test_marking_what_is_gone_is_no_error(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    gone = MessageId(f"{GENERAL}/1700000000.000100")
    await slack.fault("reactions.add", body={"ok": False, "error": "message_not_found"})

    await platform.react(HERE.place, gone, LOOKING)


async def test_in_a_direct_message_a_post_for_one_is_an_ordinary_one(
    slack: SlackServer, platform: SlackPlatform, clients: SlackClients
) -> None:
    opened = await clients.reading.conversations_open(users=MINA)
    place = Place(ChannelId(opened["channel"]["id"]), is_private=True, is_direct=True)

    message = await send(platform, for_mina(Target(WORKSPACE, place)))

    assert await slack.calls("chat.postEphemeral") == []
    assert await find(platform, for_mina(Target(WORKSPACE, place))) == message
