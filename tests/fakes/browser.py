"""Chromium as a person's browser: opens pages, watches what they ask for, runs axe on them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDS_CHROMIUM = "apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji"
WITHIN_MS = 30_000  # on a busy machine
AXE = Path(__file__).parent.parent / "servers/node_modules/axe-core/axe.min.js"
NEEDS_AXE = "npm install --no-package-lock --prefix tests/servers"


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NEEDS_CHROMIUM)
    expect.set_options(timeout=WITHIN_MS)
    async with async_playwright() as playwright:
        # Chromium refuses to run as root inside its sandbox.
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def open_page(
    browser: Browser,
    address: str,
    *,
    language: str = "en",
    theme: str = "light",
    width: int = 1280,
    name: str = "",
) -> AsyncIterator[Page]:
    """Open the chat and wait for its first messages.

    At the end the test fails if the page asked another host, broke its content policy or
    threw an error.
    """
    context = await browser.new_context(
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": 800},
        has_touch=width <= 480,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda each: troubles.append(each.text) if each.type == "error" else None)
    page.on(
        "request",
        lambda each: None if each.url.startswith(address) else troubles.append(each.url),
    )
    if name:
        await context.add_init_script(f"sessionStorage['jubo.name'] ??= {name!r}")
    await page.goto(address)
    await page.wait_for_selector("#messages li")
    yield page
    await context.close()
    assert troubles == []


async def axe_findings(page: Page) -> list[str]:
    """Return what axe-core, with all its rules, finds wrong with the page as it stands."""
    if not AXE.exists():
        pytest.skip(NEEDS_AXE)
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = await page.evaluate("axe.run()")
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
