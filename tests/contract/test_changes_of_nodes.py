"""Two nodes change the same at once: what one decides by, the other cannot change meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.backfills import Backfill
from bot.domain.models import LOCAL, ChannelId, Place
from bot.domain.settings import WorkspaceSettings
from bot.errors import UserError
from storage import SqlStorage, open_storage
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
