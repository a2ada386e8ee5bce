"""What members and pages do wrong or with ill will on Discord, over one bot that goes on."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes import hostile
from tests.fakes.pdf import lock_pdf, make_pdf
from tests.servers.discord_marks import marks_of
from tests.servers.discord_member import DiscordTalk, open_talk, text_of
from tests.servers.discord_server import DiscordServer, discord_process
from tests.servers.kept import read_facts
from tests.servers.local_web import answer
from tests.servers.slack_server import until

__all__ = ["discord_process"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

PAGE = "<html><title>Kites</title><p>Kites fly higher in the wind of the late afternoon.</p></html>"
HARMLESS = {"strong", "em", "inlineCode", "blockQuote", "heading", "subtext", "link", "autolink"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    discord_process: DiscordServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DiscordTalk]:
    async with open_talk(tmp_path_factory.mktemp("bad_input"), discord_process) as talk:
        yield talk


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: DiscordTalk) -> AsyncIterator[DiscordTalk]:
    """Return the talk in a new channel; whatever is said is inert, and nothing breaks."""
    running.bot.lines.clear()
    await running.server.do("reset")
    running.channel = (await running.server.do("channel", name="papers"))["id"]
    yield running
    sent = await running.sent()
    assert [each for each in sent if each.get("allowed_mentions") != {"parse": []}] == []
    assert marks(sent) == []
    assert "Traceback" not in running.bot.log
    assert " ERROR " not in running.bot.log


def marks(sent: list[dict[str, Any]]) -> list[object]:
    """Return what Discord would read into the words that pings, links elsewhere or turns."""
    texts = [str(each.get("content") or "") for each in sent]
    texts += [str(one["description"]) for each in sent for one in each.get("embeds") or ()]
    found = [mark for each in marks_of(texts) for mark in each]
    bad = [each for each in found if each[0] not in HARMLESS or hostile.EVIL in str(each[1])]
    return bad + [each for each in texts if any(turn in each for turn in hostile.TURNING)]


# What is too long or too much


async def test_a_message_of_4_000_characters_is_saved(talk: DiscordTalk) -> None:
    url = talk.web.add("/long", answer(PAGE))
    message = await talk.say(f"{('가나다 **[*_ ' * 400)[: 3_990 - len(url)]} {url}")

    await talk.react(message)

    await talk.is_marked(message, "✅")


async def test_a_question_of_4_000_characters_is_answered(talk: DiscordTalk) -> None:
    words = " ".join(f"word{number}" for number in range(500))

    await talk.say(f"<@{talk.server.bot}> {words[:3_900]}?")

    await talk.said("Nothing saved says this")


async def test_two_hundred_links_are_all_saved_and_told_in_a_few_lines(talk: DiscordTalk) -> None:
    urls = [talk.web.add(f"/m/{n}", answer(PAGE)) for n in range(185)]
    gone = [talk.web.add(f"/l/{n}", answer("x", status="404 Not Found")) for n in range(15)]
    message = await talk.say(" ".join(f"<{each}>" for each in [*urls, *gone]))

    await talk.react(message)

    await talk.is_marked(message, "⚠️")
    told = await talk.said("no such page")
    assert len(told["content"]) <= 2_000
    assert "5 more" in text_of(told)
    kept = [each for each in read_facts(talk.bot.home, {})["saves"] if message in each]
    assert len(kept) == len({*urls, *gone})
    await talk.slash("save", by="bob", addresses=" ".join(urls[:100]))
    told = await talk.said("already saved by")
    assert len(text_of(told)) < 4_000


# What is hostile


async def test_nothing_that_a_page_says_is_markup(talk: DiscordTalk) -> None:
    message = await talk.say(f"look: {talk.web.add('/evil', answer(hostile.page('evil')))}")
    await talk.react(message)
    await talk.is_marked(message, "✅")

    await talk.slash("links", words="evil lantern")
    await talk.said("Saved links", "Lanterns")
    await talk.slash("ask", question="What does the evil lantern say to every duck at night?")
    await talk.said("lantern says")
    await talk.slash("digest", period="7d", style="daily", language="en")
    await talk.said("News by topic")
    await talk.react(message, remove=True)
    await talk.said("Taken back")


async def test_nothing_that_a_member_types_is_markup(talk: DiscordTalk) -> None:
    typed = {
        "ask": "question",
        "links": "words",
        "digest": "period",
        "subscribe": "at",
        "feeds": "address",
        "help": "command",
        "settings": "bookmark",
    }
    for name, option in typed.items():
        await talk.slash(name, **{option: hostile.TITLE})

    await until(lambda: _count(talk, len(typed)), timeout_s=60)


async def test_neither_a_feed_s_nor_a_member_s_name_is_markup(talk: DiscordTalk) -> None:
    feed = answer(hostile.feed(), content_type="application/rss+xml")
    await talk.slash("feeds", action="add", address=talk.web.add("/feed", feed))
    await talk.said("I look every hour")
    await talk.slash("feeds", action="list")
    await talk.said("added by")

    message = await talk.say(talk.web.add("/kites", answer(PAGE)))
    carol = {"id": talk.user("carol"), "username": "carol", "discriminator": "0", "avatar": None}
    member: dict[str, Any] = {
        "user": carol,
        "nick": hostile.TITLE,
        "roles": [],
        "joined_at": None,
        "flags": 0,
    }
    await talk.server.do("tell", event="MESSAGE_REACTION_ADD", data=added(talk, message, member))
    await talk.is_marked(message, "✅")
    await talk.react(message)
    await talk.said("already saved by", "Lanterns")


def added(talk: DiscordTalk, message: str, member: dict[str, Any]) -> dict[str, Any]:
    """Return Carol's reaction as Discord tells it."""
    return {
        "user_id": talk.user("carol"),
        "channel_id": talk.channel,
        "message_id": message,
        "guild_id": talk.server.guild,
        "member": member,
        "emoji": {"id": None, "name": "🔖"},
        "type": 0,
        "burst": False,
    }


