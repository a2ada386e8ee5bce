"""`jubo save` on pages of this machine, which are read only where the operator allows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.command_line import Jubo
from tests.servers.local_web import LocalWeb, answer, open_web

pytestmark = pytest.mark.timeout(300)

PAGE = f"""<html lang="en"><head><title>Tides and tables</title></head><body><article>
<h1>Tides and tables</h1>{"<p>The tide table is read from left to right, line by line.</p>" * 12}
</article></body></html>"""


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


async def test_an_inside_page_is_read_only_where_its_host_is_allowed(
    web: LocalWeb, tmp_path: Path
) -> None:
    jubo, url = Jubo(tmp_path), web.add("/tides", answer(PAGE))

    refused = await asyncio.to_thread(jubo, "save", url, "--json")
    untouched = list(web.requests)
    allowed = await asyncio.to_thread(
        jubo, "save", url, "--json", JUBO_ALLOW_HOSTS=f"127.0.0.1:{web.port}"
    )
    found = await asyncio.to_thread(jubo, "ask", "how is the tide table read?", "--json")

    [unread] = refused.json
    assert (refused.code, unread["state"]) == (1, "unreadable")
    assert unread["reason"]
    assert untouched == []
    assert allowed.code == 0
    assert allowed.json == [
        {"url": url, "title": "Tides and tables", "state": "read", "reason": ""}
    ]
    assert found.json["citations"][0]["url"] == url


async def test_what_is_no_address_is_refused_beside_the_others(
    web: LocalWeb, tmp_path: Path
) -> None:
    jubo = Jubo(tmp_path, {"JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"})
    url = web.add("/tides", answer(PAGE))
    redirect = web.add("/away", answer("", status="302 Found", headers=["Location: http://[::1]/"]))

    saved = await asyncio.to_thread(jubo, "save", "example", url, redirect, LANG="ko_KR.UTF-8")

    assert saved.code == 1
    read, away, refused = saved.out.splitlines()
    assert read == "읽음: Tides and tables"
    assert away.startswith("읽지 못함: ")
    assert "example" in refused
