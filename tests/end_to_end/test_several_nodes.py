"""Two processes over one PostgreSQL: together they are as one, and one goes on when one dies."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.servers.discord_server import DiscordServer, discord_process, discord_server
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

__all__ = ["discord_process", "discord_server", "slack", "slack_url"]

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]  # processes on a busy machine

WITHIN_S = 90  # on a busy machine
TAKEN_OVER_WITHIN_S = 15
PAGE = (
    "<!doctype html><html lang=en><title>{0}</title><article><h1>{0}</h1><p>Overlapping pairs of "
    "syllables find the stem of a Korean word, whatever follows it in {0}.</p></article></html>"
)


class Kept:
    """What the nodes share, read beside them."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, statement: str, *values: object) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement, values)

    def count(self, query: str, *values: object) -> int:
        ((number,),) = self.rows(query, *values)
        return int(number)

    def node_of(self, bot: RunningBot) -> str:
        assert bot.process is not None
        ((node,),) = self.rows("SELECT id FROM nodes WHERE name LIKE %s", f"%:{bot.process.pid}")
        return str(node)

    def open_events(self, node: str = "%") -> int:
        query = "SELECT count(*) FROM inbox WHERE state = 'open' AND node LIKE %s"
        return self.count(query, node)

    def holders(self) -> dict[int, str]:
        query = "SELECT name, node FROM leases WHERE name LIKE 'discord:shard:%%'"
        return {int(name.split(":")[2].split("/")[0]): node for name, node in self.rows(query)}


@pytest.fixture
def kept(postgres_url: str) -> Kept:
    return Kept(postgres_url)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as opened:
        yield opened


def share(web: LocalWeb, name: str) -> str:
    return web.add(f"/{name}", answer(PAGE.format(name)))


async def is_over(kept: Kept) -> None:
    await until(lambda: kept.open_events() == 0, timeout_s=WITHIN_S)


@asynccontextmanager
async def slack_nodes(
    slack: SlackServer, web: LocalWeb, url: str, folder: Path
) -> AsyncIterator[tuple[Sequence[RunningBot], Sequence[SignedWire]]]:
    common = {
        "JUBO_DATABASE_URL": url,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": HTTP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
    }
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))
        openings, wires = [], []
        for name in ("one", "two"):
            listen = f"127.0.0.1:{free_port()}"
            settings = {**common, "JUBO_SLACK_HTTP": listen}
            openings.append(running_bot(folder / name, settings, only="slack,worker"))
            wires.append(SignedWire(http, f"http://{listen}/slack/events"))
        yield await asyncio.gather(*map(stack.enter_async_context, openings)), wires


async def marks(slack: SlackServer, ts: str) -> set[str]:
    (found,) = [each for each in await slack.messages() if each["ts"] == ts]
    return {each["name"] for each in found.get("reactions", []) if HTTP_BOT in each["users"]}


