"""kill -9 ten times in a stream of reactions, questions and commands: all of it is done once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.kept import is_idle, read_facts
from tests.servers.local_web import answer, open_web
from tests.servers.running_bot import free_port, running_bot
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
from tests.servers.slack_wire import Payloads, SignedWire

__all__ = ["slack", "slack_url"]

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]  # eleven starts

KILLS = 10
MESSAGES = 5  # of one stretch between two kills
REACTIONS = [(MINA, "bookmark"), (ALICE, "bookmark"), (MINA, "scroll"), (ALICE, "tada")]
EMOJI = {"bookmark": "🔖", "scroll": "📜"}
PAGE = (
    "<!doctype html><html lang=en><title>{0}</title><article><h1>{0}</h1><p>Overlapping pairs of "
    "syllables find the stem of a Korean word, whatever follows it in {0}.</p></article></html>"
)


@pytest.mark.long
async def test_a_stream_across_ten_kills_is_worked_through_once(
    slack: SlackServer, tmp_path: Path
) -> None:
    chance = random.Random(7)
    listen = f"127.0.0.1:{free_port()}"
    acts = Payloads(app=HTTP_APP, bot=HTTP_BOT, channel=GENERAL)
    links: dict[str, str] = {}
    roots: list[str] = []
    async with open_web() as web, httpx.AsyncClient(timeout=20) as http:
        wire = SignedWire(http, f"http://{listen}/slack/events")
        settings = {
            "SLACK_API_URL": slack.api_url,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
            "SLACK_BOT_TOKEN": HTTP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "JUBO_SLACK_HTTP": listen,
        }

        def share(name: str) -> str:
            return web.add(f"/{name}", answer(PAGE.format(name)))

        async def stretch(number: int) -> list[tuple[str, dict[str, Any]]]:
            """Return what members do until the next kill."""
            found = []
            for each in range(MESSAGES):
                url = share(f"page{number}-{each}x")
                ts = await slack.say(f"see {url}", by=ALICE)
                links[ts] = url
                for member, name in REACTIONS:
                    await slack.react(ts, name, by=member)
                    found.append(acts.reaction(ts, name, member))
            roots.append(await slack.say("about this", by=ALICE))
            words = f"<@{HTTP_BOT}> what do overlapping pairs find?"
            asked = await slack.say(words, by=ALICE, thread=roots[-1])
            found.append(acts.message(asked, words, ALICE, thread=roots[-1]))
            url = share(f"saved{number}x")
            found.append(acts.command(f"t.{number}", "/save", url, ALICE))
            chance.shuffle(found)
            return found

        async with running_bot(tmp_path / "home", settings, only="slack") as bot:
            for number in range(KILLS):
                deliveries = [wire.deliver(*each) for each in await stretch(number)]
                hearing = asyncio.gather(*deliveries)
                await asyncio.wait([hearing], timeout=chance.uniform(0.01, 0.5))
                await bot.kill()
                await bot.start()
                await hearing
            await until(lambda: is_idle(bot.home), timeout_s=60)

            said = [each for each in await slack.messages() if each["user"] == HTTP_BOT]
            facts = read_facts(bot.home, {})
            marks = {ts: await _marks(slack, ts) for ts in links}

    assert facts["failed"] == []
    assert len(facts["links"]) == KILLS * (MESSAGES + 1)
    assert all('"read"' in link for link in facts["links"])
    assert len(facts["saves"]) == KILLS * (MESSAGES * 3 + 1)
    assert marks == {ts: {"white_check_mark"} for ts in links}
    threads = Counter(each.get("thread_ts") for each in said if each.get("thread_ts"))
    assert threads == dict.fromkeys(roots, 1)
    # What only one member sees leaves no trace for the bot to find: a kill may repeat it.
    told = Counter(
        number for number in range(KILLS) for each in said if f" saved{number}x\n" in each["text"]
    )
    assert set(told) == set(range(KILLS))
    assert max(told.values()) <= 2


async def _marks(slack: SlackServer, ts: str) -> set[str]:
    (found,) = [each for each in await slack.messages() if each["ts"] == ts]
    return {each["name"] for each in found.get("reactions", []) if HTTP_BOT in each["users"]}
