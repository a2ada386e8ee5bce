"""Discord tells a member's language with interactions only; elsewhere it is found out."""

import pytest

from bot.domain.models import WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.events import Event, MessagePosted, ReactionAdded
from tests.adapters.discord.discord_listening import Heard, answer_to, listening
from tests.servers.discord_server import DiscordServer
from tests.servers.slack_server import until


async def say(server: DiscordServer, text: str, *, by: str = "alice") -> dict[str, str]:
    where = {"channel": server.channels["general"], "user": server.users[by]}
    said: dict[str, str] = await server.do("message", content=text, **where)
    return said


async def react(server: DiscordServer, message: str, *, by: str = "alice") -> None:
    act = {"channel": server.channels["general"], "user": server.users[by], "message": message}
    await server.do("react", emoji="🔖", **act)


async def command_in(server: DiscordServer, locale: str, *, by: str = "alice") -> None:
    where = {"channel": server.channels["general"], "user": server.users[by], "locale": locale}
    await answer_to(server, await server.do("slash", name="digest", options=[], **where))


async def language_of(heard: Heard, event: Event) -> str:
    completed = await heard.connection.platform.complete(event)
    assert completed is not None
    return completed.language


@pytest.mark.parametrize(("locale", "language"), [("ko", "ko"), ("en-GB", "en")])
async def test_a_member_is_known_by_the_last_command(
    discord_server: DiscordServer, locale: str, language: str
) -> None:
    said = await say(discord_server, "no word tells", by="bob")
    async with listening(discord_server) as heard:
        await command_in(discord_server, "fr")
        await command_in(discord_server, locale)
        await say(discord_server, f"<@{discord_server.bot}> links")
        await react(discord_server, said["id"])

        assert await language_of(heard, await heard.one(MessagePosted)) == language
        assert await language_of(heard, await heard.one(ReactionAdded)) == language


@pytest.mark.parametrize(
    ("text", "language"), [("연은 왜 나나요?", "ko"), ("Why do kites fly?", "en"), ("links", "")]
)
async def test_who_gave_no_command_yet_is_answered_in_the_language_they_write(
    discord_server: DiscordServer, text: str, language: str
) -> None:
    async with listening(discord_server) as heard:
        await say(discord_server, f"<@{discord_server.bot}> {text}")

        assert await language_of(heard, await heard.one(MessagePosted)) == language


@pytest.mark.parametrize(("chosen", "language"), [("", "ko"), ("en", "")])
async def test_a_korean_server_is_korean_unless_its_members_chose(
    discord_server: DiscordServer, chosen: str, language: str
) -> None:
    await discord_server.do("locale", guild=discord_server.guild, locale="ko")
    said = await say(discord_server, "Whose words these are does not matter", by="bob")
    async with listening(discord_server) as heard:
        workspace = WorkspaceId(f"discord:{discord_server.guild}")
        await heard.workspaces.change_settings(
            workspace, lambda _: WorkspaceSettings(language=chosen)
        )
        await react(discord_server, said["id"])

        assert await language_of(heard, await heard.one(ReactionAdded)) == language


@pytest.mark.parametrize(
    ("text", "words"), [("연은 왜 나나요?", "어느 서버"), ("Why do kites fly?", "Whose archive")]
)
async def test_which_server_is_asked_in_the_language_of_the_question(
    discord_server: DiscordServer, text: str, words: str
) -> None:
    async with listening(discord_server) as heard:
        direct, bob = discord_server.dms["bob"], discord_server.users["bob"]
        await discord_server.do("message", channel=direct, user=bob, content=text)

        async def asked() -> bool:
            said = await discord_server.read(f"/channels/{direct}/messages?limit=1")
            return words in said[0]["content"]

        await until(asked)
        assert not heard.events
