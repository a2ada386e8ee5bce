"""Links that nobody looks on are read as jobs: each once, politely, again if that may help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.jobs import RULES, JobKind, JobState
from bot.domain.models import (
    LOCAL,
    ChannelId,
    LinkFilter,
    LinkId,
    LinkRecord,
    PageState,
    PageText,
    Place,
)
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import LONGEST_REST_S, FetchFailed
from bot.ports import SOMEBODY, Asker
from bot.services.unread import LOOKED_AT
from storage import open_storage
from tests.factories import make_page, make_save, make_understanding
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.reading import Readers

TEXT = "An index answers rare words well. A vector answers paraphrases well."
SITE = "https://site.example/"


@dataclass
class Web(FakePageFetcher):
    """`fails` is raised instead of the page; `asked_at` tells when each was asked for."""

    clock: FakeClock = field(default_factory=FakeClock)
    fails: dict[str, Exception] = field(default_factory=dict)
    asked_at: list[float] = field(default_factory=list)

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        self.asked_at.append(self.clock.now().timestamp())
        page = await super().fetch(url, asker=asker)
        if url in self.fails:
            raise self.fails[url]
        return page


class World(Readers):
    """What is saved here is published, too."""

    fetcher: Web
    clock: FakeClock

    async def save(self, *urls: str) -> list[LinkId]:
        for url in urls:
            self.fetcher.add(url, title="Page", text=TEXT)
        return [(await self.storage.links.save(make_save(url))).link.id for url in urls]

    async def links(self) -> list[LinkRecord]:
        found = await self.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
        return sorted(found, key=lambda link: link.url)

    async def states(self) -> dict[str, tuple[PageState, str]]:
        return {link.url: (link.state, link.reason) for link in await self.links()}

    async def pass_time(self, days: float, *, step: timedelta) -> None:
        for _ in range(int(timedelta(days=days) / step)):
            await self.read_due()
            self.clock.move(seconds=step.total_seconds())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock()
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield World(storage, Web(clock=clock), clock)


async def test_what_is_asked_for_is_read_and_leaves_no_job(world: World) -> None:
    links = await world.save(SITE)

    await world.unread.ask(LOCAL, links)
    await world.unread.ask(LOCAL, links)
    ran = await world.read_due()

    assert ran == 1
    assert await world.states() == {SITE: (PageState.READ, "")}
    assert await world.jobs.list_jobs(limit=9) == []


async def test_what_a_crash_left_without_a_job_is_found_and_read(world: World) -> None:
    await world.save(SITE, "https://other.example/")

    await world.unread.look()
    await world.read_due()

    assert {state for state, _ in (await world.states()).values()} == {PageState.READ}


async def test_what_a_member_may_be_looking_on_is_left_to_them_for_a_while(world: World) -> None:
    await world.unread.look()
    await world.save(SITE)

    await world.unread.look()
    at_once = await world.read_due()
    world.clock.move(seconds=LOOKED_AT.total_seconds())
    later = await world.read_due()

    assert (at_once, later) == (0, 1)
    assert await world.states() == {SITE: (PageState.READ, "")}


async def test_looking_again_hurries_nothing_that_rests(world: World) -> None:
    links = await world.save(SITE)
    world.fetcher.fails[SITE] = FetchFailed("timeout", may_pass=True)
    await world.unread.ask(LOCAL, links)
    await world.read_due()

    await world.unread.look()
    ran = await world.read_due()

    assert ran == 0
    assert await world.states() == {SITE: (PageState.WAITING, "timeout")}


async def test_a_page_that_breaks_its_reader_is_given_up_and_stops_no_other(world: World) -> None:
    world.fetcher.fails[SITE] = RecursionError("as no parser is expected to")
    await world.unread.ask(LOCAL, await world.save(SITE, "https://good.example/"))

    await world.read_due()

    assert await world.states() == {
        SITE: (PageState.UNREADABLE, "broken"),
        "https://good.example/": (PageState.READ, ""),
    }
    assert await world.jobs.list_jobs(limit=9) == []


async def test_what_fails_for_now_is_tried_less_and_less_often_then_given_up_with_its_reason(
    world: World,
) -> None:
    world.fetcher.fails[SITE] = FetchFailed("unreachable", may_pass=True)
    await world.unread.ask(LOCAL, await world.save(SITE))
    began = world.clock.now().timestamp()

    await world.pass_time(5, step=timedelta(minutes=5))

    assert len(world.fetcher.asked_at) == RULES[JobKind.READ].most_tries
    hours = [round((at - began) / 3600, 1) for at in world.fetcher.asked_at]
    assert hours == sorted(hours)
    assert hours[-1] > 48
    assert await world.states() == {SITE: (PageState.UNREADABLE, "unreachable")}
    assert await world.jobs.list_jobs(limit=9) == []


async def test_a_site_that_comes_back_is_read(world: World) -> None:
    world.fetcher.fails[SITE] = FetchFailed("server_error", may_pass=True)
    await world.unread.ask(LOCAL, await world.save(SITE))
    await world.read_due()
    world.fetcher.fails.clear()

    await world.pass_time(0.1, step=timedelta(minutes=5))

    assert await world.states() == {SITE: (PageState.READ, "")}


NO_TURN = FetchFailed("crowded", may_pass=True, retry_after_s=30, was_asked=False)


async def test_coming_out_of_turn_is_no_try_and_leaves_the_link_as_it_was(world: World) -> None:
    await world.unread.ask(LOCAL, await world.save(SITE))

    for _ in range(2 * RULES[JobKind.READ].most_tries):
        world.fetcher.fails[SITE] = NO_TURN
        assert await world.read_due() == 1
        assert await world.read_due() == 0
        assert await world.states() == {SITE: (PageState.WAITING, "")}
        world.clock.move(seconds=30)
    world.fetcher.fails[SITE] = FetchFailed("timeout", may_pass=True)
    await world.read_due()

    assert await world.states() == {SITE: (PageState.WAITING, "timeout")}


async def test_tries_are_remembered_over_what_came_out_of_turn(world: World) -> None:
    await world.unread.ask(LOCAL, await world.save(SITE))
    for _ in range(RULES[JobKind.READ].most_tries):
        world.fetcher.fails[SITE] = FetchFailed("timeout", may_pass=True)
        await world.read_due()
        world.clock.move(days=2)
        world.fetcher.fails[SITE] = NO_TURN
        await world.read_due()
        world.clock.move(days=2)

    assert len(world.fetcher.asked) == 2 * RULES[JobKind.READ].most_tries - 1
    assert await world.states() == {SITE: (PageState.UNREADABLE, "timeout")}


@pytest.mark.parametrize(("asks_s", "has_s"), [(7200.0, 7200.0), (1e9, LONGEST_REST_S)])
async def test_a_site_that_asks_for_a_rest_has_it_before_the_next_try(
    world: World, asks_s: float, has_s: float
) -> None:
    trouble = FetchFailed("too_many_requests", may_pass=True, retry_after_s=asks_s)
    world.fetcher.fails[SITE] = trouble
    await world.unread.ask(LOCAL, await world.save(SITE))

    await world.read_due()

    (link,) = await world.links()
    assert link.retry_at is not None
    assert (link.retry_at - world.clock.now()).total_seconds() == pytest.approx(has_s)


async def test_a_save_that_was_taken_back_ends_its_job(world: World) -> None:
    await world.unread.ask(LOCAL, await world.save(SITE))
    (link,) = await world.links()
    (save,) = link.saves
    await world.storage.links.undo_saves(
        LOCAL, member=save.member, message=save.message, emoji=None
    )

    await world.read_due()

    assert world.fetcher.asked == []
    assert await world.jobs.list_jobs(limit=9) == []


async def test_what_was_set_aside_is_not_taken_up_again_by_itself(world: World) -> None:
    await world.unread.ask(LOCAL, await world.save(SITE))
    (job,) = world.jobs.waiting

    async def breaks(_: object) -> None:
        raise RuntimeError

    for _ in range(RULES[JobKind.READ].most_tries):
        await world.jobs.run_due({JobKind.READ: breaks})
        world.clock.move(days=2)
    await world.unread.look()

    (left,) = await world.jobs.list_jobs(limit=9)
    assert (left.key, left.state) == (job.key, JobState.FAILED)


class TestATextOfFew:
    """A link that all see waits for its turn; a private channel has its text meanwhile."""

    @pytest.fixture
    async def link(self, world: World) -> LinkId:
        (link,) = await world.save(SITE)
        world.fetcher.fails[SITE] = NO_TURN
        await world.unread.ask(LOCAL, [link])
        await world.read_due()
        await self.give_text(world)
        return link

    async def give_text(self, world: World) -> None:
        place = Place(ChannelId("secret"), is_private=True)
        save = make_save(SITE, member="juno", place=place, message="secret-1")
        saved = (await world.storage.links.save(save)).save
        page, made = make_page(SITE, title="Pasted"), make_understanding()
        await world.storage.links.store_text(LOCAL, saved, page, made, [])

    async def seen(self, world: World, link: LinkId, *channels: str) -> tuple[PageState, str, str]:
        audience = Audience(channels=frozenset(map(ChannelId, channels)))
        found = await world.storage.links.get(LOCAL, link, audience=audience)
        return found.state, found.reason, found.title

    async def test_ends_nobody_s_waiting_for_the_page(self, world: World, link: LinkId) -> None:
        meanwhile = await self.seen(world, link), await self.seen(world, link, "secret")
        world.fetcher.fails.clear()
        world.clock.move(seconds=30)
        await world.read_due()

        waits, pasted = (PageState.WAITING, "", SITE), (PageState.READ, "", "Pasted")
        assert meanwhile == (waits, pasted)
        assert await self.seen(world, link) == (PageState.READ, "", "Page")

    async def test_leaves_the_others_their_reason_and_the_next_tries(
        self, world: World, link: LinkId
    ) -> None:
        world.fetcher.fails[SITE] = FetchFailed("timeout", may_pass=True)
        world.clock.move(seconds=30)
        await world.read_due()
        for_now = await self.seen(world, link)
        await world.pass_time(5, step=timedelta(minutes=30))

        assert for_now[:2] == (PageState.WAITING, "timeout")
        assert (await self.seen(world, link))[:2] == (PageState.UNREADABLE, "timeout")
        assert len(world.fetcher.asked) == 1 + RULES[JobKind.READ].most_tries
        assert (await self.seen(world, link, "secret"))[:2] == (PageState.READ, "")

    async def test_keeps_no_crash_from_being_found(self, world: World, link: LinkId) -> None:
        for job in world.jobs.waiting:
            await world.jobs.cancel(job.id)
        world.fetcher.fails.clear()

        await world.unread.look()
        await world.read_due()

        assert await self.seen(world, link) == (PageState.READ, "", "Page")

    async def test_that_comes_before_the_turn_is_no_reading(self, world: World) -> None:
        (link,) = await world.save(SITE)
        [before] = await world.links()
        await self.give_text(world)

        await world.reading.read_unseen(LOCAL, before)

        assert await self.seen(world, link) == (PageState.READ, "", "Page")

    async def test_hurries_no_try_and_takes_no_reason_away(
        self, world: World, link: LinkId
    ) -> None:
        for job in world.jobs.waiting:
            await world.jobs.cancel(job.id)
        retry_at = world.clock.now() + timedelta(hours=1)
        await world.storage.links.mark_waiting(LOCAL, link, reason="timeout", retry_at=retry_at)
        before = len(world.fetcher.asked)

        await world.unread.ask(LOCAL, [link])
        await world.read_due()
        early = len(world.fetcher.asked) - before
        world.clock.move(hours=1)
        await world.read_due()

        assert early == 0
        assert len(world.fetcher.asked) == before + 1
        assert (await self.seen(world, link))[:2] == (PageState.WAITING, "timeout")
