"""How hosts are asked: how fast, by how many at once, and in whose turn."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching import HttpPageFetcher
from adapters.fetching.client import Limits
from adapters.fetching.hosts import (
    ALONE_EVERY_S,
    AT_ONCE,
    KNOWN,
    LONGEST_WAIT_S,
    OF_ONE,
    Caller,
    Hosts,
    NoTurn,
    Rate,
)
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page
from adapters.fetching.web import Web
from bot.domain.models import PageText
from bot.errors import LONGEST_REST_S, FetchFailed
from bot.ports import Asker
from bot.texts import LANGUAGES, Texts
from tests.fakes.made_time import run_in_made_time
from tests.servers.local_proxy import open_proxy
from tests.servers.local_web import LocalWeb, answer, open_web, redirect

ARXIV = "export.arxiv.org"
SITE = "site.example"


class Requests:
    """Asks hosts; `begun` are who asked, and when."""

    def __init__(self, *, takes_s: float = 0.0, known: dict[str, Rate] | None = None) -> None:
        self.hosts = Hosts(KNOWN if known is None else known)
        self.takes_s = takes_s
        self.begun: list[tuple[str, float]] = []

    async def ask(self, caller: Caller, host: str = SITE) -> None:
        async with self.hosts.asking(host, caller):
            self.begun.append((caller.party, now()))
            await asyncio.sleep(self.takes_s)

    async def ask_as_job(self, party: str, key: str, host: str = SITE) -> None:
        """Come again when that is told, as jobs do."""
        while True:
            try:
                return await self.ask(Caller(party, looks_on=False, key=key), host)
            except NoTurn as late:
                await asyncio.sleep(late.wait_s)

    async def ask_in_steps(self, count: int, host: str) -> list[float]:
        began = now()
        for _ in range(count):
            await self.ask(Caller(), host)
        return [at - began for _, at in self.begun]


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_host_with_a_rule_of_its_own_is_asked_no_faster() -> None:
    assert run_in_made_time(Requests().ask_in_steps(3, ARXIV)) == [0, 3, 6]


def test_a_burst_is_free_and_what_follows_keeps_the_pace() -> None:
    requests = Requests(known={SITE: Rate(2.0, burst=3)})

    assert run_in_made_time(requests.ask_in_steps(5, SITE)) == [0, 0, 0, 2, 4]


def test_nobody_waits_without_end_and_who_is_sent_away_holds_up_nobody() -> None:
    async def run() -> list[BaseException | None]:
        requests = Requests()
        asked = (requests.ask(Caller(str(n)), ARXIV) for n in range(9))
        return await asyncio.gather(*asked, return_exceptions=True)

    *through, first, second = run_in_made_time(run())

    assert through == [None] * 7
    assert isinstance(first, NoTurn)
    assert isinstance(second, NoTurn)
    assert (first.wait_s, second.wait_s) == (21, 21)
    for language in LANGUAGES:
        for table in ("unreadable", "feeds.trouble"):
            assert Texts.load().get(language, f"{table}.crowded")


@given(
    st.lists(st.tuples(st.floats(0.0, 3.0), st.sampled_from(["a", "b", "c"])), max_size=30),
    st.floats(0.1, 5.0),
    st.integers(1, 5),
)
def test_no_stretch_of_time_has_more_than_the_burst_and_its_pace(
    comes: list[tuple[float, str]], every_s: float, burst: int
) -> None:
    requests = Requests(known={SITE: Rate(every_s, burst=burst)})

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            for gap, party in comes:
                await asyncio.sleep(gap)
                tasks.create_task(ignore_no_turn(requests.ask(Caller(party))))

    run_in_made_time(run())
    starts = [at for _, at in requests.begun]

    for first in range(len(starts) - burst):
        assert starts[first + burst] - starts[first] >= every_s - 1e-6


async def ignore_no_turn(asked: Awaitable[None]) -> None:
    try:
        await asked
    except NoTurn:
        return


def test_a_slow_host_has_few_requests_at_once_and_members_wait_for_members_alone() -> None:
    requests = Requests(takes_s=10)

    async def run() -> list[tuple[str, float]]:
        async with asyncio.TaskGroup() as tasks:
            for number in range(AT_ONCE):
                tasks.create_task(requests.ask_as_job("feed", str(number)))
            await asyncio.sleep(5)
            for _ in range(AT_ONCE + 1):
                tasks.create_task(requests.ask(Caller("mina")))
        return requests.begun

    begun = run_in_made_time(run())

    assert begun == [("feed", 0), ("feed", 1), ("mina", 5), ("mina", 5), ("mina", 15)]


def test_no_more_jobs_are_at_a_slow_host_at_once_than_members_may_be() -> None:
    requests = Requests(takes_s=10)

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(AT_ONCE + 1):
                tasks.create_task(requests.ask_as_job("feed", str(number)))

    run_in_made_time(run())
    starts = [at for _, at in requests.begun]

    assert starts[AT_ONCE - 1] < 10 <= starts[AT_ONCE]


def test_a_member_waits_for_no_job_that_goes_on_with_its_page() -> None:
    requests = Requests(takes_s=10)

    async def run() -> list[tuple[str, float]]:
        async with asyncio.TaskGroup() as tasks:
            for feed in "abc":
                begun = Caller(feed, looks_on=False, has_begun=True)
                tasks.create_task(requests.ask(begun))
            await asyncio.sleep(5)
            await requests.ask(Caller("mina"))
        return requests.begun

    assert run_in_made_time(run()) == [("a", 0), ("b", 0), ("mina", 5), ("c", 10)]


def test_who_found_no_place_comes_again_after_a_while() -> None:
    requests = Requests(takes_s=2 * LONGEST_WAIT_S)

    async def run() -> float:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(requests.ask(Caller("mina")))
            await asyncio.sleep(1)
            with pytest.raises(NoTurn) as caught:
                await requests.ask(Caller("june"))
            return caught.value.wait_s

    assert run_in_made_time(run()) == ALONE_EVERY_S


def test_members_take_turns_at_a_slow_host_however_much_each_wants() -> None:
    requests = Requests(takes_s=1)

    async def run() -> float:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(30):
                tasks.create_task(ignore_no_turn(requests.ask(Caller("mina"))))
            await asyncio.sleep(0.5)
            began = now()
            await requests.ask(Caller("june"))
            return now() - began

    assert run_in_made_time(run()) <= 2


def test_one_member_leaves_places_to_the_others() -> None:
    requests = Requests(takes_s=5)

    async def run() -> Counter[str]:
        async with asyncio.TaskGroup() as tasks:
            for number in range(20):
                asked = requests.ask(Caller("mina"), f"{number}.example")
                tasks.create_task(ignore_no_turn(asked))
            await asyncio.sleep(1)
            return Counter(party for party, _ in requests.begun)

    assert run_in_made_time(run()) == {"mina": OF_ONE}


def test_jobs_come_one_by_one_with_pauses_and_leave_the_burst_to_members() -> None:
    requests = Requests()

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(20):
                tasks.create_task(requests.ask_as_job("mina", str(number)))

    run_in_made_time(run())
    starts = [at for _, at in requests.begun]

    assert len(starts) == 20
    assert all(later - earlier >= ALONE_EVERY_S for earlier, later in pairwise(starts))
    assert starts[-1] < 30


def test_the_jobs_of_members_take_turns() -> None:
    requests = Requests()

    async def run() -> float:
        async with asyncio.TaskGroup() as tasks:
            for number in range(200):
                tasks.create_task(requests.ask_as_job("mina", str(number)))
            await asyncio.sleep(10)
            began = now()
            await requests.ask_as_job("june", "one")
            return now() - began

    assert run_in_made_time(run()) < 5
    assert sum(party == "mina" for party, _ in requests.begun) == 200
    assert requests.begun[-1][1] < 230


def test_a_job_that_never_comes_back_holds_up_nobody_for_long() -> None:
    requests = Requests()

    async def run() -> float:
        await requests.ask(Caller("mina", looks_on=False, key="first"))
        for key in "abcdefgh":
            await ignore_no_turn(requests.ask(Caller("mina", looks_on=False, key=key)))
        await requests.ask_as_job("june", "one")
        return now()

    assert run_in_made_time(run()) < 20


def test_who_waits_and_is_cancelled_leaves_its_turn_to_the_next() -> None:
    requests = Requests()

    async def run() -> float:
        await requests.ask(Caller("mina"), ARXIV)
        gone = [asyncio.create_task(requests.ask(Caller("mina"), ARXIV)) for _ in range(5)]
        await asyncio.sleep(1)
        for each in gone:
            each.cancel()
        await requests.ask(Caller("june"), ARXIV)
        return now()

    assert run_in_made_time(run()) == 3


def test_a_host_that_asks_for_a_rest_has_it_from_all_that_nobody_looks_on_at() -> None:
    requests = Requests()
    begun = Caller(looks_on=False)

    async def run() -> list[FetchFailed]:
        await requests.ask(begun)
        requests.hosts.let_rest(SITE, 600)
        await requests.ask(Caller(looks_on=False), "other.example")
        await requests.ask(Caller())
        refused = []
        for caller in (begun, Caller(looks_on=False)):
            with pytest.raises(FetchFailed) as caught:
                await requests.ask(caller)
            refused.append(caught.value)
        await asyncio.sleep(600)
        await requests.ask(Caller(looks_on=False))
        return refused

    refused = run_in_made_time(run())

    assert [each.reason for each in refused] == ["too_many_requests"] * 2
    assert [each.was_asked for each in refused] == [True, False]
    assert [each.retry_after_s for each in refused] == [600, 600]


def test_no_host_may_ask_for_a_year() -> None:
    requests = Requests()

    async def run() -> None:
        refusal = FetchFailed("too_many_requests", may_pass=True, retry_after_s=10.0**9)
        requests.hosts.let_rest(SITE, refusal.retry_after_s)
        await asyncio.sleep(LONGEST_REST_S)
        await requests.ask(Caller(looks_on=False))

    run_in_made_time(run())


def test_a_host_where_nobody_came_for_a_kept_turn_is_forgotten_among_many() -> None:
    requests = Requests()

    async def run() -> list[float]:
        requests.hosts.slow_down(SITE, 3.5)
        await requests.ask(Caller(looks_on=False, key="first"))
        with pytest.raises(NoTurn):
            await requests.ask(Caller(looks_on=False, key="its save is taken back"))
        await asyncio.sleep(86_400)
        for number in range(10_000):
            requests.hosts.let_rest(f"{number}.example", 0)
        began = now()
        for _ in range(2):
            await requests.ask(Caller(keeps_delays=True))
        return [at - began for _, at in requests.begun[1:]]

    # As good as new: its robots.txt, which is read once a day, says the pause again.
    assert run_in_made_time(run()) == [0, 0]


def test_a_pause_that_a_site_asks_programs_for_is_kept_by_those_alone() -> None:
    requests = Requests()

    async def run() -> list[float]:
        requests.hosts.slow_down(SITE, 3.5)
        for _ in range(3):
            await requests.ask(Caller(keeps_delays=True))
        slow = [at for _, at in requests.begun]
        await requests.ask(Caller())
        return [*slow, now()]

    assert run_in_made_time(run()) == [0, 3.5, 7, 7]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 4), st.sampled_from(["mina", "june", "feed"]), st.booleans(), st.booleans()
        ),
        max_size=40,
    )
)
def test_every_job_gets_its_turn_in_the_end(
    comes: list[tuple[float, str, bool, bool]],
) -> None:
    requests = Requests(takes_s=3)

    async def run() -> None:
        tasks: list[asyncio.Task[None]] = []
        for number, (gap, party, looks_on, gives_up) in enumerate(comes):
            await asyncio.sleep(gap)
            asked = (
                ignore_no_turn(requests.ask(Caller(party)))
                if looks_on
                else requests.ask_as_job(party, str(number))
            )
            tasks.append(asyncio.create_task(asked))
            if gives_up and len(tasks) > 2:
                tasks.pop(-2).cancel()
        began = now()
        await requests.ask_as_job("late", "late")
        assert now() - began < 2 * LONGEST_WAIT_S
        await asyncio.gather(*tasks)

    run_in_made_time(run())


@pytest.fixture
async def local() -> AsyncIterator[LocalWeb]:
    async with open_web() as local:
        yield local


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


async def test_redirects_keep_to_the_pace_of_the_host_they_lead_to(local: LocalWeb) -> None:
    local.add("/a", redirect(f"http://{ARXIV}/b"))
    local.add("/b", answer("<p>Text</p>"))
    hosts = Hosts({ARXIV: Rate(30.0)})

    async with open_proxy(local.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        web = Web(limits=Limits(), resolve=nowhere, proxy=address, hosts=hosts)
        await web.download("http://site.example/a")
        with pytest.raises(NoTurn) as caught:
            await web.download("http://site.example/a")
        await web.download("http://site.example/b")  # where it came from need not rest for that
        await web.aclose()

    assert 25 < caught.value.wait_s <= 30


class Beside:
    """Reads pages with something of a host that has no turn, and would go on without it."""

    def reads(self, url: str) -> bool:
        return True

    async def read(self, url: str, tools: Tools) -> PageText:
        await tools.download(url)
        try:
            await tools.download(f"http://{ARXIV}/b")
        except FetchFailed:
            return make_page(url, "Half", [], site="", gaps=["full_text"])
        return make_page(url, "Whole", [], site="")


async def test_what_is_read_out_of_turn_is_put_off_and_not_read_by_halves(local: LocalWeb) -> None:
    local.add("/a", answer("<p>Text</p>"))
    local.add("/b", answer("<p>Text</p>"))
    hosts = Hosts({ARXIV: Rate(30.0)})

    async with open_proxy(local.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        fetcher = HttpPageFetcher(resolve=nowhere, proxy=address, hosts=hosts, readers=[Beside()])
        await fetcher.fetch("http://site.example/a")
        with pytest.raises(FetchFailed) as begun:
            await fetcher.fetch("http://site.example/a")
        with pytest.raises(FetchFailed) as unasked:
            await fetcher.fetch(f"http://{ARXIV}/b", asker=Asker(looks_on=False))
        await fetcher.aclose()

    assert (begun.value.reason, begun.value.may_pass) == ("crowded", True)
    assert (begun.value.was_asked, unasked.value.was_asked) == (True, False)


async def test_the_host_that_asks_for_a_rest_is_the_one_that_was_asked(local: LocalWeb) -> None:
    local.add("/a", redirect("http://slow.example/b"))
    busy = answer("", status="429 Too Many Requests", headers=["Retry-After: 600"])
    local.add("/b", busy)
    local.add("/c", answer("<p>Text</p>"))
    begun = Caller(looks_on=False, has_begun=True)

    async with open_proxy(local.port) as proxy:
        web = Web(resolve=nowhere, proxy=f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(FetchFailed):
            await web.download("http://site.example/a")
        with pytest.raises(FetchFailed) as rests:
            await web.download("http://slow.example/c", caller=begun)
        await web.download("http://site.example/c", caller=begun)
        await web.aclose()

    assert "slow.example rests" in str(rests.value)


async def test_inside_hosts_that_are_allowed_are_asked_as_fast_as_may_be(local: LocalWeb) -> None:
    web = Web({"127.0.0.1"})
    url = local.add("/a", answer("<p>Text</p>"))

    began = now()
    for _ in range(20):
        await web.download(url, caller=Caller(looks_on=False))
    await web.aclose()

    assert now() - began < 5


def test_every_pace_leaves_room_for_those_who_wait() -> None:
    assert all(rate.every_s < LONGEST_WAIT_S for rate in KNOWN.values())
