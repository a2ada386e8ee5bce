"""Talking to the bot on Discord: in direct messages, in threads, about files, in two languages."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.pdf import make_pdf
from tests.servers.discord_member import DiscordTalk, open_talk, text_of
from tests.servers.discord_server import DiscordServer, discord_process
from tests.servers.kept import is_idle
from tests.servers.local_web import answer
from tests.servers.slack_server import until

__all__ = ["discord_process"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

PAGE = """<html lang="en"><title>Why kites fly</title><body><article><h1>Why kites fly</h1>
<p>Kites fly because the wind pushes the tilted sail upwards and the string holds it there.</p>
<p>A tail keeps the kite from turning around in gusts, since its weight pulls the end down.</p>
</article></body></html>"""
MARKDOWN = b"# Boat minutes\n\n## Rudder\n\nThe rudder of the green boat is held by copper nails."
PDF = make_pdf("Nothing here.", "The mast of the blue boat is made of larch wood.", title="Masts")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    discord_process: DiscordServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DiscordTalk]:
    """Return a Discord in whose first server a page about kites is saved."""
    async with open_talk(tmp_path_factory.mktemp("talk"), discord_process) as talk:
        talk.channel = talk.server.channels["general"]
        message = await talk.say(talk.web.add("/kites", answer(PAGE)))
        await talk.react(message)
        await talk.is_marked(message, "✅")
        yield talk
        assert "Traceback" not in talk.bot.log


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: DiscordTalk) -> DiscordTalk:
    """Return the talk in a new channel."""
    await running.server.do("reset")
    running.channel = (await running.server.do("channel", name="talk"))["id"]
    return running


# Commands over a slow line


@pytest.mark.parametrize("delay_ms", [0, 250, 1500])
@pytest.mark.parametrize(("name", "options"), [("help", {}), ("ask", {"question": "kites?"})])
async def test_an_answer_takes_the_place_of_a_thinking_that_comes_late(
    talk: DiscordTalk, name: str, options: dict[str, str], delay_ms: int
) -> None:
    await talk.server.do("fault", match="/callback$", delay_ms=delay_ms)

    await talk.slash(name, **options)
    await talk.said(path="@original")
    await until(lambda: is_idle(talk.bot.home))

    assert not [each for each in await talk.sent() if each["path"].startswith("/channels/")]


# Direct messages


async def test_who_shares_one_server_is_answered_in_private_at_once(talk: DiscordTalk) -> None:
    direct = talk.server.dms["carol"]

    message = await talk.say("Why do kites fly?", by="carol", channel=direct)

    await talk.said("wind pushes the tilted sail", "Why kites fly", path=direct)
    await talk.server.do("delete", channel=direct, message=message)
    await talk.said("its answer is withdrawn", path=direct)


async def test_who_shares_several_servers_is_asked_once(talk: DiscordTalk) -> None:
    direct = talk.server.dms["bob"]
    message = await talk.say("Why do kites fly?", by="bob", channel=direct)
    asked = await talk.said("server", path=direct)
    (menu,) = [each for row in asked["components"] for each in row["components"]]
    assert [each["label"] for each in menu["options"]] == ["Reading Circle", "Second Circle"]

    choice = {"custom_id": menu["custom_id"], "values": [talk.server.guild]}
    where = {"channel": direct, "user": talk.user("bob"), "message": message}
    await talk.server.do("select", **where, **choice)

    await talk.said("wind pushes", path=direct)  # what was asked is answered without asking again
    await talk.server.do("reset")
    await talk.say("What keeps a kite from turning around?", by="bob", channel=direct)
    await talk.said("A tail keeps the kite", path=direct)
    assert not any("Which" in text_of(each) for each in await talk.sent())


async def test_who_shares_no_server_is_told_so(talk: DiscordTalk) -> None:
    direct = talk.server.dms["dave"]

    await talk.say("Why do kites fly?", by="dave", channel=direct)

    told = await talk.said("server", path=direct)
    assert "kite" not in text_of(told)


async def test_commands_and_reactions_work_in_private(talk: DiscordTalk) -> None:
    direct = talk.server.dms["carol"]
    url = talk.web.add("/own", answer(PAGE.replace("Kites", "Paper kites")))
    message = await talk.say(url, by="carol", channel=direct)
    await talk.react(message, by="carol", channel=direct)
    await talk.is_marked(message, "✅", direct)

    await talk.slash("links", by="carol", where=direct)
    assert "/own" in text_of(await talk.said("Saved links"))
    await talk.server.do("reset")
    await talk.slash("links", by="carol")
    assert "/own" not in text_of(await talk.said("Saved links"))


async def test_a_file_in_private_becomes_a_note_of_its_member_alone(talk: DiscordTalk) -> None:
    direct, question = talk.server.dms["carol"], "How much does the yellow anchor weigh?"
    plain = b"The yellow anchor weighs eleven kilograms and hangs on a hemp rope."

    await talk.say("", by="carol", channel=direct, files=[file_of("anchor.txt", plain)])

    await talk.said("anchor.txt", "taken in", path=direct)
    await talk.say(question, by="carol", channel=direct)
    await talk.said("eleven kilograms", "anchor.txt", path=direct)
    await talk.server.do("reset")
    await talk.slash("ask", by="carol", question=question)
    assert "eleven" not in text_of(await talk.said("Nothing saved says this"))


# Threads


async def test_a_thread_on_a_message_of_the_bot_needs_no_mention(talk: DiscordTalk) -> None:
    await talk.say(f"<@{talk.server.bot}> Why do kites fly?")
    await talk.said("wind pushes")
    said = await talk.server.read(f"/channels/{talk.channel}/messages?limit=100")
    (ours,) = [each["id"] for each in said if each["author"]["id"] == talk.server.bot]
    thread = {"channel": talk.channel, "message": ours, "user": talk.user("alice")}
    opened = (await talk.server.do("thread", **thread))["id"]
    await talk.server.do("reset")

    await talk.say("What keeps a kite from turning around?", channel=opened)

    await talk.said("A tail keeps the kite", path=f"/channels/{opened}/")


async def test_in_a_thread_of_others_only_a_mention_is_answered(talk: DiscordTalk) -> None:
    message = await talk.say("shall we build kites?")
    thread = {"channel": talk.channel, "message": message, "user": talk.user("bob")}
    opened = (await talk.server.do("thread", **thread))["id"]
    await talk.say("Why do kites fly?", channel=opened)
    await talk.say("Why do kites fly?", reply_to=message)
    await talk.slash("help", command="ask")  # heard after them
    await talk.said("/ask")
    await until(lambda: is_idle(talk.bot.home))
    assert not any("wind pushes" in text_of(each) for each in await talk.sent())

    await talk.say(f"<@{talk.server.bot}> Why do kites fly?", channel=opened)

    await talk.said("wind pushes", path=f"/channels/{opened}/")


# Languages


@pytest.mark.parametrize(("locale", "words"), [("ko", "저장한 링크"), ("en-GB", "Saved links")])
async def test_a_command_is_answered_in_the_member_s_own_language(
    talk: DiscordTalk, locale: str, words: str
) -> None:
    await talk.slash("links", locale=locale)

    await talk.said(words)


async def test_who_called_a_command_in_korean_is_answered_in_korean_ever_after(
    talk: DiscordTalk,
) -> None:
    await talk.slash("links", locale="ko")
    await talk.said("저장한 링크")

    await talk.react(await talk.say("no address at all"))
    await talk.said("링크가 없", path=talk.server.dms["alice"])
    await talk.server.do("reset")
    await talk.say(f"<@{talk.server.bot}> whales?")
    await talk.said("저장한 자료에는 답이 없어요")


async def test_a_question_in_korean_is_answered_in_korean(talk: DiscordTalk) -> None:
    called = await talk.slash("links", locale="fr")
    await talk.is_over(f"interaction:{called['id']}")  # nothing is known of the member any more
    await talk.say(f"<@{talk.server.bot}> 고래는 왜 노래하나요?")

    await talk.said("저장한 자료에는 답이 없어요")


@pytest.mark.parametrize(("language", "words"), [("ko", "링크가 없"), ("en", "has no link")])
async def test_where_discord_tells_no_language_the_server_decides(
    talk: DiscordTalk, language: str, words: str
) -> None:
    await talk.slash("settings", language=language)
    await talk.said("changed the settings")
    called = await talk.slash("links", locale="fr")  # a language that is none of ours
    await talk.is_over(f"interaction:{called['id']}")

    await talk.react(await talk.say("no address at all"))

    await talk.said(words, path=talk.server.dms["alice"])


# Files


@pytest.mark.parametrize(
    ("name", "data", "question", "quote", "part"),
    [
        (
            "boat.md",
            MARKDOWN,
            "What is the rudder of the green boat held by?",
            "copper nails",
            "Rudder",
        ),
        ("mast.pdf", PDF, "What is the mast of the blue boat made of?", "larch wood", "p. 2"),
    ],
)
async def test_a_file_is_answered_from_at_once_where_it_was_shared(
    talk: DiscordTalk, name: str, data: bytes, question: str, quote: str, part: str
) -> None:
    secret = talk.server.channels["secret"]
    await talk.say(f"<@{talk.server.bot}>", channel=secret, files=[file_of(name, data)])
    await talk.said(name)

    await talk.slash("ask", where=secret, question=question)
    said = text_of(await talk.said(quote))
    await talk.slash("ask", question=question)
    elsewhere = await talk.said("Nothing saved says this")

    assert name in said
    assert part in said
    assert quote not in text_of(elsewhere)


async def test_the_menu_of_a_message_takes_its_files(talk: DiscordTalk) -> None:
    silver = MARKDOWN.replace(b"green", b"silver")
    message = await talk.say("minutes", files=[file_of("boat.md", silver)])

    act = {"channel": talk.channel, "user": talk.user("alice"), "target": message}
    await talk.server.do("shortcut", name="Save link", **act)

    await talk.said("boat.md", "taken in")


def file_of(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "data": base64.b64encode(data).decode()}
