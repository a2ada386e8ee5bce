"""A member's side of Discord: what they see of a running bot, and waiting for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import DiscordServer
from tests.servers.kept import count_done, is_idle
from tests.servers.local_web import LocalWeb, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import until

ANSWER_WITHIN_S = 60  # on a busy machine
# Source: docs.discord.com, "Application Command Option Type".
WORDS_OPTION, CHANNEL_OPTION = 3, 7


@dataclass
class DiscordTalk:
    """One channel of its own. What the bot sends is read off its requests: others see not all."""

    server: DiscordServer
    web: LocalWeb
    bot: RunningBot
    channel: str = ""

    def user(self, name: str) -> str:
        return self.server.users[name]

    async def say(self, text: str, *, by: str = "alice", channel: str = "", **more: Any) -> str:
        said = {"channel": channel or self.channel, "user": self.user(by), "content": text}
        return str((await self.server.do("message", **said, **more))["id"])

    async def react(
        self, message: str, emoji: str = "🔖", *, by: str = "alice", channel: str = "", **more: Any
    ) -> None:
        act = {"channel": channel or self.channel, "message": message, "user": self.user(by)}
        await self.server.do("react", emoji=emoji, **act, **more)

    async def slash(
        self,
        name: str,
        *,
        by: str = "alice",
        where: str = "",
        locale: str = "en-US",
        **options: str,
    ) -> dict[str, Any]:
        kinds = {"channel": CHANNEL_OPTION}
        given = [
            {"name": each, "type": kinds.get(each, WORDS_OPTION), "value": value}
            for each, value in options.items()
        ]
        act = {"channel": where or self.channel, "user": self.user(by), "locale": locale}
        return await self.server.do("slash", name=name, options=given, **act)

    async def sent(self) -> list[dict[str, Any]]:
        """Return every message that the bot sent or changed since the test began."""
        return [
            {**_message(each["payload"]), "path": each["path"]}
            for each in await self.server.log()
            if each.get("method") in ("POST", "PATCH") and _message(each.get("payload"))
        ]

    async def said(self, *words: str, path: str = "") -> dict[str, Any]:
        """Wait for a message of the bot that has all these words, sent to an address like this."""

        async def find() -> dict[str, Any] | None:
            for each in await self.sent():
                if path in each["path"] and all(word in text_of(each) for word in words):
                    return each
            return None

        try:
            found: dict[str, Any] = await until(find, timeout_s=ANSWER_WITHIN_S)
        except pytest.fail.Exception:
            everything = "\n".join(text_of(each) for each in await self.sent())
            pytest.fail(f"nobody said {words}, but:\n{everything}\n{self.bot.log[-4000:]}")
        return found

    async def is_over(self, event: str) -> None:
        """Wait until an event was heard, and all that it asked for is done."""
        home = self.bot.home
        await until(lambda: count_done(home, event) and is_idle(home), timeout_s=ANSWER_WITHIN_S)

    async def is_marked(self, message: str, mark: str, channel: str = "") -> None:
        path = f"/channels/{channel or self.channel}/messages/{message}"

        async def is_it() -> bool:
            found = (await self.server.read(path)).get("reactions", [])
            return {each["emoji"]["name"] for each in found if each["me"]} == {mark}

        await until(is_it, timeout_s=ANSWER_WITHIN_S)


def text_of(message: Any) -> str:
    """Return every word of a message, whatever part it stands in, without our escapes."""
    if isinstance(message, dict):
        return " ".join(text_of(value) for value in message.values())
    if isinstance(message, list):
        return " ".join(map(text_of, message))
    return message.replace("\\", "") if isinstance(message, str) else ""


def _message(payload: Any) -> dict[str, Any]:
    """Return the message in a request's body: the answer to an interaction has it inside."""
    body = payload if isinstance(payload, dict) else {}
    body = body.get("data") or body
    return dict(body) if "content" in body or "embeds" in body else {}


@asynccontextmanager
async def open_talk(home: Path, server: DiscordServer) -> AsyncIterator[DiscordTalk]:
    """Run the bot in a Discord of its own; `talk.channel` is to be opened for each test."""
    async with open_web() as web:
        await server.do("reset")
        settings = {
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.rest,
            "DISCORD_GATEWAY_URL": server.gateway,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        }
        async with running_bot(home, settings, only="discord") as bot:
            await until(server.hears_bot, timeout_s=ANSWER_WITHIN_S)
            yield DiscordTalk(server, web, bot)
