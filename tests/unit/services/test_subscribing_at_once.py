"""Members who subscribe a channel, or change what it has, at one instant."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.domain.digests import Style
from bot.domain.models import LOCAL
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from bot.services.subscribing import MOST_OF_A_CHANNEL, ChangedMeanwhile, SubscribingService
from storage import open_storage
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.clock import FakeClock

WEEKLY = Subscription(
    id="one",
    workspace=LOCAL,
    place=GENERAL,
    cron="0 9 * * 1",
    zone="Asia/Seoul",
    days=7,
    style=Style.WEEKLY,
    language="en",
    made_by=MINA,
    made_by_name="Mina",
    made_at=NOON,
)


async def add_at_once(folder: Path, *wanted: Subscription) -> tuple[int, set[str]]:
    """Return how many are kept, and why the others were refused."""
    async with open_storage(f"sqlite:///{folder / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        service = SubscribingService(
            storage.subscriptions, storage.deliveries, storage.jobs, clock=FakeClock(NOON)
        )
        ended = await asyncio.gather(*map(service.add, wanted), return_exceptions=True)
        kept = await service.list_all(LOCAL)
    refused = {each.message_key for each in ended if isinstance(each, UserError)}
    return len(kept), refused


async def change_at_once(folder: Path, *crons: str) -> tuple[Subscription, list[object]]:
    """Return what is kept of one that several change, and what each heard."""
    async with open_storage(f"sqlite:///{folder / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        service = SubscribingService(
            storage.subscriptions, storage.deliveries, storage.jobs, clock=FakeClock(NOON)
        )
        await service.add(WEEKLY)
        before = await service.get(LOCAL, WEEKLY.id)
        changes = (
            service.change(before, replace(before, cron=cron), by=cron, act=cron) for cron in crons
        )
        ended = await asyncio.gather(*changes, return_exceptions=True)
        return await service.get(LOCAL, WEEKLY.id), list(ended)


async def test_the_same_from_two_members_is_kept_once(tmp_path: Path) -> None:
    assert await add_at_once(tmp_path, WEEKLY, replace(WEEKLY, id="two")) == (
        1,
        {"subscribe.already"},
    )


async def test_the_most_of_a_channel_holds_for_many_at_once(tmp_path: Path) -> None:
    wanted = [replace(WEEKLY, id=str(n), cron=f"{n} 9 * * 1") for n in range(MOST_OF_A_CHANNEL + 3)]

    assert await add_at_once(tmp_path, *wanted) == (MOST_OF_A_CHANNEL, {"subscribe.too_many"})


async def test_of_many_changes_at_once_one_is_made_and_the_others_hear_of_it(
    tmp_path: Path,
) -> None:
    after, ended = await change_at_once(tmp_path, "0 10 * * 1", "0 11 * * 1", "0 12 * * 1")

    assert after.version == 1
    assert [each for each in ended if each == after] == [after]
    others = [each for each in ended if isinstance(each, ChangedMeanwhile)]
    assert [each.now for each in others] == [after, after]
    assert {each.values["name"] for each in others} == {after.cron}