async def _count(talk: DiscordTalk, number: int) -> bool:
    return len(await _answers(talk)) >= number


async def _answers(talk: DiscordTalk) -> list[dict[str, Any]]:
    """Return what was said to who called, pressed or sent.

    A slow answer is announced by a message that says nothing; what became of links that earlier
    tests saved may be posted any time.
    """
    said = [each for each in await talk.sent() if each.get("content")]
    return [each for each in said if re.search("/(interactions|webhooks)/", each["path"])]


# What is not there


async def test_a_reaction_on_a_deleted_message_is_answered(talk: DiscordTalk) -> None:
    message = await talk.say("gone in a moment: https://example.com/")
    await talk.server.do("delete", channel=talk.channel, message=message)

    data = {**added(talk, message, {}), "member": None}
    await talk.server.do("tell", event="MESSAGE_REACTION_ADD", data=data)

    await talk.said("That message is gone", path=talk.server.dms["carol"])


async def test_a_form_that_comes_back_after_half_an_hour_is_answered(talk: DiscordTalk) -> None:
    act = await talk.slash("ask")

    async def is_open() -> bool:
        return bool((await talk.server.do("interaction", id=act["id"]))["type"] == 9)

    await until(is_open)
    await talk.server.do("age", interaction=act["id"], ms=30 * 60_000)
    await talk.server.do(
        "modal",
        channel=talk.channel,
        user=talk.user("alice"),
        custom_id="form|ask",
        fields={"question": "lantern?"},
    )

    await talk.said("lantern?")


async def test_forms_and_buttons_of_another_version_are_answered(talk: DiscordTalk) -> None:
    common = {"channel": talk.channel, "user": talk.user("alice")}
    await talk.server.do("modal", **common, custom_id="form|bygone", fields={"x": "y"})
    await talk.server.do("modal", **common, custom_id="nonsense", fields={})
    await until(lambda: _count(talk, 2), timeout_s=60)
    assert all("form is from an older" in text_of(each) for each in await _answers(talk))
    message = await talk.say("any")
    for custom_id in ("nobody-knows|1", "subscribe|explode 1", "subscribe|remove 1", "|", "home|x"):
        await talk.server.do("button", **common, message=message, custom_id=custom_id)

    await until(lambda: _count(talk, 7), timeout_s=60)


