"""Events find their handlers, and people hear of it when that fails."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import pytest

from bot.commands.conversation import Conversation
from bot.commands.router import Dispatcher, Router
from bot.domain.models import ChannelId, MemberId, Place, WorkspaceId
from bot.domain.visibility import Audience
from bot.errors import (
    BadSettings,
    BotError,
    MessageGone,
    StorageUnavailable,
    TransientError,
    UserError,
)
from bot.events import CommandCalled, Event
from bot.specs import CommandSpec
from bot.texts import LANGUAGES, Texts
from tests.factories import GENERAL, MINA, make_command
from tests.fakes.platform import FakePlatform
from tests.fakes.talking import make_dispatcher as dispatcher_of

TEXTS = Texts.load()
TRY = CommandSpec("try")


def make_dispatcher(platform: FakePlatform, error: Exception) -> Dispatcher:
    """Return one whose only command is `try`, which fails in this way."""

    async def fail(event: CommandCalled, talk: Conversation) -> None:
        raise error

    return dispatcher_of([Router(commands={TRY: fail})], platform=platform)


async def test_what_the_person_can_mend_is_said_to_them_alone() -> None:
    platform = FakePlatform()
    dispatcher = make_dispatcher(platform, UserError("links.bad_kind", kind="book"))

    await dispatcher.dispatch(make_command("try"))

    (answer,) = platform.posts
    assert answer.only_for == "mina"
    assert platform.words == TEXTS.get("en", "links.bad_kind", kind="book")


@pytest.mark.parametrize("error", [TransientError(), StorageUnavailable()], ids=repr)
async def test_what_may_pass_is_raised_without_a_word(error: TransientError) -> None:
    platform = FakePlatform()

    with pytest.raises(type(error)):
        await make_dispatcher(platform, error).dispatch(make_command("try"))

    assert platform.posts == []


async def test_anything_else_is_an_apology_whose_number_finds_the_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform = FakePlatform()
    dispatcher = make_dispatcher(platform, ZeroDivisionError("a secret of ours"))

    with caplog.at_level(logging.ERROR):
        await dispatcher.dispatch(make_command("try"))

    (record,) = caplog.records
    number = record.__dict__["number"]
    assert platform.words == TEXTS.get("en", "error.unexpected", number=number)
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_an_error_of_ours_is_told_in_its_own_sentence_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform = FakePlatform()
    dispatcher = make_dispatcher(platform, BadSettings(("JUBO_ZONE",)))

    with caplog.at_level(logging.ERROR):
        await dispatcher.dispatch(make_command("try"))

    assert platform.words == TEXTS.get("en", "error.config", names="JUBO_ZONE")
    assert len(caplog.records) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_giving_up_is_told_in_the_language_of_the_member(language: str) -> None:
    platform = FakePlatform()
    dispatcher = make_dispatcher(platform, TransientError())
    event = make_command("try", language=language)

    await dispatcher.give_up(event)

    assert platform.words == TEXTS.get(language, "error.try_again")


async def test_giving_up_is_told_also_when_the_tries_before_said_something() -> None:
    platform = FakePlatform()

    async def begin_and_fail(event: CommandCalled, talk: Conversation) -> None:
        await talk.say_quietly("save.no_link")
        raise TransientError

    router = Router(commands={TRY: begin_and_fail})
    dispatcher = dispatcher_of([router], platform=platform)
    event = make_command("try")
    for _ in range(2):
        with pytest.raises(TransientError):
            await dispatcher.dispatch(event)

    await dispatcher.give_up(event)
    await dispatcher.give_up(event)

    assert len(platform.posts) == 2  # what the tries said, once, and that it did not work
    assert TEXTS.get("en", "error.try_again") in platform.words


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_stops_an_event_is_told_in_the_language_that_the_platform_found(
    language: str,
) -> None:
    platform = Abroad(language)
    dispatcher = make_dispatcher(platform, TransientError())

    await dispatcher.dispatch(make_command("try"))
    await dispatcher.give_up(make_command("try"))

    gone, failed = (TEXTS.get(language, key) for key in ("message.gone", "error.try_again"))
    assert platform.words == f"{gone}\n{failed}"


class Abroad(FakePlatform):
    """Knows whose event it is, but not what it is about."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    async def complete(self, event: Event) -> Event | None:
        gone = MessageGone()
        gone.language = self._language
        raise gone


OURS = Place(ChannelId("D1"), is_private=True, is_direct=True)
CLUB = ChannelId("club")


@dataclass
class Asked(FakePlatform):
    """Counts how often it is asked which channels a member is in, and may refuse to say."""

    refusal: Exception | None = None
    asked: int = 0

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        return await super().list_private_channels(workspace, member)


@pytest.mark.parametrize(
    ("place", "audience"),
    [
        (OURS, Audience(channels=frozenset({CLUB, OURS.channel}), member=MINA)),
        (GENERAL, Audience.of_channel(GENERAL.channel)),
    ],
    ids=["direct message", "channel"],
)
async def test_answers_are_for_who_reads_them(place: Place, audience: Audience) -> None:
    """In a direct message the member alone reads: what they see in private channels too."""
    seen: list[Audience] = []

    async def look(event: CommandCalled, talk: Conversation) -> None:
        seen.append(talk.audience)

    platform = FakePlatform(private_channels={MINA: frozenset({CLUB})})
    dispatcher = dispatcher_of([Router(commands={TRY: look})], platform=platform)

    await dispatcher.dispatch(replace(make_command("try"), place=place))

    assert seen == [audience]


@pytest.mark.parametrize("refusal", [BadSettings(("A",)), UserError("message.gone"), KeyError("x")])
async def test_a_platform_that_does_not_say_who_reads_is_an_error_that_is_told(
    refusal: Exception,
) -> None:
    platform = Asked(refusal=refusal)
    dispatcher = make_dispatcher(platform, TransientError())

    await dispatcher.dispatch(replace(make_command("try"), place=OURS))

    (answer,) = platform.posts
    assert answer.only_for == MINA


async def test_telling_of_a_failure_asks_nobody_who_reads() -> None:
    platform = Asked(refusal=TransientError())
    dispatcher = make_dispatcher(platform, TransientError())

    await dispatcher.give_up(replace(make_command("try"), place=OURS))

    assert platform.words == TEXTS.get("en", "error.try_again")
    assert platform.asked == 0


@pytest.mark.parametrize("refusal", [BadSettings(("A",)), UserError("message.gone")], ids=repr)
async def test_what_cannot_be_told_to_its_member_is_told_to_the_operator(
    refusal: BotError, caplog: pytest.LogCaptureFixture
) -> None:
    platform = FakePlatform(fails=[(refusal, False)])
    dispatcher = make_dispatcher(platform, UserError("save.no_link"))

    with caplog.at_level(logging.WARNING):
        await dispatcher.dispatch(make_command("try"))

    assert TEXTS.get("en", "save.no_link") in caplog.text
