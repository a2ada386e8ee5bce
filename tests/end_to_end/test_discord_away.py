"""What members do on Discord while `jubo serve` is dead, beyond reactions in channels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.discord_member import DiscordTalk, open_talk
from tests.servers.discord_server import DiscordServer, discord_process, discord_server
from tests.servers.local_web import answer
from tests.servers.slack_server import until

__all__ = ["discord_process", "discord_server"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

PAGE = """<!doctype html><html lang="en"><head><title>Counting {what}</title></head><body><article>
<h1>Counting {what}</h1><p>Korean words carry their endings with them, so an index of whole words
misses most of what people look for. Overlapping pairs of {what} find the stem whatever follows.</p>
<p>On the archive of our study group the pairs found two thirds of the answers among the first ten
passages, against one third for whole words, and the index took two seconds to build.</p>
<p>Pairs that cross a word boundary are left out, because they only add noise to the list.</p>
</article></body></html>"""


@pytest.fixture
async def talk(tmp_path: Path, discord_server: DiscordServer) -> AsyncIterator[DiscordTalk]:
    async with open_talk(tmp_path / "home", discord_server) as opened:
        opened.channel = str((await discord_server.do("channel", name="away"))["id"])
        yield opened


def page(talk: DiscordTalk, what: str) -> str:
    return talk.web.add(f"/{what}", answer(PAGE.format(what=what)))


async def test_direct_messages_private_threads_and_edits_of_meanwhile_are_made_good(
    talk: DiscordTalk,
) -> None:
    server, direct = talk.server, talk.server.dms["carol"]
    opened = await server.do("thread", channel=talk.channel, is_private=True)
    private = str(opened["id"])
    kept = await talk.say(f"worth reading: {page(talk, 'syllables')}")
    await talk.react(kept)
    await talk.is_marked(kept, "✅")
    await talk.say("What do pairs of syllables find?", by="carol", channel=direct)
    await talk.said("Overlapping pairs of syllables")
    await talk.bot.kill()

    added, shared = page(talk, "letters"), page(talk, "strokes")
    text = f"worth reading: {page(talk, 'syllables')} and {added}"
    await server.do("edit", channel=talk.channel, message=kept, content=text)
    await talk.say("Why are pairs across a word boundary left out?", by="carol", channel=direct)
    noted = await talk.say(f"just for us: {shared}", channel=private)
    await talk.react(noted, channel=private)
    await talk.say(f"<@{server.bot}> What took two seconds to build?")
    await talk.bot.start()

    await talk.said("noise to the list", path=direct)
    await talk.said("two seconds to build", path=talk.channel)
    await talk.is_marked(noted, "✅", private)
    await until(lambda: any("/letters" in each for each in talk.web.requests), timeout_s=60)
    await talk.is_marked(kept, "✅")
