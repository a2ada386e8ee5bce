"""The running bot goes on, whatever its database holds and wherever that is for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap.app import open_app
from bot.bootstrap.running import run_bot
from bot.config import Settings
from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import LOCAL, MessageId, WorkspaceId
from bot.errors import StorageUnavailable
from bot.ports import InboxRow, Lane, Storage
from storage import open_storage
from tests.factories import GENERAL, MINA, NOON, make_command
from tests.fakes.workspaces import FakeWorkspaces

SLACK = WorkspaceId("slack:TEAM")
BACKFILL = Backfill(
    id="one",
    workspace=SLACK,
    place=GENERAL,
    since=NOON - timedelta(days=1),
    member=MINA,
    member_name="Mina",
    language="en",
    asked_in=GENERAL,
    asked_at=NOON,
)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(SLACK, name="team")
        await opened.workspaces.ensure(LOCAL, name="local")
        yield opened


@asynccontextmanager
async def web_alone(storage: Storage, folder: Path) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot with the web chat as its only part."""
    async with open_app(Settings.load({"JUBO_HOME": folder}), storage=storage) as app:
        stop, ready = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(
            run_bot(
                app,
                workspace=LOCAL,
                channels=["general"],
                port=0,
                parts={"web", "worker"},
                stop=stop,
                ready=lambda _: ready.set(),
                connected=lambda _: None,
            )
        )
        try:
            async with asyncio.timeout(20):
                await ready.wait()
                yield running
        finally:
            stop.set()
            await running


async def open_rows(storage: Storage) -> Sequence[InboxRow]:
    return await storage.inbox.list_open(lane=Lane.TALK, limit=9)


@pytest.mark.parametrize("progress", [None, MessageId("general/1")], ids=["new", "begun"])
async def test_what_waits_for_a_platform_that_does_not_run_stays_and_holds_up_nobody(
    storage: Storage, tmp_path: Path, progress: MessageId | None
) -> None:
    for number in range(3):
        event = make_command("help", event=f"slack-{number}")
        await storage.inbox.put(replace(event, workspace=SLACK))
    await storage.inbox.put(make_command("help", event="local"))
    await storage.backfills.add(replace(BACKFILL, progress=progress))

    async with web_alone(storage, tmp_path) as running:
        while not running.done() and len(await open_rows(storage)) > 3:  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)

        assert not running.done()
    rows = await open_rows(storage)
    assert {(row.event.workspace, row.attempts) for row in rows} == {(SLACK, 0)}
    assert (await storage.backfills.get(SLACK, "one")).state is BackfillState.OPEN


@dataclass
class AwayAtFirst(FakeWorkspaces):
    lists: int = 0

    async def list_workspaces(self) -> Sequence[WorkspaceId]:
        self.lists += 1
        if self.lists == 1:
            raise StorageUnavailable
        return await super().list_workspaces()


async def test_a_database_that_is_away_at_the_start_is_waited_for(
    storage: Storage, tmp_path: Path
) -> None:
    workspaces = AwayAtFirst()
    storage.workspaces = workspaces

    async with web_alone(storage, tmp_path) as running:
        while not running.done() and workspaces.lists < 2:  # noqa: ASYNC110 - the fake has no event to wait for
            await asyncio.sleep(0.01)

        assert not running.done()
