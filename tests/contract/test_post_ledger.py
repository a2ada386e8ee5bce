"""What the ledger of posts promises: a key begins once and keeps what came of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.models import LOCAL, MessageId, WorkspaceId
from bot.ports import Began, PostLedger
from storage import SqlStorage
from tests.factories import NOON
from tests.fakes.ledger import FakeLedger

LATER = NOON + timedelta(minutes=5)


@pytest.fixture(params=["memory", "database"])
async def ledger(request: pytest.FixtureRequest, storage: SqlStorage) -> PostLedger:
    return FakeLedger() if request.param == "memory" else storage.ledger


async def test_the_first_to_begin_is_told_so(ledger: PostLedger) -> None:
    assert await ledger.begin(LOCAL, "answer:1", at=NOON) == Began(since=NOON, is_first=True)


async def test_who_begins_again_learns_since_when(ledger: PostLedger) -> None:
    await ledger.begin(LOCAL, "answer:1", at=NOON)

    for _ in range(2):
        again = await ledger.begin(LOCAL, "answer:1", at=LATER)
        assert again == Began(since=NOON, is_first=False)


async def test_who_begins_what_is_finished_learns_the_message(ledger: PostLedger) -> None:
    await ledger.begin(LOCAL, "answer:1", at=NOON)
    await ledger.finish(LOCAL, "answer:1", MessageId("C1/17.5"))

    again = await ledger.begin(LOCAL, "answer:1", at=LATER)

    assert again == Began(since=NOON, is_first=False, message=MessageId("C1/17.5"))


async def test_looking_begins_nothing(ledger: PostLedger) -> None:
    assert await ledger.find(LOCAL, "answer:1") is None

    assert (await ledger.begin(LOCAL, "answer:1", at=NOON)).is_first
    assert await ledger.find(LOCAL, "answer:1") == Began(since=NOON, is_first=False)


async def test_keys_and_workspaces_are_apart(ledger: PostLedger) -> None:
    await ledger.begin(LOCAL, "answer:1", at=NOON)
    await ledger.finish(LOCAL, "answer:1", MessageId("C1/17.5"))

    assert (await ledger.begin(LOCAL, "answer:2", at=NOON)).is_first
    assert (await ledger.begin(WorkspaceId("slack:T1"), "answer:1", at=NOON)).is_first


async def test_what_was_posted_long_ago_is_forgotten_and_what_is_unsure_is_not(
    ledger: PostLedger,
) -> None:
    for key, at in (("old", NOON), ("unsure", NOON), ("new", LATER)):
        await ledger.begin(LOCAL, key, at=at)
    await ledger.begin(WorkspaceId("slack:T1"), "old", at=NOON)
    for workspace, key in ((LOCAL, "old"), (LOCAL, "new"), (WorkspaceId("slack:T1"), "old")):
        await ledger.finish(workspace, key, MessageId("C1/17.5"))

    assert await ledger.forget(LOCAL, before=LATER) == 1

    assert (await ledger.begin(LOCAL, "old", at=LATER)).is_first
    assert not (await ledger.begin(LOCAL, "unsure", at=LATER)).is_first
    assert not (await ledger.begin(LOCAL, "new", at=LATER)).is_first
    assert not (await ledger.begin(WorkspaceId("slack:T1"), "old", at=LATER)).is_first


async def test_of_many_at_once_one_is_first(ledger: PostLedger) -> None:
    began = await asyncio.gather(*(ledger.begin(LOCAL, "digest", at=NOON) for _ in range(20)))

    assert sum(each.is_first for each in began) == 1
