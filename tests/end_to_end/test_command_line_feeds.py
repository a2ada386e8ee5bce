"""`jubo feeds` on feeds of this machine, and the bot that saves what is new in them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.models import LOCAL
from storage import open_storage
from tests.command_line import Jubo
from tests.servers.local_web import LocalWeb, answer, open_web

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


def publish(web: LocalWeb, *names: str) -> str:
    items = "".join(
        f"<item><title>Part {name}</title><link>{web.url(f'/{name}')}</link></item>"
        for name in names
    )
    for name in names:
        web.add(f"/{name}", answer(f"<p>{'All about part ' + name + '. '} Tides come twice.</p>"))
    rss = f'<rss version="2.0"><channel><title>Tide tables</title>{items}</channel></rss>'
    return web.add("/feed", answer(rss, content_type="application/rss+xml"))


async def test_feeds_are_added_listed_and_removed(web: LocalWeb, tmp_path: Path) -> None:
    jubo = Jubo(tmp_path, {"JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"})
    url = publish(web, "one", "two")
    page = web.add("/", answer('<link rel=alternate type="application/rss+xml" href="/feed">'))

    added = await asyncio.to_thread(jubo, "feeds", "add", page, "--json")
    again = await asyncio.to_thread(jubo, "feeds", "add", url)
    listed = await asyncio.to_thread(jubo, "feeds", "list", "--json")
    shown = await asyncio.to_thread(jubo, "feeds")
    removed = await asyncio.to_thread(jubo, "feeds", "remove", "1", LANG="ko_KR.UTF-8")
    empty = await asyncio.to_thread(jubo, "feeds", "list", "--json")

    assert (added.code, added.json["url"], added.json["entries"]) == (0, url, 2)
    assert again.code == 1
    assert "followed already" in again.sentence
    assert [(each["number"], each["title"], each["url"]) for each in listed.json] == [
        (1, "Tide tables", url)
    ]
    assert shown.out.splitlines() == ["  1  Tide tables", f"     {url}"]
    assert removed.out == "Tide tables 피드를 삭제했습니다. 저장한 글은 남아 있습니다.\n"
    assert (empty.code, empty.json) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "example"], 2, "is no address"),
        (["add", "http://127.0.0.1:9/feed"], 1, "JUBO_ALLOW_HOSTS"),
        (["remove", "7"], 1, "no feed “7”"),
        (["burn"], 2, "no command “burn”"),
        (["add"], 2, "ADDRESS is missing"),
        (["list", "--workspace", "slack:T0"], 2, "no workspace slack:T0"),
    ],
)
async def test_what_cannot_be_done_says_what_to_do(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    ended = await asyncio.to_thread(Jubo(tmp_path), "feeds", *arguments)

    assert ended.code == code
    assert said in ended.sentence


async def test_the_running_bot_saves_and_reads_what_is_new(web: LocalWeb, tmp_path: Path) -> None:
    jubo = Jubo(tmp_path, {"JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"})
    url = publish(web, "old")
    await asyncio.to_thread(jubo, "feeds", "add", url)
    publish(web, "new", "old")
    await make_due(tmp_path / "jubo.db")

    with jubo.running("serve", "--port", "0", "--json") as process:
        assert process.stdout is not None
        ready = await asyncio.to_thread(process.stdout.readline)
        found = await read_links(jubo)

    assert json.loads(ready)["url"]
    assert [(link["url"], link["saved_by"]) for link in found] == [
        (web.url("/new"), ["Tide tables"])
    ]


async def make_due(path: Path) -> None:
    """Let the hour pass."""
    async with open_storage(f"sqlite:///{path}") as storage:
        for feed in await storage.feeds.list_feeds(LOCAL):
            await storage.feeds.change(replace(feed, due_at=datetime.now(UTC)))


async def read_links(jubo: Jubo) -> list[dict[str, object]]:
    """Return the links as soon as one is there and read."""
    async with asyncio.timeout(60):
        while True:
            found: list[dict[str, object]] = (await asyncio.to_thread(jubo, "links", "--json")).json
            if found and all(link["state"] == "read" for link in found):
                return found
