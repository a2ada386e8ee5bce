from __future__ import annotations

import httpx
import pytest

from tests.fakes.web_chat import WebChat

TOKEN = "a-token-of-the-operator"
BODY = {"id": "act-00001", "text": "hello"}
SAY = "/api/channels/reading/messages"


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8710", "http://localhost:8710", "http://[::1]:8710"]
)
async def test_loopback_names_are_let_in(base: str) -> None:
    async with WebChat().client(base=base) as page:
        assert (await page.get("/")).status_code == 200
        assert (await page.post(SAY, json=BODY)).status_code == 202


@pytest.mark.parametrize(
    "host", ["evil.example:8710", "127.0.0.1:9", "127.0.0.1", "", "192.168.0.4:8710"]
)
async def test_another_host_name_is_refused(host: str) -> None:
    async with WebChat().client() as page:
        for path in ("/", "/api/start", "/api/live", "/static/main.js", "/media/x/y.png"):
            assert (await page.get(path, headers={"Host": host})).status_code == 421


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:9999",
        "http://localhost:8710",
        "http://[",
        "127.0.0.1:8710",
        "http://x@127.0.0.1:8710",
    ],
)
async def test_a_write_from_another_origin_is_refused(origin: str) -> None:
    web = WebChat()
    async with web.client() as page:
        answer = await page.post(SAY, json=BODY, headers={"Origin": origin})

    assert answer.status_code == 403
    assert web.inbox.events == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_write_that_is_not_json_is_refused(kind: str) -> None:
    async with WebChat().client() as page:
        answer = await page.post(SAY, content=b"{}", headers={"Content-Type": kind})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "path", ["/", "/api/start", "/static/main.js", "/nowhere", "/media/x/y.png"]
)
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with WebChat().client() as page:
        headers = (await page.get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_refusal_carries_them_too() -> None:
    async with WebChat().client() as page:
        answer = await page.get("/", headers={"Host": "evil.example"})

    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Cookie": f"jubo_token={TOKEN}"},
        {"Cookie": "a b=,;;jubo_token; =x"},
    ],
)
async def test_with_a_token_set_nobody_enters_without_it(headers: dict[str, str]) -> None:
    async with WebChat(token=TOKEN).client(base="http://chat.example") as page:
        for path in ("/", "/?token=wrong", "/api/start", "/static/main.js"):
            assert (await page.get(path, headers=headers)).status_code == 401


async def test_a_visit_with_the_token_opens_the_chat_and_drops_it_from_the_address() -> None:
    async with WebChat(token=TOKEN).client(base="http://chat.example") as page:
        visit = await page.get("/", params={"token": TOKEN})

        assert (visit.status_code, visit.headers["location"]) == (303, "/")
        assert TOKEN not in visit.headers["set-cookie"]
        assert (await page.get("/api/start")).status_code == 200
        assert (await page.post(SAY, json=BODY)).status_code == 202


async def test_a_program_may_bring_the_token_in_a_header() -> None:
    async with WebChat(token=TOKEN).client(base="http://chat.example") as page:
        answer = await page.get("/api/start", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200


async def test_static_files_are_nothing_but_static_files() -> None:
    async with WebChat().client() as page:
        for path in (
            "/static/../app.py",
            "/static/%2e%2e/app.py",
            "/static/..%2fapp.py",
            "/static/",
        ):
            assert (await page.get(httpx.URL(f"http://127.0.0.1:8710{path}"))).status_code == 404
