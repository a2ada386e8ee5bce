"""What people do on Discord becomes one row each, and Discord hears back in time."""

import asyncio
import base64

import pytest

from bot.domain.emoji import bare_emoji
from bot.events import (
    ButtonPressed,
    CommandCalled,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    ShortcutUsed,
)
from tests.adapters.discord.discord_listening import (
    SlowInbox,
    SuggestsPeriods,
    answer_to,
    listening,
    until,
)
from tests.servers.discord_server import DiscordServer

THINKING = 5
FORM = 9
EPHEMERAL = 64


async def test_a_mention_is_for_the_bot_and_comes_without_its_name(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        said = await discord_server.do(
            "message", channel=general, user=alice, content=f"<@{discord_server.bot}> 안녕 🎉"
        )

        event = await heard.one(MessagePosted)
        assert event.text == "안녕 🎉"
        assert event.is_for_bot
        assert event.id == f"message:{general}/{said['id']}"
        assert event.workspace == f"discord:{discord_server.guild}"
        assert (event.member, event.member_name) == (alice, "alice")
        assert not event.place.is_private
        assert heard.wakes == 1


async def test_what_people_say_to_each_other_is_not_kept(discord_server: DiscordServer) -> None:
    users = discord_server.users
    async with listening(discord_server) as heard:
        for name in ("general", "secret"):
            channel = discord_server.channels[name]
            for text in (f"<@{users['bob']}> see https://example.com/a", "and?"):
                await discord_server.do(
                    "message", channel=channel, user=users["alice"], content=text
                )
        forum = await discord_server.do("channel", name="forum", type=15)
        thread = await discord_server.do("thread", channel=forum["id"], user=users["alice"])
        hidden = await discord_server.do(
            "thread", channel=discord_server.channels["general"], is_private=True, user=users["bob"]
        )
        for each in (thread, hidden):
            await discord_server.do(
                "message", channel=each["id"], user=users["alice"], content="psst"
            )
        await discord_server.do(
            "message",
            channel=discord_server.channels["general"],
            user=users["alice"],
            content=f"<@{discord_server.bot}> last, of <@{users['bob']}>",
        )

        event = await heard.one(MessagePosted)
        assert event.text == "last, of @bob"


async def test_a_reply_to_the_bot_is_for_it(discord_server: DiscordServer) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    ours = await discord_server.do("message", channel=general, user=discord_server.bot, content="!")
    async with listening(discord_server) as heard:
        await discord_server.do(
            "message", channel=general, user=users["bob"], content="why?", reply_to=ours["id"]
        )

        event = await heard.one(MessagePosted)
        assert event.is_for_bot


async def test_a_text_for_a_page_is_heard_as_a_reply_to_its_message_or_to_what_we_said_of_it(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users

    async def say(user: str, content: str, reply_to: str = "") -> str:
        below = {"reply_to": reply_to} if reply_to else {}
        said = await discord_server.do(
            "message", channel=general, user=user, content=content, **below
        )
        return str(said["id"])

    theirs = await say(users["alice"], "https://example.com/a")
    ours = await say(discord_server.bot, "it asks for a log-in", theirs)
    async with listening(discord_server) as heard:
        await say(users["bob"], "what a pity", theirs)
        await say(users["bob"], "text: Lanterns are red", theirs)
        await say(users["bob"], "Lanterns are green", ours)
        await until(lambda: len(heard.of(MessagePosted)) == 3)

        to_others, direct, over_ours = heard.of(MessagePosted)
        assert (to_others.text, to_others.answers) == ("", f"{general}/{theirs}")
        assert direct.answers == over_ours.answers == f"{general}/{theirs}"
        assert (direct.text, direct.is_for_bot) == ("text: Lanterns are red", False)
        assert over_ours.is_for_bot


async def test_bots_and_webhooks_are_not_heard(discord_server: DiscordServer) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    async with listening(discord_server) as heard:
        to_us = f"<@{discord_server.bot}> last"
        said = await discord_server.do(
            "message", channel=general, user=users["robot"], content=to_us
        )
        await discord_server.do(
            "message", channel=general, user=users["bob"], content=to_us, extra={"webhook_id": "99"}
        )
        for user in (users["robot"], discord_server.bot):
            await discord_server.do(
                "react", channel=general, message=said["id"], user=user, emoji="🔖"
            )
        await discord_server.do("message", channel=general, user=users["bob"], content=to_us)

        event = await heard.one(MessagePosted)
        assert event.text == "last"
        assert not heard.of(ReactionAdded)


async def test_files_come_with_their_message_and_can_be_loaded(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        data = base64.b64encode("# 회의록".encode()).decode()
        await discord_server.do(
            "message",
            channel=general,
            user=alice,
            content=f"<@{discord_server.bot}>",
            files=[{"name": "회의록.md", "data": data}],
        )

        event = await heard.one(MessagePosted)
        (file,) = event.files
        loaded = await heard.connection.platform.fetch_file(event.workspace, file)
        assert (file.name, loaded.decode()) == ("회의록.md", "# 회의록")


async def test_only_changed_words_are_an_edit_and_a_deletion_is_told(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        said = await discord_server.do("message", channel=general, user=alice, content="one")
        preview = {"type": "link", "url": "https://example.com/x", "title": "X"}
        await discord_server.do("edit", channel=general, message=said["id"], embeds=[preview])
        await discord_server.do("edit", channel=general, message=said["id"], content="two")

        event = await heard.one(MessageEdited)
        assert event.message == f"{general}/{said['id']}"
        assert event.text.startswith("two")

        await discord_server.do("delete", channel=general, message=said["id"])

        gone = await heard.one(MessageDeleted)
        assert (gone.message, gone.workspace) == (event.message, event.workspace)
        assert gone.place == event.place


async def test_a_deletion_in_direct_messages_is_told_where_we_were_spoken_to(
    discord_server: DiscordServer,
) -> None:
    carol, direct = discord_server.users["carol"], discord_server.dms["carol"]
    async with listening(discord_server) as heard:
        said = await discord_server.do("message", channel=direct, user=carol, content="why?")
        event = await heard.one(MessagePosted)

        await discord_server.do("delete", channel=direct, message=said["id"])

        gone = await heard.one(MessageDeleted)
        assert (gone.message, gone.workspace) == (event.message, event.workspace)
        assert gone.place == event.place


async def test_a_reaction_is_one_row_whatever_its_skin_tone(discord_server: DiscordServer) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    said = await discord_server.do("message", channel=general, user=alice, content="x")
    act = {"channel": general, "message": said["id"], "user": alice}
    async with listening(discord_server) as heard:
        await discord_server.do("react", **act, emoji="🧑🏽‍💻")
        await discord_server.do("react", **act, emoji={"id": "900000000000000001", "name": "save"})
        await discord_server.do("react", **act, emoji="🧑🏽‍💻", remove=True)

        removed = await heard.one(ReactionRemoved)
        first, second = heard.of(ReactionAdded)
        assert (first.emoji, second.emoji, removed.emoji) == ("🧑‍💻", ":save:", "🧑‍💻")
        assert first.member_name == "alice"
        assert first.at < second.at < removed.at


async def test_who_clears_reactions_takes_back_those_of_all(discord_server: DiscordServer) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    said = await discord_server.do("message", channel=general, user=users["alice"], content="x")
    on = {"channel": general, "message": said["id"]}
    async with listening(discord_server) as heard:
        for name, emoji in (("alice", "🔖"), ("bob", "🔖"), ("bob", "🧑🏽‍💻"), ("bob", "❤️")):
            await discord_server.do("react", **on, user=users[name], emoji=emoji)
        await until(lambda: len(heard.of(ReactionAdded)) == 4)

        await discord_server.do("clear", **on, emoji="🔖")
        await until(lambda: len(heard.of(ReactionRemoved)) == 2)
        await discord_server.do("clear", **on)
        await until(lambda: len(heard.of(ReactionRemoved)) == 4)

        removed = heard.of(ReactionRemoved)
        assert {each.member for each in removed[:2]} == {users["alice"], users["bob"]}
        assert {bare_emoji(each.emoji) for each in removed[:2]} == {"🔖"}
        workspace, message = removed[0].workspace, removed[0].message
        assert not await heard.inbox.list_reactions(workspace, message)


async def test_what_is_said_in_a_thread_belongs_to_its_channel(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        said = await discord_server.do("message", channel=general, user=alice, content="head")
        thread = await discord_server.do("thread", channel=general, message=said["id"], user=alice)
        await discord_server.do("message", channel=thread["id"], user=alice, content="reply")

        reply = await heard.one(MessagePosted)
        assert reply.place.channel == general
        assert reply.thread == f"{general}/{said['id']}"
        assert not reply.is_for_bot


async def test_a_private_thread_is_a_private_place_of_its_own(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        thread = await discord_server.do("thread", channel=general, user=alice, is_private=True)
        hush = f"<@{discord_server.bot}> hush"
        await discord_server.do("message", channel=thread["id"], user=alice, content=hush)

        event = await heard.one(MessagePosted)
        assert (event.place.channel, event.place.is_private) == (thread["id"], True)


async def test_a_channel_that_not_everybody_sees_is_private(discord_server: DiscordServer) -> None:
    secret, alice = discord_server.channels["secret"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        hush = f"<@{discord_server.bot}> hush"
        await discord_server.do("message", channel=secret, user=alice, content=hush)

        event = await heard.one(MessagePosted)
        assert event.place.is_private


@pytest.mark.parametrize("is_nested", [False, True])
async def test_a_command_comes_with_its_options(
    discord_server: DiscordServer, is_nested: bool
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    options: list[dict[str, object]] = [
        {"name": "period", "type": 3, "value": "2025-W02"},
        {"name": "style", "type": 3, "value": "daily"},
    ]
    name = "digest"
    if is_nested:
        name, options = "jubo", [{"name": "digest", "type": 1, "options": options}]
    async with listening(discord_server) as heard:
        act = await discord_server.do(
            "slash", channel=general, user=alice, name=name, options=options, locale="ko"
        )

        event = await heard.one(CommandCalled)
        assert (event.name, event.arguments) == ("digest", "")
        assert event.options == (("period", "2025-W02"), ("style", "daily"))
        assert event.language == "ko"
        assert event.answer_by == f"{discord_server.application}/{act['id']}/{act['token']}"
        answer = await answer_to(discord_server, act)
        assert answer["type"] == THINKING
        assert not (answer["data"] or {}).get("flags")


async def test_a_private_command_is_thought_about_in_private(discord_server: DiscordServer) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    options = [{"name": "addresses", "type": 3, "value": "https://example.com/a"}]
    async with listening(discord_server):
        act = await discord_server.do(
            "slash", channel=general, user=alice, name="save", options=options
        )

        answer = await answer_to(discord_server, act)
        assert (answer["type"], answer["data"]["flags"]) == (THINKING, EPHEMERAL)


@pytest.mark.parametrize("labels", [False, True])
async def test_a_bare_command_asks_in_a_form_which_then_is_the_command(
    discord_server: DiscordServer, labels: bool
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        act = await discord_server.do("slash", channel=general, user=alice, name="save")
        form = await answer_to(discord_server, act)
        assert (form["type"], form["data"]["custom_id"]) == (FORM, "form|save")
        assert not heard.events

        filled = {"addresses": "https://example.com/a\nhttps://example.com/b", "since": ""}
        await discord_server.do(
            "modal",
            channel=general,
            user=alice,
            custom_id="form|save",
            fields=filled,
            labels=labels,
        )

        event = await heard.one(CommandCalled)
        assert (event.name, event.arguments) == ("save", "")
        assert event.options == (("addresses", filled["addresses"]),)


async def test_the_entry_of_a_message_s_menu_brings_its_words(
    discord_server: DiscordServer,
) -> None:
    general, users = discord_server.channels["general"], discord_server.users
    target = await discord_server.do(
        "message", channel=general, user=users["bob"], content="https://example.com/a"
    )
    async with listening(discord_server) as heard:
        act = await discord_server.do(
            "shortcut", channel=general, user=users["alice"], name="Save link", target=target["id"]
        )

        event = await heard.one(ShortcutUsed)
        assert (event.name, event.member) == ("save", users["alice"])
        assert event.message == f"{general}/{target['id']}"
        assert event.message_text == "https://example.com/a"
        assert (await answer_to(discord_server, act))["data"]["flags"] == EPHEMERAL


async def test_buttons_and_menus_say_what_was_chosen(discord_server: DiscordServer) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    post = await discord_server.do("message", channel=general, user=discord_server.bot, content="?")
    act = {"channel": general, "user": alice, "message": post["id"]}
    async with listening(discord_server) as heard:
        shown = await discord_server.do("button", **act, custom_id="digest|7d daily en")
        await discord_server.do("select", **act, custom_id="settings.zone|", values=["Asia/Seoul"])

        await until(lambda: len(heard.of(ButtonPressed)) == 2)
        button, menu = heard.of(ButtonPressed)
        assert (button.action, button.value) == ("digest", "7d daily en")
        assert (menu.action, menu.value) == ("settings.zone", "Asia/Seoul")
        assert button.message == f"{general}/{post['id']}"
        assert not ((await answer_to(discord_server, shown))["data"] or {}).get("flags")


async def test_suggestions_come_in_time_even_if_they_are_slow(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    options = [{"name": "period", "type": 3, "value": "la", "focused": True}]
    for delay_s, expected in ((0.0, [{"name": "digest period ko", "value": "la"}]), (9.0, [])):
        async with listening(discord_server, suggests=SuggestsPeriods(delay_s=delay_s)):
            act = await discord_server.do(
                "complete", channel=general, user=alice, name="digest", options=options, locale="ko"
            )

            answer = await answer_to(discord_server, act)
            assert answer["data"] == {"choices": expected}


@pytest.mark.parametrize("delay_s", [0.0, 2.0])
async def test_the_work_begins_when_discord_has_heard_of_it(
    discord_server: DiscordServer, delay_s: float
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server, inbox=SlowInbox(delay_s=delay_s)) as heard:
        await discord_server.do("fault", match="/callback$", delay_ms=700)
        act = await discord_server.do("slash", channel=general, user=alice, name="digest")

        await heard.one(CommandCalled)
        told = (await discord_server.do("interaction", id=act["id"]))["type"]
        assert (heard.wakes, told) == (0, None)
        await until(lambda: heard.wakes == 1)
        assert (await discord_server.do("interaction", id=act["id"]))["type"] == THINKING


async def test_the_work_does_not_wait_for_a_discord_that_does_not_hear(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        await discord_server.do("fault", match="/callback$", status=503, times=9)
        await discord_server.do("slash", channel=general, user=alice, name="digest")

        await until(lambda: heard.wakes == 1)


async def test_a_slow_database_is_waited_for_behind_a_thinking(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server, inbox=SlowInbox(delay_s=2.5)) as heard:
        act = await discord_server.do("slash", channel=general, user=alice, name="digest")

        answer = await answer_to(discord_server, act)
        assert answer["type"] == THINKING
        assert not heard.events
        await heard.one(CommandCalled)


async def test_what_cannot_be_written_down_is_refused_with_a_sentence(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server, inbox=SlowInbox(is_away=True)) as heard:
        connected = len(heard.connected)
        act = await discord_server.do("slash", channel=general, user=alice, name="digest")
        answer = await answer_to(discord_server, act)
        to_us = f"<@{discord_server.bot}> and?"
        await discord_server.do("message", channel=general, user=alice, content=to_us)

        assert answer["data"]["flags"] == EPHEMERAL
        assert "try again" in answer["data"]["content"]
        await until(lambda: len(heard.connected) > connected)  # the message is read again


async def test_a_command_of_another_version_is_answered_all_the_same(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        act = await discord_server.do("slash", channel=general, user=alice, name="bygone")

        assert "/bygone" in (await answer_to(discord_server, act))["data"]["content"]
        assert not heard.events


async def test_a_command_where_the_bot_itself_was_not_let_in_says_so(
    discord_server: DiscordServer,
) -> None:
    second, alice = discord_server.channels["second"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        await discord_server.do(
            "tell", event="GUILD_DELETE", data={"id": discord_server.second_guild}
        )
        act = await discord_server.do("slash", channel=second, user=alice, name="digest")

        answer = await answer_to(discord_server, act)
        assert answer["data"]["flags"] == EPHEMERAL
        assert "not in this server" in answer["data"]["content"]
        assert not heard.events


async def test_a_command_in_a_channel_that_is_not_shown_to_us_comes_from_a_private_place(
    discord_server: DiscordServer,
) -> None:
    """Its channel comes along without permissions: who may look in is not known."""
    other, alice = discord_server.channels["other"], discord_server.users["alice"]
    async with listening(discord_server) as heard:
        hidden = {"id": other, "guild_id": discord_server.guild, "type": 0, "name": "other"}
        await discord_server.do("tell", event="CHANNEL_DELETE", data=hidden)
        await discord_server.do("slash", channel=other, user=alice, name="digest")

        event = await heard.one(CommandCalled)
        assert event.place.is_private


async def test_a_burst_is_acknowledged_in_time_and_loses_nothing(
    discord_server: DiscordServer,
) -> None:
    general, alice = discord_server.channels["general"], discord_server.users["alice"]
    said = await discord_server.do("message", channel=general, user=alice, content="x")
    async with listening(discord_server, inbox=SlowInbox(delay_s=0.005)) as heard:
        calls, marks = await asyncio.gather(
            discord_server.burst(
                "slash", [{"channel": general, "user": alice, "name": "digest"}] * 100
            ),
            discord_server.burst(
                "react",
                [
                    {"channel": general, "message": said["id"], "user": str(10**17 + n), "emoji": e}
                    for n in (3, 4, 5)
                    for e in "🔖📜🤪❌👍🎉"
                ],
            ),
        )

        await until(lambda: len(heard.events) == len(calls) + len(marks))
        for each in calls:  # the server refuses what is later than Discord's three seconds
            assert (await answer_to(discord_server, each))["type"] == THINKING
