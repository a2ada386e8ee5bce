"""Limits kept ahead of time, on a clock that the waiting itself moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.ports import Pace, Rates, Target
from bot.services import pacing
from bot.services.pacing import Bucket, Pacing

DISCORD = WorkspaceId("discord:G1")
BOT_ALONE = Rates(bot=Pace(per_s=50.0))
CHANNEL_ALONE = Rates(channel=Pace(per_s=1.0, burst=3))


def channel(name: str, *, workspace: WorkspaceId = DISCORD, answer_by: str = "") -> Target:
    return Target(workspace, Place(ChannelId(name)), answer_by=answer_by)


@dataclass
class Watch:
    """`pause` moves the time at once: one waits at a time."""

    seconds: float = 100.0
    share: int = 1
    sent: list[float] = field(default_factory=list)

    def pacing(self) -> Pacing:
        return Pacing(pause=self.pause, monotonic=lambda: self.seconds, share=self.share)

    async def pause(self, seconds: float) -> None:
        assert seconds > 0
        await asyncio.sleep(0)
        self.seconds += seconds

    @property
    def took(self) -> float:
        return self.seconds - 100.0


@given(
    per_s=st.floats(0.5, 50),
    burst=st.integers(1, 5),
    rests=st.lists(st.floats(0, 3), min_size=1, max_size=50),
)
def test_no_second_has_more_than_the_limit(per_s: float, burst: int, rests: list[float]) -> None:
    bucket, now, taken = Bucket(Pace(per_s, burst)), 100.0, list[float]()
    for rest in rests:
        now += rest
        while (wait_s := bucket.wait_s(now)) > 0:
            now += wait_s + 1e-9
        bucket.take(now)
        taken.append(now)

    for start in taken:
        within = [each for each in taken if start <= each < start + 1]
        assert len(within) <= burst + per_s + 1e-6


async def test_a_bot_posts_as_fast_as_its_platform_takes_it_and_no_faster() -> None:
    watch = Watch()
    paces = watch.pacing()

    for number in range(500):
        await paces.wait(channel(f"C{number}"), BOT_ALONE, is_urgent=False)

    assert 499 / 50 - 0.01 <= watch.took <= 500 / 50 * 1.1


async def test_two_processes_of_one_bot_share_its_limit() -> None:
    watch = Watch(share=2)
    paces = watch.pacing()

    for _ in range(100):
        await paces.wait(channel("C1"), BOT_ALONE, is_urgent=False)

    assert watch.took >= 99 / 25 - 0.01


async def test_a_channel_has_a_limit_of_its_own() -> None:
    watch = Watch()
    paces = watch.pacing()

    for name in ("C1", "C2"):
        for _ in range(3):
            await paces.wait(channel(name), CHANNEL_ALONE, is_urgent=False)
    assert watch.took == 0

    await paces.wait(channel("C1"), CHANNEL_ALONE, is_urgent=False)
    assert watch.took == 1


async def test_an_answer_goes_before_what_a_clock_ordered() -> None:
    watch, gone = Watch(), list[str]()
    paces = watch.pacing()

    async def send(name: str, *, is_urgent: bool) -> None:
        await paces.wait(channel(name), BOT_ALONE, is_urgent=is_urgent)
        gone.append(name)

    async with asyncio.TaskGroup() as tasks:
        for number in range(5):
            tasks.create_task(send(f"digest {number}", is_urgent=False))
        tasks.create_task(send("answer", is_urgent=True))

    # The first has taken its turn before the answer came.
    assert gone.index("answer") <= 2
    assert len(gone) == 6


async def test_answers_are_not_held_up_in_a_busy_channel_and_digests_wait_for_them() -> None:
    watch = Watch()
    paces = watch.pacing()

    for _ in range(40):
        await paces.wait(channel("C1"), CHANNEL_ALONE, is_urgent=True)
    assert watch.took == 0

    await paces.wait(channel("C1"), CHANNEL_ALONE, is_urgent=False)
    # As long as the burst takes to come back, however many answers there were.
    assert watch.took == 4


async def test_the_way_back_to_who_asked_needs_no_pace() -> None:
    watch = Watch()
    paces = watch.pacing()

    for _ in range(10):
        await paces.wait(channel("C1", answer_by="hook"), CHANNEL_ALONE, is_urgent=True)

    assert watch.took == 0


async def test_channels_that_rested_are_forgotten() -> None:
    watch = Watch()
    paces = watch.pacing()
    for number in range(pacing.MOST_CHANNELS):
        await paces.wait(channel(f"C{number}"), CHANNEL_ALONE, is_urgent=False)
    watch.seconds += 60
    await paces.wait(channel("another"), CHANNEL_ALONE, is_urgent=False)

    assert len(paces._channels) == 1
