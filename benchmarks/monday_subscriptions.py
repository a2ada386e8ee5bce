"""Very many subscriptions, all due at nine on one Monday, with five links each to tell."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.made_archive import DEEDS_EN, SUBJECTS_EN
from bot.domain.digests import Style
from bot.domain.models import (
    ChannelId,
    Engine,
    Kind,
    MemberId,
    MessageId,
    NewSave,
    PageText,
    Passage,
    Place,
    Point,
    Summary,
    Understanding,
    WorkspaceId,
)
from bot.domain.planning import schedule
from bot.domain.subscriptions import Subscription
from bot.ports import Clock, Storage

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)  # nine in Seoul
WORKSPACES = 50
PER_CHANNEL = 10  # as many as a channel may have
LINKS = 5
TOPICS = ("language-models", "mlops", "data", "robotics")
ADDED_AT_ONCE = 1000


async def seed(storage: Storage, clock: Clock, *, count: int, scheme: str) -> None:
    chance = random.Random(7)
    names = [WorkspaceId(f"{scheme}:{100 + number}") for number in range(WORKSPACES)]
    for name in names:
        await storage.workspaces.ensure(name, name=name)
        for number in range(LINKS):
            await add_link(storage, name, number, chance)
    channels = max(1, count // PER_CHANNEL)
    for begin in range(0, count, ADDED_AT_ONCE):
        made = [
            make_subscription(number, names, channels, clock)
            for number in range(begin, min(count, begin + ADDED_AT_ONCE))
        ]
        await asyncio.gather(*(storage.subscriptions.add(each) for each in made))


def make_subscription(
    number: int, names: Sequence[WorkspaceId], channels: int, clock: Clock
) -> Subscription:
    channel = number % channels
    # A second one of a channel differs from the first in what it says.
    subscription = Subscription(
        id=f"s{number:07}",
        workspace=names[channel % len(names)],
        place=Place(ChannelId(f"{1_000_000 + channel}")),
        cron="0 9 * * 1",
        zone="Asia/Seoul",
        days=7,
        style=Style.WEEKLY,
        language=("ko", "en")[number // channels % 2],
        made_by=MemberId("mina"),
        made_by_name="Mina",
        made_at=MONDAY - timedelta(days=7),
    )
    return schedule(subscription, now=clock.now())


async def add_link(
    storage: Storage, workspace: WorkspaceId, number: int, chance: random.Random
) -> None:
    url = f"https://example.org/{workspace.replace(':', '/')}/{number}"
    said = [f"{subject.strip()} {chance.choice(DEEDS_EN)}" for subject in SUBJECTS_EN.split(",")]
    title = chance.choice(said)
    outcome = await storage.links.save(
        NewSave(
            workspace=workspace,
            member=MemberId("mina"),
            member_name="Mina",
            place=Place(ChannelId("1000000")),
            message=MessageId(f"m{number}"),
            emoji="🔖",
            saved_at=MONDAY - timedelta(days=1 + number),
            url=url,
        )
    )
    text = "\n\n".join(" ".join(f"{each.capitalize()}." for each in said) for _ in range(8))
    understanding = Understanding(
        kind=list(Kind)[number % len(Kind)],
        topics=(TOPICS[number % len(TOPICS)],),
        summary=Summary(tuple(Point(f"{each}.") for each in said[:3]), Engine.EXTRACTIVE),
    )
    page = PageText(url=url, title=title, text=text, language="en")
    await storage.links.store_page(workspace, outcome.link.id, page, understanding, [Passage(text)])
