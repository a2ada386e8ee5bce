"""The worker sees every event through, in order where order matters."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from bot.domain.models import LOCAL, MemberId, MessageId, WorkspaceId
from bot.errors import ConfigError, RateLimited, StorageUnavailable, TransientError
from bot.events import Event, MessagePosted
from bot.ports import InboxRow, Lane
from bot.services.working import (
    ATTEMPTS,
    BATCH,
    EVENTS_AT_ONCE,
    MOST_ATTEMPTS,
    MOST_TAKEN,
    InboxWorker,
)
from tests.factories import make_command, make_reaction, make_reply, make_unreaction
from tests.fakes.chat_log import MemoryInbox


class Handler:
    """Remembers what it saw; fails as often as told."""

    def __init__(
        self, *, failures: int = 0, failure: Callable[[], Exception] = TransientError
    ) -> None:
        self.failure = failure
        self.seen: list[str] = []
        self.given_up: list[str] = []
        self.failures = failures

    async def handle(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise self.failure()
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
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
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


async def test_one_member_s_slow_events_leave_room_for_another_s() -> None:
    inbox, go_on, seen = MemoryInbox(), asyncio.Event(), list[str]()
    for number in range(40):
        await inbox.put(make_command("help", event=f"slow-{number}"))
    other = replace(make_command("help", event="other"), member=MemberId("jun"))
    await inbox.put(other)

    async def handle(event: Event) -> None:
        if event.id.startswith("slow"):
            await go_on.wait()
        seen.append(event.id)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=handle)

    async def is_other_done() -> bool:
        if seen:
            go_on.set()
        return len(seen) == 41

    await run_until(worker, is_other_done)

    assert seen[0] == "other"


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


SLACK = WorkspaceId("slack:TEAM")


async def test_events_of_a_platform_that_does_not_run_stay_open_and_block_nobody() -> None:
    inbox, handler = CountingInbox(), Handler()
    for number in range(2 * BATCH):
        event = make_command("help", event=f"slack-{number}")
        await inbox.put(replace(event, workspace=SLACK))
    await inbox.put(make_command("help", event="local"))
    worker = InboxWorker(
        inbox,
        lane=Lane.TALK,
        handle=handler.handle,
        give_up=handler.give_up,
        is_served=lambda workspace: workspace == LOCAL,
    )

    async def is_handled() -> bool:
        return handler.seen == ["local"] and len(await inbox.open()) == 2 * BATCH

    await run_until(worker, is_handled)

    assert {row.attempts for row in await inbox.open()} == {0}
    assert inbox.lists < 10  # they are not looked at again and again


class CountingInbox(MemoryInbox):
    """Counts what it is asked for, and knows how many of its rows somebody took."""

    def __init__(self) -> None:
        super().__init__()
        self.lists = 0
        self.given: set[int] = set()

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        self.lists += 1
        rows = await super().list_open(lane=lane, limit=limit, after=after)
        self.given.update(row.id for row in rows)
        return rows

    async def open(self) -> Sequence[InboxRow]:
        return await super().list_open(lane=Lane.TALK, limit=9999)


async def test_what_breaks_its_handler_ends_neither_the_others_nor_the_worker() -> None:
    inbox, seen = MemoryInbox(), []
    await inbox.put(make_command("help", event="breaks"))
    await inbox.put(make_command("help", event="fine"))

    async def handle(event: Event) -> None:
        seen.append(event.id)
        if event.id == "breaks":
            raise ConfigError

    async def give_up(event: Event) -> None:
        raise KeyError(event.id)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=give_up, retry_after_s=0)

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert seen.count("breaks") == ATTEMPTS
    assert seen.count("fine") == 1
    assert list(inbox.failed.values()) == ["too_many_attempts"]


class ForgetfulInbox(MemoryInbox):
    """It cannot set a row aside."""

    async def mark_failed(self, row: int, reason: str) -> None:
        raise KeyError(row)


async def test_a_row_that_cannot_be_set_aside_does_not_end_the_worker() -> None:
    inbox, handler = ForgetfulInbox(), Handler(failures=ATTEMPTS)
    await inbox.put(make_command("help", event="stuck"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )

    async def goes_on() -> bool:
        if handler.given_up:
            await inbox.put(make_command("help", event="next"))
            worker.wake()
        return handler.seen == ["next"]

    await run_until(worker, goes_on)

    assert handler.given_up == ["stuck"]


@pytest.mark.parametrize("failure", [StorageUnavailable, KeyError])
async def test_what_cannot_be_told_to_be_idle_is_handled(failure: type[Exception]) -> None:
    inbox, handler = MemoryInbox(), Handler()
    await inbox.put(make_reaction("https://example.com", event="reaction"))

    async def is_idle(event: Event) -> bool:
        raise failure

    worker = InboxWorker(
        inbox, lane=Lane.MARKS, handle=handler.handle, give_up=handler.give_up, is_idle=is_idle
    )

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.MARKS, limit=1)

    await run_until(worker, is_empty)

    assert handler.seen == ["reaction"]


async def test_a_platform_that_asks_to_wait_is_waited_for_and_no_attempt_is_counted() -> None:
    inbox = CountingInbox()
    handler = Handler(failures=10 * ATTEMPTS, failure=lambda: RateLimited(0))
    await inbox.put(make_command("help", event="patient"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )

    async def is_empty() -> bool:
        return not await inbox.open()

    await run_until(worker, is_empty)

    assert (handler.seen, handler.given_up) == (["patient"], [])


async def test_a_platform_is_asked_again_no_sooner_than_it_said() -> None:
    inbox = MemoryInbox()
    handler = Handler(failures=1, failure=lambda: RateLimited(0.2))
    await inbox.put(make_command("help", event="patient"))
    worker = InboxWorker(
        inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up, retry_after_s=0
    )
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def is_empty() -> bool:
        return not await inbox.list_open(lane=Lane.TALK, limit=1)

    await run_until(worker, is_empty)

    assert loop.time() - began >= 0.2


async def test_events_under_a_limit_hold_up_nobody() -> None:
    inbox, seen = MemoryInbox(), []
    for number in range(2 * EVENTS_AT_ONCE):
        await inbox.put(make_command("help", event=f"limited-{number}"))
    await inbox.put(make_command("help", event="fine"))

    async def handle(event: Event) -> None:
        if event.id.startswith("limited"):
            raise RateLimited(3600)
        seen.append(event.id)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=handle)

    async def is_seen() -> bool:
        return seen == ["fine"]

    await run_until(worker, is_seen)


SAVING = make_command("save", arguments="https://a.example")
ASKING = replace(make_reply(), text="what is it?", is_for_bot=True)


@pytest.mark.parametrize(
    ("slow", "fine"),
    [
        (SAVING, make_command("help")),
        (make_command("jubo", arguments="save https://a.example"), make_command("help")),
        (make_command("ask", arguments="what is it?"), make_command("help")),
        (make_command("jubo", arguments="ask what is it?"), make_command("help")),
        (make_command("digest"), make_command("help")),
        (ASKING, make_command("help")),
        (ASKING, SAVING),
        (SAVING, ASKING),
    ],
)
async def test_what_hangs_stalls_nothing_that_waits_for_something_else(
    slow: Event, fine: Event
) -> None:
    inbox, seen, go_on = MemoryInbox(), list[str](), asyncio.Event()
    for number in range(2 * EVENTS_AT_ONCE):
        await inbox.put(_copy(slow, number))
    await inbox.put(_copy(fine, -1))

    async def handle(event: Event) -> None:
        if event.id != "event--1":
            await go_on.wait()
        seen.append(event.id)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=handle)

    async def is_seen() -> bool:
        if seen[:1] == ["event--1"]:
            go_on.set()
        return len(seen) == 2 * EVENTS_AT_ONCE + 1

    await run_until(worker, is_seen)


def _copy(event: Event, number: int) -> Event:
    """Return it as an event of its own, by another member, about another message."""
    copied = replace(event, id=f"event-{number}", member=MemberId(f"member-{number}"))
    if isinstance(copied, MessagePosted):
        return replace(copied, message=MessageId(f"message-{number}"))
    return copied


async def test_a_platform_that_hangs_does_not_stall_the_others() -> None:
    inbox, seen = MemoryInbox(), []
    go_on = asyncio.Event()
    for number in range(2 * EVENTS_AT_ONCE):
        await inbox.put(replace(make_command("help", event=f"slack-{number}"), workspace=SLACK))
    await inbox.put(make_command("help", event="local"))

    async def handle(event: Event) -> None:
        if event.workspace == SLACK:
            await go_on.wait()
        seen.append(event.id)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=handle)

    async def is_seen() -> bool:
        if seen[:1] == ["local"]:
            go_on.set()
        return len(seen) == 2 * EVENTS_AT_ONCE + 1

    await run_until(worker, is_seen)


async def test_no_more_events_are_taken_into_memory_than_said() -> None:
    inbox, go_on = CountingInbox(), asyncio.Event()
    handler = Handler()
    for number in range(MOST_TAKEN + 2 * BATCH):
        await inbox.put(make_command("help", event=f"event-{number}"))

    async def handle(event: Event) -> None:
        await go_on.wait()
        await handler.handle(event)

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=handler.give_up)
    taken: list[int] = []

    async def is_empty() -> bool:
        if not taken and len(inbox.given) >= MOST_TAKEN:
            for _ in range(20):  # time enough to take more
                await asyncio.sleep(0)
            taken.append(len(inbox.given))
            go_on.set()
        return len(handler.seen) == MOST_TAKEN + 2 * BATCH

    await run_until(worker, is_empty)

    assert taken[0] <= MOST_TAKEN + BATCH


async def test_a_row_that_was_let_go_is_taken_up_again_without_a_restart() -> None:
    inbox, tellings = MemoryInbox(), []
    await inbox.put(make_command("help", event="unlucky"))
    await inbox.put(make_command("help", event="later"))

    async def handle(event: Event) -> None:
        if event.id == "unlucky":
            raise TransientError

    async def give_up(event: Event) -> None:
        tellings.append(event.id)
        if len(tellings) == 1:
            raise TransientError

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=give_up, retry_after_s=0)

    async def is_set_aside() -> bool:
        return bool(inbox.failed)

    await run_until(worker, is_set_aside)

    assert tellings == ["unlucky", "unlucky"]


class SlowInbox(MemoryInbox):
    """Its second listing takes until `go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.lists = 0
        self.go_on = asyncio.Event()

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        self.lists += 1
        rows = await super().list_open(lane=lane, limit=1, after=after)
        if self.lists == 2:
            await self.go_on.wait()
        return rows


async def test_a_row_that_was_let_go_while_others_were_listed_is_not_forgotten() -> None:
    inbox, tellings = SlowInbox(), []
    await inbox.put(make_command("help", event="unlucky"))
    await inbox.put(make_command("help", event="later"))

    async def handle(event: Event) -> None:
        if event.id == "unlucky":
            raise TransientError

    async def give_up(event: Event) -> None:
        tellings.append(event.id)
        if len(tellings) == 1:
            raise TransientError

    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handle, give_up=give_up, retry_after_s=0)

    async def is_set_aside() -> bool:
        if tellings:
            for _ in range(20):  # time enough to let it go
                await asyncio.sleep(0)
            inbox.go_on.set()
        return bool(inbox.failed)

    await run_until(worker, is_set_aside)

    assert tellings == ["unlucky", "unlucky"]


class LeftInbox(MemoryInbox):
    """Rows come into this node's care out of order, and may be taken by another one."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[int] = set()
        self.taken: set[str] = set()

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        rows = await super().list_open(lane=lane, limit=limit, after=after)
        return [row for row in rows if row.id not in self.hidden]

    async def count_attempt(self, row: int) -> bool:
        (event,) = [
            each for each in await super().list_open(lane=Lane.TALK, limit=9) if each.id == row
        ]
        return event.event.id not in self.taken and await super().count_attempt(row)


async def test_what_another_node_leaves_to_us_is_found_without_a_word() -> None:
    inbox, handler = LeftInbox(), Handler()
    for name in ("left later", "ours"):
        await inbox.put(make_command("help", event=name))
    inbox.hidden.add(1)
    worker = InboxWorker(
        inbox,
        lane=Lane.TALK,
        handle=handler.handle,
        give_up=handler.give_up,
        is_one_of_many=True,
        look_every_s=0.01,
    )

    async def is_done() -> bool:
        if handler.seen == ["ours"]:
            inbox.hidden.clear()
        return len(handler.seen) == 2

    await run_until(worker, is_done)

    assert handler.seen == ["ours", "left later"]


async def test_what_another_node_took_is_left_to_it() -> None:
    inbox, handler = LeftInbox(), Handler()
    inbox.taken.add("taken")
    for name in ("taken", "ours"):
        await inbox.put(make_command("help", event=name))
    worker = InboxWorker(inbox, lane=Lane.TALK, handle=handler.handle, give_up=handler.give_up)

    async def is_done() -> bool:
        return len(await inbox.list_open(lane=Lane.TALK, limit=9)) == 1

    await run_until(worker, is_done)

    assert handler.seen == ["ours"]
