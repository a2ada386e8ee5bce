"""What an operator sees of the background work, and does about it, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.jobs import RULES, JobId, JobKind, JobState, NewJob
from bot.domain.models import LOCAL, LinkFilter, Place, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.errors import UserError
from bot.services.overseeing import OverseeingService
from storage import SqlStorage, open_storage
from tests.factories import GENERAL, MINA, NOON, make_feed, make_save, make_subscription
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.reading import Readers

TEAM = WorkspaceId("slack:TEAM")
SITE = "https://site.example/"


@dataclass
class World:
    storage: SqlStorage

    def __post_init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.readers = Readers(self.storage, FakePageFetcher(), self.clock)
        self.jobs = self.storage.jobs = self.readers.jobs
        self.backfilling = self.readers.make_backfilling()
        self.service = OverseeingService(self.storage, self.backfilling)

    async def ask_for_page(self) -> None:
        saved = await self.storage.links.save(make_save(SITE))
        await self.readers.unread.ask(LOCAL, [saved.link.id])

    async def ask_for_past(self) -> None:
        backfill = Backfill(
            id="one",
            workspace=TEAM,
            place=Place(GENERAL.channel, is_private=True),
            since=NOON,
            member=MINA,
            member_name="Mina",
            language="en",
            asked_in=GENERAL,
            asked_at=NOON,
        )
        await self.backfilling.start(backfill)

    async def fail(self, kind: JobKind) -> None:
        """Have the jobs of a kind tried until they are set aside."""

        async def breaks(_: object) -> None:
            raise LookupError

        for _ in range(RULES[kind].most_tries):
            await self.jobs.run_due({kind: breaks})
            self.clock.move(days=2)

    async def only_job(self) -> JobId:
        (seen,) = await self.service.list_jobs(limit=9)
        return seen.job.id


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        await storage.workspaces.ensure(TEAM, name="team")
        yield World(storage)


async def test_each_job_says_what_it_is_about(world: World) -> None:
    await world.ask_for_page()
    await world.ask_for_past()
    await world.storage.feeds.add(make_feed("f"), known=())
    await world.storage.subscriptions.add(make_subscription("s"))
    feed = {"workspace": LOCAL, "feed": "f"}
    await world.jobs.enqueue(
        NewJob(JobKind.POLL, "poll", feed),
        NewJob(JobKind.POLL, "gone", {**feed, "feed": "other"}),
        NewJob(JobKind.SWEEP, "sweep", {"workspace": LOCAL}),
        NewJob(JobKind.PREPARE, "prepare", {"workspace": LOCAL, "subscription": "s"}),
    )

    seen = await world.service.list_jobs(limit=9)

    assert [each.about for each in seen] == [
        SITE,
        "slack:TEAM/general",
        "https://blog.example/feed.xml",
        "",
        "local",
        "local/general",
    ]


async def test_one_workspace_s_jobs_are_listed_alone(world: World) -> None:
    await world.ask_for_page()
    await world.ask_for_past()

    seen = await world.service.list_jobs(TEAM, limit=9)

    assert [each.job.kind for each in seen] == [JobKind.BACKFILL]


async def test_what_was_set_aside_comes_first_and_runs_again_on_demand(world: World) -> None:
    await world.ask_for_page()
    await world.fail(JobKind.READ)
    await world.ask_for_past()

    failed, _ = await world.service.list_jobs(limit=9)
    await world.service.retry(failed.job.id)
    await world.readers.read_due()

    assert (failed.job.state, failed.job.reason) == (JobState.FAILED, "LookupError")
    assert [each.job.kind for each in await world.service.list_jobs(limit=9)] == [JobKind.BACKFILL]


async def test_what_is_tried_by_itself_is_not_retried(world: World) -> None:
    await world.ask_for_page()

    with pytest.raises(UserError) as refused:
        await world.service.retry(await world.only_job())

    assert refused.value.message_key == "jobs.not_failed"


@pytest.mark.parametrize("is_failed", [False, True])
async def test_a_page_that_is_dropped_does_not_come_again(world: World, is_failed: bool) -> None:
    await world.ask_for_page()
    if is_failed:
        await world.fail(JobKind.READ)

    await world.service.cancel(await world.only_job())
    await world.readers.unread.look()

    assert await world.service.list_jobs(limit=9) == []
    (link,) = await world.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert link.reason == "given_up"


@pytest.mark.parametrize("is_failed", [False, True])
async def test_a_past_that_is_dropped_is_stopped_and_shown_as_such(
    world: World, is_failed: bool
) -> None:
    await world.ask_for_past()
    if is_failed:
        await world.fail(JobKind.BACKFILL)

    await world.service.cancel(await world.only_job())

    backfill = await world.storage.backfills.get(TEAM, "one")
    assert backfill.state is BackfillState.STOPPED
    (shows,) = await world.service.list_jobs(limit=9)
    assert shows.job.state is JobState.WAITING


async def test_a_past_that_is_gone_leaves_no_job(world: World) -> None:
    gone = {"workspace": TEAM, "backfill": "gone"}
    await world.jobs.enqueue(NewJob(JobKind.BACKFILL, "gone", gone))

    await world.service.cancel(await world.only_job())

    assert await world.service.list_jobs(limit=9) == []


async def test_a_digest_is_not_dropped_behind_its_subscription_s_back(world: World) -> None:
    digest = {"workspace": LOCAL, "delivery": "one"}
    await world.jobs.enqueue(NewJob(JobKind.DELIVER, "deliver", digest))

    with pytest.raises(UserError) as refused:
        await world.service.cancel(await world.only_job())

    assert refused.value.message_key == "jobs.end_subscription"
    assert len(await world.service.list_jobs(limit=9)) == 1


async def test_a_job_that_is_done_is_said_to_be(world: World) -> None:
    for act in (world.service.retry, world.service.cancel):
        with pytest.raises(UserError) as refused:
            await act(JobId(404))

        assert refused.value.message_key == "jobs.no_such"
