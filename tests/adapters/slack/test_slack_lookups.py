"""What Slack tells by id only is filled in from the real Web API of the local Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.client import SlackClients
from adapters.slack.files import MAX_FILE_BYTES, is_on_slack
from adapters.slack.identity import WhoWeAre
from adapters.slack.lookups import SlackLookups
from adapters.slack.reading import SlackRefused
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import MessageGone, PlaceClosed, RateLimited, UserError
from bot.events import CommandCalled, MessagePosted, ReactionAdded, SharedFile
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

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def lookups(clients: SlackClients) -> SlackLookups:
    return SlackLookups(clients, WhoWeAre(clients.reading))


def reaction(ts: str, *, channel: str = GENERAL, member: str = MINA) -> ReactionAdded:
    return ReactionAdded(
        id="react",
        workspace=WORKSPACE,
        place=Place(ChannelId(channel)),
        member=MemberId(member),
        at=NOW,
        message=MessageId(f"{channel}/{ts}"),
        emoji="🔖",
    )


def command(channel: str, *, member: str = MINA) -> CommandCalled:
    return CommandCalled(
        id="command",
        workspace=WORKSPACE,
        place=Place(ChannelId(channel)),
        member=MemberId(member),
        at=NOW,
        name="help",
    )


def reply(root: str, *, is_for_bot: bool = False) -> MessagePosted:
    return MessagePosted(
        id="message",
        workspace=WORKSPACE,
        place=Place(ChannelId(GENERAL)),
        member=MemberId(ALICE),
        at=NOW,
        thread=MessageId(f"{GENERAL}/{root}"),
        message=MessageId(f"{GENERAL}/9999999999.000001"),
        text="and then?",
        is_for_bot=is_for_bot,
    )


async def test_a_reaction_brings_the_words_and_who_it_was(
    slack: SlackServer, lookups: SlackLookups
) -> None:
    ts = await slack.say("see <https://example.com/a>", by=ALICE)

    event = await lookups.complete(reaction(ts))

    assert isinstance(event, ReactionAdded)
    assert event.message_text == "see <https://example.com/a>"
    assert (event.member_name, event.language, event.thread) == ("mina", "ko", None)


async def test_a_reply_that_is_reacted_to_is_found_with_its_thread(
    slack: SlackServer, lookups: SlackLookups
) -> None:
    root = await slack.say("hello")
    ts = await slack.say("<https://example.com/b>", thread=root)

    event = await lookups.complete(reaction(ts))

    assert isinstance(event, ReactionAdded)
    assert (event.message_text, event.thread) == ("<https://example.com/b>", f"{GENERAL}/{root}")


async def test_a_reaction_at_a_deleted_message_says_so(
    slack: SlackServer, lookups: SlackLookups
) -> None:
    ts = await slack.say("hello")
    await slack.delete(ts)

    with pytest.raises(MessageGone):
        await lookups.complete(reaction(ts))


async def test_a_reaction_where_we_are_not_asks_for_an_invitation(
    slack: SlackServer, lookups: SlackLookups
) -> None:
    ts = await slack.say("hello", channel=ELSEWHERE)

    with pytest.raises(PlaceClosed) as closed:
        await lookups.complete(reaction(ts, channel=ELSEWHERE))

    assert closed.value.message_key == "slack.not_in_channel"


@pytest.mark.parametrize(
    ("channel", "is_private"),
    [(GENERAL, False), (ELSEWHERE, False), (PRIVATE, True), ("C0UNKNOWN", True)],
)
async def test_places_are_as_private_as_slack_says(
    lookups: SlackLookups, channel: str, *, is_private: bool
) -> None:
    event = await lookups.complete(command(channel))

    assert event is not None
    assert event.place == Place(ChannelId(channel), is_private=is_private)


async def test_a_direct_message_is_one(slack: SlackServer, clients: SlackClients) -> None:
    opened = await clients.reading.conversations_open(users=MINA)
    lookups = SlackLookups(clients, WhoWeAre(clients.reading))

    event = await lookups.complete(command(opened["channel"]["id"]))

    assert event is not None
    assert event.place.is_private
    assert event.place.is_direct


async def test_bots_are_left_alone(lookups: SlackLookups) -> None:
    assert await lookups.complete(command(GENERAL, member=BOT)) is None


async def test_an_unknown_member_keeps_the_id(lookups: SlackLookups) -> None:
    event = await lookups.complete(command(GENERAL, member="U0NOBODY"))

    assert event is not None
    assert (event.member_name, event.language) == ("U0NOBODY", "")


@pytest.mark.parametrize(
    ("text", "language"), [("연은 왜 나나요?", "ko"), ("Why do kites fly?", "en"), ("links", "")]
)
async def test_where_slack_tells_no_language_the_words_do(
    lookups: SlackLookups, text: str, language: str
) -> None:
    asked = replace(reply("1.000001", is_for_bot=True), text=text, member=MemberId("U0NOBODY"))

    event = await lookups.complete(asked)

    assert event is not None
    assert event.language == language


async def test_members_are_asked_for_once(slack: SlackServer, lookups: SlackLookups) -> None:
    for _ in range(3):
        await lookups.complete(command(GENERAL))

    assert len(await slack.calls("users.info")) == 1
    assert len(await slack.calls("conversations.info")) == 1


async def test_replies_below_our_posts_are_for_us_and_others_are_not(
    slack: SlackServer, clients: SlackClients, lookups: SlackLookups
) -> None:
    ours = await clients.posting.chat_postMessage(channel=GENERAL, text="a digest")
    calling = await slack.say(f"<@{BOT}> hello")
    theirs = await slack.say("nothing for a bot")

    heard = [await lookups.complete(reply(str(root))) for root in (ours["ts"], calling, theirs)]

    assert [each.is_for_bot if isinstance(each, MessagePosted) else None for each in heard] == [
        True,
        True,
        None,
    ]


async def test_what_may_be_a_page_s_text_is_kept_in_any_thread(
    slack: SlackServer, lookups: SlackLookups
) -> None:
    theirs = await slack.say("<https://example.com/a>", by=ALICE)
    said = reply(theirs)
    files = (SharedFile(name="paper.pdf", url="https://files.slack.com/paper.pdf"),)

    completed = [
        await lookups.complete(each)
        for each in (said, replace(said, text="text: Lanterns"), replace(said, files=files))
    ]

    kept = [each for each in completed if isinstance(each, MessagePosted)]
    assert [each.is_for_bot for each in kept] == [False, False]
    assert completed[0] is None


async def test_only_shared_private_channels_are_listed(lookups: SlackLookups) -> None:
    assert await lookups.list_private_channels(WORKSPACE, MemberId(MINA)) == {PRIVATE}
    assert await lookups.list_private_channels(WORKSPACE, MemberId(ALICE)) == frozenset()


@pytest.mark.parametrize("body", [{"ok": False, "error": "ratelimited"}, "<html>slow down</html>"])
async def test_a_limit_that_stays_is_passed_on(
    slack: SlackServer, lookups: SlackLookups, body: object
) -> None:
    limit = {"status": 429, "headers": {"Retry-After": "0"}, "body": body}
    await slack.fault("users.info", times=9, **limit)

    with pytest.raises(RateLimited):
        await lookups.complete(command(GENERAL))


async def test_a_scope_that_lacks_is_named(slack: SlackServer, lookups: SlackLookups) -> None:
    lacking = {"ok": False, "error": "missing_scope", "needed": "users:read"}
    await slack.fault("users.info", body=lacking)

    with pytest.raises(SlackRefused) as refused:
        await lookups.complete(command(GENERAL))

    assert refused.value.values == {"scopes": "users:read"}


# Files


async def test_a_file_is_loaded(slack: SlackServer, lookups: SlackLookups) -> None:
    ts = await slack.upload("notes.md", b"# Notes")
    (file,) = next(each for each in await slack.messages() if each["ts"] == ts)["files"]

    data = await lookups.fetch_file(
        WORKSPACE, SharedFile(name="notes.md", url=file["url_private"], size_bytes=7)
    )

    assert data == b"# Notes"


@pytest.mark.parametrize(
    ("path", "size_bytes", "key"),
    [
        ("http://127.0.0.1:9/files-pri/T-F/a.md", 1, "slack.file_unreadable"),
        ("{slack}/files-pri/T0TEAM-F0NONE/a.md", 1, "slack.file_unreadable"),
        ("{slack}/", 1, "slack.file_unreadable"),  # answers with a page, as a sign-in does
        ("{slack}/files-pri/T-F/a.md", MAX_FILE_BYTES + 1, "slack.file_too_large"),
    ],
)
async def test_files_that_cannot_be_had_say_why(
    slack: SlackServer, lookups: SlackLookups, path: str, size_bytes: int, key: str
) -> None:
    file = SharedFile(name="a.md", url=path.format(slack=slack.url), size_bytes=size_bytes)

    with pytest.raises(UserError) as refused:
        await lookups.fetch_file(WorkspaceId("slack:T"), file)

    assert refused.value.message_key == key


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://files.slack.com/files-pri/T-F/a.md", True),
        ("https://study.slack.com/files/a.md", True),
        ("http://files.slack.com/a.md", False),
        ("https://files.slack.com.example.com/a.md", False),
        ("https://files.slack.com@example.com/a.md", False),
        ("https://evilslack.com/a.md", False),
        ("https://api.test:8443/a.md", True),
        ("https://api.test/a.md", False),
        ("file:///etc/passwd", False),
        ("https://[files.slack.com/a.md", False),
    ],
)
def test_our_token_goes_to_slack_alone(url: str, *, is_ours: bool) -> None:
    assert is_on_slack(url, api_url="https://api.test:8443/api/") is is_ours


@given(st.text())
def test_no_address_breaks_the_check(url: str) -> None:
    assert is_on_slack(url, api_url="https://slack.com/api/") in (True, False)
