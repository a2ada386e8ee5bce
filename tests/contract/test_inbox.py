"""What the inbox promises: each event once, in the order of arrival, until done or set aside."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.events import CommandCalled, Event, MessageEdited
from bot.ports import Inbox, Lane
from storage import SqlStorage
from storage.databases.database import open_database
from storage.inbox import SqlInbox
from storage.migrations import migrate
from storage.schema import inbox as rows
from tests.factories import NOON, make_reaction, make_unreaction
from tests.fakes.inbox import MemoryInbox


@pytest.fixture(params=["memory", "database"])
async def inbox(request: pytest.FixtureRequest, storage: SqlStorage) -> Inbox:
    return MemoryInbox() if request.param == "memory" else storage.inbox


def command(id_: str, *, workspace: WorkspaceId = LOCAL) -> CommandCalled:
    return CommandCalled(
        id=id_,
        workspace=workspace,
        place=Place(ChannelId("general")),
        member=MemberId("mina"),
        member_name="미나",
        at=NOON,
        name="digest",
        arguments="7d",
    )


async def open_events(inbox: Inbox) -> list[Event]:
    return [row.event for row in await inbox.list_open(lane=Lane.TALK, limit=9)]


async def test_events_come_back_as_they_were_in_the_order_of_arrival(inbox: Inbox) -> None:
    events = [command("2"), command("1"), command("3")]
    for event in events:
        assert await inbox.put(event)

    assert await open_events(inbox) == events
    assert [row.event for row in await inbox.list_open(lane=Lane.TALK, limit=2)] == events[:2]


async def test_rows_are_listed_from_where_somebody_stopped(inbox: Inbox) -> None:
    for number in range(4):
        await inbox.put(command(str(number)))
    first, second = await inbox.list_open(lane=Lane.TALK, limit=2)
    await inbox.mark_done(first.id)

    rest = await inbox.list_open(lane=Lane.TALK, limit=9, after=second.id)

    assert [row.event.id for row in rest] == ["2", "3"]


async def test_many_rows_are_done_at_once(inbox: Inbox) -> None:
    for number in range(4):
        await inbox.put(command(str(number)))
    rows = await inbox.list_open(lane=Lane.TALK, limit=3)

    await inbox.mark_done(*(row.id for row in rows))

    assert [row.event.id for row in await inbox.list_open(lane=Lane.TALK, limit=9)] == ["3"]


async def test_a_repeat_is_told_and_kept_once_even_when_done(inbox: Inbox) -> None:
    await inbox.put(command("1"))
    [row] = await inbox.list_open(lane=Lane.TALK, limit=9)
    await inbox.mark_done(row.id)

    assert not await inbox.put(command("1"))
    assert await open_events(inbox) == []


async def test_workspaces_may_use_the_same_identity(inbox: Inbox) -> None:
    assert await inbox.put(command("1"))
    assert await inbox.put(command("1", workspace=WorkspaceId("slack:T1")))


async def test_handled_events_of_long_ago_are_forgotten_in_their_workspace(inbox: Inbox) -> None:
    team = WorkspaceId("slack:T1")
    for event in (
        command("done"),
        command("failed"),
        command("open"),
        command("done", workspace=team),
    ):
        await inbox.put(event)
    done, failed, _, elsewhere = await inbox.list_open(lane=Lane.TALK, limit=9)
    await inbox.mark_done(done.id, elsewhere.id)
    await inbox.mark_failed(failed.id, "too_many_attempts")

    assert await inbox.forget(LOCAL, before=datetime(2001, 1, 1, tzinfo=UTC)) == 0
    assert await inbox.forget(LOCAL, before=datetime(2999, 1, 1, tzinfo=UTC)) == 2

    assert await open_events(inbox) == [command("open")]
    assert await inbox.put(command("done"))
    assert not await inbox.put(command("open"))
    assert not await inbox.put(command("done", workspace=team))


def edit(id_: str) -> MessageEdited:
    return MessageEdited(
        id=id_,
        workspace=LOCAL,
        place=Place(ChannelId("general")),
        member=MemberId("mina"),
        at=NOON,
        message=MessageId("m1"),
        text="better",
    )


async def test_marks_wait_in_a_lane_of_their_own(inbox: Inbox) -> None:
    talk: list[Event] = [command("1"), command("2")]
    marks: list[Event] = [make_reaction("look"), edit("3"), make_unreaction(message="other")]
    for event in (talk[0], *marks, talk[1]):
        await inbox.put(event)

    assert [row.event for row in await inbox.list_open(lane=Lane.TALK, limit=9)] == talk
    assert [row.event for row in await inbox.list_open(lane=Lane.MARKS, limit=9)] == marks
    assert [row.event for row in await inbox.list_open(lane=Lane.MARKS, limit=1)] == marks[:1]


async def test_attempts_are_counted_until_the_row_is_set_aside(inbox: Inbox) -> None:
    await inbox.put(command("1"))
    [row] = await inbox.list_open(lane=Lane.TALK, limit=9)
    await inbox.count_attempt(row.id)
    await inbox.count_attempt(row.id)

    [counted] = await inbox.list_open(lane=Lane.TALK, limit=9)
    await inbox.mark_failed(row.id, "three times is enough")

    assert (row.attempts, counted.attempts) == (0, 2)
    assert await open_events(inbox) == []


async def test_a_row_that_nobody_can_read_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'jubo.db'}") as database:
        await migrate(database)
        inbox = SqlInbox(database)
        for id_ in ("damaged", "sound"):
            await inbox.put(command(id_))
        async with database.write() as connection:
            damage = update(rows).where(rows.c.event_id == "damaged").values(payload="{")
            await connection.execute(damage)

        assert await open_events(inbox) == [command("sound")]
        async with database.read() as connection:
            states = await connection.scalars(rows.select().with_only_columns(rows.c.state))
            assert sorted(states) == ["failed", "open"]


async def test_what_people_said_is_kept_no_longer_than_it_is_needed(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'jubo.db'}") as database:
        await migrate(database)
        inbox = SqlInbox(database)
        for id_ in ("done", "failed", "open"):
            await inbox.put(replace(command(id_), arguments=f"secret of {id_}"))
        done, failed, _ = await inbox.list_open(lane=Lane.TALK, limit=9)
        await inbox.mark_done(done.id)
        await inbox.mark_failed(failed.id, "too_many_attempts")

        async with database.read() as connection:
            query = rows.select().with_only_columns(rows.c.event_id, rows.c.payload, rows.c.reason)
            kept = {row.event_id: row for row in await connection.execute(query)}
        assert (kept["done"].payload, kept["failed"].payload) == ("", "")
        assert kept["failed"].reason == "too_many_attempts"
        assert "secret of open" in kept["open"].payload
    content = await asyncio.to_thread((tmp_path / "jubo.db").read_bytes)
    assert b"secret of open" in content
    assert b"secret of done" not in content
    assert b"secret of failed" not in content
