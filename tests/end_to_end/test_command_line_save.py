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
    read: dict[str, object] = {"state": "read", "reason": "", "retry_at": None, "gaps": []}
    assert allowed.json == [{"url": url, "title": "Tides and tables", **read}]
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


async def test_an_operator_has_a_page_read_anew_and_keeps_it_if_that_fails(
    web: LocalWeb, tmp_path: Path
) -> None:
    jubo = Jubo(tmp_path, {"JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"})
    url = web.add("/tides", answer(PAGE))
    await asyncio.to_thread(jubo, "save", url)

    too_soon = await asyncio.to_thread(jubo, "save", url)

    assert too_soon.code == 0
    assert "less than a minute old" in too_soon.out
    assert len(web.requests) == 1


async def test_an_operator_gives_the_text_of_a_page_that_cannot_be_read(
    web: LocalWeb, tmp_path: Path
) -> None:
    jubo = Jubo(tmp_path, {"JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"})
    url = web.add("/closed", answer("", status="403 Forbidden"))
    text = tmp_path / "lanterns.md"
    text.write_text("# Harbour lanterns\n\nA harbour lantern is red at night and green by day.\n")

    refused = await asyncio.to_thread(jubo, "save", url, "--json")
    taken = await asyncio.to_thread(jubo, "save", url, "--text", str(text), "--json")
    listed = await asyncio.to_thread(jubo, "links", "--json")
    found = await asyncio.to_thread(jubo, "ask", "is a harbour lantern red at night?", "--json")
    missing = await asyncio.to_thread(jubo, "save", url, "--text", str(tmp_path / "none"))
    two = await asyncio.to_thread(jubo, "save", url, "https://b.example/", "--text", str(text))

    assert (refused.code, refused.json[0]["reason"]) == (1, "forbidden")
    assert (taken.code, taken.json[0]["title"]) == (0, "Harbour lanterns")
    assert listed.json[0]["gaps"] == ["pasted:operator"]
    assert found.json["citations"][0]["url"] == url
    assert (missing.code, two.code) == (1, 2)