async def test_slack_may_tell_any_node_and_one_of_them_may_die(
    slack: SlackServer, web: LocalWeb, kept: Kept, postgres_url: str, tmp_path: Path
) -> None:
    acts = Payloads(app=HTTP_APP, bot=HTTP_BOT, channel=GENERAL)
    asked: list[str] = []

    async def save(name: str, *, stays: bool = True) -> tuple[str, list[Delivery]]:
        ts = await slack.say(f"see {share(web, name)}", by=ALICE)
        await slack.react(ts, "bookmark", by=MINA)
        found = [acts.reaction(ts, "bookmark", MINA)]
        if not stays:
            await slack.react(ts, "bookmark", by=MINA, present=False)
            found.append(acts.reaction(ts, "bookmark", MINA, is_on=False))
        return ts, found

    async def ask() -> Delivery:
        root = await slack.say("about this", by=ALICE)
        words = f"<@{HTTP_BOT}> what do overlapping pairs find?"
        ts = await slack.say(words, by=ALICE, thread=root)
        asked.append(root)
        return acts.message(ts, words, ALICE, thread=root)

    async with slack_nodes(slack, web, postgres_url, tmp_path) as (bots, wires):
        one, two = wires

        # Each is told by both; what belongs together goes to different nodes at once.
        kept_ones = [await save(f"kept{number}") for number in range(6)]
        undone = [await save(f"undone{number}", stays=False) for number in range(6)]
        await asyncio.gather(
            *(wire.deliver(*acts[0]) for _, acts in kept_ones for wire in wires),
            *(one.deliver(*acts[0]) for _, acts in undone),
            *(two.deliver(*acts[-1]) for _, acts in undone),
            *(wire.deliver(*each) for each in [await ask()] for wire in wires),
        )
        await is_over(kept)

        # One dies with events in its hands.
        dying = kept.node_of(bots[0])
        orphans = [await save(f"orphan{number}") for number in range(12)]
        question = await ask()
        await asyncio.gather(
            *(one.deliver(*each) for _, acts in orphans for each in acts), one.deliver(*question)
        )
        await bots[0].kill()
        killed_at = time.monotonic()
        left = kept.open_events(dying)
        await until(lambda: kept.open_events(dying) == 0, timeout_s=WITHIN_S)
        taken_over_s = time.monotonic() - killed_at
        await is_over(kept)
        all_kept = [ts for ts, _ in kept_ones + orphans]

        async def are_marked() -> bool:
            return all([await marks(slack, ts) == {"white_check_mark"} for ts in all_kept])

        await until(are_marked, timeout_s=WITHIN_S)

        said = [each for each in await slack.messages() if each.get("user") == HTTP_BOT]

    assert left > 0
    assert taken_over_s < TAKEN_OVER_WITHIN_S
    assert kept.count("SELECT count(*) FROM inbox WHERE state = 'failed'") == 0
    assert kept.count("SELECT count(*) FROM saves") == len(all_kept)
    assert {ts: await marks(slack, ts) for ts, _ in undone} == {ts: set() for ts, _ in undone}
    threads = Counter(each["thread_ts"] for each in said if each.get("thread_ts") in asked)
    assert threads == dict.fromkeys(asked, 1)


@asynccontextmanager
async def discord_nodes(
    server: DiscordServer, web: LocalWeb, url: str, folder: Path
) -> AsyncIterator[Sequence[RunningBot]]:
    settings = {
        "JUBO_DATABASE_URL": url,
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.rest,
        "DISCORD_GATEWAY_URL": server.gateway,
        "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
    }
    async with AsyncExitStack() as stack:
        openings = [
            running_bot(folder / name, settings, only="discord,worker") for name in ("one", "two")
        ]
        yield await asyncio.gather(*map(stack.enter_async_context, openings))


@pytest.mark.long
async def test_discord_shards_are_shared_out_and_taken_over(
    discord_server: DiscordServer, web: LocalWeb, kept: Kept, postgres_url: str, tmp_path: Path
) -> None:
    alice = discord_server.users["alice"]
    await discord_server.do("limits", shards=2)
    guilds = (discord_server.guild, discord_server.second_guild)
    channels = [
        (await discord_server.do("channel", guild=guild, name=f"nodes-{os.getpid()}"))["id"]
        for guild in guilds
    ]

    async def save(channel: str, name: str) -> str:
        said = {"channel": channel, "user": alice, "content": f"see {share(web, name)}"}
        message = str((await discord_server.do("message", **said))["id"])
        act = {"channel": channel, "message": message, "user": alice, "emoji": "🔖"}
        await discord_server.do("react", **act)
        return message

    async def is_marked(channel: str, message: str) -> None:
        async def is_it() -> bool:
            found = await discord_server.read(f"/channels/{channel}/messages/{message}")
            names = {each["emoji"]["name"] for each in found.get("reactions", []) if each["me"]}
            return names == {"✅"}

        await until(is_it, timeout_s=WITHIN_S)

    def is_shared_out() -> bool:
        return len(set(kept.holders().values())) == len(kept.holders()) == 2

    async def is_heard() -> bool:
        greetings = [each for each in await discord_server.log() if "gateway" in each]
        return len({tuple(each["shard"]) for each in greetings[-2:] if each.get("shard")}) == 2

    async with discord_nodes(discord_server, web, postgres_url, tmp_path) as bots:
        await until(is_shared_out, timeout_s=WITHIN_S)
        await until(is_heard, timeout_s=WITHIN_S)
        for number, channel in enumerate(channels):
            await is_marked(channel, await save(channel, f"before{number}"))

        dying = kept.holders()[1]
        (dead,) = [bot for bot in bots if kept.node_of(bot) == dying]
        await dead.kill()
        killed_at = time.monotonic()
        meanwhile = await save(channels[1], "meanwhile")
        await until(lambda: dying not in kept.holders().values(), timeout_s=WITHIN_S)
        taken_over_s = time.monotonic() - killed_at
        await is_marked(channels[1], meanwhile)
        for number, channel in enumerate(channels):
            await is_marked(channel, await save(channel, f"after{number}"))

    assert taken_over_s < TAKEN_OVER_WITHIN_S
    assert kept.count("SELECT count(*) FROM inbox WHERE state = 'failed'") == 0
    assert kept.count("SELECT count(*) FROM saves") == 5


