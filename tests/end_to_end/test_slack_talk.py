"""Talking to the bot on Slack: in direct messages, in threads, about files, in two languages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.fakes.pdf import make_pdf
from tests.servers.kept import is_idle
from tests.servers.local_web import answer
from tests.servers.slack_member import SlackTalk, open_talk, text_of
from tests.servers.slack_server import ALICE, BOT, GENERAL, MINA, PRIVATE, slack_url, until

__all__ = ["slack_url"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

CALL = f"<@{BOT}>"
PAGE = """<html lang="en"><title>Why kites fly</title><body><article><h1>Why kites fly</h1>
<p>Kites fly because the wind pushes the tilted sail upwards and the string holds it there.</p>
<p>A tail keeps the kite from turning around in gusts, since its weight pulls the end down.</p>
</article></body></html>"""
MARKDOWN = (
    b"# Boat minutes\n\n## Rudder\n\nThe rudder of the green boat was repaired with copper nails."
)
PLAIN = b"The anchor of the yellow boat weighs eleven kilograms and hangs on a hemp rope."
PDF = make_pdf("Nothing here.", "The mast of the blue boat is made of larch wood.", title="Masts")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    slack_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SlackTalk]:
    """Return a Slack in which a page about kites is saved."""
    async with open_talk(tmp_path_factory.mktemp("talk"), slack_url) as talk:
        ts = await talk.slack.say(talk.web.add("/kites", answer(PAGE)))
        await talk.slack.react(ts, "bookmark")
        await talk.is_marked(ts, "white_check_mark")
        yield talk
        assert "Traceback" not in talk.bot.log


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: SlackTalk, slack_url: str) -> SlackTalk:
    """Return the talk with nothing said so far."""
    async with httpx.AsyncClient(base_url=slack_url) as http:
        await http.post("/_test/reset")
    return running


# Direct messages


async def test_a_question_in_private_needs_no_mention(talk: SlackTalk) -> None:
    direct = await talk.direct(ALICE)

    await talk.slack.say("Why do kites fly?", by=ALICE, channel=direct)

    await talk.said("wind pushes the tilted sail", "Why kites fly", channel=direct)


async def test_a_link_in_private_is_saved_by_a_reaction(talk: SlackTalk) -> None:
    direct = await talk.direct(ALICE)
    url = talk.web.add("/own", answer(PAGE.replace("Kites", "Paper kites")))
    ts = await talk.slack.say(url, by=ALICE, channel=direct)
    await talk.said("That is a link rather than a question", channel=direct)

    await talk.slack.react(ts, "bookmark", by=ALICE, channel=direct)

    await talk.is_marked(ts, "white_check_mark", direct)
    await talk.slack.command("/jubo", "links", by=ALICE, channel=direct)
    assert "/own" in text_of(await talk.said("Saved links", channel=direct))
    await talk.slack.command("/jubo", "links", by=ALICE)
    assert "/own" not in text_of(await talk.said("Saved links"))


async def test_a_file_in_private_becomes_a_note_of_its_member_alone(talk: SlackTalk) -> None:
    direct = await talk.direct(ALICE)

    await talk.slack.upload("anchor.txt", PLAIN, by=ALICE, channel=direct)

    await talk.said("anchor.txt", "taken in", channel=direct)
    question = "How much does the anchor of the yellow boat weigh?"
    await talk.slack.say(question, by=ALICE, channel=direct)
    await talk.said("eleven kilograms", "anchor.txt", channel=direct)
    await talk.slack.command("/jubo", f"ask {question}", by=ALICE)
    assert "eleven" not in text_of(await talk.said("Nothing saved says this"))


# Threads


@pytest.mark.parametrize("below", ["question", "answer"])
async def test_a_thread_with_the_bot_goes_on_without_a_mention(talk: SlackTalk, below: str) -> None:
    asked = await talk.slack.say(f"{CALL} Why do kites fly?", by=ALICE)
    answered = (await talk.said("wind pushes"))["ts"]
    thread = {"question": asked, "answer": answered}[below]

    await talk.slack.say("And what keeps a kite from turning around?", by=ALICE, thread=thread)

    async def goes_on() -> bool:
        below = [each for each in await talk.ours() if each.get("thread_ts") == thread]
        return any("A tail keeps the kite" in text_of(each) for each in below)

    await until(goes_on, timeout_s=60)


async def test_in_a_thread_of_others_only_a_mention_is_answered(talk: SlackTalk) -> None:
    root = await talk.slack.say("shall we build kites?")
    await talk.slack.say("Why do kites fly?", by=ALICE, thread=root)
    await talk.slack.say("Why do kites fly?", by=ALICE)
    await talk.slack.command("/jubo", "help ask", by=ALICE)  # heard after them
    await talk.said("/ask")
    await until(lambda: is_idle(talk.bot.home))
    assert len(await talk.ours()) == 1

    await talk.slack.say(f"{CALL} Why do kites fly?", by=ALICE, thread=root)
    reply = await talk.said("wind pushes")
    assert reply["thread_ts"] == root


# Languages


@pytest.mark.parametrize(("who", "words"), [(MINA, "저장한 링크"), (ALICE, "Saved links")])
async def test_everybody_is_answered_in_their_own_language(
    talk: SlackTalk, who: str, words: str
) -> None:
    await talk.slack.command("/jubo", "links", by=who)

    await talk.said(words)


async def test_where_slack_tells_no_language_the_workspace_decides(talk: SlackTalk) -> None:
    users = [{"id": f"U0NEW{n}", "real_name": "New", "profile": {}} for n in range(2)]
    for user, language, words in zip(
        users, ("ko", "en"), ("저장한 링크", "Saved links"), strict=True
    ):
        await talk.slack.command("/jubo", f"settings language:{language}")
        await until(lambda: is_idle(talk.bot.home))
        await talk.slack.fault("users.info", body={"ok": True, "user": user})
        call = {
            "command": "/jubo",
            "text": "links",
            "channel_id": GENERAL,
            "channel_name": "general",
        }
        way = {"trigger_id": user["id"], "response_url": "", "user_name": "new"}
        await talk.slack.deliver("slash_commands", {**call, **way, "user_id": user["id"]})
        await talk.said(words)


# Files


@pytest.mark.parametrize(
    ("name", "data", "question", "quote", "part"),
    [
        (
            "boat.md",
            MARKDOWN,
            "What was the rudder of the green boat repaired with?",
            "copper nails",
            "Rudder",
        ),
        ("mast.pdf", PDF, "What is the mast of the blue boat made of?", "larch wood", "p. 2"),
    ],
)
async def test_a_file_is_answered_from_at_once_where_it_was_shared(
    talk: SlackTalk, name: str, data: bytes, question: str, quote: str, part: str
) -> None:
    await talk.slack.upload(name, data, text=CALL, by=MINA, channel=PRIVATE)
    await talk.said(name, channel=PRIVATE)

    await talk.slack.command("/jubo", f"ask {question}", by=MINA, channel=PRIVATE)
    said = text_of(await talk.said(quote, channel=PRIVATE))
    await talk.slack.command("/jubo", f"ask {question}", by=ALICE)
    elsewhere = await talk.said("Nothing saved says this")

    assert name in said
    assert part in said
    assert quote not in text_of(elsewhere)


async def test_the_shortcut_takes_the_files_of_a_message(talk: SlackTalk) -> None:
    ts = await talk.slack.upload("boat.md", MARKDOWN.replace(b"green", b"silver"), by=ALICE)
    (message,) = [each for each in await talk.slack.messages() if each["ts"] == ts]
    shortcut = {
        "type": "message_action",
        "callback_id": "save",
        "trigger_id": "shortcut",
        "channel": {"id": GENERAL, "name": "general"},
        "user": {"id": ALICE, "name": "alice"},
        "message": message,
        "message_ts": ts,
        "response_url": "",
    }

    await talk.slack.deliver("interactive", shortcut)

    await talk.said("boat.md", "taken in")
