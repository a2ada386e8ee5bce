"""Discord hangs up in every way: the bot comes back and misses nothing, or says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import Texts
from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.kept import is_idle
from tests.servers.local_web import answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import until

__all__ = ["discord_process", "discord_server"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

WITHIN_S = 60
PAGE = answer(
    "<!doctype html><html lang=en><title>A page</title><article><h1>A page</h1><p>Overlapping "
    "pairs of syllables find the stem of a Korean word in any text.</p></article></html>"
)
# Reconnect, invalid session (to resume or not), close codes, a network that is cut.
HANG_UPS: list[dict[str, Any]] = [
    {"op": 7},
    {"op": 9, "resumable": True},
    {"op": 9, "resumable": False},
    {"code": 4000},
    {"code": 1001},
    {"terminate": True},
]
CONFIG_ERROR = 78


@pytest.fixture
async def bot(tmp_path: Path, discord_server: DiscordServer) -> AsyncIterator[RunningBot]:
    async with open_web() as web:
        web.add("/page", PAGE)
        settings = {
            "DISCORD_TOKEN": discord_server.token,
            "DISCORD_API_URL": discord_server.rest,
            "DISCORD_GATEWAY_URL": discord_server.gateway,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
            "PAGE": web.url("/page"),
        }
        async with running_bot(tmp_path / "home", settings, only="discord") as running:
            await until(discord_server.hears_bot, timeout_s=WITHIN_S)
            yield running


async def greetings(server: DiscordServer) -> int:
    return len([each for each in await server.log() if "gateway" in each])


async def test_what_is_said_while_it_hangs_up_is_heard(
    discord_server: DiscordServer, bot: RunningBot
) -> None:
    alice = discord_server.users["alice"]
    channel = str((await discord_server.do("channel", name="papers"))["id"])
    said: list[str] = []

    async def talk() -> None:
        for text in (f"see {bot.settings['PAGE']}", f"<@{discord_server.bot}> what is known?"):
            told = await discord_server.do("message", channel=channel, user=alice, content=text)
            said.append(told["id"])
        act = {"channel": channel, "message": said[-2], "user": alice}
        await discord_server.do("react", **act, emoji="🔖")

    for act in HANG_UPS:
        known = await greetings(discord_server)
        if act.get("terminate"):
            await discord_server.do("forget")  # nobody can resume: all is read again
        await discord_server.do("drop", **act)
        await talk()

        async def is_back(known: int = known) -> bool:
            return await greetings(discord_server) > known

        await until(is_back, timeout_s=WITHIN_S)

    async def messages() -> list[dict[str, Any]]:
        return list(await discord_server.read(f"/channels/{channel}/messages?limit=100"))

    async def are_marked() -> bool:
        marked = [each["id"] for each in await messages() if "✅" in _marks(each)]
        return sorted(marked) == said[::2]

    async def are_answered() -> bool:
        ours = [each for each in await messages() if each["author"]["id"] == discord_server.bot]
        return len(ours) == len(HANG_UPS)

    await until(are_marked, timeout_s=WITHIN_S)
    await until(are_answered, timeout_s=WITHIN_S)
    await until(lambda: is_idle(bot.home), timeout_s=WITHIN_S)
    assert await are_answered(), bot.log
    assert "Traceback" not in bot.log, bot.log


def _marks(message: dict[str, Any]) -> list[str]:
    return [each["emoji"]["name"] for each in message.get("reactions", []) if each["me"]]


@pytest.mark.parametrize(
    ("code", "key"),
    [(4004, "discord.bad_token"), (4013, "discord.refused"), (4014, "discord.missing_intent")],
)
async def test_being_shown_the_door_ends_in_one_sentence(
    discord_server: DiscordServer, bot: RunningBot, code: int, key: str
) -> None:
    await until(lambda: greetings(discord_server), timeout_s=WITHIN_S)
    await discord_server.do("refuse", code=code)
    await discord_server.do("forget")
    await discord_server.do("drop", code=1001)

    assert await bot.wait() == CONFIG_ERROR
    sentence = Texts.load().get("en", key, code=code)
    assert bot.log.count(sentence) == 1, bot.log
    assert "Traceback" not in bot.log, bot.log
