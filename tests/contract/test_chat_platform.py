"""What a chat platform promises, whichever it is: the fake, the web, Slack, Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import split as split_for_discord
from adapters.slack.render import split as split_for_slack
from adapters.web.hub import Hub
from adapters.web.platform import WebPlatform
from bot.domain.emoji import LOOKING
from bot.domain.models import MessageId
from bot.errors import MessageGone, PlaceClosed, UserError
from bot.events import SharedFile
from bot.ports import Piece, Target
from bot.posts import Bullets, Context, Fold, Heading, Item, Paragraph, Post, Quote, Text, say
from tests.contract.chat_places import (
    ChatPlace,
    MemoryPlace,
    WebPlace,
    open_discord_place,
    open_slack_place,
)
from tests.factories import make_reaction
from tests.fakes.chat_log import MemoryChatLog
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.slack_server import SlackServer, slack, slack_url

__all__ = ["discord_process", "discord_server", "slack", "slack_url"]

HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def fake_place() -> MemoryPlace:
    return MemoryPlace()


@pytest.fixture
def web_place() -> WebPlace:
    return WebPlace()


@pytest.fixture
async def slack_place(slack: SlackServer) -> AsyncIterator[ChatPlace]:
    async with open_slack_place(slack) as opened:
        yield opened


@pytest.fixture
async def discord_place(discord_server: DiscordServer) -> AsyncIterator[ChatPlace]:
    async with open_discord_place(discord_server) as opened:
        yield opened


@pytest.fixture(params=["fake", "web", "slack", "discord"])
def place(request: pytest.FixtureRequest) -> ChatPlace:
    opened: ChatPlace = request.getfixturevalue(f"{request.param}_place")
    return opened


@pytest.fixture(params=["slack", "discord"])
def guarded(request: pytest.FixtureRequest) -> ChatPlace:
    """Return a place on a platform that may shut us out."""
    opened: ChatPlace = request.getfixturevalue(f"{request.param}_place")
    return opened


def post_of(words: str) -> Post:
    return say(words, language="en")


def piece_of(place: ChatPlace, words: str) -> Piece:
    (piece,) = place.platform.split(post_of(words))
    return piece


async def send(place: ChatPlace, words: str, *, target: Target | None = None) -> MessageId:
    return await place.platform.send(target or place.here, piece_of(place, words), key=words)


async def words_in(place: ChatPlace) -> list[str]:
    return [each.words for each in await place.shown()]


# Splitting is pure: no server is needed for it.

SPLITS: dict[str, Callable[[Post], Sequence[Piece]]] = {
    "fake": FakePlatform().split,
    "web": WebPlatform(chat=MemoryChatLog(), hub=Hub(), clock=FakeClock()).split,
    "slack": split_for_slack,
    "discord": split_for_discord,
}
_inlines = st.lists(st.text("가나다abc ", max_size=700).map(Text), max_size=3).map(tuple)
_items = st.lists(st.builds(Item, _inlines), max_size=12).map(tuple)
_blocks = st.one_of(
    st.builds(Heading, _inlines),
    st.builds(Paragraph, _inlines),
    st.builds(Context, _inlines),
    st.builds(Quote, _inlines),
    st.builds(Bullets, _items),
    st.builds(Fold, _inlines, st.builds(Bullets, _items).map(lambda each: (each,))),
)
_posts = st.lists(_blocks, max_size=8).map(lambda blocks: Post(tuple(blocks)))


def letters_of(value: object) -> str:
    """Return the letters of a post in order, whatever holds them."""
    if isinstance(value, Text | Piece):
        return "".join(value.text.split())
    if isinstance(value, Post | Heading | Paragraph | Context | Quote | Bullets | Fold | Item):
        return "".join(letters_of(getattr(value, name)) for name in value.__slots__)
    return "".join(map(letters_of, value)) if isinstance(value, tuple | list) else ""


@pytest.mark.parametrize("platform", SPLITS)
@given(post=_posts)
def test_no_split_is_empty_or_loses_a_word(platform: str, post: Post) -> None:
    pieces = SPLITS[platform](post)

    kept = "".join(each for each in letters_of(list(pieces)) if each in "가나다abc")
    assert pieces
    assert kept == letters_of(post)


@pytest.mark.parametrize("platform", SPLITS)
def test_what_hangs_below_is_no_part_of_a_split(platform: str) -> None:
    pieces = SPLITS[platform](Post(post_of("above").blocks, thread=(post_of("below"),)))

    assert "below" not in repr(pieces)


async def test_what_is_sent_stands_there(place: ChatPlace) -> None:
    await send(place, "first")
    await send(place, "second")

    assert await words_in(place) == ["first", "second"]


async def test_a_message_takes_an_edit_by_its_id(place: ChatPlace) -> None:
    message = await send(place, "before")

    await place.platform.edit(place.here, message, post_of("after"))

    assert await words_in(place) == ["after"]


async def test_an_edit_that_is_too_long_keeps_its_beginning(place: ChatPlace) -> None:
    message = await send(place, "before")
    long = Post(tuple(Paragraph((Text(f"line {n} " + "word " * 300),)) for n in range(60)))

    await place.platform.edit(place.here, message, long)

    (words,) = await words_in(place)
    assert "before" not in words


async def test_what_is_gone_takes_no_edit(place: ChatPlace) -> None:
    with pytest.raises(MessageGone):
        await place.platform.edit(place.here, place.gone, post_of("after"))


async def test_a_mark_is_put_once_and_taken_back_once(place: ChatPlace) -> None:
    message = await send(place, "marked")

    for _ in range(2):
        await place.platform.react(place.here.place, message, LOOKING)
    (marked,) = await place.shown()
    for _ in range(2):
        await place.platform.unreact(place.here.place, message, LOOKING)
    (bare,) = await place.shown()

    assert len(marked.marks) == 1
    assert bare.marks == ()


async def test_a_mark_on_what_is_gone_is_no_error(place: ChatPlace) -> None:
    await place.platform.react(place.here.place, place.gone, LOOKING)
    await place.platform.unreact(place.here.place, place.gone, LOOKING)


async def test_replies_hang_below_a_message_of_ours(place: ChatPlace) -> None:
    head = await send(place, "head")
    below = replace(place.here, thread=head)

    reply = await send(place, "reply", target=below)
    await place.platform.edit(below, reply, post_of("better reply"))

    assert [(each.words, each.below) for each in await place.shown()] == [
        ("head", None),
        ("better reply", head),
    ]


async def test_replies_hang_below_what_a_member_said(place: ChatPlace) -> None:
    said = await place.say("question")

    await send(place, "answer", target=replace(place.here, thread=said))

    (answer,) = await place.shown()
    assert (answer.words, answer.below) == ("answer", said)


async def test_what_is_for_one_is_shown_to_nobody_else(place: ChatPlace) -> None:
    await send(place, "secret", target=replace(place.here, only_for=place.member))

    (secret,) = await place.shown()
    assert (secret.words, secret.only_for) == ("secret", place.member)


async def test_what_was_sent_is_found_by_its_key(place: ChatPlace) -> None:
    first = await send(place, "first")
    second = await send(place, "second")

    for words, message in (("first", first), ("second", second), ("third", None)):
        found = await place.platform.find_sent(
            place.here, piece_of(place, words), key=words, since=HOUR_AGO
        )
        assert found == message


async def test_what_is_for_one_is_found_by_its_own_key_or_not_at_all(place: ChatPlace) -> None:
    """Slack keeps nothing of it: only what was written down keeps it from being sent again."""
    target = replace(place.here, only_for=place.member)
    secret = await send(place, "secret", target=target)

    for words, expected in (("secret", {secret, None}), ("other", {None})):
        found = await place.platform.find_sent(
            target, piece_of(place, words), key=words, since=HOUR_AGO
        )
        assert found in expected


async def test_replies_are_found_by_their_key(place: ChatPlace) -> None:
    below = replace(place.here, thread=await send(place, "head"))
    reply = await send(place, "reply", target=below)

    found = await place.platform.find_sent(
        below, piece_of(place, "reply"), key="reply", since=HOUR_AGO
    )

    assert found == reply


async def test_what_is_looked_for_at_once_and_else_sent_again_stands_once(place: ChatPlace) -> None:
    first = await send(place, "once")

    since = datetime.now(UTC)
    piece = piece_of(place, "once")
    found = await place.platform.find_sent(place.here, piece, key="once", since=since)
    again = found or await send(place, "once")

    assert again == first
    assert await words_in(place) == ["once"]


async def test_what_programs_do_is_nothing_for_us(place: ChatPlace) -> None:
    message = await place.say("https://example.com/a")
    act = make_reaction(
        "", member=place.robot, message=message, place=place.here.place, event="robot"
    )
    act = replace(act, workspace=place.here.workspace, member_name="")

    assert await place.platform.complete(act) is None
    assert await place.platform.complete(replace(act, member=place.member)) is not None


async def test_a_file_from_elsewhere_is_refused(place: ChatPlace) -> None:
    file = SharedFile(name="notes.md", url="https://files.example/notes.md")

    with pytest.raises(UserError):
        await place.platform.fetch_file(place.here.workspace, file)


async def test_a_closed_place_says_so(guarded: ChatPlace) -> None:
    assert guarded.closed is not None

    with pytest.raises(PlaceClosed):
        await send(guarded, "hello", target=guarded.closed)


async def test_a_mark_on_a_message_that_is_gone_cannot_be_completed(guarded: ChatPlace) -> None:
    act = make_reaction("", member=guarded.member, message=guarded.gone, place=guarded.here.place)

    with pytest.raises(MessageGone):
        await guarded.platform.complete(
            replace(act, workspace=guarded.here.workspace, member_name="")
        )