async def test_a_button_pressed_twice_is_answered_twice(talk: DiscordTalk) -> None:
    await talk.slash("subscribe", every="weekly", at="09:00")
    post = await talk.said("subscribed this channel")
    ids = [each["custom_id"] for row in post["components"] for each in row["components"]]
    remove = next(each for each in ids if "remove" in each)
    message = await talk.say("where the buttons are")

    for _ in range(2):
        act = {"channel": talk.channel, "user": talk.user("alice"), "message": message}
        await talk.server.do("button", **act, custom_id=remove)
        await talk.said("removed the digest")

    await talk.said("That subscription is gone")


# What cannot be meant

WRONG = [
    ("links", {"kind": "song"}, "no kind “song”", "“song” 종류는 없어요"),
    ("links", {"since": "someday"}, "“someday” is no date", "“someday”에서 날짜를"),
    ("digest", {"period": "2024-99"}, "“2024-99” is not a period", "알 수 없는 기간이에요"),
    ("save", {"addresses": "nothing at all"}, "I found no address", "주소를 찾지 못했어요"),
    ("save", {"since": "2999-01-01"}, "is still to come", "아직 오지 않은 날"),
    ("feeds", {"address": "nothing"}, "I found no address", "주소를 찾지 못했어요"),
    ("subscribe", {"at": "25:00"}, "“25:00” is not a time", "“25:00”"),
    ("subscribe", {"cron": "* * * * *"}, "is too often", "너무 잦아요"),
    ("settings", {"zone": "Moon/Crater"}, "no time zone “Moon/Crater”", "시간대는 없어요"),
    ("settings", {"bookmark": "📜"}, "📜 cannot mean two things", "두 가지 뜻"),
    ("settings", {"bookmark": "👀"}, "👀 is a mark that I set", "진행 상황을 표시"),
    ("help", {"command": "fly"}, "no command /fly", "/fly 명령은 없어요"),
    ("fly", {}, "no command /fly", "/fly 명령은 없어요"),
]


@pytest.mark.parametrize(("name", "options", "english", "korean"), WRONG)
async def test_what_cannot_be_meant_is_told_in_the_member_s_language(
    talk: DiscordTalk, name: str, options: dict[str, str], english: str, korean: str
) -> None:
    await talk.slash(name, **options)
    await talk.slash(name, by="carol", locale="ko", **options)

    await talk.said(english)
    await talk.said(korean)


# Files

FILES = [
    ("empty.md", b"", "nothing in it"),
    ("picture.md", b"\x89PNG\r\n\x1a\n\0\0\0" * 50, "not a text document"),
    ("locked.pdf", lock_pdf(make_pdf("secret"), "word"), "password"),
    ("broken.pdf", b"%PDF-1.7\nnothing that is one", "damaged"),
    (f"{hostile.TITLE}.md", b"# Lanterns", "taken in"),
]


@pytest.mark.parametrize(("name", "data", "why"), FILES, ids=[each[0][:12] for each in FILES])
async def test_a_file_is_answered_whatever_is_in_it(
    talk: DiscordTalk, name: str, data: bytes, why: str
) -> None:
    file = {"name": name, "data": base64.b64encode(data).decode()}

    await talk.say(f"<@{talk.server.bot}>", files=[file])

    await talk.said(why)


async def test_a_file_that_is_too_large_is_not_loaded(talk: DiscordTalk) -> None:
    url = f"{talk.server.origin}/cdn/attachments/1/big.md"
    file = {"id": "1", "filename": "big.md", "size": 11 << 20, "url": url, "proxy_url": url}

    await talk.say(f"<@{talk.server.bot}>", extra={"attachments": [file]})

    await talk.said("larger than 10 MB")
