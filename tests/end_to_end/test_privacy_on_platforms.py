"""What was shared in a private place stays there, by every way to ask for it, on both platforms.

Each secret has the word zephyr in it; no question has. What anybody may see says lantern.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.servers import discord_member, slack_member
from tests.servers.discord_member import DiscordTalk
from tests.servers.discord_server import DiscordServer, discord_process
from tests.servers.kept import count_done
from tests.servers.local_web import LocalWeb, answer
from tests.servers.slack_member import SlackTalk
from tests.servers.slack_server import ALICE, BOT, GENERAL, MINA, PRIVATE, slack_url

__all__ = ["discord_process", "slack_url"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

SECRET = "zephyr"
NOTE = b"# Zephyr minutes\n\nThe zephyr balloon leaves the harbour for the northern lighthouse."
QUESTION = "Where does the balloon leave the harbour for?"

# What anybody may call.
ROUTES = (
    ("links", ""),
    ("links", "balloon harbour"),
    ("ask", QUESTION),
    ("digest", "7d"),
    ("digest", "7d daily"),
    ("feeds", "list"),
    ("feeds", "remove {feed}"),
    ("subscriptions", ""),
    ("save", "channel:{secret}"),
)
SEVERAL = 4  # of them show what may be seen


def page(word: str) -> bytes:
    return answer(
        f"<html><title>The {word} balloon</title><body><article><h1>The {word} balloon</h1>"
        f"<p>The {word} balloon leaves the harbour for the {word} lighthouse at dawn.</p>"
        f"<p>Everybody in the village waits for the {word} balloon to come home.</p>"
        "</article></body></html>"
    )


def feed(web: LocalWeb, path: str, word: str) -> str:
    document = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>The {word} feed</title>
<link>https://{word}.example/</link><description>{word}</description>
<item><title>{word}</title><link>https://{word}.example/1</link></item></channel></rss>"""
    return web.add(path, answer(document, content_type="application/rss+xml"))


# Slack


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack(
    slack_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SlackTalk]:
    """Return a Slack whose private channel, of Mina and the bot, has a secret of every kind."""
    home = tmp_path_factory.mktemp("slack_privacy")
    async with slack_member.open_talk(home, slack_url) as talk:
        for word, channel in ((SECRET, PRIVATE), ("lantern", GENERAL)):
            ts = await talk.slack.say(talk.web.add(f"/{word}", page(word)), channel=channel)
            await talk.slack.react(ts, "bookmark", channel=channel)
            await talk.is_marked(ts, "white_check_mark", channel)
            added = f"feeds add {feed(talk.web, f'/feed/{len(word)}', word)}"
            await talk.slack.command("/jubo", added, channel=channel)
            await talk.said("feed", channel=channel)
        await talk.slack.command("/jubo", "subscribe monthly", channel=PRIVATE)
        await talk.said("구독", channel=PRIVATE)
        await talk.slack.upload(f"{SECRET}.md", NOTE, text=f"<@{BOT}>", channel=PRIVATE)
        await talk.said(f"{SECRET}.md", channel=PRIVATE)
        yield talk
        assert "Traceback" not in talk.bot.log


async def ask_slack(talk: SlackTalk, who: str, channel: str = "") -> str:
    """Call everything there, or in direct messages; return all that the bot said about it."""
    async with httpx.AsyncClient(base_url=talk.slack.url) as http:
        await http.post("/_test/reset")
    channel = channel or await talk.direct(who)
    for name, arguments in ROUTES:
        typed = arguments.format(feed=talk.web.url(f"/feed/{len(SECRET)}"), secret=PRIVATE)
        known = count_done(talk.bot.home, "command:")
        await talk.slack.command("/jubo", f"{name} {typed}".strip(), by=who, channel=channel)
        await talk.is_over("command:", since=known)
    asked = await talk.slack.say(f"<@{BOT}> {QUESTION}", by=who, channel=channel)
    await talk.is_over(f"message:{channel}/{asked}")
    return slack_member.text_of(await talk.ours(channel)).lower()


@pytest.mark.parametrize("who", [MINA, ALICE])
async def test_a_public_channel_of_slack_sees_nothing_of_a_private_one(
    slack: SlackTalk, who: str
) -> None:
    said = await ask_slack(slack, who, GENERAL)

    assert SECRET not in said
    assert said.count("lantern balloon") > SEVERAL
    assert "lantern feed" in said


