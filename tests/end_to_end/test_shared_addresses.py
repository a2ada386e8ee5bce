"""Sixty addresses of different kinds: the chat alone says what became of each."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.texts import Texts
from tests.fakes.browser import axe_findings, open_browser, open_page
from tests.servers.pretend_addresses import (
    READ,
    UNTRUSTED,
    WAITS,
    Shared,
    answers_of,
    shared_addresses,
)
from tests.servers.pretend_web import PretendWeb, open_pretend_web

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),  # one of the pages takes all the time that it is given
]

TEXTS = Texts.load().spelt(str, where="web_chat")
LANGUAGES = ("ko", "en")
READING = "👀"


@dataclass(frozen=True, slots=True)
class Demo:
    address: str
    web: PretendWeb


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    folder: Path = tmp_path_factory.mktemp("certificates")
    answers = answers_of(shared_addresses())
    async with open_pretend_web(answers, folder, untrusted=[UNTRUSTED]) as (web, trusted):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", "0", "--json", "--no-browser"),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "JUBO_PROXY": web.proxy, "SSL_CERT_FILE": str(trusted)},
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                ready = json.loads(await process.stdout.readline())
            yield Demo(ready["url"], web)
        finally:
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0


async def test_the_chat_says_of_each_address_what_became_of_it(demo: Demo) -> None:
    shared = sorted(shared_addresses(), key=lambda each: each.what != "a slow page")
    assert len({each.address for each in shared}) >= 50

    told = await save_all(demo, shared)

    wrong = [
        f"{each.what}: {told.get(each.address, 'nothing')!r} says not {sentence!r}"
        for number, each in enumerate(shared)
        for sentence in expected(each, LANGUAGES[number % 2])
        if sentence not in told.get(each.address, "")
    ]
    assert wrong == []
    assert not any("192.168" in each or "169.254" in each for each in demo.web.asked)


async def test_a_person_sees_it_at_the_message_and_gives_the_text(demo: Demo) -> None:
    async with (
        open_browser() as browser,
        open_page(browser, demo.address, language="ko", width=390, name="한여름") as page,
    ):
        await paste(page, "https://mulgyeol.tistory.com/81", mark="✅")
        await paste(page, "https://trouble.example/closed", mark="👀")
        cafe = "https://cafe.naver.com/aistudy/123"
        message = await paste(page, cafe, mark="⚠️")

        await message.locator(".thread-link button, button", has_text="답글").last.click()
        thread = page.get_by_role("complementary", name="스레드")
        await expect(thread).to_contain_text("로그인해야 볼 수 있는 페이지예요")
        assert await axe_findings(page) == []

        reply = thread.get_by_role("textbox")
        await reply.fill(
            "text: 스터디 공지. 이번 주는 작은 모델로 회의록을 요약한 글을 함께 읽습니다."
        )
        await reply.press("Enter")
        await expect(thread).to_contain_text("이 글을 페이지 본문으로 저장했어요")
        await expect(thread.get_by_role("button", name="✅").first).to_be_visible()


async def save_all(demo: Demo, shared: Sequence[Shared]) -> Mapping[str, str]:
    """Type all of them, in either language in turn, and return what was answered to each."""
    base = demo.address.rstrip("/")
    headers = {"Origin": base, "Jubo-Name": "reader"}
    async with httpx.AsyncClient(
        base_url=base, trust_env=False, headers=headers, timeout=60
    ) as chat:
        for number, each in enumerate(shared):
            said = await chat.post(
                "/api/channels/reading/messages",
                json={"text": f"/save {each.address}", "id": f"address-{number:04}"},
                headers={"Accept-Language": LANGUAGES[number % 2]},
            )
            assert said.status_code == 202
        told: Mapping[str, str] = {}
        async with asyncio.timeout(60), chat.stream("GET", "/api/live?after=0") as changes:
            async for line in changes.aiter_lines():
                if not line.startswith(("data:", "event: reload")):
                    continue
                answer = await chat.get("/api/channels/reading/messages")
                told = outcomes(answer.json()["messages"], shared)
                if len(told) == len(shared):
                    return told
    return told


def outcomes(messages: Sequence[Mapping[str, Any]], shared: Sequence[Shared]) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in messages:
        if not message["isBot"]:
            continue
        linked = set(values(message["blocks"], "url"))
        said = "".join(values(message["blocks"], "text"))
        if any(TEXTS.get(language, "state.reading") in said for language in LANGUAGES):
            continue  # it changes when that is over
        found |= {each.address: said for each in shared if each.address in linked}
    return found


def values(node: object, key: str) -> list[str]:
    if isinstance(node, list):
        return [each for item in node for each in values(item, key)]
    if not isinstance(node, dict):
        return []
    own = [node[key]] if isinstance(node.get(key), str) else []
    return own + [each for item in node.values() for each in values(item, key)]


def expected(shared: Shared, language: str) -> list[str]:
    """Return what must be said: the mark, then the title and what lacks, or reason and step."""
    say = TEXTS.bind(language)
    if shared.ends == READ:
        return ["✅", shared.says, *(say(f"gap.{each}") for each in shared.gaps)]
    reason = say(f"unreadable.{shared.says}")
    if shared.ends == WAITS:
        return [
            READING,
            reason.partition(". ")[0],
            "다시 시도할게요" if language == "ko" else "try again",
        ]
    return ["⚠️", reason]


async def type_in(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Escape")  # closes the completion
    await page.press("#text", "Enter")


async def paste(page: Page, address: str, *, mark: str) -> Any:
    """Paste an address, save it by a reaction, and return the message once it bears its mark."""
    await type_in(page, address)
    message = page.locator(".message:not(.from-bot)", has_text=address).last
    await expect(message).to_be_visible()
    await message.hover()
    await message.get_by_role("button", name="반응").first.click()
    await page.locator(".picker").get_by_role("button", name="🔖").first.click()
    await expect(message.get_by_role("button", name=mark)).to_be_visible()
    return message
