"""A member's day on Slack: `jubo serve` as a process of its own, local-slack on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
    SlackServer,
    slack,
    slack_url,
    until,
)

__all__ = ["slack", "slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

ARTICLE = """<!doctype html><html lang="en"><head><title>Counting syllables instead of words</title>
</head><body><article><h1>Counting syllables instead of words</h1>
<p>Korean words carry their endings with them, so an index of whole words misses most of what
people look for. Overlapping pairs of syllables find the stem whatever follows it.</p>
<p>On the archive of our study group the pairs found two thirds of the answers among the first
ten passages, against one third for whole words, and the index took two seconds to build.</p>
<p>Pairs that cross a word boundary are left out, because they only add noise to the list.</p>
</article></body></html>"""


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
        await until(lambda: slack.socket(), timeout_s=60)
        yield running


def text_of(message: Any) -> str:
    """Return every word of a message, whatever block it stands in."""
    if isinstance(message, dict):
        return " ".join(text_of(value) for value in message.values())
    if isinstance(message, list):
        return " ".join(map(text_of, message))
    return message if isinstance(message, str) else ""


async def marks(slack: SlackServer, ts: str) -> set[str]:
    """Return the bot's own reactions on a message."""
    (found,) = [each for each in await slack.messages() if each["ts"] == ts]
    return {each["name"] for each in found.get("reactions", []) if BOT in each["users"]}


async def said(slack: SlackServer, words: str, *, channel: str = GENERAL) -> dict[str, Any]:
    """Wait for a message of the bot that has these words."""

    async def find() -> dict[str, Any] | None:
        for each in await slack.messages(channel):
            if each.get("user") == BOT and words in text_of(each):
                return each
        return None

    try:
        found: dict[str, Any] = await until(find, timeout_s=60)
    except pytest.fail.Exception:
        everything = "\n".join(text_of(each) for each in await slack.messages(channel))
        pytest.fail(f"nobody said {words!r}, but:\n{everything}")
    return found


async def save(slack: SlackServer, web: LocalWeb, *, path: str = "/syllables") -> str:
    """Share a link and react to it, until it is read."""
    url = web.add(path, answer(ARTICLE))
    ts = await slack.say(f"worth reading: {url}")
    await slack.react(ts, "bookmark")

    async def is_read() -> bool:
        return await marks(slack, ts) == {"white_check_mark"}

    await until(is_read, timeout_s=60)
    return ts


async def test_a_reaction_saves_and_taking_it_back_unsaves(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    ts = await save(slack, web)

    await slack.react(ts, "bookmark", present=False)

    await said(slack, "저장을 취소했어요")

    async def is_unmarked() -> bool:
        return await marks(slack, ts) == set()

    await until(is_unmarked, timeout_s=60)


async def test_a_page_that_cannot_be_read_says_why_in_the_thread(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    url = web.add("/gone", answer("gone", status="404 Not Found"))
    ts = await slack.say(f"this one? {url}", by=ALICE)

    await slack.react(ts, "scroll", by=ALICE)

    reason = await said(slack, "no such page")
    assert reason["thread_ts"] == ts
    assert await marks(slack, ts) == {"warning"}


async def test_a_digest_has_its_details_in_the_thread_and_its_buttons_work(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    await save(slack, web)

    await slack.command("/digest", "7d weekly en", by=ALICE)
    head = await said(slack, "What we read")
    buttons = [
        each for block in head["blocks"] if block["type"] == "actions" for each in block["elements"]
    ]
    (pressed,) = (each for each in buttons if " daily " in each["value"])
    await slack.press(
        head["ts"],
        {key: pressed[key] for key in ("type", "action_id", "block_id", "value") if key in pressed},
        by=ALICE,
    )

    await said(slack, "News")
    assert not any(each.get("unfurl_links") for each in await slack.calls("chat.postMessage"))


async def test_a_question_is_answered_with_its_source_and_the_thread_goes_on(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    await save(slack, web)

    await slack.command("/ask", "What do pairs of syllables find?", by=ALICE)
    first = await said(slack, "Overlapping pairs of syllables")
    assert "Counting syllables instead of words" in text_of(first)
    await slack.say(
        "Why are pairs that cross a word boundary left out?", by=ALICE, thread=first["ts"]
    )

    reply = await said(slack, "noise to the list")
    assert reply["thread_ts"] == first["ts"]


async def test_a_mention_is_answered_once(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    await save(slack, web)

    await slack.say(f"<@{BOT}> What do overlapping pairs of syllables find?")
    await said(slack, "the stem whatever")

    answers = [each for each in await slack.messages() if "the stem whatever" in text_of(each)]
    assert len(answers) == 1


async def test_a_command_where_the_bot_is_not_is_answered_all_the_same(
    slack: SlackServer, bot: RunningBot
) -> None:
    await slack.command("/jubo", "help", channel=ELSEWHERE)

    await said(slack, "/digest", channel=ELSEWHERE)


async def test_a_channel_s_past_is_read_on_request(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    for number in range(5):
        url = web.add(f"/old/{number}", answer(ARTICLE.replace("syllables", f"syllable {number}")))
        await slack.say(f"an older one: {url}", by=ALICE)
    since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()

    await slack.command("/save", f"channel:{GENERAL} since:{since}")

    await said(slack, "새로 5개")
    await slack.command("/links", "", by=MINA)
    listed = await said(slack, "/old/4")
    assert "/old/0" in text_of(listed)


async def test_a_channel_that_cannot_be_read_is_refused_without_an_announcement(
    slack: SlackServer, bot: RunningBot
) -> None:
    await slack.command("/save", "channel:#nowhere")

    await said(slack, "목록에서 골라 주세요")
    everything = text_of(await slack.messages())
    assert "읽을게요" not in everything
    assert "📚" not in everything


async def test_what_happened_while_the_bot_was_away_is_made_good(
    slack: SlackServer, web: LocalWeb, bot: RunningBot
) -> None:
    kept = await save(slack, web)
    url = web.add("/missed", answer(ARTICLE.replace("syllables", "missed things")))
    await bot.kill()

    missed = await slack.say(f"while you slept: {url}")
    await slack.react(missed, "bookmark")
    await slack.react(kept, "bookmark", present=False)
    question = await slack.say(f"<@{BOT}> what do pairs of syllables find?", by=ALICE)
    await bot.start()

    async def is_made_good() -> bool:
        return await marks(slack, missed) == {"white_check_mark"} and not await marks(slack, kept)

    await until(is_made_good, timeout_s=60)
    answers = [each for each in await slack.messages() if each.get("thread_ts") == question]
    assert len(answers) <= 1


async def test_a_stop_is_orderly(slack: SlackServer, bot: RunningBot) -> None:
    assert await bot.stop() == 0
    assert "Traceback" not in bot.log
