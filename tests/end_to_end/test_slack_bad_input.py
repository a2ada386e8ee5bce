"""What members and pages do wrong or with ill will on Slack, over one bot that goes on."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.fakes import hostile
from tests.fakes.pdf import lock_pdf, make_pdf
from tests.servers.kept import read_facts
from tests.servers.local_web import answer
from tests.servers.slack_member import SlackTalk, open_talk, text_of
from tests.servers.slack_server import (
    ALICE,
    BOT,
    ELSEWHERE,
    GENERAL,
    MINA,
    SOCKET_APP,
    TEAM,
    slack_url,
    until,
)

__all__ = ["slack_url"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

CALL = f"<@{BOT}>"
PAGE = "<html><title>Kites</title><p>Kites fly higher in the wind of the late afternoon.</p></html>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    slack_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SlackTalk]:
    async with open_talk(tmp_path_factory.mktemp("bad_input"), slack_url) as talk:
        yield talk


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: SlackTalk, slack_url: str) -> AsyncIterator[SlackTalk]:
    """Return the talk with nothing said so far; whatever is said is inert, and nothing breaks."""
    running.bot.lines.clear()
    async with httpx.AsyncClient(base_url=slack_url) as http:
        await http.post("/_test/reset")
    yield running
    said = [*await running.ours(), *await running.ours(await running.direct(MINA))]
    assert [*hostile.slack_trouble(said)] == []
    assert "Traceback" not in running.bot.log
    assert '"ERROR"' not in running.bot.log


# What is too long or too much


async def test_a_message_of_40_000_characters_is_saved(talk: SlackTalk) -> None:
    url = talk.web.add("/long", answer(PAGE))
    text = "가나다 <b>[*_ " * 4_000
    ts = await talk.slack.say(f"{text[: 39_990 - len(url)]} {url}")

    await talk.slack.react(ts, "bookmark")

    await talk.is_marked(ts, "white_check_mark")


async def test_a_question_of_40_000_characters_is_answered(talk: SlackTalk) -> None:
    words = " ".join(f"word{number}" for number in range(5_000))

    await talk.slack.say(f"{CALL} {words[:39_000]}?", by=ALICE)

    await talk.said("Nothing saved says this")


async def test_two_hundred_links_are_all_saved_and_told_in_a_few_lines(talk: SlackTalk) -> None:
    urls = [talk.web.add(f"/many/{n}", answer(PAGE)) for n in range(185)]
    gone = [talk.web.add(f"/lost/{n}", answer("x", status="404 Not Found")) for n in range(15)]
    ts = await talk.slack.say("\n".join([*urls, *gone]))

    await talk.slack.react(ts, "bookmark")

    said = await talk.said("5", "못")
    assert said["thread_ts"] == ts
    assert len(said["text"]) < 3_000
    assert await talk.marks(ts) == {"warning"}
    kept = [each for each in read_facts(talk.bot.home, {})["saves"] if ts in each]
    assert len(kept) == len({*urls, *gone})
    await talk.slack.command("/save", " ".join(urls), by=ALICE)
    told = await talk.said("already saved by")
    assert len(told["text"]) < 4_000


# What is hostile


async def test_nothing_that_a_page_says_is_markup(talk: SlackTalk) -> None:
    ts = await talk.slack.say(f"look: {talk.web.add('/evil', answer(hostile.page('evil')))}")
    await talk.slack.react(ts, "bookmark")
    await talk.is_marked(ts, "white_check_mark")

    await talk.slack.command("/links", "evil lantern", by=ALICE)
    await talk.said("Lanterns")
    await talk.slack.command(
        "/ask", "What does the evil lantern say to every duck at night?", by=ALICE
    )
    await talk.said("lantern says")
    await talk.slack.command("/digest", "7d daily en", by=ALICE)
    await talk.said("evil")
    await talk.slack.react(ts, "bookmark", present=False)
    await talk.said("저장을 취소했어요")


async def test_nothing_that_a_member_types_is_markup(talk: SlackTalk) -> None:
    for words in ("ask", "links", "digest", "subscribe", "feeds add", "help", ""):
        await talk.slack.command("/jubo", f"{words} {hostile.TITLE}", by=ALICE)
    await until(lambda: _count(talk, 7), timeout_s=60)


async def test_neither_a_feed_s_nor_a_member_s_name_is_markup(talk: SlackTalk) -> None:
    feed = answer(hostile.feed(), content_type="application/rss+xml")
    await talk.slack.command("/jubo", f"feeds add {talk.web.add('/feed', feed)}", by=ALICE)
    await talk.said("I look every hour")
    await talk.slack.command("/jubo", "feeds list", by=ALICE)
    await talk.said("added by")

    eve = {"id": "U0EVE", "profile": {"display_name": hostile.TITLE}, "locale": "en-US"}
    await talk.slack.fault("users.info", body={"ok": True, "user": eve})
    ts = await talk.slack.say(talk.web.add("/kites", answer(PAGE)))
    await talk.slack.deliver_event({**reaction(GENERAL, ts), "user": "U0EVE"})
    await talk.is_marked(ts, "white_check_mark")
    await talk.slack.react(ts, "bookmark", by=ALICE)
    await talk.said("already saved by", "Lanterns")


async def _count(talk: SlackTalk, number: int) -> bool:
    return len(await talk.ours()) >= number


# What is not there


async def test_a_reaction_on_a_deleted_message_is_answered(talk: SlackTalk) -> None:
    ts = await talk.slack.say("gone in a moment: https://example.com/")
    await talk.slack.delete(ts)

    await talk.slack.deliver_event(reaction(GENERAL, ts))

    told = await talk.said("메시지")
    assert told["ephemeral_to"] == MINA


async def test_a_reaction_where_the_bot_is_not_is_answered_directly(talk: SlackTalk) -> None:
    ts = await talk.slack.say("https://example.com/", channel=ELSEWHERE)

    await talk.slack.deliver_event(reaction(ELSEWHERE, ts))

    await talk.said("그 채널에 없어서", channel=await talk.direct(MINA))


def reaction(channel: str, ts: str) -> dict[str, object]:
    item = {"type": "message", "channel": channel, "ts": ts}
    return {
        "type": "reaction_added",
        "user": MINA,
        "reaction": "bookmark",
        "item": item,
        "event_ts": f"{float(ts) + 1:.6f}",
    }


@pytest.mark.parametrize("channel", [GENERAL, ELSEWHERE])
async def test_a_form_that_comes_back_late_is_answered(talk: SlackTalk, channel: str) -> None:
    """By then its way back is closed; where the bot is not, it writes to the member."""
    await talk.slack.deliver(
        "interactive", form(json.dumps({"command": "ask", "channel": channel}))
    )

    here = GENERAL if channel == GENERAL else await talk.direct(MINA)
    await talk.said("lantern?", channel=here)


@pytest.mark.parametrize("origin", ["", "{}", "nonsense"])
async def test_a_form_of_another_version_stays_open_and_says_why(
    talk: SlackTalk, origin: str
) -> None:
    await talk.slack.deliver("interactive", form(origin))

    async def is_refused() -> bool:
        return any("errors" in json.dumps(each.get("payload")) for each in await talk.slack.acks())

    await until(is_refused)


def form(origin: str) -> dict[str, object]:
    question = {"question": {"value": {"type": "plain_text_input", "value": "lantern?"}}}
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": MINA, "username": "mina"},
        "api_app_id": SOCKET_APP,
        "trigger_id": str(uuid.uuid4()),
        "view": {
            "id": f"V{uuid.uuid4().hex}",
            "type": "modal",
            "callback_id": "command",
            "private_metadata": origin,
            "blocks": [{"type": "input", "block_id": "question"}],
            "state": {"values": question},
        },
    }


async def press(talk: SlackTalk, ts: str, action: str, value: str) -> None:
    pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value}
    await talk.slack.press(ts, pressed, by=ALICE)


async def test_old_buttons_are_answered(talk: SlackTalk) -> None:
    await talk.slack.command("/jubo", "subscribe weekly 09:00", by=ALICE)
    post = await talk.said("Preview")
    buttons = [
        each for block in post["blocks"] if block["type"] == "actions" for each in block["elements"]
    ]
    remove = next(each for each in buttons if each["text"]["text"] == "Remove")

    await press(talk, post["ts"], remove["action_id"], remove["value"])
    await talk.said("removed the digest")
    await press(talk, post["ts"], remove["action_id"], remove["value"])
    await talk.said("That subscription is gone")
    for action, value in [("nobody-knows", "1"), (remove["action_id"], "explode 1"), ("", "")]:
        await press(talk, post["ts"], action, value)
    await until(lambda: _count(talk, 6), timeout_s=60)
    assert sum("older version" in text_of(each) for each in await talk.ours()) == 3


# What cannot be meant

WRONG = [
    ("fly to the moon", "There is no command /fly", "/fly 명령은 없어요"),
    ("\u202e\u200b", "There is no command", "명령은 없어요"),
    ("help fly", "There is no command /fly", "/fly 명령은 없어요"),
    ("links kind:song", "no kind “song”", "“song” 종류는 없어요"),
    ("links since:someday", "“someday” is no date", "“someday”에서 날짜를"),
    ("links colour:red", "I do not know “colour:red”", "모르는 옵션이에요"),
    ("digest 2024-99", "“2024-99” is not a period", "알 수 없는 기간이에요: ‘2024-99’"),
    ("digest 9999999999d", "is not a period", "알 수 없는 기간이에요"),
    ("save nothing at all", "I found no address", "주소를 찾지 못했어요"),
    ("save channel:?!", "is not a channel", "채널이 아니에요"),
    ("save since:2999-01-01", "is still to come", "아직 오지 않은 날"),
    ("save http://[::1", "not an address that can be saved", "저장할 수 없는 주소"),
    ("feeds add nothing", "I found no address", "주소를 찾지 못했어요"),
    ("feeds remove 99", "There is no feed “99”", "“99” 피드가 없어요"),
    ("subscribe hourly", "what “hourly” means", "“hourly”이(가) 무슨 뜻"),
    ("subscribe weekly 25:00", "“25:00” is not a time", "“25:00”에서 시각을"),
    ("subscribe cron:* * * * *", "is too often", "너무 잦아요"),
    ("settings zone:Moon/Crater", "no time zone “Moon/Crater”", "“Moon/Crater” 시간대는 없어요"),
    ("settings language:fr", "I do not write “fr”", "“fr” 언어는 쓸 수 없어요"),
    ("settings bookmark:📜", "📜 cannot mean two things", "두 가지 뜻"),
    ("settings bookmark:👀", "👀 is a mark that I set myself", "진행 상황을 표시"),
    ("settings bookmark:word", "“word” is not one emoji", "이모지 하나가 아니에요"),
]


@pytest.mark.parametrize(("typed", "english", "korean"), WRONG, ids=[each[0] for each in WRONG])
async def test_what_cannot_be_meant_is_told_in_the_member_s_language(
    talk: SlackTalk, typed: str, english: str, korean: str
) -> None:
    await talk.slack.command("/jubo", typed, by=ALICE)
    await talk.slack.command("/jubo", typed, by=MINA)

    await talk.said(english)
    await talk.said(korean)


# Files


def bomb() -> bytes:
    """Return a PDF whose only page unfolds into a gigabyte of spaces."""
    packed = zlib.compress(zlib.compress(b" " * (1 << 30), 9), 9)
    plain = make_pdf("x")
    start, end = plain.index(b"<< /Length"), plain.index(b"endstream")
    head = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(packed)
    return plain[:start] + head + packed + b"\n" + plain[end:]


FILES = [
    ("empty.md", b"  \n\n", "nothing in it"),
    ("picture.md", b"\x89PNG\r\n\x1a\n\0\0\0" * 50, "not a text document"),
    ("locked.pdf", lock_pdf(make_pdf("secret"), "word"), "password"),
    ("broken.pdf", b"%PDF-1.7\nnothing that is one", "damaged"),
    ("scan.pdf", make_pdf(""), "OCR"),
    ("big.md", b"many words " * 1_000_000, "larger than 10 MB"),
]


@pytest.mark.parametrize(("name", "data", "why"), FILES, ids=[each[0][:12] for each in FILES])
async def test_a_file_that_cannot_be_read_says_why(
    talk: SlackTalk, name: str, data: bytes, why: str
) -> None:
    await talk.slack.upload(name, data, text=CALL, by=ALICE)

    await talk.said(why)


async def test_a_file_s_name_is_no_markup(talk: SlackTalk) -> None:
    ts = await talk.slack.upload("fine.md", b"# Lanterns\n\nRed.")
    (message,) = [each for each in await talk.slack.messages() if each["ts"] == ts]
    (file,) = message["files"]
    named = {**file, "name": hostile.TITLE, "title": hostile.TITLE}

    await talk.slack.deliver_event({**message, "text": f"{CALL} {ts}", "files": [named]})

    await talk.said("Lanterns")


async def test_a_bomb_hurts_nobody(talk: SlackTalk) -> None:
    await talk.slack.upload("bomb.pdf", bomb(), text=CALL, by=ALICE)
    await talk.slack.command("/jubo", "help", by=ALICE)

    await talk.said("/digest")
    await talk.said("bomb.pdf")
