"""What was paid for is kept as long as what it is made of, and what was paid is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.asking_models import Spent, Stage, Usage
from bot.domain.models import LOCAL, LinkFilter, LinkId, MessageId, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.ports import ModelStore
from storage import SqlStorage, open_storage
from tests.factories import MINA, NOON, make_page, make_save, make_understanding
from tests.fakes.model_store import FakeModelStore

TEAM = WorkspaceId("slack:T1")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return ""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def models(where: str) -> AsyncIterator[ModelStore]:
    if not where:
        yield FakeModelStore()
        return
    async with open_storage(where) as storage:
        await storage.workspaces.ensure(LOCAL, name="Local")
        await storage.workspaces.ensure(TEAM, name="Team")
        yield storage.models


async def save(storage: SqlStorage, name: str) -> LinkId:
    new = make_save(f"https://example.com/{name}", message=name)
    return (await storage.links.save(new)).link.id


async def remove(storage: SqlStorage, name: str) -> None:
    await storage.links.undo_saves(LOCAL, member=MINA, message=MessageId(name), emoji=None)


async def test_a_kept_answer_is_found_by_its_key_in_its_workspace(models: ModelStore) -> None:
    await models.keep_answer(LOCAL, "k1", text='{"a": "답"}', at=NOON)

    assert await models.find_answer(LOCAL, "k1") == '{"a": "답"}'
    assert await models.find_answer(LOCAL, "k2") is None
    assert await models.find_answer(TEAM, "k1") is None


async def test_the_first_answer_stays(models: ModelStore) -> None:
    for text in ("first", "second"):
        await models.keep_answer(LOCAL, "k1", text=text, at=NOON)

    assert await models.find_answer(LOCAL, "k1") == "first"


async def test_an_answer_goes_with_any_link_that_it_is_made_of(storage: SqlStorage) -> None:
    one, two, three = [await save(storage, name) for name in ("one", "two", "three")]
    await storage.models.keep_answer(LOCAL, "both", text="of both", at=NOON, links=(one, two, one))
    await storage.models.keep_answer(LOCAL, "other", text="of three", at=NOON, links=(three,))

    await remove(storage, "one")

    assert await storage.models.find_answer(LOCAL, "both") is None
    assert await storage.models.find_answer(LOCAL, "other") == "of three"


async def test_an_answer_stays_where_its_link_becomes_part_of_another(storage: SqlStorage) -> None:
    one, two = await save(storage, "one"), await save(storage, "two")
    for link in (one, two):
        await storage.models.keep_answer(LOCAL, link, text="a summary", at=NOON, links=(link,))
    page = replace(make_page(), identity="https://example.com/one")

    await storage.links.store_page(LOCAL, two, page, make_understanding("So."), [])
    (left,) = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert left.id in (one, two)

    for key in (one, two):
        assert await storage.models.find_answer(LOCAL, key) == "a summary"


async def test_an_answer_made_of_what_is_gone_is_not_kept(storage: SqlStorage) -> None:
    one = await save(storage, "one")
    await remove(storage, "one")
    await storage.models.keep_answer(LOCAL, "k1", text="late", at=NOON, links=(one,))

    assert await storage.models.find_answer(LOCAL, "k1") is None


async def test_what_is_made_of_no_link_goes_by_its_age(storage: SqlStorage) -> None:
    one = await save(storage, "one")
    await storage.models.keep_answer(LOCAL, "asked", text="an answer", at=NOON)
    await storage.models.keep_answer(LOCAL, "of link", text="a summary", at=NOON, links=(one,))

    later = NOON + timedelta(days=31)
    await storage.models.keep_answer(LOCAL, "next", text="another", at=later)

    assert await storage.models.find_answer(LOCAL, "asked") is None
    assert await storage.models.find_answer(LOCAL, "of link") == "a summary"


async def test_usage_adds_up_by_stage_also_at_once(models: ModelStore) -> None:
    async def book(stage: Stage, *, cost: Decimal | None = None, digest: str = "") -> None:
        await models.add_usage(
            LOCAL,
            Usage(100, 20),
            month="2026-01",
            stage=stage,
            model="m",
            cost=cost,
            digest=digest,
        )

    paid = Decimal("0.000125")
    await asyncio.gather(*(book(Stage.LINK, cost=paid) for _ in range(5)))
    await book(Stage.DIGEST, digest="d1")

    of_links = Spent(Stage.LINK, 5, Usage(500, 100), cost=5 * paid)
    of_digest = Spent(Stage.DIGEST, 1, Usage(100, 20), unpriced=1)
    assert await models.list_spent(LOCAL, month="2026-01") == [of_digest, of_links]
    assert await models.list_spent(month="2026-01", digest="d1") == [of_digest]
    assert await models.count_tokens(LOCAL, month="2026-01") == 720


async def test_each_workspace_and_month_has_accounts_of_its_own(models: ModelStore) -> None:
    for workspace, month in ((LOCAL, "2026-01"), (LOCAL, "2026-02"), (TEAM, "2026-01")):
        await models.add_usage(workspace, Usage(7, 3), month=month, stage=Stage.LINK, model="m")

    assert await models.count_tokens(LOCAL, month="2026-01") == 10
    assert await models.count_tokens(month="2026-01") == 10
    (both,) = await models.list_spent(month="2026-01")
    assert both.usage == Usage(14, 6)
    assert await models.list_spent(TEAM, month="2026-02") == []
