"""What the store of backfills promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.ports import BackfillStore
from storage import SqlStorage
from tests.factories import GENERAL, NOON

TEAM = WorkspaceId("slack:T1")


@pytest.fixture
async def backfills(storage: SqlStorage) -> BackfillStore:
    await storage.workspaces.ensure(TEAM, name="Team")
    return storage.backfills


def make_backfill(
    id_: str = "command-1", *, workspace: WorkspaceId = LOCAL, minute: int = 0
) -> Backfill:
    return Backfill(
        id=id_,
        workspace=workspace,
        place=Place(ChannelId("secrets"), is_private=True),
        since=NOON - timedelta(days=90),
        member=MemberId("mina"),
        member_name="미나",
        language="ko",
        asked_in=GENERAL,
        asked_at=NOON + timedelta(minutes=minute),
    )


async def test_one_comes_back_as_it_was_asked_for(backfills: BackfillStore) -> None:
    assert await backfills.add(make_backfill())

    assert await backfills.get(LOCAL, "command-1") == make_backfill()


async def test_the_same_id_again_changes_nothing(backfills: BackfillStore) -> None:
    await backfills.add(make_backfill())

    assert not await backfills.add(replace(make_backfill(), links=7))
    assert await backfills.get(LOCAL, "command-1") == make_backfill()


async def test_progress_is_kept(backfills: BackfillStore) -> None:
    await backfills.add(make_backfill())
    further = replace(
        make_backfill(), cursor="page-2", messages=200, links=9, progress=MessageId("C1/17.5")
    )
    await backfills.change(further)

    assert await backfills.get(LOCAL, "command-1") == further
    assert await backfills.list_open() == [further]


@pytest.mark.parametrize("state", [state for state in BackfillState if state != "open"])
async def test_what_ended_is_not_open(backfills: BackfillStore, state: BackfillState) -> None:
    await backfills.add(make_backfill())
    ended = replace(make_backfill(), state=state, reason="place.closed")
    await backfills.change(ended)

    assert await backfills.list_open() == []
    assert await backfills.get(LOCAL, "command-1") == ended


async def test_what_ended_meanwhile_stays_ended(backfills: BackfillStore) -> None:
    await backfills.add(make_backfill())
    stopped = replace(make_backfill(), state=BackfillState.STOPPED)
    assert await backfills.change(stopped)

    is_kept = await backfills.change(replace(make_backfill(), links=9))
    kept = await backfills.get(LOCAL, "command-1")
    counted = replace(stopped, links=9)
    is_counted = await backfills.change(counted, was=BackfillState.STOPPED)

    assert (is_kept, kept) == (False, stopped)
    assert is_counted
    assert await backfills.get(LOCAL, "command-1") == counted


async def test_what_is_open_comes_oldest_first_over_all_workspaces(
    backfills: BackfillStore,
) -> None:
    asked = [
        make_backfill("2", minute=1),
        make_backfill("1", workspace=TEAM, minute=0),
        make_backfill("1", minute=2),
    ]
    for each in asked:
        assert await backfills.add(each)

    assert await backfills.list_open() == [asked[1], asked[0], asked[2]]


async def test_an_unknown_one_is_a_key_error(backfills: BackfillStore) -> None:
    await backfills.add(make_backfill())

    with pytest.raises(KeyError):
        await backfills.get(TEAM, "command-1")
    with pytest.raises(KeyError):
        await backfills.change(make_backfill("command-2"))
