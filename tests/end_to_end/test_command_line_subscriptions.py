"""`jubo subscribe` and `jubo subscriptions`, beside a bot or without one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.models import ChannelId, Place, WorkspaceId
from storage import open_storage
from tests.command_line import Jubo

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def jubo(tmp_path: Path) -> Jubo:
    return Jubo(tmp_path, {})


def test_a_channel_is_subscribed_and_listed(jubo: Jubo) -> None:
    made = jubo(
        *("subscribe", "web:reading", "--every", "weekly", "--on", "fri", "--at", "17:00"),
        *("--zone", "Europe/Berlin", "--style", "daily", "--lang", "en", "--size", "small"),
        *("--kind", "paper", "--kind", "news", "--topic", "programming"),
        *("--source", "web:random", "--empty", "--json"),
    )
    listed = jubo("subscriptions", "--json")
    shown = jubo("subscriptions", LANG="ko_KR.UTF-8")

    assert made.code == 0
    assert made.json["cron"] == "0 17 * * 5"
    assert made.json["schedule"] == "every Friday at 17:00 (Europe/Berlin)"
    chosen = {name: made.json[name] for name in ("style", "language", "size", "empty")}
    assert chosen == {"style": "daily", "language": "en", "size": "small", "empty": True}
    assert made.json["kinds"] == ["paper", "news"]
    assert made.json["topics"] == ["programming"]
    assert made.json["sources"] == ["random"]
    assert made.json["next_at"]
    assert listed.json == [made.json]
    assert "매주 금요일 17:00 (Europe/Berlin)" in shown.out
    assert made.json["id"] in shown.out


def test_what_can_be_done_about_one_is_done(jubo: Jubo) -> None:
    made = jubo("subscribe", "web:reading", "--cron", "0 9 * * 1,4", "--json").json
    id_ = made["id"]

    paused = jubo("subscriptions", "pause", id_, "--json")
    again = jubo("subscriptions", "pause", id_)
    no_next = jubo("subscriptions", "skip", id_)
    resumed = jubo("subscriptions", "resume", id_, "--json")
    skipped = jubo("subscriptions", "skip", id_, "--json")
    ran = jubo("subscriptions", "run", id_, "--json")
    listed = jubo("subscriptions", "list", "--json")
    removed = jubo("subscriptions", "remove", id_)
    gone = jubo("subscriptions", "remove", id_)

    assert (paused.json["paused"], paused.json["next_at"]) == (True, None)
    assert again.code == 0
    assert no_next.code == 1
    assert (resumed.json["paused"], resumed.json["next_at"]) == (False, made["next_at"])
    assert skipped.json["next_at"] > made["next_at"]
    assert ran.json["state"] == "planned"
    assert listed.json[0]["last"] == ran.json
    assert removed.code == 0
    assert (gone.code, gone.sentence) == (
        2,
        f"There is no subscription {id_}. See them: jubo subscriptions",
    )


async def test_a_platforms_channel_is_private_until_known_better(
    jubo: Jubo, tmp_path: Path
) -> None:
    team = WorkspaceId("slack:T1")
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(team, name="Team")

        made = await asyncio.to_thread(jubo, "subscribe", "slack:T1/C1", "--json")
        listed = await asyncio.to_thread(jubo, "subscriptions", "--workspace", team, "--json")

        (kept,) = await storage.subscriptions.list_subscriptions(team)
    assert made.json["channel"] == "slack:T1/C1"
    assert listed.json == [made.json]
    assert kept.place == Place(ChannelId("C1"), is_private=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("subscribe",), "CHANNEL is missing"),
        (("subscribe", "general"), "“general” is not a channel"),
        (("subscribe", "slack:T1/general"), "“slack:T1/general” is not a channel"),
        (("subscribe", "slack:T1/D1"), "“slack:T1/D1” is not a channel"),
        (("subscribe", "slack:T1/C1"), "There is no workspace slack:T1"),
        (("subscribe", "discord:1/2"), "There is no workspace discord:1"),
        (("subscribe", "web:nowhere"), "There are web:reading, web:random"),
        (("subscribe", "web:reading", "--zone", "Asia/Soeul"), "Asia/Seoul"),
        (("subscribe", "web:reading", "--zone", "Mars"), "There is no time zone “Mars”"),
        (("subscribe", "web:reading", "--cron", "0 9 31 2 *"), "never comes"),
        (("subscribe", "web:reading", "--cron", "* * * * *"), "too often"),
        (("subscribe", "web:reading", "--cron", "* * * * * *"), "too many fields"),
        (("subscribe", "web:reading", "--cron", "0 9 * * 1", "--at", "9"), "leave out"),
        (("subscribe", "web:reading", "--at", "25:00"), "not a time of day"),
        (("subscribe", "web:reading", "--topic", "cooking"), "There is no topic “cooking”"),
        (("subscribe", "web:reading", "--kind", "podcast"), "--kind takes one of paper, dev"),
        (("subscriptions", "dance"), "There is no command “dance”"),
        (("subscriptions", "pause"), "ID is missing"),
        (("subscriptions", "pause", "9"), "There is no subscription 9. See them: jubo subscrip"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_sentence(
    jubo: Jubo, arguments: tuple[str, ...], said: str
) -> None:
    refused = jubo(*arguments)

    assert refused.code == 2
    assert said in refused.sentence
