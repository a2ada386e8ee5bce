"""A stop in the middle of work, a database that is locked, a full disk: nothing taken is lost."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.servers.kept import is_idle, read_facts
from tests.servers.local_web import LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, free_port, running_bot
from tests.servers.slack_server import (
    ALICE,
    GENERAL,
    HTTP_APP,
    HTTP_BOT,
    HTTP_TOKEN,
    MINA,
    SIGNING_SECRET,
    SlackServer,
    slack,
    slack_url,
    until,
)
from tests.servers.slack_wire import Delivery, Payloads, SignedWire

__all__ = ["slack", "slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

PAGE = (
    "<!doctype html><html lang=en><title>{0}</title><article><h1>{0}</h1><p>Overlapping pairs of "
    "syllables find the stem of a Korean word, whatever follows it in {0}.</p></article></html>"
)


@dataclass
class Side:
    slack: SlackServer
    web: LocalWeb
    bot: RunningBot
    wire: SignedWire
    acts: Payloads
    links: dict[str, str] = field(default_factory=dict)  # by the message that holds it

    async def save(self, name: str) -> Delivery:
        """Share a page and react; return what Slack has to tell of that."""
        url = self.web.add(f"/{name}", answer(PAGE.format(name)))
        ts = await self.slack.say(f"see {url}", by=ALICE)
        self.links[ts] = url
        await self.slack.react(ts, "bookmark", by=MINA)
        return self.acts.reaction(ts, "bookmark", MINA)

    async def settle(self) -> None:
        await until(lambda: is_idle(self.bot.home), timeout_s=60)

    async def check(self) -> None:
        """Everything shared is saved and marked once."""
        facts = read_facts(self.bot.home, {})
        assert len(facts["saves"]) == len(self.links)
        assert all('"read"' in link for link in facts["links"])
        assert facts["failed"] == []
        await until(self._are_marked, timeout_s=60)

    async def _are_marked(self) -> bool:
        said = {each["ts"]: each.get("reactions", []) for each in await self.slack.messages()}
        marks = [{r["name"] for r in said[ts] if HTTP_BOT in r["users"]} for ts in self.links]
        return all(each == {"white_check_mark"} for each in marks)


@pytest.fixture
async def side(tmp_path: Path, slack: SlackServer) -> AsyncIterator[Side]:
    listen = f"127.0.0.1:{free_port()}"
    async with open_web() as web, httpx.AsyncClient(timeout=20) as http:
        settings = {
            "SLACK_API_URL": slack.api_url,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
            "SLACK_BOT_TOKEN": HTTP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "JUBO_SLACK_HTTP": listen,
        }
        async with running_bot(tmp_path / "home", settings, only="slack") as bot:
            wire = SignedWire(http, f"http://{listen}/slack/events")
            acts = Payloads(app=HTTP_APP, bot=HTTP_BOT, channel=GENERAL)
            yield Side(slack, web, bot, wire, acts)


@pytest.mark.parametrize("delay_s", [0.05, 0.4])
async def test_a_stop_in_the_middle_of_work_loses_nothing(side: Side, delay_s: float) -> None:
    told = [await side.save(f"page{number}x") for number in range(30)]
    await side.slack.fault("conversations.history", delay_ms=1500, times=10)
    await asyncio.gather(*(side.wire.deliver(*each) for each in told[:15]))
    hearing = asyncio.gather(*(side.wire.deliver(*each) for each in told[15:]))
    await asyncio.wait([hearing], timeout=delay_s)

    assert await side.bot.stop() == 0
    await side.bot.start()
    await hearing

    await side.settle()
    await side.check()
    assert "Traceback" not in side.bot.log, side.bot.log


async def test_a_database_that_another_holds_is_waited_for(side: Side) -> None:
    told = [await side.save(f"page{number}x") for number in range(5)]
    with closing(sqlite3.connect(side.bot.home / "jubo.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        command = side.acts.command("t.1", "/subscribe", "daily at:08:00", ALICE)
        hearing = asyncio.gather(*(side.wire.deliver(*each) for each in [*told, command]))
        done, _ = await asyncio.wait([hearing], timeout=3)
        assert not done  # nothing is acknowledged that is not written
        other.execute("ROLLBACK")
    await hearing

    await side.settle()
    await side.check()
    assert len(read_facts(side.bot.home, {})["subscriptions"]) == 1


async def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_written(side: Side) -> None:
    first, *told = [await side.save(f"page{number}x") for number in range(6)]
    await side.wire.deliver(*first)
    await side.settle()
    assert side.bot.process is not None
    pid = side.bot.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    hearing = asyncio.gather(*(side.wire.deliver(*each) for each in told))
    done, _ = await asyncio.wait([hearing], timeout=3)
    refused = await side.wire.answer(*side.acts.command("t.1", "/subscribe", "daily", ALICE))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    assert not done
    assert "try" in refused.text, refused.text  # who called is told, as nothing comes again
    await hearing
    await side.settle()
    await side.check()
    assert read_facts(side.bot.home, {})["subscriptions"] == []
