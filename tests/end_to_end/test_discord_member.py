"""A member's day on Discord: `jubo serve` as a process of its own, a local Discord beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.local_web import LocalWeb, answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import until

__all__ = ["discord_process", "discord_server"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

ARTICLE = """<!doctype html><html lang="en"><head><title>Counting syllables instead of words</title>
</head><body><article><h1>Counting syllables instead of words</h1>
<p>Korean words carry their endings with them, so an index of whole words misses most of what
people look for. Overlapping pairs of syllables find the stem whatever follows it.</p>
<p>On the archive of our study group the pairs found two thirds of the answers among the first
ten passages, against one third for whole words, and the index took two seconds to build.</p>
<p>Pairs that cross a word boundary are left out, because they only add noise to the list.</p>
</article></body></html>"""


@dataclass
class Chat:
    """One channel of its own, as its members use it."""

    server: DiscordServer
    web: LocalWeb
    bot: RunningBot
    channel: str

    @property
    def alice(self) -> str:
        return self.server.users["alice"]

    async def say(self, text: str, **more: Any) -> str:
        said = {"channel": self.channel, "user": self.alice, "content": text, **more}
        return str((await self.server.do("message", **said))["id"])

    async def react(self, message: str, emoji: str = "🔖", **more: Any) -> None:
        act = {"channel": self.channel, "message": message, "user": self.alice, "emoji": emoji}
        await self.server.do("react", **act, **more)

    async def slash(self, name: str, **options: str) -> dict[str, Any]:
        given = [{"name": each, "type": 3, "value": value} for each, value in options.items()]
        return await self.server.do(
            "slash", channel=self.channel, user=self.alice, name=name, options=given
        )

    async def messages(self, channel: str = "") -> list[dict[str, Any]]:
        path = f"/channels/{channel or self.channel}/messages?limit=100"
        found = await self.server.read(path)
        return list(found) if isinstance(found, list) else []

    async def marks(self, message: str) -> set[str]:
        """Return the bot's own reactions on a message."""
        found = await self.server.read(f"/channels/{self.channel}/messages/{message}")
        return {each["emoji"]["name"] for each in found.get("reactions", []) if each["me"]}

    async def said(self, words: str, *, channel: str = "") -> dict[str, Any]:
        """Wait for a message of the bot that has these words."""

        async def find() -> dict[str, Any] | None:
            for each in await self.messages(channel):
                if each["author"]["id"] == self.server.bot and words in text_of(each):
                    return each
            return None

        try:
            found: dict[str, Any] = await until(find, timeout_s=60)
        except pytest.fail.Exception:
            everything = "\n".join(text_of(each) for each in await self.messages(channel))
            pytest.fail(f"nobody said {words!r}, but:\n{everything}\n{self.bot.log}")
        return found

    async def save(self, path: str = "/syllables") -> str:
        """Share a link and react to it, until it is read."""
        message = await self.say(f"worth reading: {self.web.add(path, answer(ARTICLE))}")
        await self.react(message)

        async def is_read() -> bool:
            return await self.marks(message) == {"✅"}

        await until(is_read, timeout_s=60)
        return message


def text_of(message: Any) -> str:
    """Return every word of a message, whatever part it stands in, without our escapes."""
    if isinstance(message, dict):
        return " ".join(text_of(value) for value in message.values())
    if isinstance(message, list):
        return " ".join(map(text_of, message))
    return message.replace("\\", "") if isinstance(message, str) else ""


@pytest.fixture
async def chat(tmp_path: Path, discord_server: DiscordServer) -> AsyncIterator[Chat]:
    opened = await discord_server.do("channel", name="papers")
    async with open_web() as web:
        settings = {
            "DISCORD_TOKEN": discord_server.token,
            "DISCORD_API_URL": discord_server.rest,
            "DISCORD_GATEWAY_URL": discord_server.gateway,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
        }
        async with running_bot(tmp_path / "home", settings, only="discord") as bot:
            await until(discord_server.hears_bot, timeout_s=60)
            yield Chat(discord_server, web, bot, opened["id"])


