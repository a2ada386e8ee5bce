"""A channel's subscriptions on Discord: made and changed with options."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.servers.discord_member import DiscordTalk, open_talk, text_of
from tests.servers.discord_server import DiscordServer, discord_process

__all__ = ["discord_process"]

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    discord_process: DiscordServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DiscordTalk]:
    async with open_talk(tmp_path_factory.mktemp("subscriptions"), discord_process) as talk:
        yield talk
        assert "Traceback" not in talk.bot.log


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: DiscordTalk) -> DiscordTalk:
    """Return the talk in a new channel."""
    await running.server.do("reset")
    running.channel = (await running.server.do("channel", name="papers"))["id"]
    return running


async def press(talk: DiscordTalk, custom_id: str) -> None:
    message = await talk.say("where the buttons are")
    act = {"channel": talk.channel, "user": talk.user("alice"), "message": message}
    await talk.server.do("button", **act, custom_id=custom_id)


async def test_what_it_holds_is_chosen_and_one_part_is_changed(talk: DiscordTalk) -> None:
    await talk.slash(
        "subscribe",
        every="weekly",
        at="17:00",
        on="fri",
        kinds="paper,news",
        topics="retrieval-rag",
        channels=f"<#{talk.channel}>",
        empty="yes",
    )
    made = await talk.said("every Friday at 17:00", "📜 papers, 🗞️ news", "Retrieval and RAG")
    assert f"<#{talk.channel}>" in text_of(made)
    ids = [each["custom_id"] for row in made["components"] for each in row["components"]]

    await press(talk, next(each for each in ids if "edit" in each))
    await talk.said("/subscribe change:1 at:10:00")
    await talk.slash("subscribe", change="1", at="10:00")

    changed = await talk.said("changed this channel's digest", "every Friday at 10:00")
    assert "📜 papers, 🗞️ news" in text_of(changed)


async def test_the_list_has_its_buttons_within_discords_limits(talk: DiscordTalk) -> None:
    for hour in ("08:00", "09:00"):
        await talk.slash("subscribe", every="daily", at=hour)
        await talk.said(f"every day at {hour}")

    await talk.slash("subscriptions")

    listed = await talk.said("Digests of this channel")
    rows = [[each["label"] for each in row["components"]] for row in listed["components"]]
    assert rows == [
        [f"{n}. {name}" for name in names]
        for n in (1, 2)
        for names in (("Preview", "Run now", "Skip next"), ("Edit", "Pause", "Remove"))
    ]
    skip = listed["components"][0]["components"][2]["custom_id"]
    await press(talk, skip)
    await talk.said("skipped the digest of")


async def test_a_channel_that_we_are_not_in_is_refused(talk: DiscordTalk) -> None:
    await talk.slash("subscribe", every="daily", channels="<#12345>")

    await talk.said("does not exist, or I am not in it")
