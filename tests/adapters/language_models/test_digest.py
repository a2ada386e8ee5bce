"""`jubo digest` with a model's server: the real client, and what scripts get."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from bot.domain.models import LOCAL, PageText
from bot.domain.understanding import make_sense
from storage import open_storage
from tests.command_line import Ended, Jubo
from tests.factories import NOON, make_save
from tests.fakes.writing_model import write
from tests.servers.model_server import open_model_server, refused, said

TEXT = (
    "The team bounded every queue at 100 requests. Latency fell from 900 ms to 120 ms. "
    "Workers now refuse what they cannot serve in a second. Clients retry with a pause."
)


def answer(asked: dict[str, Any]) -> bytes:
    system, user = (message["content"] for message in asked["messages"])
    return said(json.dumps(write(system, user)), tokens=(700, 90))


async def fill(home: Path) -> None:
    async with open_storage(f"sqlite:///{home / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        save = make_save("https://queues.example/", kind=None, saved_at=NOON)
        link = (await storage.links.save(save)).link.id
        page = PageText("https://queues.example/", "Short queues", TEXT, "en")
        made = make_sense(page)
        await storage.links.store_page(LOCAL, link, page, made.understanding, made.passages)


async def make_digest(home: Path, url: str) -> Ended:
    jubo = Jubo(home, {"OPENAI_BASE_URL": url, "OPENAI_MODEL": "small-model"})
    asked = ("digest", "--period", "2024-W45", "--style", "newsletter", "--lang", "en", "--json")
    return await asyncio.to_thread(jubo, *asked)


async def test_a_digest_is_written_once_and_says_what_it_cost(tmp_path: Path) -> None:
    await fill(tmp_path)

    async with open_model_server(answer) as server:
        first = (await make_digest(tmp_path, server.url)).json
        asked = len(server.asked)
        second = (await make_digest(tmp_path, server.url)).json

        assert len(server.asked) == asked

    (item,) = first["sections"][0]["items"]
    assert item["summary"][0] == "The team bounded every queue at 100 requests."
    assert (first["engine"], item["engine"]) == ("model", "model")
    assert first["model"] == {"name": "small-model", "told": 3, "refused": 0, "without": ""}
    assert first["tokens"] == {"in": 700 * asked, "out": 90 * asked}
    assert second["tokens"] == {"in": 0, "out": 0}
    assert second["sections"] == first["sections"]


async def test_where_the_server_refuses_the_digest_is_there_and_says_so(tmp_path: Path) -> None:
    await fill(tmp_path)

    async with open_model_server(refused(401, "wrong key")) as server:
        ended = await make_digest(tmp_path, server.url)

    assert ended.code == 0
    assert ended.json["model"]["without"] == "refuses"
    assert ended.json["engine"] == "extractive"
    assert ended.json["sections"][0]["items"]
