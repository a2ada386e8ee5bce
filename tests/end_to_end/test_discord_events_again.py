"""Discord tells all of it three times over, across a kill: what was kept stays as it was."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.kept import is_idle, read_facts
from tests.servers.local_web import LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import until

__all__ = ["discord_process", "discord_server"]

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

COPIES = 3
REACTIONS = ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE")
OTHERS = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE")
PAGE = (
    "<!doctype html><html lang=en><title>{0}</title><article><h1>{0}</h1><p>Overlapping pairs of "
    "syllables find the stem of a Korean word, whatever follows it in {0}.</p></article></html>"
)


async def live(server: DiscordServer, web: LocalWeb, channel: str) -> None:
    """Play what members do on a day."""
    alice, bob = server.users["alice"], server.users["bob"]
    urls = [web.add(f"/p{number}", answer(PAGE.format(f"Paper {number}"))) for number in range(8)]

    async def say(text: str) -> str:
        said = {"channel": channel, "user": alice, "content": text}
        return str((await server.do("message", **said))["id"])

    async def react(message: str, emoji: str, by: str, *, remove: bool = False) -> None:
        act = {"channel": channel, "message": message, "user": by, "emoji": emoji}
        await server.do("react", **act, remove=remove)

    async def slash(name: str, **options: str) -> None:
        given = [{"name": each, "type": 3, "value": value} for each, value in options.items()]
        await server.do("slash", channel=channel, user=bob, name=name, options=given)

    once = await say(f"see {urls[0]}")
    for is_gone in (False, True, False):
        await react(once, "🔖", bob, remove=is_gone)
    both = await say(f"{urls[1]} and {urls[2]}")
    await react(both, "📜", alice)
    for is_gone in (False, True):
        await react(both, "🔖", bob, remove=is_gone)
    edited = await say(f"see {urls[3]}")
    await react(edited, "🔖", bob)
    for text in (f"see {urls[3]} {urls[4]}", f"see {urls[3]} {urls[4]} {urls[5]}"):
        await server.do("edit", channel=channel, message=edited, content=text)
    crossed = await say(f"no {urls[6]}")
    await react(crossed, "🗞️", alice)
    await react(crossed, "❌", alice)
    for number in range(3):
        await say(f"<@{server.bot}> what do overlapping pairs of syllables find? ({number})")
    picked = await say(f"for later {urls[7]}")
    commands = await server.read(f"/applications/{server.application}/commands")
    (menu,) = [each["name"] for each in commands if each.get("type") == 3]
    await server.do("shortcut", name=menu, channel=channel, user=bob, target=picked)
    await slash("subscribe", every="daily", at="08:00", zone="Asia/Seoul")
    await slash("settings", zone="Asia/Tokyo")
    await slash("settings", fun="🎈")
    await slash("links")
    await slash("digest", period="7d", style="weekly", language="en")


def thrice(told: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Return all of it three times in any order, but reactions as they came.

    Discord gives reactions neither an id nor a time: their order is all that there is.
    """
    others = [each for each in told if each["event"] in OTHERS] * COPIES
    reactions = [each for each in told if each["event"] in REACTIONS] * COPIES
    chance.shuffle(others)
    places = sorted(chance.randrange(len(others) + 1) for _ in reactions)
    for place, reaction in reversed(list(zip(places, reactions, strict=True))):
        others.insert(place, reaction)
    return others


@pytest.mark.parametrize("seed", [1])  # more were tried; each takes 15 s
async def test_what_is_told_again_across_a_kill_changes_nothing(
    seed: int, discord_server: DiscordServer, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    channel = str((await discord_server.do("channel", name="papers"))["id"])
    async with open_web() as web:
        settings = {
            "DISCORD_TOKEN": discord_server.token,
            "DISCORD_API_URL": discord_server.rest,
            "DISCORD_GATEWAY_URL": discord_server.gateway,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        }
        async with running_bot(tmp_path / "home", settings, only="discord") as bot:
            await until(discord_server.hears_bot, timeout_s=60)
            await live(discord_server, web, channel)
            await _settle(discord_server, bot)
            expected = read_facts(bot.home, {}), await _said(discord_server, channel)

            again = thrice(await _told(discord_server, channel), chance)
            cut = chance.randrange(len(again) // 4, len(again) // 2)
            await discord_server.burst("tell", again[:cut])
            await asyncio.sleep(chance.uniform(0, 0.3))  # any moment will do
            await bot.kill()
            await bot.start()
            await _settle(discord_server, bot)
            await discord_server.burst("tell", again[cut:])
            await _settle(discord_server, bot)

            kept = read_facts(bot.home, {}), await _said(discord_server, channel)
    assert kept[0] == expected[0]
    assert kept[1] == expected[1]
    assert expected[0]["saves"]
    assert expected[0]["subscriptions"]


async def _told(server: DiscordServer, channel: str) -> list[dict[str, Any]]:
    told = (await server.do("told"))["results"]
    return [each for each in told if each["data"].get("channel_id") == channel]


async def _settle(server: DiscordServer, bot: RunningBot) -> None:
    """Wait until the bot has heard a last message, and done all that came before it."""
    channel = str((await server.do("channel", name="echo"))["id"])
    said = {"channel": channel, "user": server.users["alice"]}
    await server.do("message", **said, content=f"<@{server.bot}> are you there?")

    async def is_answered() -> bool:
        found = await server.read(f"/channels/{channel}/messages")
        return any(each["author"]["id"] == server.bot for each in found)

    await until(is_answered, timeout_s=60)
    await until(lambda: is_idle(bot.home), timeout_s=60)


async def _said(server: DiscordServer, channel: str) -> list[str]:
    """Return what we said openly, oldest first, and our marks."""
    found = await server.read(f"/channels/{channel}/messages?limit=100")
    return [_plain(each, server.bot) for each in reversed(found)]


def _plain(message: dict[str, Any], us: str) -> str:
    marks = sorted(each["emoji"]["name"] for each in message.get("reactions", []) if each["me"])
    words = message["content"] if message["author"]["id"] == us else ""
    return f"{message['id']} {marks} {words}"
