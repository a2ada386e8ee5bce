"""A member's side of Slack: what they see of a running bot, and waiting for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.kept import count_done, is_idle
from tests.servers.local_web import LocalWeb, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import APP_TOKEN, BOT, BOT_TOKEN, GENERAL, SlackServer, until

ANSWER_WITHIN_S = 60  # on a busy machine


@dataclass
class SlackTalk:
    """Slack with a bot in it. `slack` is emptied before each test; the bot goes on."""

    slack: SlackServer
    web: LocalWeb
    bot: RunningBot

    async def ours(self, channel: str = GENERAL) -> list[dict[str, Any]]:
        """Return what the bot said there, to everybody or to one."""
        return [each for each in await self.slack.messages(channel) if each.get("user") == BOT]

    async def said(self, *words: str, channel: str = GENERAL) -> dict[str, Any]:
        """Wait for a message of the bot that has all these words."""

        async def find() -> dict[str, Any] | None:
            for each in await self.ours(channel):
                if all(word in text_of(each) for word in words):
                    return each
            return None

        try:
            found: dict[str, Any] = await until(find, timeout_s=ANSWER_WITHIN_S)
        except pytest.fail.Exception:
            everything = "\n".join(text_of(each) for each in await self.ours(channel))
            pytest.fail(f"nobody said {words}, but:\n{everything}\n{self.bot.log[-4000:]}")
        return found

    async def marks(self, ts: str, channel: str = GENERAL) -> set[str]:
        """Return the bot's own reactions on a message."""
        for each in await self.slack.messages(channel):
            if each["ts"] == ts:
                return {one["name"] for one in each.get("reactions", []) if BOT in one["users"]}
        return set()

    async def is_marked(self, ts: str, mark: str, channel: str = GENERAL) -> None:
        async def is_it() -> bool:
            return await self.marks(ts, channel) == {mark}

        await until(is_it, timeout_s=ANSWER_WITHIN_S)

    async def is_over(self, event: str, *, since: int = 0) -> None:
        """Wait until more than so many of an event were heard, and all that they ask is done."""
        home = self.bot.home
        await until(
            lambda: count_done(home, event) > since and is_idle(home), timeout_s=ANSWER_WITHIN_S
        )

    async def direct(self, member: str) -> str:
        """Return the channel of a member's direct messages with the bot."""
        return await self.slack.open_direct(member)


def text_of(message: Any) -> str:
    """Return every word of a message, whatever block it stands in."""
    if isinstance(message, dict):
        return " ".join(text_of(value) for value in message.values())
    if isinstance(message, list):
        return " ".join(map(text_of, message))
    return message if isinstance(message, str) else ""


@asynccontextmanager
async def open_talk(home: Path, slack_url: str) -> AsyncIterator[SlackTalk]:
    """Run the bot in a Slack of its own; `talk.slack` is to be emptied before each test."""
    async with httpx.AsyncClient(base_url=slack_url, timeout=60) as http, open_web() as web:
        slack = SlackServer(slack_url, http)
        await http.post("/_test/reset")
        settings = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.api_url,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        }
        async with running_bot(home, settings, only="slack") as bot:
            await until(lambda: slack.socket(), timeout_s=ANSWER_WITHIN_S)
            yield SlackTalk(slack, web, bot)
