"""What members do on Slack while `jubo serve` is dead, beyond reactions in channels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.kept import is_idle
from tests.servers.local_web import answer
from tests.servers.slack_member import SlackTalk, open_talk
from tests.servers.slack_server import ALICE, BOT, GENERAL, MINA, PRIVATE, slack_url, until

__all__ = ["slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

PAGE = """<!doctype html><html lang="en"><head><title>Counting {what}</title></head><body><article>
<h1>Counting {what}</h1><p>Korean words carry their endings with them, so an index of whole words
misses most of what people look for. Overlapping pairs of {what} find the stem whatever follows.</p>
<p>On the archive of our study group the pairs found two thirds of the answers among the first ten
passages, against one third for whole words, and the index took two seconds to build.</p>
<p>Pairs that cross a word boundary are left out, because they only add noise to the list.</p>
</article></body></html>"""


@pytest.fixture
async def talk(tmp_path: Path, slack_url: str) -> AsyncIterator[SlackTalk]:
    async with open_talk(tmp_path / "home", slack_url) as opened:
        yield opened


def page(talk: SlackTalk, what: str) -> str:
    return talk.web.add(f"/{what}", answer(PAGE.format(what=what)))


async def share(talk: SlackTalk, url: str, channel: str = GENERAL) -> str:
    ts = await talk.slack.say(f"worth reading: {url}", channel=channel)
    await talk.slack.react(ts, "bookmark", channel=channel)
    await talk.is_marked(ts, "white_check_mark", channel)
    return ts


async def test_direct_messages_edits_and_replies_of_meanwhile_are_made_good(
    talk: SlackTalk,
) -> None:
    slack, direct = talk.slack, await talk.direct(MINA)
    kept = await share(talk, page(talk, "syllables"))
    await slack.command("/ask", "What do pairs of syllables find?", by=ALICE)
    thread = (await talk.said("Overlapping pairs of syllables"))["ts"]
    await talk.bot.kill()

    added, shared = page(talk, "letters"), page(talk, "strokes")
    await slack.edit(kept, f"worth reading: {page(talk, 'syllables')} and {added}")
    await slack.say("Why are pairs that cross a word boundary left out?", by=ALICE, thread=thread)
    await slack.say("What took two seconds to build?", channel=direct)
    noted = await slack.say(f"for me: {shared}", channel=direct)
    await slack.react(noted, "bookmark", channel=direct)
    await talk.bot.start()

    reply = await talk.said("noise to the list")
    assert reply["thread_ts"] == thread
    await talk.said("two seconds", channel=direct)
    await talk.is_marked(noted, "white_check_mark", direct)
    await until(lambda: any("/letters" in each for each in talk.web.requests), timeout_s=60)
    await talk.is_marked(kept, "white_check_mark")


async def test_what_was_answered_is_not_answered_again_at_the_next_start(talk: SlackTalk) -> None:
    await share(talk, page(talk, "syllables"))
    await talk.slack.say(f"<@{BOT}> What do pairs of syllables find?", by=ALICE)
    await talk.said("Overlapping pairs of syllables")
    answers = await talk.ours()

    await talk.bot.kill()
    await talk.bot.start()

    last = f"channel={PRIVATE} messages="  # of those that are looked into
    await until(lambda: last in talk.bot.log, timeout_s=60)
    await until(lambda: is_idle(talk.bot.home), timeout_s=60)
    assert await talk.ours() == answers