async def test_the_private_channel_of_slack_sees_all_of_it(slack: SlackTalk) -> None:
    said = await ask_slack(slack, MINA, PRIVATE)

    assert said.count(f"{SECRET} balloon") > SEVERAL
    assert f"{SECRET} feed" in said


async def test_only_who_is_in_the_private_channel_sees_it_in_direct_messages_of_slack(
    slack: SlackTalk,
) -> None:
    theirs = await ask_slack(slack, MINA)
    others = await ask_slack(slack, ALICE)

    assert theirs.count(f"{SECRET} balloon") > SEVERAL
    assert SECRET not in others
    assert others.count("lantern balloon") > SEVERAL


async def test_who_saves_on_slack_what_is_saved_in_private_hears_of_nobody(
    slack: SlackTalk,
) -> None:
    url = slack.web.add("/both", page("both"))
    hidden = await slack.slack.say(url, channel=PRIVATE)
    await slack.slack.react(hidden, "bookmark", channel=PRIVATE)
    await slack.is_marked(hidden, "white_check_mark", PRIVATE)

    await slack.slack.command("/jubo", f"save {url}", by=ALICE)
    told = await slack.said("both balloon")
    await slack.slack.command("/jubo", "links both", by=ALICE)
    listed = await slack.said("Saved links")

    for each in (told, listed):
        assert "미나" not in slack_member.text_of(each)
        assert "mina" not in slack_member.text_of(each).lower()
    assert not any("already saved" in each["text"] for each in await slack.ours())


async def test_buttons_of_a_private_channel_of_slack_open_nothing_elsewhere(
    slack: SlackTalk,
) -> None:
    await slack.slack.command("/jubo", "subscriptions", channel=PRIVATE)
    post = await slack.said("미리 보기", channel=PRIVATE)
    buttons = [each for block in post["blocks"] for each in block.get("elements", ())]
    preview = next(each for each in buttons if each.get("value", "").startswith("preview"))
    mine = await slack.slack.say("anything")

    pressed = {key: preview[key] for key in ("type", "action_id", "value")}
    for action in (pressed, {**pressed, "action_id": "links#1", "value": "0 balloon"}):
        await slack.slack.press(mine, {**action, "block_id": "b"}, by=ALICE)
    await slack.said("That subscription is gone")
    await slack.said("Saved links")

    assert SECRET not in slack_member.text_of(await slack.ours()).lower()


# Discord


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(
    discord_process: DiscordServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DiscordTalk]:
    """Return a Discord whose channel `secret`, of Alice and the bot, has a secret of every kind."""
    home = tmp_path_factory.mktemp("discord_privacy")
    async with discord_member.open_talk(home, discord_process) as talk:
        talk.channel = (await talk.server.do("channel", name="papers"))["id"]
        secret = talk.server.channels["secret"]
        for word, channel in ((SECRET, secret), ("lantern", talk.channel)):
            message = await talk.say(talk.web.add(f"/{word}", page(word)), channel=channel)
            await talk.react(message, channel=channel)
            await talk.is_marked(message, "✅", channel)
            url = feed(talk.web, f"/feed/{len(word)}", word)
            await talk.slash("feeds", where=channel, action="add", address=url)
            await talk.said(f"{word} feed")
        await talk.slash("subscribe", where=secret, every="monthly")
        await talk.said("subscribed this channel")
        file = {"name": f"{SECRET}.md", "data": base64.b64encode(NOTE).decode()}
        await talk.say(f"<@{talk.server.bot}>", channel=secret, files=[file])
        await talk.said(f"{SECRET}.md")
        await choose_home(talk, "alice")
        yield talk
        assert "Traceback" not in talk.bot.log


async def choose_home(talk: DiscordTalk, who: str) -> None:
    """Answer which server a member's direct messages are about."""
    direct = talk.server.dms[who]
    message = await talk.say("hello?", by=who, channel=direct)
    asked = await talk.said("server")
    (menu,) = [one for row in asked["components"] for one in row["components"]]
    await talk.server.do(
        "select",
        channel=direct,
        user=talk.user(who),
        message=message,
        custom_id=menu["custom_id"],
        values=[talk.server.guild],
    )
    await talk.said("What I can do")


async def ask_discord(talk: DiscordTalk, who: str, channel: str) -> str:
    """Call everything there; return all that the bot said about it."""
    await talk.server.do("reset")
    for name, arguments in ROUTES:
        url = talk.web.url(f"/feed/{len(SECRET)}")
        typed = arguments.format(feed=url, secret=talk.server.channels["secret"])
        called = await talk.slash(name, by=who, where=channel, **options_of(name, typed))
        await talk.is_over(f"interaction:{called['id']}")
    asked = await talk.say(f"<@{talk.server.bot}> {QUESTION}", by=who, channel=channel)
    await talk.is_over(f"message:{channel}/{asked}")
    return "\n".join(discord_member.text_of(each) for each in await talk.sent()).lower()


