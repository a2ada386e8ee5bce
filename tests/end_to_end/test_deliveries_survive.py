"""Every digest that is due arrives once, whatever happens to those who deliver it.

Counted part by part on the platforms. The long form is `python -m benchmarks.deliveries crash`.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.servers.moved_clock import make_moved_clock
from tests.servers.postgres_server import OwnServer, own_server
from tests.servers.running_bot import RunningBot
from tests.servers.subscribed_bot import Subscribed, frozen, open_subscribed
from tests.servers.subscribed_channels import Due, Thread, count, slack_channels, titles
from tests.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]

LEASE_S, POST_TIMEOUT_S = 3.0, 2.0
WITHIN_S = 120  # on a busy machine
TAKEN_OVER_WITHIN_S = 15
FULL_S = 3.0
HOUR = timedelta(hours=1)
HEAD, PARTS = "from 00:07", ("\n".join(titles()), "and the rest")


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    # Not in pytest's own folder: each start of pytest closes that to the user of the server.
    with (
        tempfile.TemporaryDirectory(prefix="jubo-postgres-") as folder,
        own_server(Path(folder)) as started,
    ):
        yield started


def opened(folder: Path, database_url: str = "") -> AbstractAsyncContextManager[Subscribed]:
    return open_subscribed(
        folder / "it",
        database_url=database_url,
        slack_count=6,
        discord_count=5,
        per_channel=3,
        lease_s=LEASE_S,
        post_timeout_s=POST_TIMEOUT_S,
    )


async def check(subscribed: Subscribed, *, in_window: int = 0) -> None:
    """Assert that all came, once. `in_window`: how many may be twice, on Slack alone."""
    told = await subscribed.count()
    wrong = told.wrong
    window = [each for each in told.twice if each.startswith("slack/")]
    if len(window) <= in_window and window == told.twice:
        wrong.pop("twice", None)
    assert wrong == {}
    assert told.digests == len(subscribed.dues)
    assert subscribed.failed() == 0


@pytest.mark.parametrize(
    ("came", "wrong"),
    [
        ([Thread(HEAD, PARTS)], set()),
        ([], {"missing"}),
        ([Thread(HEAD, PARTS[:1])], {"missing"}),
        ([Thread(HEAD, PARTS), Thread(HEAD, ())], {"twice"}),
        ([Thread(HEAD, (*PARTS, PARTS[0]))], {"twice"}),
        ([Thread(HEAD, PARTS[::-1])], {"disordered"}),
        ([Thread(HEAD, (*PARTS[:1], "another part"))], {"missing", "strays"}),
        ([Thread(HEAD, PARTS), Thread("from 09:09", ())], {"strays"}),
        ([Thread(f"{HEAD} Secret of CDUE00009", PARTS)], {"leaks"}),
    ],
)
def test_whatever_is_wrong_is_counted(came: list[Thread], wrong: set[str]) -> None:
    whole, other = slack_channels(2)
    dues = [Due(each, "00:07", "en") for each in (whole, other)]

    told = count(dues, {whole: [Thread(HEAD, PARTS)], other: came})

    assert set(told.wrong) == wrong


async def test_a_bot_killed_and_refused_again_and_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as subscribed:
        bot = await subscribed.start_bot()
        async with subscribed.refusing():
            for moment in subscribed.moments(3):
                await subscribed.until_ended(moment, within_s=WITHIN_S)
                await subscribed.kill(bot)
                await bot.start()
            await subscribed.until_all_ended(within_s=WITHIN_S)

        await check(subscribed)


@pytest.mark.postgres
async def test_two_nodes_are_killed_and_refused_and_one_never_comes_back(
    server: OwnServer, tmp_path: Path
) -> None:
    async with opened(tmp_path, server.create()) as subscribed:
        bots = await start_two(subscribed)
        async with subscribed.refusing():
            *moments, last = subscribed.moments(3)
            for moment, bot in zip(moments, bots, strict=True):
                await subscribed.until_ended(moment, within_s=WITHIN_S)
                await subscribed.kill(bot)
                await bot.start()
            await subscribed.until_ended(last, within_s=WITHIN_S)
            node = subscribed.node_of(bots[0])
            await until(lambda: subscribed.held_by(node) > 0, within_s=WITHIN_S)
            await bots[0].kill()
            killed_at = time.monotonic()
            await until(partial(holds_nothing, subscribed, node), within_s=WITHIN_S)
            taken_over_s = time.monotonic() - killed_at
            await subscribed.until_all_ended(within_s=WITHIN_S)

        assert taken_over_s < TAKEN_OVER_WITHIN_S
        await check(subscribed)


@pytest.mark.postgres
@pytest.mark.long
async def test_a_node_freezes_past_its_lease_and_the_database_restarts(
    server: OwnServer, tmp_path: Path
) -> None:
    async with opened(tmp_path, server.create()) as subscribed:
        bots = await start_two(subscribed)
        first, second, third = subscribed.moments(3)
        for moment, bot in ((first, bots[0]), (third, bots[1])):
            await subscribed.until_ended(moment, within_s=WITHIN_S)
            node = subscribed.node_of(bot)
            with frozen(bot):
                await until(partial(holds_nothing, subscribed, node), within_s=WITHIN_S)
                # Until what it had is sent, too.
                await asyncio.sleep(LEASE_S + POST_TIMEOUT_S)
            if moment == first:
                await subscribed.until_ended(second, within_s=WITHIN_S)
                await asyncio.to_thread(server.restart)
        await subscribed.until_all_ended(within_s=WITHIN_S)

        # Between its last look at the lease and the request, a frozen node cannot be stopped.
        await check(subscribed, in_window=1)


@pytest.mark.long
async def test_a_disk_runs_full_and_the_clock_is_moved(tmp_path: Path) -> None:
    clock = make_moved_clock(tmp_path)
    async with opened(tmp_path) as subscribed:
        bot = await subscribed.start_bot(**clock.environment)
        first, second, third = subscribed.moments(3)
        await subscribed.until_ended(first, within_s=WITHIN_S)
        limit_files(bot, 0)
        await asyncio.sleep(FULL_S)
        limit_files(bot, resource.RLIM_INFINITY)
        await subscribed.until_ended(second, within_s=WITHIN_S)
        clock.move(HOUR)
        await subscribed.until_ended(third, within_s=WITHIN_S)
        clock.move(-HOUR)
        await subscribed.until_all_ended(within_s=WITHIN_S)

        await check(subscribed)


def holds_nothing(subscribed: Subscribed, node: str) -> bool:
    return subscribed.held_by(node) == 0


async def start_two(subscribed: Subscribed) -> list[RunningBot]:
    return list(await asyncio.gather(subscribed.start_bot(), subscribed.start_bot()))


def limit_files(bot: RunningBot, size: int) -> None:
    """Let none of its files grow past that, as on a disk without room."""
    assert bot.process is not None
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
