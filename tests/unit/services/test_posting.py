"""A post goes out once, whatever the platform does and whenever the process dies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.domain.models import LOCAL, MessageId, Place
from bot.errors import (
    BotError,
    LeaseLost,
    PlaceClosed,
    RateLimited,
    SendUnsure,
    TransientError,
)
from bot.ports import Piece, Target
from bot.posts import Post, say
from bot.services.deadlines import Deadlines
from bot.services.posting import LONGEST_WAIT_S, TRIES, PostingService
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.platform import FakePlatform

HELLO = say("Hello.", language="en")
TALK = Post(HELLO.blocks, thread=(say("First.", language="en"), say("Second.", language="en")))
HERE = Target(LOCAL, GENERAL)
FOR_MINA = Target(LOCAL, GENERAL, only_for=MINA)


@dataclass
class Desk:
    platform: FakePlatform = field(default_factory=FakePlatform)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    pauses: list[float] = field(default_factory=list)
    deadlines: Deadlines = field(default_factory=Deadlines)
    seconds: float = 1000.0

    @property
    def posting(self) -> PostingService:
        """Return the service as it is after a start of the process."""
        return PostingService(
            {"local": self.platform},
            self.ledger,
            clock=FakeClock(NOON),
            pause=self._pause,
            deadlines=self.deadlines,
            monotonic=lambda: self.seconds,
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    @property
    def said(self) -> list[str]:
        return list(self.platform.sent)


async def test_what_a_post_holds_in_its_thread_answers_its_first_message() -> None:
    desk = Desk()

    head = await desk.posting.post(HERE, TALK, key="k")

    assert desk.said == ["k", "k/1", "k/2"]
    assert [sent.thread for sent in desk.platform.posts] == [None, head, head]


async def test_what_one_member_sees_stays_beside_the_first_message() -> None:
    desk = Desk()

    await desk.posting.post(FOR_MINA, TALK, key="k")

    assert [(sent.thread, sent.only_for) for sent in desk.platform.posts] == [(None, MINA)] * 3


@pytest.mark.parametrize("target", [HERE, FOR_MINA], ids=["for all", "for one"])
async def test_a_second_call_with_the_same_key_sends_nothing(target: Target) -> None:
    desk = Desk()
    first = await desk.posting.post(target, TALK, key="k")

    second = await desk.posting.post(target, TALK, key="k")

    assert first == second
    assert desk.platform.calls == 3


@pytest.mark.parametrize(
    ("failure", "arrives"),
    [
        (RateLimited(7), False),
        (SendUnsure("dropped"), True),
        (SendUnsure("dropped"), False),
        (TransientError("no connection"), False),
    ],
    ids=["asked to wait", "arrived all the same", "never arrived", "no connection"],
)
async def test_a_fault_ends_in_one_post(failure: BotError, *, arrives: bool) -> None:
    desk = Desk()
    desk.platform.fails = [(failure, arrives), (failure, False)]

    await desk.posting.post(HERE, HELLO, key="k")

    assert desk.said == ["k"]


async def test_the_platform_says_how_long_to_wait() -> None:
    desk = Desk()
    desk.platform.fails = [(RateLimited(7), False)]

    await desk.posting.post(HERE, HELLO, key="k")

    assert desk.pauses == [7]


async def test_a_wait_that_nobody_would_sit_through_is_left_to_the_next_attempt() -> None:
    desk = Desk()
    desk.platform.fails = [(RateLimited(LONGEST_WAIT_S + 1), False)]

    with pytest.raises(RateLimited):
        await desk.posting.post(HERE, HELLO, key="k")

    assert desk.pauses == []


async def test_a_platform_that_stays_away_is_not_asked_for_ever() -> None:
    desk = Desk()
    desk.platform.fails = [(SendUnsure("dropped"), False)] * 99

    with pytest.raises(SendUnsure):
        await desk.posting.post(HERE, HELLO, key="k")

    assert desk.platform.calls == TRIES
    assert len(desk.pauses) == TRIES - 1  # none after the last


async def test_a_closed_place_is_told_at_once() -> None:
    desk = Desk()
    desk.platform.fails = [(PlaceClosed("message.gone"), False)]

    with pytest.raises(PlaceClosed):
        await desk.posting.post(HERE, HELLO, key="k")

    assert desk.platform.calls == 1


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_post_that_a_crash_interrupted_is_looked_for_first(*, arrived: bool) -> None:
    desk = Desk()
    await desk.ledger.begin(LOCAL, "k", at=NOON)
    if arrived:
        (piece,) = desk.platform.split(HELLO)
        await desk.platform.send(HERE, piece, key="k")

    message = await desk.posting.post(HERE, HELLO, key="k")

    assert message == MessageId("sent:k")
    assert desk.said == ["k"]


async def test_who_waits_goes_before_what_a_clock_ordered() -> None:
    desk = Desk()
    posting = desk.posting
    begun = asyncio.Event()
    go_on = asyncio.Event()

    async def hold(seconds: float) -> None:
        begun.set()
        await go_on.wait()

    desk.platform.fails = [(RateLimited(1), False)]
    posting = PostingService(
        {"local": desk.platform}, desk.ledger, clock=FakeClock(NOON), pause=hold
    )
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(posting.post(HERE, HELLO, key="first"))
        await begun.wait()
        late = [
            tasks.create_task(posting.post(HERE, HELLO, key="digest", is_urgent=False)),
            tasks.create_task(posting.post(HERE, HELLO, key="answer")),
        ]
        while len(desk.ledger.rows) < 3:  # noqa: ASYNC110 - until both stand in the queue
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        go_on.set()
    del late

    assert desk.said == ["first", "answer", "digest"]


async def test_somebody_who_leaves_the_queue_holds_nobody_up() -> None:
    desk = Desk()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(seconds: float) -> None:
        begun.set()
        await go_on.wait()

    desk.platform.fails = [(RateLimited(1), False)]
    posting = PostingService(
        {"local": desk.platform}, desk.ledger, clock=FakeClock(NOON), pause=hold
    )
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        first = tasks.create_task(posting.post(HERE, HELLO, key="first"))
        await begun.wait()
        leaves = tasks.create_task(posting.post(HERE, HELLO, key="leaves"))
        stays = tasks.create_task(posting.post(HERE, HELLO, key="stays"))
        while len(desk.ledger.rows) < 3:  # noqa: ASYNC110 - until both stand in the queue
            await asyncio.sleep(0)
        leaves.cancel()
        go_on.set()
        await asyncio.wait([first, stays])

    assert desk.said == ["first", "stays"]


async def test_an_answer_does_not_wait_until_a_scheduled_post_may_go_on() -> None:
    desk = Desk()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(seconds: float) -> None:
        begun.set()
        await go_on.wait()

    desk.platform.fails = [(RateLimited(1), False)]
    posting = PostingService(
        {"local": desk.platform}, desk.ledger, clock=FakeClock(NOON), pause=hold
    )
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(posting.post(HERE, HELLO, key="digest", is_urgent=False))
        await begun.wait()
        await posting.post(FOR_MINA, HELLO, key="answer")
        go_on.set()

    assert desk.said == ["answer", "digest"]


async def test_nothing_is_sent_by_who_may_be_taken_for_dead() -> None:
    desk = Desk()
    asked: list[int] = []

    def is_held() -> bool:
        asked.append(desk.platform.calls)
        return len(asked) < 3

    with pytest.raises(LeaseLost):
        await desk.posting.post(HERE, TALK, key="k", is_urgent=False, is_held=is_held)

    assert desk.said == ["k", "k/1"]
    assert asked == [0, 1, 2]  # right before each call


async def test_what_a_clock_ordered_is_looked_for_when_no_request_can_arrive_any_more() -> None:
    desk = Desk()
    posting = desk.posting
    await desk.ledger.begin(LOCAL, "k", at=NOON)
    desk.seconds += 4

    await posting.post(HERE, HELLO, key="k", is_urgent=False)

    # The process before this one ended four seconds ago at least.
    assert desk.pauses == [desk.deadlines.scheduled_s - 4]


class Dated(FakePlatform):
    """What it took arrived an hour before the clock of who sent it said so."""

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        if since > NOON - timedelta(hours=1):
            return None
        return await super().find_sent(target, piece, key=key, since=since)


async def test_what_a_wrong_clock_ordered_is_found_all_the_same() -> None:
    desk = Desk(Dated())
    desk.platform.fails = [(SendUnsure("dropped"), True)]

    await desk.posting.post(HERE, HELLO, key="k", is_urgent=False)

    assert desk.said == ["k"]
    assert desk.platform.calls == 1


async def test_a_dropped_answer_is_waited_out_before_it_is_looked_for() -> None:
    desk = Desk()
    desk.platform.fails = [(SendUnsure("dropped"), False)] * 2

    await desk.posting.post(HERE, HELLO, key="k", is_urgent=False)

    assert desk.pauses == [desk.deadlines.scheduled_s] * 2
    assert desk.said == ["k"]


async def test_a_cut_short_request_is_waited_out_by_the_next_try() -> None:
    desk = Desk(Hanging(), deadlines=Deadlines(scheduled_s=20))
    posting = desk.posting
    desk.seconds += 100
    first = asyncio.create_task(posting.post(HERE, HELLO, key="k", is_urgent=False))
    while not desk.platform.calls:  # noqa: ASYNC110 - until the request is under way
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])

    await posting.post(HERE, HELLO, key="k", is_urgent=False)

    assert desk.pauses == [20]
    assert desk.platform.calls == 1


async def test_a_request_that_was_answered_is_not_waited_out_by_the_next_try() -> None:
    desk = Desk()
    posting = desk.posting
    desk.seconds += 100
    desk.platform.fails = [(RateLimited(LONGEST_WAIT_S + 1), False)]
    with pytest.raises(RateLimited):
        await posting.post(HERE, HELLO, key="k", is_urgent=False)

    await posting.post(HERE, HELLO, key="k", is_urgent=False)

    assert desk.pauses == []
    assert desk.said == ["k"]


async def test_whether_a_post_is_there_is_asked_when_no_request_can_arrive_any_more() -> None:
    desk = Desk()
    posting = desk.posting
    await desk.ledger.begin(LOCAL, "k", at=NOON)
    desk.seconds += 4

    await posting.has_begun(HERE, HELLO, key="k")

    assert desk.pauses == [desk.deadlines.scheduled_s - 4]


async def test_whether_a_post_is_there_is_told_without_sending() -> None:
    desk = Desk()
    posting = desk.posting
    assert not await posting.has_begun(HERE, HELLO, key="k")

    await desk.ledger.begin(LOCAL, "k", at=NOON)
    assert not await posting.has_begun(HERE, HELLO, key="k")
    (piece,) = desk.platform.split(HELLO)
    await desk.platform.send(HERE, piece, key="k")

    assert await posting.has_begun(HERE, HELLO, key="k")
    assert desk.platform.calls == 1


class Hanging(FakePlatform):
    """Takes what is sent and never says so; edits, marks and searches never end."""

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        await super().send(target, piece, key=key)
        return await never()

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        await never()

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        await never()

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        await never()


class Searchless(FakePlatform):
    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        return await never()


async def never() -> MessageId:
    await asyncio.Event().wait()
    raise AssertionError


SOON = Deadlines(send_s=0.01, mark_s=0.01, look_s=0.01, load_s=0.01)


async def test_a_send_that_hangs_is_looked_for() -> None:
    desk = Desk(Hanging(), deadlines=SOON)

    async with asyncio.timeout(30):
        message = await desk.posting.post(HERE, HELLO, key="k")

    assert message == MessageId("sent:k")
    assert desk.platform.calls == 1


async def test_a_search_that_hangs_is_left_to_the_next_attempt() -> None:
    desk = Desk(Searchless(), deadlines=SOON)
    await desk.ledger.begin(LOCAL, "k", at=NOON)

    async with asyncio.timeout(30):
        with pytest.raises(TransientError):
            await desk.posting.post(HERE, HELLO, key="k")

    assert desk.said == []


async def test_an_edit_that_hangs_frees_its_channel() -> None:
    desk = Desk(Hanging(), deadlines=SOON)

    async with asyncio.timeout(30):
        await desk.posting.edit(HERE, MessageId("sent:old"), HELLO)
        await desk.posting.post(HERE, HELLO, key="k")

    assert desk.said == ["k"]


@pytest.mark.parametrize("act", ["react", "unreact"])
async def test_a_mark_that_hangs_is_left_to_the_next_attempt(act: str) -> None:
    posting = Desk(Hanging(), deadlines=SOON).posting

    async with asyncio.timeout(30):
        with pytest.raises(TransientError):
            await getattr(posting, act)(HERE, MessageId("sent:old"), "👀")