async def test_each_part_may_run_on_a_node_of_its_own(
    slack: SlackServer,
    discord_server: DiscordServer,
    web: LocalWeb,
    kept: Kept,
    postgres_url: str,
    tmp_path: Path,
) -> None:
    """The worker posts through platforms that it does not listen to."""
    alice = discord_server.users["alice"]
    channel = (await discord_server.do("channel", name=f"apart-{os.getpid()}"))["id"]
    listen = f"127.0.0.1:{free_port()}"
    settings = {
        "JUBO_DATABASE_URL": postgres_url,
        "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": HTTP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "JUBO_SLACK_HTTP": listen,
        "DISCORD_TOKEN": discord_server.token,
        "DISCORD_API_URL": discord_server.rest,
        "DISCORD_GATEWAY_URL": discord_server.gateway,
    }
    acts = Payloads(app=HTTP_APP, bot=HTTP_BOT, channel=GENERAL)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))
        openings = [
            running_bot(tmp_path / part, settings, only=part)
            for part in ("slack", "discord", "worker")
        ]
        await asyncio.gather(*map(stack.enter_async_context, openings))
        await until(discord_server.hears_bot, timeout_s=WITHIN_S)

        ts = await slack.say(f"see {share(web, 'on-slack')}", by=ALICE)
        await slack.react(ts, "bookmark", by=MINA)
        wire = SignedWire(http, f"http://{listen}/slack/events")
        await wire.deliver(*acts.reaction(ts, "bookmark", MINA))
        said = {"channel": channel, "user": alice, "content": f"see {share(web, 'on-discord')}"}
        message = (await discord_server.do("message", **said))["id"]
        act = {"channel": channel, "message": message, "user": alice, "emoji": "🔖"}
        await discord_server.do("react", **act)

        async def are_read() -> bool:
            found = await discord_server.read(f"/channels/{channel}/messages/{message}")
            names = {each["emoji"]["name"] for each in found.get("reactions", []) if each["me"]}
            return names == {"✅"} and await marks(slack, ts) == {"white_check_mark"}

        await until(are_read, timeout_s=WITHIN_S)

        # Both subscriptions are delivered by the worker, which listens to neither.
        words = "weekly at:09:00 zone:Asia/Seoul"
        await wire.deliver(*acts.command("t.subscribe", "/subscribe", words, MINA))
        options = [{"name": "when", "type": 3, "value": "weekly"}]
        await discord_server.do(
            "slash", channel=channel, user=alice, name="subscribe", options=options
        )
        await until(lambda: kept.count("SELECT count(*) FROM subscriptions") == 2, timeout_s=30)
        kept.execute("UPDATE subscriptions SET next_run_at = %s", time.time_ns() // 1000)

        async def is_delivered() -> bool:
            on_slack = [each for each in await slack.messages() if each.get("user") == HTTP_BOT]
            found = await discord_server.read(f"/channels/{channel}/messages?limit=50")
            ours = [each for each in found if each["author"]["id"] == discord_server.bot]
            return any("on-slack" in str(each) for each in on_slack) and any(
                "on-discord" in str(each) for each in ours
            )

        await until(is_delivered, timeout_s=WITHIN_S)

        # What stands in the channel is written down a moment later.
        delivered = "SELECT count(*) FROM deliveries WHERE state = 'delivered'"
        await until(lambda: kept.count(delivered) == 2, timeout_s=WITHIN_S)
