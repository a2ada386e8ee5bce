"""Every fault of Slack ends in one post or one sentence: the whole bot, a conversation a fault."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.kept import is_idle
from tests.servers.local_web import LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import (
    ALICE,
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    ELSEWHERE,
    GENERAL,
    MINA,
    PRIVATE,
    SlackServer,
    slack,
    slack_url,
    until,
)

__all__ = ["slack", "slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

WITHIN_S = 60
FAULTS: dict[str, dict[str, Any]] = {
    "a limit with a time": {"status": 429, "headers": {"Retry-After": "1"}},
    "a limit without": {"status": 429},
    "500": {"status": 500},
    "502": {"status": 502, "body": "<html>bad gateway</html>"},
    "503": {"status": 503},
    "taken, then 500": {"status": 500, "is_applied": True},
    "taken, then dropped": {"is_dropped": True, "is_applied": True},
    "dropped": {"is_dropped": True},
    "twice 503": {"status": 503, "times": 2},
    "slow": {"delay_ms": 3000},
}


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as opened:
        yield opened


@pytest.fixture
async def bot(tmp_path: Path, slack: SlackServer, web: LocalWeb) -> AsyncIterator[RunningBot]:
    settings = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
        "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
    }
    async with running_bot(tmp_path / "home", settings, only="slack") as running:
        await until(lambda: slack.socket(), timeout_s=WITHIN_S)
        yield running


@dataclass(frozen=True)
class Chat:
    """Slack, with a bot that works. Each kind of call fails in a channel of its own."""

    slack: SlackServer
    web: LocalWeb
    bot: RunningBot

    async def roots(self, method: str, channel: str) -> dict[str, str]:
        """Open a thread for each fault, which the calls that name the thread run into."""
        roots = {name: await self.slack.say(name, channel=channel) for name in FAULTS}
        for name, fault in FAULTS.items():
            await self.slack.fault(method, match=roots[name], **fault)
        return roots

    async def share(self, path: str, title: str) -> str:
        return await self.slack.say(f"see {self.web.add(path, page(title))}", by=ALICE)

    async def said(self, channel: str) -> list[dict[str, Any]]:
        return [each for each in await self.slack.messages(channel) if each["user"] == BOT]

    async def count(self, roots: dict[str, str], channel: str) -> dict[str, int]:
        threads = Counter(each.get("thread_ts") for each in await self.said(channel))
        return {name: threads[root] for name, root in roots.items()}

    async def marks(self, ts: str) -> set[str]:
        (found,) = [each for each in await self.slack.messages() if each["ts"] == ts]
        return {each["name"] for each in found.get("reactions", []) if BOT in each["users"]}

    async def settle(self) -> None:
        await until(lambda: is_idle(self.bot.home), timeout_s=WITHIN_S)


def page(title: str) -> bytes:
    return answer(
        f"<!doctype html><html lang=en><title>{title}</title><article><h1>{title}</h1>"
        "<p>Overlapping pairs of syllables find the stem of a Korean word in any text.</p>"
        "<p>Whole words miss it, because endings come with them.</p></article>"
    )


async def ask(chat: Chat) -> dict[str, int]:
    """Ask in threads, whose answers all can see."""
    roots = await chat.roots("chat.postMessage", GENERAL)
    for root in roots.values():
        await chat.slack.say(f"<@{BOT}> what is known?", by=ALICE, thread=root)

    async def are_answered() -> bool:
        return all((await chat.count(roots, GENERAL)).values())

    await until(are_answered, timeout_s=WITHIN_S)
    await chat.settle()
    return await chat.count(roots, GENERAL)


async def save_nothing(chat: Chat) -> dict[str, int]:
    """React where there is no link: who did is told alone."""
    roots = await chat.roots("chat.postEphemeral", PRIVATE)
    for root in roots.values():
        ts = await chat.slack.say("no link in here", by=MINA, thread=root, channel=PRIVATE)
        await chat.slack.react(ts, "bookmark", by=MINA, channel=PRIVATE)

    async def are_all_told() -> bool:
        calls = await chat.slack.calls("chat.postEphemeral")
        return {each["args"].get("thread_ts") for each in calls} >= set(roots.values())

    await until(are_all_told, timeout_s=WITHIN_S)
    await chat.settle()
    return await chat.count(roots, PRIVATE)


async def call_elsewhere(chat: Chat) -> dict[str, int]:
    """Call a command where the bot is not: the way that it came is the only one back."""
    told = {}
    for name, fault in FAULTS.items():
        known = len(await chat.said(ELSEWHERE))
        calls = len(await chat.slack.calls("response_url"))
        await chat.slack.fault("response_url", **fault)
        await chat.slack.command("/jubo", "help", by=ALICE, channel=ELSEWHERE)

        async def is_called(calls: int = calls) -> bool:
            return len(await chat.slack.calls("response_url")) > calls

        await until(is_called, timeout_s=WITHIN_S)
        await until(lambda: _is_answered(chat.bot), timeout_s=WITHIN_S)
        told[name] = len(await chat.said(ELSEWHERE)) - known
    return told


def _is_answered(bot: RunningBot) -> bool:
    """Whether no command is open: the other scenarios go on beside this one."""
    with closing(sqlite3.connect(bot.home / "jubo.db", timeout=10)) as database:
        query = "SELECT count(*) FROM inbox WHERE state = 'open' AND event_id LIKE 'command:%'"
        return bool(database.execute(query).fetchone()[0] == 0)


async def save(chat: Chat, method: str) -> dict[str, str]:
    """Save messages by a reaction, until each has its mark."""
    saved = {}
    for number, (name, fault) in enumerate(FAULTS.items()):
        saved[name] = await chat.share(f"/{method}/{number}", f"{method}, {name}")
        await chat.slack.fault(method, match=saved[name], **fault)
    for ts in saved.values():
        await chat.slack.react(ts, "bookmark", by=ALICE)

    async def are_marked() -> bool:
        return all([await chat.marks(ts) == {"white_check_mark"} for ts in saved.values()])

    await until(are_marked, timeout_s=WITHIN_S)
    return saved


async def take_back(chat: Chat, saved: dict[str, str]) -> None:
    for name, fault in FAULTS.items():
        await chat.slack.fault("reactions.remove", match=saved[name], **fault)
    for ts in saved.values():
        await chat.slack.react(ts, "bookmark", by=ALICE, present=False)

    async def are_bare() -> bool:
        return not any([await chat.marks(ts) for ts in saved.values()])

    await until(are_bare, timeout_s=WITHIN_S)


async def save_and_take_back(chat: Chat) -> dict[str, int]:
    """Return how often each undo was told."""
    await save(chat, "conversations.history")
    saved = await save(chat, "reactions.add")
    await take_back(chat, saved)
    await chat.settle()
    words = [each["text"] for each in await chat.said(GENERAL)]
    titles = {name: f"reactions.add, {name}" for name in FAULTS}
    return {name: sum(text.endswith(titles[name]) for text in words) for name in FAULTS}


async def test_every_fault_ends_in_one_answer(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    chat = Chat(slack, web, bot)

    answered, told_alone, told_elsewhere, undone = await asyncio.gather(
        ask(chat), save_nothing(chat), call_elsewhere(chat), save_and_take_back(chat)
    )

    one_each = dict.fromkeys(FAULTS, 1)
    without_trace = one_each | {"taken, then 500": 2, "dropped": 0}
    assert answered == one_each, bot.log
    assert told_alone == without_trace, bot.log
    assert told_elsewhere == without_trace, bot.log
    assert undone == one_each, bot.log
    assert "a message may be missing" in bot.log


async def test_a_digest_comes_once_with_or_without_its_chart(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    chat = Chat(slack, web, bot)
    shared = await chat.share("/p", "A page")
    await slack.react(shared, "bookmark", by=ALICE)
    await until(lambda: chat.marks(shared), timeout_s=WITHIN_S)
    await chat.settle()

    faults: dict[str, dict[str, Any]] = {
        "files.getUploadURLExternal": {"status": 429, "headers": {"Retry-After": "1"}},
        "upload": {"status": 503},
        "files.completeUploadExternal": {"is_dropped": True, "is_applied": True},
    }
    for method, fault in faults.items():
        known = len(await chat.said(GENERAL))
        await slack.fault(method, **fault)
        await slack.command("/digest", "7d weekly en", by=ALICE)
        await chat.settle()

        fresh = (await chat.said(GENERAL))[known:]
        assert len([each for each in fresh if not each.get("thread_ts")]) == 1, (method, bot.log)
