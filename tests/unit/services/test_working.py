"""The worker sees every event through, in order where order matters."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.errors import StorageUnavailable, TransientError
from bot.events import Event
from bot.ports import InboxRow, Lane
from bot.services.working import ATTEMPTS, MOST_ATTEMPTS, InboxWorker
from tests.factories import make_command, make_reaction, make_unreaction
from tests.fakes.chat_log import MemoryInbox


class Handler:
    """Remembers what it saw; fails as often as told."""

    def __init__(
        self, *, failures: int = 0, failure: type[TransientError] = TransientError
    ) -> None:
        self.failure = failure
        self.seen: list[str] = []
        self.given_up: list[str] = []
        self.failures = failures

    async def handle(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise self.failure
        # Whatever comes first may be slow: order must not depend on luck.
        if event.id.startswith("slow"):
            for _ in range(20):
                await asyncio.sleep(0)
        self.seen.append(event.id)

    async def give_up(self, event: Event) -> None:
        self.given_up.append(event.id)


class FlakyInbox(MemoryInbox):
    """Its database is away for the first calls of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.lists_to_fail = self.marks_to_fail = 2

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        if self.lists_to_fail:
            self.lists_to_fail -= 1
            raise StorageUnavailable
        return await super().list_open(lane=lane, limit=limit, after=after)

    async def mark_done(self, *rows: int) -> None:
        if self.marks_to_fail:
            self.marks_to_fail -= 1
            raise StorageUnavailable
        await super().mark_done(*rows)


async def run_until(worker: InboxWorker, is_done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run())
        while not await is_done():  # noqa: ASYNC110 - the fakes have no event to wait for
            await asyncio.sleep(0)
        worker.stop()


async def test_every_event_is_handled_once() -> None:
    inbox, handler = MemoryInbox(), Handler()
    for number in range(200):
        await inbox.put(make_command("help", event=f"event-{number}"))
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert sorted(handler.seen) == sorted(f"event-{number}" for number in range(200))


async def test_an_unreaction_never_overtakes_the_reaction_before_it() -> None:
    inbox, handler = MemoryInbox(), Handler()
    await inbox.put(make_reaction("https://example.com", event="slow-reaction"))
    await inbox.put(make_unreaction(event="unreaction"))
    await inbox.put(make_reaction("https://example.com", message="message-2", event="other"))
    worker = InboxWorker(inbox, lane=Lane.MARKS, handle=handler.handle, give_up=handler.give_up)

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.MARKS, limit=1)

    await run_until(worker, is_empty)

    assert handler.seen.index("slow-reaction") < handler.seen.index("unreaction")
    assert handler.seen[0] == "other"  # which did not have to wait


async def test_a_lane_leaves_the_events_of_the_other_alone() -> None:
    inbox, handler = MemoryInbox(), Handler()
    await inbox.put(make_reaction("https://example.com", event="reaction"))
    await inbox.put(make_command("help", event="command"))
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert handler.seen == ["command"]
    assert [row.event.id for row in await inbox.list_open(lane=Lane.MARKS, limit=2)] == ["reaction"]


async def test_what_needs_no_work_is_done_at_once() -> None:
    inbox, handler = MemoryInbox(), Handler()
    for name in ("idle-1", "busy", "idle-2"):
        await inbox.put(make_command("help", event=name))

    async def is_idle(event: Event) -> bool:
        return event.id.startswith("idle")

    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, is_idle=is_idle
    )

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert handler.seen == ["busy"]


async def test_what_may_pass_is_tried_again_and_set_aside_in_the_end() -> None:
    inbox, handler = MemoryInbox(), Handler(failures=ATTEMPTS)
    await inbox.put(make_command("help", event="unlucky"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )

    async def is_set_aside() -> bool:
        return bool(handler.given_up)

    await run_until(worker, is_set_aside)

    assert handler.given_up == ["unlucky"]
    assert handler.seen == []
    assert list(inbox.failed.values()) == ["too_many_attempts"]


@pytest.mark.parametrize(
    ("kills", "outcome"), [(MOST_ATTEMPTS - 1, "handled"), (MOST_ATTEMPTS, "given up")]
)
async def test_an_event_outlives_many_kills_but_not_for_ever(kills: int, outcome: str) -> None:
    inbox, handler = MemoryInbox(), Handler()
    await inbox.put(make_command("help", event="interrupted"))
    (row,) = await inbox.list_open(lane=Lane.TALK, limit=1)
    for _ in range(kills):
        await inbox.count_attempt(row.id)
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    ended = {"handled": handler.seen, "given up": handler.given_up}
    assert ended == {"handled": [], "given up": []} | {outcome: ["interrupted"]}


async def test_no_event_is_given_up_because_the_disk_is_full() -> None:
    inbox = MemoryInbox()
    handler = Handler(failures=10 * ATTEMPTS, failure=StorageUnavailable)
    await inbox.put(make_command("help", event="patient"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert (handler.seen, handler.given_up) == (["patient"], [])


async def test_an_event_that_waits_for_the_database_stays_open_at_a_stop() -> None:
    inbox, handler = MemoryInbox(), Handler(failures=1, failure=StorageUnavailable)
    await inbox.put(make_command("help", event="patient"))
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def has_failed_once() -> bool:
        return handler.failures == 0

    await run_until(worker, has_failed_once)

    assert [row.event.id for row in await inbox.list_open(lane=Lane.TALK, limit=9)] == ["patient"]


async def test_what_is_given_up_stays_open_until_its_member_was_told() -> None:
    inbox = MemoryInbox()
    told_when_open: list[str] = []
    await inbox.put(make_command("help", event="unlucky"))

    async def give_up(event: Event) -> None:
        told_when_open.extend(
            row.event.id for row in await inbox.list_open(lane=Lane.TALK, limit=1)
        )

    handler = Handler(failures=ATTEMPTS)
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=give_up, retry_after_s=0
    )

    async def is_set_aside() -> bool:
        return bool(inbox.failed)

    await run_until(worker, is_set_aside)

    assert told_when_open == ["unlucky"]


async def test_an_event_that_a_stop_interrupts_stays_open() -> None:
    inbox, handler = MemoryInbox(), Handler(failures=1)
    await inbox.put(make_command("help", event="interrupted"))
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def has_failed_once() -> bool:
        return handler.failures == 0

    await run_until(worker, has_failed_once)

    assert [row.event.id for row in await inbox.list_open(lane=Lane.TALK, limit=9)] == [
        "interrupted"
    ]


async def test_a_database_that_is_away_for_a_while_does_not_stop_the_worker() -> None:
    inbox, handler = FlakyInbox(), Handler()
    await inbox.put(make_command("help", event="patient"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )

    async def is_done() -> bool:
        return not inbox.lists_to_fail and not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_done)

    # Handling is safe to repeat: what it posts and saves carries keys.
    assert set(handler.seen) == {"patient"}