def options_of(name: str, typed: str) -> dict[str, str]:
    """Return what was typed as Discord's options."""
    first, _, rest = typed.partition(" ")
    match name:
        case "links":
            return {"words": typed} if typed else {}
        case "ask":
            return {"question": typed}
        case "digest":
            return {"period": first} | ({"style": rest} if rest else {})
        case "feeds":
            return {"action": first} | ({"address": rest} if rest else {})
        case "save":
            return {"channel": typed.partition(":")[2]}
        case _:
            return {}


@pytest.mark.parametrize("who", ["alice", "carol"])
async def test_a_public_channel_of_discord_sees_nothing_of_a_private_one(
    discord: DiscordTalk, who: str
) -> None:
    said = await ask_discord(discord, who, discord.channel)

    assert SECRET not in said
    assert said.count("lantern balloon") > SEVERAL
    assert "lantern feed" in said


async def test_the_private_channel_of_discord_sees_all_of_it(discord: DiscordTalk) -> None:
    said = await ask_discord(discord, "alice", discord.server.channels["secret"])

    assert said.count(f"{SECRET} balloon") > SEVERAL
    assert f"{SECRET} feed" in said


async def test_only_who_is_in_the_private_channel_sees_it_in_direct_messages_of_discord(
    discord: DiscordTalk,
) -> None:
    theirs = await ask_discord(discord, "alice", discord.server.dms["alice"])
    others = await ask_discord(discord, "carol", discord.server.dms["carol"])

    assert theirs.count(f"{SECRET} balloon") > SEVERAL
    assert SECRET not in others
    assert others.count("lantern balloon") > SEVERAL


async def test_a_private_thread_of_discord_keeps_what_is_saved_in_it(discord: DiscordTalk) -> None:
    thread = await discord.server.do(
        "thread",
        channel=discord.channel,
        name="closed",
        is_private=True,
        members=[discord.user("alice")],
    )
    url = discord.web.add("/thread", page("monsoon"))
    message = await discord.say(url, channel=thread["id"])
    await discord.react(message, channel=thread["id"])
    await discord.is_marked(message, "✅", thread["id"])

    outside = await ask_discord(discord, "alice", discord.channel)
    inside = await ask_discord(discord, "alice", thread["id"])
    theirs = await ask_discord(discord, "alice", discord.server.dms["alice"])
    others = await ask_discord(discord, "carol", discord.server.dms["carol"])

    assert "monsoon" not in outside
    assert "monsoon balloon" in inside
    assert SECRET not in inside
    assert "monsoon" not in others
    assert "monsoon balloon" in theirs


async def test_what_is_forwarded_on_discord_is_known_where_it_is_forwarded_to(
    discord: DiscordTalk,
) -> None:
    url = discord.web.add("/forwarded", page("hurricane"))
    content = {"content": url, "embeds": [], "attachments": [], "timestamp": "2024-11-04T03:00:00Z"}
    snapshot = {"message": {**content, "edited_timestamp": None, "flags": 0, "type": 0}}
    secret = discord.server.channels["secret"]
    message = await discord.say("", channel=secret, extra={"message_snapshots": [snapshot]})
    await discord.react(message, channel=secret)
    await discord.is_marked(message, "✅", secret)

    outside = await ask_discord(discord, "alice", discord.channel)
    inside = await ask_discord(discord, "alice", secret)

    assert "hurricane" not in outside
    assert "hurricane balloon" in inside


async def test_who_saves_on_discord_what_is_saved_in_private_hears_of_nobody(
    discord: DiscordTalk,
) -> None:
    url, secret = discord.web.add("/both", page("both")), discord.server.channels["secret"]
    message = await discord.say(url, channel=secret)
    await discord.react(message, channel=secret)
    await discord.is_marked(message, "✅", secret)
    await discord.server.do("reset")

    await discord.slash("save", by="carol", addresses=url)
    await discord.said("✅", "both balloon")
    await discord.slash("links", by="carol", words="both")
    await discord.said("Saved links")

    said = "\n".join(discord_member.text_of(each) for each in await discord.sent())
    assert "alice" not in said
    assert "already saved" not in said
