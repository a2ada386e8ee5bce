"""Every fault of Discord ends in one post or one sentence: the whole bot, a channel a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.kept import is_idle
from tests.servers.local_web import LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import until

__all__ = ["discord_process", "discord_server"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

WITHIN_S = 60
OF_ITS_TOKEN = "^/webhooks/[0-9]+/interaction-token-ID"
LOADING = 1 << 7  # docs.discord.com, "Message Flags": it still thinks
FAULTS: dict[str, dict[str, Any]] = {
    "a limit with a time": {"status": 429, "headers": {"Retry-After": "1"}},
    "a limit without": {"status": 429},
    "500": {"status": 500},
    "502": {"status": 502},
    "503": {"status": 503},
    "taken, then 500": {"status": 500, "is_applied": True},
    "taken, then 503": {"status": 503, "is_applied": True},
    "taken, then dropped": {"drop": "after"},
    "dropped": {"drop": "before"},
    "slow": {"delay_ms": 2000},
}
PAGE = (
    "<!doctype html><html lang=en><title>{0}</title><article><h1>{0}</h1><p>Overlapping pairs of "
    "syllables find the stem of a Korean word, whatever follows it in {0}.</p></article></html>"
)


@dataclass(frozen=True)
class Chat:
    server: DiscordServer
    web: LocalWeb
    bot: RunningBot

    async def channels(self) -> dict[str, str]:
        """Open a channel for each fault."""
        return {name: await self.open() for name in FAULTS}

    async def open(self) -> str:
        return str((await self.server.do("channel", name="papers"))["id"])

    async def share(self, channel: str, name: str) -> str:
        return await self.say(channel, f"see {self.page(name)}")

    def page(self, name: str) -> str:
        return self.web.add(f"/{name}", answer(PAGE.format(name)))

    async def say(self, channel: str, text: str) -> str:
        said = {"channel": channel, "user": self.server.users["alice"], "content": text}
        return str((await self.server.do("message", **said))["id"])

    async def react(self, channel: str, message: str, *, remove: bool = False) -> None:
        act = {"channel": channel, "message": message, "user": self.server.users["alice"]}
        await self.server.do("react", **act, emoji="🔖", remove=remove)

    async def slash(
        self, channel: str, name: str, *, fault: dict[str, Any] | None = None, **options: str
    ) -> str:
        given = [{"name": each, "type": 3, "value": value} for each, value in options.items()]
        act = {"channel": channel, "user": self.server.users["alice"], "name": name}
        return str((await self.server.do("slash", **act, options=given, fault=fault))["id"])

    async def ours(self, channel: str) -> list[dict[str, Any]]:
        """Return what we said there, oldest first."""
        found = await self.server.read(f"/channels/{channel}/messages?limit=100")
        said = [each for each in found if each["author"]["id"] == self.server.bot]
        return [each for each in reversed(said) if not each.get("flags", 0) & LOADING]

    async def count(self, channels: dict[str, str]) -> dict[str, int]:
        return {name: len(await self.ours(each)) for name, each in channels.items()}

    async def marks(self, channel: str, message: str) -> set[str]:
        found = await self.server.read(f"/channels/{channel}/messages/{message}")
        return {each["emoji"]["name"] for each in found.get("reactions", []) if each["me"]}

    async def settle(self) -> None:
        await until(lambda: is_idle(self.bot.home), timeout_s=WITHIN_S)


@pytest.fixture
async def chat(tmp_path: Path, discord_server: DiscordServer) -> AsyncIterator[Chat]:
    async with open_web() as web:
        settings = {
            "DISCORD_TOKEN": discord_server.token,
            "DISCORD_API_URL": discord_server.rest,
            "DISCORD_GATEWAY_URL": discord_server.gateway,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        }
        async with running_bot(tmp_path / "home", settings, only="discord") as bot:
            await until(discord_server.hears_bot, timeout_s=WITHIN_S)
            yield Chat(discord_server, web, bot)


async def ask(chat: Chat) -> dict[str, int]:
    """Mention the bot: its answer is an ordinary message."""
    channels = await chat.channels()
    for name, fault in FAULTS.items():
        match = f"/channels/{channels[name]}/messages$"
        await chat.server.do("fault", method="POST", match=match, **fault)
        await chat.say(channels[name], f"<@{chat.server.bot}> what is known?")

    async def are_answered() -> bool:
        return all((await chat.count(channels)).values())

    await until(are_answered, timeout_s=WITHIN_S)
    await chat.settle()
    return await chat.count(channels)


async def save(chat: Chat, method: str, path: str) -> dict[str, set[str]]:
    """Save by reaction; return the marks that stand in the end."""
    channels = await chat.channels()
    shared = {}
    for name, fault in FAULTS.items():
        channel = channels[name]
        shared[name] = await chat.share(channel, f"{method}-{channel}")
        match = f"/channels/{channel}/messages/{shared[name]}{path}"
        await chat.server.do("fault", method=method, match=match, **fault)
        await chat.react(channel, shared[name])

    async def are_marked() -> bool:
        return all([await chat.marks(channels[name], ts) == {"✅"} for name, ts in shared.items()])

    async def are_bare() -> bool:
        return not any([await chat.marks(channels[name], ts) for name, ts in shared.items()])

    await until(are_marked, timeout_s=WITHIN_S)
    if method == "DELETE":
        for name, message in shared.items():
            await chat.react(channels[name], message, remove=True)
        await until(are_bare, timeout_s=WITHIN_S)
    await chat.settle()
    return {name: await chat.marks(channels[name], each) for name, each in shared.items()}


async def call(chat: Chat, method: str, match: str) -> dict[str, int]:
    """Call a command whose answer all can see."""
    channels = await chat.channels()
    for name, each in FAULTS.items():
        fault = {"method": method, "match": match, **each}
        await chat.slash(channels[name], "subscribe", fault=fault, every="weekly")

    async def are_answered() -> bool:
        return all((await chat.count(channels)).values())

    await until(are_answered, timeout_s=WITHIN_S)
    await chat.settle()
    return await chat.count(channels)


async def call_privately(chat: Chat) -> dict[str, int]:
    """Call a command whose second answer its caller alone sees; return how often that came."""
    called = {}
    for name, channel in (await chat.channels()).items():
        page = chat.page(f"private-{channel}")
        fault = {"method": "POST", "match": f"{OF_ITS_TOKEN}$", **FAULTS[name]}
        called[name] = await chat.slash(channel, "save", fault=fault, addresses=page)

    async def follow_ups() -> dict[str, list[dict[str, Any]]]:
        log = await chat.server.log()
        return {
            name: [each for each in log if _is_follow_up(each, of=interaction)]
            for name, interaction in called.items()
        }

    async def are_answered() -> bool:
        return all((await follow_ups()).values())

    await until(are_answered, timeout_s=WITHIN_S)
    await chat.settle()
    arrived = {name: filter(_has_arrived, each) for name, each in (await follow_ups()).items()}
    # A page that takes its time is told of twice, in other words: how it stands, and how it ended.
    return {name: _most_alike(each) for name, each in arrived.items()}


def _is_follow_up(entry: dict[str, Any], *, of: str) -> bool:
    return entry.get("method") == "POST" and entry["path"].endswith(f"-{of}")


def _most_alike(sent: Iterable[dict[str, Any]]) -> int:
    return max(Counter(str(each["payload"]) for each in sent).values(), default=0)


def _has_arrived(entry: dict[str, Any]) -> bool:
    fault = entry.get("fault", {})
    return entry["status"] == 200 or bool(fault.get("is_applied") or fault.get("drop") == "after")


async def make_digests(chat: Chat) -> dict[str, list[int]]:
    """Return how many heads each digest has, and how many parts of its thread stand twice."""
    saved = await chat.open()
    message = await chat.share(saved, "digested")
    await chat.react(saved, message)
    await until(lambda: chat.marks(saved, message), timeout_s=WITHIN_S)
    await chat.settle()
    channels = await chat.channels()
    found = {}
    for name, fault in FAULTS.items():
        match = f"/channels/{channels[name]}/messages/.*/threads$"
        await chat.server.do("fault", method="POST", match=match, **fault)
        await chat.slash(channels[name], "digest", period="7d", style="weekly", language="en")
    for name, channel in channels.items():

        async def is_there(channel: str = channel) -> bool:
            return bool(await chat.ours(channel))

        await until(is_there, timeout_s=WITHIN_S)
        await chat.settle()
        heads = await chat.ours(channel)
        parts = [str(each["embeds"]) + each["content"] for each in await chat.ours(heads[0]["id"])]
        assert parts, name
        found[name] = [len(heads), len(parts) - len(set(parts))]
    return found


async def test_every_fault_ends_in_one_answer(chat: Chat) -> None:
    asked, read, marked, unmarked, called, answered, told = await asyncio.gather(
        ask(chat),
        save(chat, "GET", "$"),
        save(chat, "PUT", "/reactions/"),
        save(chat, "DELETE", "/reactions/"),
        call(chat, "POST", "/interactions/ID/.*/callback$"),
        call(chat, "PATCH", f"{OF_ITS_TOKEN}/"),
        call_privately(chat),
    )

    one_each = dict.fromkeys(FAULTS, 1)
    assert asked == one_each, chat.bot.log
    assert read == marked == {name: {"✅"} for name in FAULTS}, chat.bot.log
    assert unmarked == {name: set() for name in FAULTS}, chat.bot.log
    assert called == one_each, chat.bot.log
    assert answered == one_each, chat.bot.log
    without_trace = {"taken, then 500": 2, "taken, then 503": 2, "dropped": 0}
    assert told == one_each | without_trace, chat.bot.log
    assert "a message may be missing" in chat.bot.log
    digests = await make_digests(chat)
    assert digests == {name: [1, 0] for name in FAULTS}, chat.bot.log