async def test_a_reaction_saves_and_taking_it_back_unsaves(chat: Chat) -> None:
    message = await chat.save()

    await chat.react(message, remove=True)

    async def is_unmarked() -> bool:
        return await chat.marks(message) == set()

    await until(is_unmarked, timeout_s=60)


async def test_a_page_that_cannot_be_read_says_why(chat: Chat) -> None:
    url = chat.web.add("/gone", answer("gone", status="404 Not Found"))
    message = await chat.say(f"this one? {url}")

    await chat.react(message, "📜")

    reason = await chat.said("no such page")
    assert reason["message_reference"]["message_id"] == message
    assert await chat.marks(message) == {"⚠️"}


async def test_a_digest_has_its_details_in_a_thread_and_its_buttons_work(chat: Chat) -> None:
    await chat.save()

    await chat.slash("digest", period="7d", style="weekly", language="en")
    head = await chat.said("What we read")
    buttons = [each for row in head["components"] for each in row["components"]]
    (button,) = (each for each in buttons if " daily " in each["custom_id"])
    await chat.said("Counting syllables instead of words", channel=head["id"])
    await chat.server.do(
        "button",
        channel=chat.channel,
        user=chat.alice,
        message=head["id"],
        custom_id=button["custom_id"],
    )

    await chat.said("News")


async def test_a_question_is_answered_with_its_source_and_the_talk_goes_on(chat: Chat) -> None:
    await chat.save()

    await chat.slash("ask", question="What do pairs of syllables find?")
    first = await chat.said("Overlapping pairs of syllables")
    assert "Counting syllables instead of words" in text_of(first)
    await chat.say("Why are pairs that cross a word boundary left out?", reply_to=first["id"])

    reply = await chat.said("noise to the list")
    assert reply["id"] != first["id"]


async def test_the_menu_of_a_message_saves_it(chat: Chat) -> None:
    url = chat.web.add("/menu", answer(ARTICLE))
    message = await chat.say(f"for later: {url}")
    commands = await chat.server.read(f"/applications/{chat.server.application}/commands")
    (name,) = [each["name"] for each in commands if each.get("type") == 3]

    await chat.server.do(
        "shortcut", name=name, channel=chat.channel, user=chat.alice, target=message
    )

    await until(lambda: chat.web.requests, timeout_s=60)  # it is saved and being read
    await chat.slash("links")
    await chat.said("/menu")


async def test_a_channel_s_past_is_read_on_request(chat: Chat) -> None:
    for number in range(3):
        page = ARTICLE.replace("syllables", f"syllable {number}")
        await chat.say(f"an older one: {chat.web.add(f'/old/{number}', answer(page))}")
    since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    options = [
        {"name": "channel", "type": 7, "value": chat.channel},
        {"name": "since", "type": 3, "value": since},
    ]

    await chat.server.do(
        "slash", channel=chat.channel, user=chat.alice, name="save", options=options
    )

    await chat.said("links saved: new 3")
    await chat.slash("links")
    listed = await chat.said("/old/2")
    assert "/old/0" in text_of(listed)


async def test_what_happened_while_the_bot_was_away_is_made_good(chat: Chat) -> None:
    kept = await chat.save()
    page = ARTICLE.replace("syllables", "missed things")
    await chat.bot.kill()

    missed = await chat.say(f"while you slept: {chat.web.add('/missed', answer(page))}")
    await chat.react(missed)
    await chat.react(kept, remove=True)
    await chat.bot.start()

    async def is_made_good() -> bool:
        return await chat.marks(missed) == {"✅"} and not await chat.marks(kept)

    await until(is_made_good, timeout_s=60)


async def test_a_stop_is_orderly(chat: Chat) -> None:
    assert await chat.bot.stop() == 0
    assert "Traceback" not in chat.bot.log
