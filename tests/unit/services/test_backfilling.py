"""Reading a channel's past over a real store: nothing lost, nothing doubled, always told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.jobs import RULES, JobKind
from bot.domain.models import (
    LOCAL,
    ChannelId,
    LinkFilter,
    LinkRecord,
    MemberId,
    MessageId,
    NewSave,
    Place,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR
from bot.errors import BadSettings, PlaceClosed, RateLimited, UserError
from bot.ports import PastMessage, Storage, Target
from bot.posts import Post
from bot.services.backfilling import BackfillingService
from bot.services.saving import SavingService
from storage import open_storage
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.fakes.jobs import MemoryJobs
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import TEXTS, make_posting

TEAM = WorkspaceId("slack:TEAM")
ELSEWHERE = WorkspaceId("matrix:HOME")  # of a platform that does not run
PAST = Place(ChannelId("past"))
SECRET = Place(ChannelId("secret"), is_private=True)


def said(number: int, text: str, *, member: str = MINA, is_from_bot: bool = False) -> PastMessage:
    return PastMessage(
        id=MessageId(f"past/{number}"),
        member=MemberId(member),
        text=text,
        at=NOON - timedelta(days=20 - number),
        is_from_bot=is_from_bot,
    )


def ask(event: str = "one", *, place: Place = PAST, since: datetime | None = None) -> Backfill:
    return Backfill(
        id=event,
        workspace=TEAM,
        place=Place(place.channel, is_private=True),
        since=since or NOON - timedelta(days=30),
        member=MINA,
        member_name="Mina",
        language="en",
        asked_in=GENERAL,
        asked_at=NOON,
    )


def hold(history: FakeHistory, *, from_read: int) -> None:
    """Give no page from the named read on: the process can be ended there."""

    async def wait(number: int) -> None:
        if number >= from_read:
            await asyncio.Event().wait()

    history.on_read = wait


@dataclass
class Team:
    """A workspace with a channel that has a past. Every `start` is another process."""

    storage: Storage
    platform: FakePlatform = field(default_factory=FakePlatform)
    history: FakeHistory = field(default_factory=lambda: FakeHistory([PAST, SECRET]))
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))

    def __post_init__(self) -> None:
        self.jobs = MemoryJobs(clock=self.clock, stop_within_s=0.0)

    def start(self, *, is_connected: bool = True) -> BackfillingService:
        readers = Readers(self.storage, FakePageFetcher(), self.clock)
        service = BackfillingService(
            self.storage.backfills,
            self.jobs,
            SavingService(self.storage.links),
            readers.unread,
            clock=self.clock,
            texts=TEXTS,
        )
        if is_connected:
            posting = make_posting(self.platform, ledger=self.storage.ledger)
            service.connect(posting=posting, histories={"slack": self.history})
        return service

    async def run(
        self, service: BackfillingService, *, until: Callable[[Backfill], bool], name: str = "one"
    ) -> Backfill:
        """Run its jobs until the backfill is as told, then end the process."""
        stop = asyncio.Event()
        handlers = {JobKind.BACKFILL: service.handle}
        running = asyncio.create_task(self.jobs.work(handlers, stop=stop))
        try:
            async with asyncio.timeout(10):
                while not until(found := await self.storage.backfills.get(TEAM, name)):  # noqa: ASYNC110 - a row has no event
                    await asyncio.sleep(0.005)
        finally:
            stop.set()
            await running
        return found

    async def run_due(self, service: BackfillingService) -> int:
        return await self.jobs.run_due({JobKind.BACKFILL: service.handle})

    async def links(self) -> list[LinkRecord]:
        return list(await self.storage.links.list_links(TEAM, LinkFilter(), audience=OPERATOR))


def has_ended(backfill: Backfill) -> bool:
    return backfill.state is not BackfillState.OPEN


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        await storage.workspaces.ensure(TEAM, name="team")
        await storage.workspaces.ensure(ELSEWHERE, name="elsewhere")
        yield Team(storage)


async def test_every_link_that_people_shared_is_saved_as_of_then_by_who_asked(team: Team) -> None:
    team.history.messages[PAST.channel] = [
        said(1, "https://one.example/ and https://two.example/"),
        said(2, "no link"),
        said(3, "https://robot.example/", is_from_bot=True),
        said(4, "again https://one.example/", member="juno"),
    ]
    service = team.start()

    await service.start(ask())
    done = await team.run(service, until=has_ended)

    assert (done.state, done.messages, done.links) == (BackfillState.DONE, 4, 3)
    saves = {
        (link.url, save.member, save.message, save.emoji, save.saved_at, save.place)
        for link in await team.links()
        for save in link.saves
    }
    first, last = NOON - timedelta(days=19), NOON - timedelta(days=16)
    assert saves == {
        ("https://one.example/", "mina", "past/1", "🔖", first, PAST),
        ("https://two.example/", "mina", "past/1", "🔖", first, PAST),
        ("https://one.example/", "mina", "past/4", "🔖", last, PAST),
    }


async def test_progress_is_one_post_that_ends_as_a_summary_without_a_button(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(6)]
    service = team.start()

    await service.start(ask())
    await team.run(service, until=has_ended)

    (progress,) = team.platform.posts
    assert (progress.place, progress.only_for, progress.answer_by) == (GENERAL, None, "")
    assert "Done. Messages read: 6; links saved: new 6, there before 0" in team.platform.words
    assert "(Stop)" not in team.platform.words
    assert len(team.platform.edits) < 4  # not one an instant


@pytest.mark.parametrize("from_read", [1, 2, 3, 4])
async def test_what_a_crash_interrupts_goes_on_there_and_doubles_nothing(
    team: Team, from_read: int
) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(8)]
    hold(team.history, from_read=from_read)
    killed = team.start()
    await killed.start(ask())
    await team.run(killed, until=lambda _: len(team.history.reads) == from_read)

    team.history.on_read = None
    done = await team.run(team.start(), until=has_ended)

    assert (done.messages, done.links) == (8, 8)
    goes_on = [cursor for _, _, cursor in team.history.reads[from_read:]]
    assert goes_on == [str(2 * page or "") for page in range(from_read - 1, 4)]
    assert [len(link.saves) for link in await team.links()] == [1] * 8
    assert len(team.platform.posts) == 1


async def test_a_page_that_was_saved_but_not_written_down_is_saved_once(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(4)]
    service = team.start()
    await service.start(ask())
    saving = SavingService(team.storage.links)
    for message in team.history.messages[PAST.channel][:1]:  # what a killed process had come to
        act = NewSave(TEAM, MINA, "Mina", PAST, message.id, "🔖", message.at)
        await saving.save(act, text=message.text)

    done = await team.run(service, until=has_ended)

    assert (done.messages, done.links, done.known) == (4, 3, 1)
    assert [len(link.saves) for link in await team.links()] == [1] * 4


async def test_what_somebody_saved_from_the_message_gets_no_second_save(team: Team) -> None:
    team.history.messages[PAST.channel] = [
        said(1, "https://one.example/ and https://two.example/"),
        said(2, "https://one.example/ and https://one.example/#again"),
    ]
    act = NewSave(TEAM, MemberId("bob"), "Bob", PAST, MessageId("past/1"), "📌", NOON)
    await SavingService(team.storage.links).save(act, text="https://one.example/")
    service = team.start()

    await service.start(ask())
    done = await team.run(service, until=has_ended)

    assert (done.links, done.known) == (2, 1)
    assert "links saved: new 2, there before 1" in team.platform.words
    saves = [(s.member, s.message) for link in await team.links() for s in link.saves]
    assert sorted(saves) == [("bob", "past/1"), ("mina", "past/1"), ("mina", "past/2")]


async def test_a_stop_by_a_member_ends_it_and_keeps_what_is_saved(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(8)]
    hold(team.history, from_read=2)
    service = team.start()
    await service.start(ask())
    await team.run(service, until=lambda each: each.messages == 2)
    is_stopped = await service.stop(TEAM, "one")
    team.history.on_read = None

    again = team.start()
    stopped = await team.run(again, until=has_ended)

    assert is_stopped
    assert stopped.state is BackfillState.STOPPED
    assert len(await team.links()) == 2
    assert await again.stop(TEAM, "one") is False


async def test_a_stop_while_a_page_is_read_is_shown_at_its_post(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(8)]
    service = team.start()

    async def press(number: int) -> None:
        if number == 2:
            await service.stop(TEAM, "one")

    team.history.on_read = press
    await service.start(ask())
    await team.run(service, until=lambda each: has_ended(each) and "Stopped" in team.platform.words)

    assert "Stopped. Messages read: 4; links saved: new 4, there before 0." in team.platform.words
    assert len(team.history.reads) == 2


async def test_a_limit_of_the_platform_is_waited_out(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(1, "https://1.example/")]
    team.history.fails[PAST.channel] = [RateLimited(1), RateLimited(900)]
    service = team.start()
    await service.start(ask())

    tried = []
    for _ in range(5):
        await team.run_due(service)
        tried.append(len(team.history.reads))
        team.clock.move(seconds=300)

    assert tried == [1, 2, 2, 2, 3]
    assert (await team.storage.backfills.get(TEAM, "one")).state is BackfillState.DONE
    assert len(await team.links()) == 1


async def test_a_platform_that_stays_away_ends_it_with_a_sentence(team: Team) -> None:
    team.history = Limited([PAST])
    service = team.start()
    await service.start(ask())

    for _ in range(RULES[JobKind.BACKFILL].most_tries):
        await team.run_due(service)
        team.clock.move(hours=1)

    assert (await team.storage.backfills.get(TEAM, "one")).state is BackfillState.FAILED
    assert "did not let me read on" in team.platform.words
    assert await team.jobs.list_jobs(limit=9) == []


async def test_what_is_open_and_has_no_job_gets_one(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(1, "https://1.example/")]
    await team.storage.backfills.add(ask())  # and then the process was killed
    service = team.start()

    await service.look()
    await service.look()
    await team.run_due(service)

    assert (await team.storage.backfills.get(TEAM, "one")).state is BackfillState.DONE


async def test_what_it_saved_is_read(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(1, "https://1.example/ https://2.example/")]
    readers = Readers(team.storage, FakePageFetcher(), team.clock)
    service = BackfillingService(
        team.storage.backfills,
        team.jobs,
        SavingService(team.storage.links),
        readers.unread,
        clock=team.clock,
        texts=TEXTS,
    )
    posting = make_posting(team.platform, ledger=team.storage.ledger)
    service.connect(posting=posting, histories={"slack": team.history})

    await service.start(ask())
    await team.run_due(service)

    assert await readers.read_due() == 2


@pytest.mark.parametrize(
    ("channel", "reason"),
    [("nowhere", "no such channel"), ("secret", "no such channel")],
)
async def test_a_channel_that_one_of_us_may_not_read_is_refused_in_a_sentence(
    team: Team, channel: str, reason: str
) -> None:
    team.history.messages[ChannelId(channel)] = [said(1, "https://secret.example/")]

    await team.start(is_connected=False).start(ask(place=Place(ChannelId(channel))))
    failed = await team.run(team.start(), until=has_ended)

    assert failed.state is BackfillState.FAILED
    assert reason in team.platform.words
    assert await team.links() == []


@pytest.mark.parametrize("channel", ["nowhere", "secret"])
async def test_what_may_not_be_read_is_refused_before_anything_is_announced(
    team: Team, channel: str
) -> None:
    service = team.start()
    with pytest.raises(UserError) as refused:
        await service.start(ask(place=Place(ChannelId(channel))))

    assert refused.value.message_key == "backfill.not_in_channel"
    assert team.platform.sent == {}
    assert await team.storage.backfills.list_open() == []


async def test_a_channel_that_cannot_be_checked_now_is_checked_when_reading_begins(
    team: Team,
) -> None:
    team.history = Limited([PAST])
    service = team.start()
    await service.start(ask())

    assert len(await team.storage.backfills.list_open()) == 1


async def test_a_member_s_private_channel_is_saved_as_private(team: Team) -> None:
    team.platform.private_channels[MINA] = frozenset({SECRET.channel})
    team.history.messages[SECRET.channel] = [said(1, "https://secret.example/")]
    service = team.start()

    await service.start(ask(place=SECRET))
    await team.run(service, until=has_ended)

    (link,) = await team.links()
    assert link.saves[0].place == SECRET


async def test_a_channel_that_closes_midway_ends_it_with_the_reason(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(4)]
    team.history.fails[PAST.channel] = [PlaceClosed("backfill.not_in_channel", channel="past")]
    service = team.start()

    await service.start(ask())
    failed = await team.run(service, until=has_ended)

    assert failed.state is BackfillState.FAILED
    assert "I could not go on" in team.platform.words
    assert "Invite me" in team.platform.words


async def test_a_channel_is_read_once_at_a_time(team: Team) -> None:
    service = team.start()
    await service.start(ask("one"))

    await service.start(ask("one"))  # the same call again
    with pytest.raises(UserError) as refused:
        await service.start(ask("two"))

    assert refused.value.message_key == "backfill.under_way"


async def test_who_may_not_look_into_a_channel_does_not_hear_that_it_is_being_read(
    team: Team,
) -> None:
    service = team.start(is_connected=False)
    await service.start(ask("one", place=SECRET))
    elsewhere = Place(ChannelId("elsewhere"))

    theirs = replace(ask("two", place=SECRET), member=MemberId("bob"), asked_in=elsewhere)
    await service.start(theirs)

    assert len(await team.storage.backfills.list_open()) == 2


async def test_where_progress_may_not_be_shown_the_past_is_read_all_the_same(team: Team) -> None:
    team.history.messages[PAST.channel] = [said(1, "https://1.example/")]
    team.platform.fails = [(PlaceClosed("backfill.not_in_channel"), False)]
    service = team.start()

    await service.start(ask())
    done = await team.run(service, until=has_ended)

    assert done.state is BackfillState.DONE
    assert len(await team.links()) == 1


@pytest.mark.parametrize("progress", [None, MessageId("past/9")], ids=["new", "begun"])
async def test_a_reading_of_a_platform_that_does_not_run_waits_for_it(
    team: Team, progress: MessageId | None
) -> None:
    team.history.messages[PAST.channel] = [said(1, "https://1.example/")]
    await team.storage.backfills.add(replace(ask("first"), workspace=ELSEWHERE, progress=progress))
    service = team.start()

    await service.start(ask())
    await team.run(service, until=has_ended)

    waits = await team.storage.backfills.get(ELSEWHERE, "first")
    assert (waits.state, waits.reason) == (BackfillState.OPEN, "")


async def test_progress_that_cannot_be_shown_ends_no_reading(team: Team) -> None:
    team.platform = Refusing()
    team.history.messages[PAST.channel] = [said(n, f"https://{n}.example/") for n in range(4)]
    service = team.start()

    await service.start(ask())
    await team.start(is_connected=False).start(ask("two", place=SECRET))
    done = await team.run(service, until=has_ended)
    await team.run(service, until=has_ended, name="two")

    assert (done.state, done.links) == (BackfillState.DONE, 4)


class Limited(FakeHistory):
    """Answers a listing of its channels with the platform's limit."""

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        raise RateLimited(30)


class Refusing(FakePlatform):
    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        raise BadSettings(("SLACK_BOT_TOKEN",))


async def test_two_who_ask_at_once_begin_one_reading(team: Team) -> None:
    service = team.start()

    asked = await asyncio.gather(
        *(service.start(ask(name)) for name in ("one", "two", "three")), return_exceptions=True
    )

    assert len(await team.storage.backfills.list_open()) == 1
    assert [isinstance(each, UserError) for each in asked].count(True) == 2
