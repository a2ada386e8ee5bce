"""How fast hosts are asked: by a clock that moves only as long as somebody waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.client import Limits
from adapters.fetching.pace import KNOWN, LONGEST_WAIT_S, Pace, Rate
from adapters.fetching.web import Web
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.servers.local_proxy import open_proxy
from tests.servers.local_web import LocalWeb, answer, open_web, redirect

ARXIV = "export.arxiv.org"


class Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []
        self.pace = Pace(monotonic=lambda: self.now, pause=self._pause)

    async def _pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


async def test_a_host_with_a_rule_of_its_own_is_asked_no_faster() -> None:
    time = Time()

    for _ in range(3):
        await time.pace.wait(ARXIV)
    await time.pace.wait("quick.example")

    assert time.waited == [3.0, 3.0]


async def test_a_burst_is_free_and_what_follows_keeps_the_pace() -> None:
    time = Time()

    for _ in range(5):
        await time.pace.wait("site.example", rate=Rate(2.0, burst=3))

    assert time.waited == [2.0, 2.0]


async def test_nobody_waits_without_end_and_who_gave_up_holds_up_nobody() -> None:
    time = Time()
    pace = Pace(monotonic=lambda: 0.0, pause=time._pause)  # all ask at the same time

    for _ in range(7):
        await pace.wait(ARXIV)
    with pytest.raises(FetchFailed) as caught:
        await pace.wait(ARXIV)
    with pytest.raises(FetchFailed) as again:
        await pace.wait(ARXIV)

    assert max(time.waited) <= LONGEST_WAIT_S
    assert (caught.value.reason, caught.value.may_pass) == ("crowded", True)
    assert again.value.retry_after_s == caught.value.retry_after_s == 21.0
    for language in LANGUAGES:
        for table in ("unreadable", "feeds.trouble"):
            assert Texts.load().get(language, f"{table}.crowded")


@given(
    st.lists(st.floats(0.0, 10.0), max_size=30),
    st.floats(0.1, 5.0),
    st.integers(1, 5),
)
def test_no_stretch_of_time_has_more_than_the_burst_and_its_pace(
    gaps: list[float], every_s: float, burst: int
) -> None:
    starts: list[float] = []
    now = 0.0
    time = Time()
    pace = Pace(monotonic=lambda: now, pause=time._pause)
    for gap in gaps:
        now += gap
        wait = pace.wait("site.example", rate=Rate(every_s, burst=burst))
        before = len(time.waited)
        try:
            wait.send(None)
        except StopIteration:
            starts.append(now + sum(time.waited[before:]))
        except FetchFailed:
            continue

    for first in range(len(starts) - burst):
        assert starts[first + burst] - starts[first] >= every_s - 1e-6


@pytest.fixture
async def local() -> AsyncIterator[LocalWeb]:
    async with open_web() as local:
        yield local


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


async def test_redirects_keep_to_the_pace_of_the_host_they_lead_to(local: LocalWeb) -> None:
    time = Time()
    local.add("/a", redirect(f"http://{ARXIV}/b"))
    local.add("/b", answer("<p>Text</p>"))

    async with open_proxy(local.port) as proxy:
        web = Web(
            limits=Limits(),
            resolve=nowhere,
            proxy=f"http://127.0.0.1:{proxy.port}",
            pace=time.pace,
        )
        for _ in range(2):
            await web.download("http://site.example/a")
        await web.aclose()

    assert time.waited == [3.0]


async def test_a_redirect_to_a_host_that_many_wait_for_is_put_off_and_holds_up_nobody(
    local: LocalWeb,
) -> None:
    time = Time()
    local.add("/a", redirect(f"http://{ARXIV}/b"))
    local.add("/b", answer("<p>Text</p>"))

    async with open_proxy(local.port) as proxy:
        web = Web(
            limits=Limits(),
            resolve=nowhere,
            proxy=f"http://127.0.0.1:{proxy.port}",
            pace=Pace(monotonic=lambda: 0.0, pause=time._pause),  # all ask at the same time
        )
        for _ in range(2):
            await web.download(f"http://{ARXIV}/b")
        with pytest.raises(FetchFailed) as caught:
            await web.download("http://site.example/a")
        await web.download(f"http://{ARXIV}/b")
        await web.aclose()

    assert (caught.value.reason, caught.value.retry_after_s) == ("crowded", 6.0)
    assert time.waited == [3.0, 6.0]


async def test_inside_hosts_that_are_allowed_are_asked_as_fast_as_may_be(local: LocalWeb) -> None:
    time = Time()
    web = Web({"127.0.0.1"}, pace=time.pace)
    url = local.add("/a", answer("<p>Text</p>"))

    for _ in range(20):
        await web.download(url)
    await web.aclose()

    assert time.waited == []


def test_every_pace_leaves_room_for_those_who_wait() -> None:
    assert all(rate.every_s < LONGEST_WAIT_S for rate in KNOWN.values())
