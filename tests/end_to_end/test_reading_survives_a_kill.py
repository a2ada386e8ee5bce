"""An imported archive is read to its end, each page once, whatever ends the bot meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.domain.jobs import RULES, JobKind
from tests.command_line import Jubo
from tests.servers.kept import is_idle
from tests.servers.local_web import HANG, LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]

SITES, PAGES = 20, 6
SLOW = 50
STOPS_WITHIN_S = 10.0

PAGE = f"""<html lang="en"><head><title>Tides</title></head><body><article><h1>Tides</h1>
{"<p>The tide table is read from left to right, line by line.</p>" * 12}</article></body></html>"""


@dataclass
class Web:
    """Several sites: none is asked for more than a page a second."""

    sites: list[LocalWeb]

    @property
    def hosts(self) -> str:
        return ",".join(f"127.0.0.1:{site.port}" for site in self.sites)

    @property
    def asked(self) -> Counter[str]:
        """How often each page was asked for."""
        return Counter(
            f"{site.port}{request.split()[1]}" for site in self.sites for request in site.requests
        )

    def has_been_asked(self, pages: int) -> bool:
        return len(self.asked) >= pages


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        yield Web([await stack.enter_async_context(open_web()) for _ in range(SITES)])


def write_archive(folder: Path, urls: list[str]) -> Path:
    lines = [f"- 📜 [Page {number}]({url})" for number, url in enumerate(urls)]
    path = folder / "archive.md"
    path.write_text("\n".join(["# Archive", "", "## 2024-11-04", "", *lines, ""]))
    return path


async def run(jubo: Jubo, *arguments: str | Path) -> Any:
    ended = await asyncio.to_thread(jubo, *arguments, "--json")
    assert ended.code == 0, ended
    return ended.json


async def read_pages(jubo: Jubo) -> int:
    links = await run(jubo, "links", "--limit", "1000")
    return sum(link["state"] == "read" for link in links)


async def test_every_page_is_read_once_after_kills_in_the_middle(web: Web, tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = {"JUBO_ALLOW_HOSTS": web.hosts, "JUBO_WEB_PORT": "0"}
    jubo = Jubo(home, settings)
    urls = [site.add(f"/{n}", answer(PAGE)) for n in range(PAGES) for site in web.sites]
    report = await run(jubo, "import", write_archive(tmp_path, urls))

    async with running_bot(home, settings, only="web") as bot:
        for asked in (len(urls) // 4, len(urls) // 2):
            await until(partial(web.has_been_asked, asked), within_s=60)
            await bot.kill()
            await bot.start()
        await until(lambda: is_idle(home), within_s=90)
        assert await bot.stop() == 0

    assert report["links"] == len(urls)
    assert await read_pages(jubo) == len(urls)
    again = sum(web.asked.values()) - len(urls)
    assert set(web.asked) == {url.partition("127.0.0.1:")[2] for url in urls}
    # Only what was on its way at a kill was asked for again.
    assert again <= 2 * RULES[JobKind.READ].at_once


@pytest.mark.long
async def test_a_stop_in_the_middle_of_slow_pages_takes_seconds_and_loses_none(
    web: Web, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    settings = {"JUBO_ALLOW_HOSTS": web.hosts, "JUBO_WEB_PORT": "0"}
    jubo = Jubo(home, settings)
    slow = [web.sites[n % SITES].add(f"/{n}", [HANG]) for n in range(SLOW)]
    await run(jubo, "import", write_archive(tmp_path, slow))

    async with running_bot(home, settings, only="web") as bot:
        await until(partial(web.has_been_asked, RULES[JobKind.READ].at_once), within_s=60)
        code, seconds = await stop(bot)

    jobs = [job for job in await run(jubo, "jobs") if job["kind"] == "read"]
    assert (code, len(jobs)) == (0, SLOW)
    assert {(job["state"], job["reason"]) for job in jobs} == {("waiting", "")}
    assert max(job["tries"] for job in jobs) == 0  # to be cut short is no try
    assert seconds < STOPS_WITHIN_S


async def stop(bot: RunningBot) -> tuple[int, float]:
    began = time.monotonic()
    return await bot.stop(), time.monotonic() - began


async def save(bot: RunningBot, *urls: str) -> None:
    """Save links in the web chat, as a member who looks on."""
    async with httpx.AsyncClient(base_url=bot.url, headers={"Origin": bot.url}) as member:
        await member.get("/api/start")
        said = {"id": "act-00001", "text": "/save " + " ".join(urls)}
        answered = await member.post("/api/channels/reading/messages", json=said)
        assert answered.status_code == 202


async def test_a_member_does_not_wait_behind_slow_pages_of_an_archive(
    web: Web, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    settings = {"JUBO_ALLOW_HOSTS": web.hosts, "JUBO_WEB_PORT": "0"}
    slow = [site.add("/slow", [HANG]) for site in web.sites]
    quick = web.sites[0].add("/quick", answer(PAGE))
    await run(Jubo(home, settings), "import", write_archive(tmp_path, slow))

    async with running_bot(home, settings, only="web") as bot:
        await until(partial(web.has_been_asked, RULES[JobKind.READ].at_once), within_s=60)
        await save(bot, quick)
        await until(lambda: any("/quick" in page for page in web.asked), within_s=10)


@pytest.mark.long
async def test_a_stop_while_a_member_waits_for_slow_pages_takes_seconds(
    web: Web, tmp_path: Path
) -> None:
    slow = [site.add("/slow", [HANG]) for site in web.sites[:3]]
    settings = {"JUBO_ALLOW_HOSTS": web.hosts, "JUBO_WEB_PORT": "0"}

    async with running_bot(tmp_path / "home", settings, only="web") as bot:
        await save(bot, *slow)
        await until(partial(web.has_been_asked, len(slow)), within_s=30)
        code, seconds = await stop(bot)

    assert code == 0
    assert seconds < STOPS_WITHIN_S
