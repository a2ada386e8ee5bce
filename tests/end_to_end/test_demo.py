"""The first five minutes: `jubo demo` as a process of its own, used in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.fakes.browser import axe_findings, open_browser, open_page
from tests.servers.local_web import LocalWeb, answer, open_web

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),  # a browser and two processes on a busy machine
]

ARTICLE = """<!doctype html><html lang="en"><head><title>Counting syllables instead of words</title>
</head><body><article><h1>Counting syllables instead of words</h1>
<p>Korean words carry their endings with them, so an index of whole words misses most of what
people look for. Overlapping pairs of syllables find the stem whatever follows it.</p>
<p>On the archive of our study group the pairs found two thirds of the answers among the first
ten passages, against one third for whole words, and the index took two seconds to build.</p>
<p>Pairs that cross a word boundary are left out, because they only add noise to the list.</p>
</article></body></html>"""


@dataclass(frozen=True, slots=True)
class Demo:
    address: str
    web: LocalWeb


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    async with open_web() as web:
        environment = {**os.environ, "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", "0", "--json", "--no-browser"),
            stdout=asyncio.subprocess.PIPE,
            env=environment,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(60):
                ready = json.loads(await process.stdout.readline())
            yield Demo(ready["url"], web)
        finally:
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0


async def type_in(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Escape")  # closes the completion
    await page.press("#text", "Enter")


async def react(page: Page, text: str, emoji: str) -> None:
    message = page.locator(".message", has_text=text).last
    await message.hover()
    await message.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("button", name=emoji).first.click()


async def test_a_link_is_saved_asked_about_and_taken_back(browser: Browser, demo: Demo) -> None:
    url = demo.web.add("/syllables", answer(ARTICLE))
    demo.web.add("/favicon.ico", answer(""))  # the browser asks for it when the citation opens
    async with open_page(browser, demo.address) as page:
        await type_in(page, f"worth a read: {url}")
        message = page.locator(".message", has_text="worth a read").last
        await expect(message).to_be_visible()
        await react(page, "worth a read", "🔖 Save")
        await expect(message.get_by_role("button", name="✅")).to_be_visible(timeout=60_000)

        await type_in(page, "/ask why do pairs of syllables find the stem?")
        cited = page.locator(".from-bot a", has_text="Counting syllables").last
        await expect(cited).to_be_visible(timeout=60_000)
        async with page.context.expect_page() as opening:
            await cited.click()
        opened = await opening.value
        await expect(opened.locator("h1")).to_have_text("Counting syllables instead of words")
        await opened.close()

        await message.get_by_role("button", name="🔖").click()
        await expect(message.locator(".reaction")).to_have_count(0)
        await expect(
            page.locator(".from-bot", has_text="Taken back: Counting syllables")
        ).to_be_visible()


async def test_a_page_inside_the_network_is_refused_with_its_reason(
    browser: Browser, demo: Demo
) -> None:
    async with open_page(browser, demo.address) as page:
        await type_in(page, "the router: http://127.0.0.1:8080/admin")
        message = page.locator(".message", has_text="the router").last
        await expect(message).to_be_visible()
        await react(page, "the router", "🔖 Save")
        await expect(message.get_by_role("button", name="⚠️")).to_be_visible(timeout=60_000)

        await message.get_by_role("button", name="Replies: 1").click()
        thread = page.get_by_role("complementary", name="Thread")
        await expect(thread).to_contain_text("JUBO_ALLOW_HOSTS")


@pytest.mark.parametrize(("language", "replies"), [("ko", "답글"), ("en", "Replies")])
async def test_the_sample_makes_a_digest_with_chart_and_thread(
    browser: Browser, demo: Demo, language: str, replies: str
) -> None:
    async with open_page(browser, demo.address, language=language, width=390) as page:
        await type_in(page, "/digest")
        chart = page.locator(".picture img").last
        await expect(chart).to_be_visible(timeout=60_000)
        assert await chart.evaluate("image => image.decode().then(() => image.naturalWidth > 300)")

        await page.locator(".thread-link button", has_text=replies).last.click()
        thread = page.locator("aside.thread, [role=complementary]").last
        await expect(thread.locator(".message a").first).to_be_visible()
        assert await axe_findings(page) == []


async def test_a_button_shows_the_digest_in_the_other_style(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.address, language="ko") as page:
        await type_in(page, "/digest")
        await page.get_by_role("button", name="주제별 분석으로 보기").last.click(timeout=60_000)

        heading = page.get_by_role("heading", name="주제별 소식").last
        await expect(heading).to_be_visible(timeout=60_000)
        assert await axe_findings(page) == []


async def test_what_was_never_saved_is_said_plainly(browser: Browser, demo: Demo) -> None:
    async with open_page(browser, demo.address, language="ko") as page:
        await type_in(page, "/ask 김치찌개는 몇 분 끓여야 하나요?")

        await expect(page.get_by_text("답이 되는 문장은 찾지").last).to_be_visible(timeout=60_000)
