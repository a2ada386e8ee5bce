"""Two nodes change the same at once: what one decides by, the other cannot change meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import and_, select

from bot.domain.backfills import Backfill
from bot.domain.models import LOCAL, ChannelId, Place
from bot.domain.planning import plan, schedule
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from storage import SqlStorage, open_storage
from storage.databases.database import open_database
from storage.schema import subscriptions
from tests.contract.test_subscription_store import make_subscription
from tests.factories import MINA, NOON

BACKFILL = Backfill(
    id="one",
    workspace=LOCAL,
    place=Place(ChannelId("reading")),
    since=NOON - timedelta(days=1),
    member=MINA,
    member_name="Mina",
    language="en",
    asked_in=Place(ChannelId("reading")),
    asked_at=NOON,
)
TRIES = 8


@pytest.fixture
async def nodes(database_url: str) -> AsyncIterator[Sequence[SqlStorage]]:
    async with open_storage(database_url) as one, open_storage(database_url) as two:
        yield one, two


def is_first(found: Sequence[object]) -> None:
    if found:
        raise UserError("subscribe.already")


async def test_of_two_who_subscribe_at_once_the_second_is_told(nodes: Sequence[SqlStorage]) -> None:
    answers = await asyncio.gather(
        *(
            node.subscriptions.add(make_subscription(f"{node_number}-{number}"), check=is_first)
            for number in range(TRIES)
            for node_number, node in enumerate(nodes)
        ),
        return_exceptions=True,
    )

    assert answers.count(True) == 1
    assert sum(isinstance(each, UserError) for each in answers) == 2 * TRIES - 1
    assert len(await nodes[0].subscriptions.list_subscriptions(LOCAL)) == 1


async def test_of_two_who_ask_for_a_past_at_once_the_second_is_told(
    nodes: Sequence[SqlStorage],
) -> None:
    answers = await asyncio.gather(
        *(
            node.backfills.add(replace(BACKFILL, id=f"{node_number}-{number}"), check=is_first)
            for number in range(TRIES)
            for node_number, node in enumerate(nodes)
        ),
        return_exceptions=True,
    )

    assert answers.count(True) == 1
    assert len(await nodes[0].backfills.list_open()) == 1


async def test_of_two_who_change_settings_at_once_both_changes_stand(
    nodes: Sequence[SqlStorage],
) -> None:
    one, two = nodes

    await asyncio.gather(
        one.workspaces.change_settings(LOCAL, lambda standing: replace(standing, zone="UTC")),
        two.workspaces.change_settings(LOCAL, lambda standing: replace(standing, language="en")),
    )

    stands = await one.workspaces.change_settings(LOCAL, lambda standing: standing)
    assert stands == WorkspaceSettings(language="en", zone="UTC")


@pytest.mark.postgres
async def test_a_node_passes_over_what_another_is_planning(postgres_url: str) -> None:
    busy, free = (schedule(make_subscription(id_), now=NOON) for id_ in ("busy", "free"))
    async with open_storage(postgres_url) as us, open_database(postgres_url) as other:
        await us.subscriptions.add(busy)
        await us.subscriptions.add(free)
        is_busy = and_(subscriptions.c.workspace == LOCAL, subscriptions.c.id == "busy")
        async with other.write() as theirs:
            await theirs.execute(select(subscriptions.c.id).where(is_busy).with_for_update())
            of_busy, of_free = await asyncio.gather(plan_next(us, busy), plan_next(us, free))

        assert (of_busy, of_free) == (False, True)
        assert await plan_next(us, busy)


async def plan_next(storage: SqlStorage, subscription: Subscription) -> bool:
    assert subscription.next_run_at is not None
    made = plan(subscription, now=subscription.next_run_at)
    assert made is not None
    return await storage.deliveries.plan(subscription, made.after, made.delivery)
