"""What happened while the bot was away is made good: each thing once, nothing made up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.emoji import SaveEmoji, bare_emoji
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.errors import PlaceClosed, RateLimited, TransientError
from bot.events import (
    Event,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    SharedFile,
)
from bot.ports import MemberReaction, Node, NodeId, PastMessage, ReactionState, Sharing
from bot.services.catching_up import (
    LOOK_BACK,
    LOOK_BACK_BRIEFLY,
    LOOK_BACK_EVERY,
    MESSAGES_A_CHANNEL,
    OVERLAP,
    TRIES,
    CatchingUpService,
)
from tests.factories import MINA, NOON
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.fakes.inbox import MemoryInbox
from tests.fakes.nodes import MemoryNodes
from tests.fakes.workspaces import FakeWorkspaces

TEAM = WorkspaceId("slack:TEAM")
READING = Place(ChannelId("reading"))
RANDOM = Place(ChannelId("random"))
WITH_MINA = Place(ChannelId("with mina"), is_private=True, is_direct=True)
SEEN = NOON - timedelta(hours=5)
BEFORE = SEEN - OVERLAP - timedelta(hours=2)  # said well before we left
AWAY = NOON - timedelta(hours=3)


@dataclass
class Team:
    history: FakeHistory = field(default_factory=lambda: FakeHistory([READING]))
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    workspaces: FakeWorkspaces = field(default_factory=FakeWorkspaces)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    wakes: int = 0
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workspaces.seen[TEAM] = SEEN
        self.service = CatchingUpService(
            {"slack": self.history},
            self.workspaces,
            self.inbox,
            self.inbox,
            clock=self.clock,
            on_event=self.wake,
            pause=self.pause,
        )

    def wake(self) -> None:
        self.wakes += 1

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def say(self, *messages: PastMessage, place: Place = READING) -> None:
        self.history.messages[place.channel] = list(messages)

    async def standing(self, message: str) -> set[tuple[str, str]]:
        found = await self.inbox.list_reactions(TEAM, MessageId(message))
        return {(each.emoji, each.member) for each in found}


def past(
    name: str,
    text: str = "https://one.example/",
    *,
    at: datetime = BEFORE,
    is_for_bot: bool = False,
    is_from_bot: bool = False,
    reactions: Sequence[tuple[str, str]] = (),
    edited_at: datetime | None = None,
    thread: str = "",
    files: tuple[SharedFile, ...] = (),
) -> PastMessage:
    return PastMessage(
        id=MessageId(name),
        member=MINA,
        member_name="Mina",
        text=text,
        at=at,
        is_for_bot=is_for_bot,
        is_from_bot=is_from_bot,
        reactions=tuple(
            MemberReaction(bare_emoji(emoji), MemberId(member), member.title())
            for emoji, member in reactions
        ),
        edited_at=edited_at,
        thread=MessageId(thread) if thread else None,
        files=files,
    )


def heard(
    message: str,
    emoji: str,
    member: str,
    *,
    is_on: bool = True,
    at: datetime = BEFORE,
) -> Event:
    kind = ReactionAdded if is_on else ReactionRemoved
    return kind(
        id=f"react:{message}:{emoji}:{member}:{at.isoformat()}:{is_on}",
        workspace=TEAM,
        place=READING,
        member=MemberId(member),
        at=at,
        message=MessageId(message),
        emoji=emoji,
    )


async def test_a_save_reaction_of_meanwhile_becomes_an_event_with_the_message_s_text() -> None:
    team = Team()
    team.say(past("m1", reactions=[("📜", "juno")]))

    await team.service.catch_up(TEAM)

    (event,) = team.inbox.events
    assert isinstance(event, ReactionAdded)
    assert (event.emoji, event.member, event.member_name) == ("📜", "juno", "Juno")
    assert (event.message, event.message_text) == ("m1", "https://one.example/")
    assert event.place == READING
    assert team.wakes == 1


async def test_other_reactions_are_made_good_where_something_is_saved() -> None:
    team = Team()
    for emoji, member in (("👍", "joon"), ("🎉", "sora")):
        await team.inbox.put(heard("m1", emoji, member))
    await team.inbox.put(heard("m2", "👍", "joon"))
    team.say(
        past("m1", reactions=[("📜", "juno"), ("👍", "mina"), ("🎉", "sora")]),
        past("m2", reactions=[("🎉", "mina")]),
    )

    await team.service.catch_up(TEAM)

    assert await team.standing("m1") == {("📜", "juno"), ("👍", "mina"), ("🎉", "sora")}
    assert await team.standing("m2") == {("👍", "joon")}


async def test_a_save_reaction_that_was_taken_off_meanwhile_is_taken_back() -> None:
    team = Team()
    await team.inbox.put(heard("m1", "🔖", "juno"))
    team.say(past("m1"))

    await team.service.catch_up(TEAM)

    event = team.inbox.events[-1]
    assert isinstance(event, ReactionRemoved)
    assert (event.emoji, event.member) == ("🔖", "juno")


async def test_a_cross_comes_after_the_saves_that_it_undoes() -> None:
    team = Team()
    team.say(past("m1", reactions=[("❌", "juno"), ("🔖", "juno")]))

    await team.service.catch_up(TEAM)

    assert [getattr(event, "emoji", "") for event in team.inbox.events] == ["🔖", "❌"]


async def test_the_workspace_s_own_emoji_are_looked_for() -> None:
    team = Team()
    own = WorkspaceSettings(emoji=SaveEmoji(bookmark=":keep:"))
    team.workspaces.settings[TEAM] = own
    team.say(past("m1", reactions=[("🔖", "juno"), (":keep:", "juno")]))

    await team.service.catch_up(TEAM)

    assert await team.standing("m1") == {("🔖", "juno"), (":keep:", "juno")}


async def test_a_mention_of_meanwhile_is_answered_once_by_whatever_way_it_came() -> None:
    team = Team()
    live = MessagePosted(
        id="message:m2",
        workspace=TEAM,
        place=READING,
        member=MINA,
        at=AWAY,
        message=MessageId("m2"),
        text="what is new?",
        is_for_bot=True,
    )
    await team.inbox.put(live)
    team.say(
        past("m0", "an old question", at=BEFORE, is_for_bot=True),
        past("m1", "what is old?", at=AWAY, is_for_bot=True),
        past("m2", "what is new?", at=AWAY, is_for_bot=True),
        past("m3", "not for you", at=AWAY),
        past("m4", "I answer", at=AWAY, is_for_bot=True, is_from_bot=True),
    )

    await team.service.catch_up(TEAM)
    await team.service.catch_up(TEAM)

    posted = [each for each in team.inbox.events if isinstance(each, MessagePosted)]
    assert [(each.id, each.text) for each in posted] == [
        ("message:m2", "what is new?"),
        ("message:m1", "what is old?"),
    ]


async def test_a_question_is_found_however_long_the_heart_beat_over_a_lost_connection() -> None:
    team = Team()
    said_at = SEEN - timedelta(hours=20)
    team.say(past("m1", "what is new?", at=said_at, is_for_bot=True))

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m1"]


async def test_what_was_asked_before_the_first_start_is_nobody_s_question() -> None:
    team = Team()
    team.workspaces.began[TEAM] = SEEN - timedelta(hours=1)
    team.say(
        past("m1", "before", at=SEEN - timedelta(hours=2), is_for_bot=True),
        past("m2", "after", at=SEEN - timedelta(minutes=30), is_for_bot=True),
    )

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m2"]


async def test_a_page_s_text_that_was_given_meanwhile_is_found_and_of_other_replies_no_word() -> (
    None
):
    team = Team()
    head = MessageId("m1")
    team.say(
        replace(past("m2", "text: Lanterns are red", at=AWAY), answers=head),
        replace(past("m3", "what a pity", at=AWAY), answers=head),
    )

    await team.service.catch_up(TEAM)

    posted = [each for each in team.inbox.events if isinstance(each, MessagePosted)]
    assert [(each.text, each.answers) for each in posted] == [
        ("text: Lanterns are red", head),
        ("", head),
    ]


async def test_a_question_comes_with_its_files() -> None:
    team = Team()
    shared = SharedFile(name="notes.md", url="https://files.example/notes.md")
    team.say(past("m1", "keep this", at=AWAY, is_for_bot=True, files=(shared,)))

    await team.service.catch_up(TEAM)

    (event,) = team.inbox.events
    assert isinstance(event, MessagePosted)
    assert event.files == (shared,)


async def test_a_message_that_cannot_be_kept_hides_none_after_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Picky(MemoryInbox):
        async def put(self, event: Event) -> bool:
            if event.id == "message:m1":
                raise ValueError("half a character")
            return await super().put(event)

    team = Team(inbox=Picky())
    team.say(
        past("m1", "broken", at=AWAY, is_for_bot=True),
        past("m2", "what is new?", at=AWAY, is_for_bot=True),
    )

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m2"]
    assert "message not caught up with" in caplog.text


async def test_whether_a_reply_in_a_thread_is_for_us_is_found_out_later_as_ever() -> None:
    team = Team()
    team.say(
        past("m1", "and why?", at=AWAY, thread="m0"),
        past("m2", "not in a thread", at=AWAY),
        past("m3", "long ago", at=BEFORE, thread="m0"),
    )

    await team.service.catch_up(TEAM)

    (event,) = team.inbox.events
    assert isinstance(event, MessagePosted)
    assert (event.id, event.thread, event.is_for_bot) == ("message:m1", "m0", False)


async def test_direct_messages_are_looked_into() -> None:
    team = Team(FakeHistory([READING], [WITH_MINA]))
    team.say(past("d1", "what is new?", at=AWAY, is_for_bot=True), place=WITH_MINA)
    team.say(past("m1", reactions=[("🔖", "juno")]))

    await team.service.catch_up(TEAM)

    assert [event.place for event in team.inbox.events] == [READING, WITH_MINA]


async def test_an_edit_of_meanwhile_of_what_somebody_saved_becomes_the_event_that_was_missed() -> (
    None
):
    team = Team()
    for name in ("m1", "m2", "m4", "m5"):
        await team.inbox.put(heard(name, "🔖", "juno"))
    known = len(team.inbox.events)
    saved = [("🔖", "juno")]
    team.say(
        past("m1", "now https://two.example/", reactions=saved, edited_at=AWAY),
        past("m2", "as it was", reactions=saved),
        past("m3", "nobody saved it", edited_at=AWAY),
        past("m4", "known", reactions=saved, edited_at=BEFORE),
        past("m5", "a program's", reactions=saved, edited_at=AWAY, is_from_bot=True),
    )

    await team.service.catch_up(TEAM)
    await team.service.catch_up(TEAM)

    (event,) = team.inbox.events[known:]
    assert isinstance(event, MessageEdited)
    assert event.id == f"edit:m1:{AWAY.isoformat()}"
    assert (event.text, event.member, event.at) == ("now https://two.example/", MINA, AWAY)


async def test_the_first_start_ever_replays_nothing() -> None:
    team = Team()
    del team.workspaces.seen[TEAM]
    team.say(past("m1", is_for_bot=True, reactions=[("🔖", "juno")]))

    await team.service.catch_up(TEAM)

    assert team.inbox.events == []
    assert team.history.reads == []
    assert team.workspaces.seen[TEAM] >= NOON


async def test_it_looks_back_a_few_days_from_when_it_left() -> None:
    team = Team()
    team.workspaces.seen[TEAM] = NOON - timedelta(days=10)

    await team.service.catch_up(TEAM)

    ((_, since, _),) = team.history.reads
    assert since == NOON - timedelta(days=10) - OVERLAP - LOOK_BACK


async def test_a_busy_channel_is_looked_at_for_what_was_said_meanwhile() -> None:
    team = Team(FakeHistory([READING], page_size=500))
    old = [past(f"old/{number}", "so busy") for number in range(MESSAGES_A_CHANNEL)]
    team.say(*old, past("m1", "what is new?", at=AWAY, is_for_bot=True))

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m1"]


async def test_a_channel_that_may_not_be_read_stops_no_other() -> None:
    team = Team(FakeHistory([READING, RANDOM]))
    team.history.fails[READING.channel] = [PlaceClosed("backfill.not_in_channel")]
    team.say(past("m1", reactions=[("🔖", "juno")]), place=RANDOM)

    await team.service.catch_up(TEAM)

    assert len(team.inbox.events) == 1
    assert team.workspaces.seen[TEAM] >= NOON  # there is nothing to come back for


async def test_what_passes_is_tried_again() -> None:
    team = Team()
    team.history.fails[READING.channel] = [RateLimited(9), TransientError()]
    team.say(past("m1", reactions=[("🔖", "juno")]))

    await team.service.catch_up(TEAM)

    assert len(team.inbox.events) == 1
    assert len(team.pauses) == 2


async def test_what_stays_away_is_looked_for_again_from_the_same_instant() -> None:
    team = Team(FakeHistory([READING, RANDOM]))
    team.history.fails[READING.channel] = [TransientError() for _ in range(TRIES)]
    team.say(past("m1", "what is new?", at=AWAY, is_for_bot=True))
    team.say(past("r1", reactions=[("🔖", "juno")]), place=RANDOM)

    await team.service.catch_up(TEAM)
    await team.service.beat()
    seen = team.workspaces.seen[TEAM]
    found = [event.id for event in team.inbox.events]
    await team.service.catch_up(TEAM)

    assert seen == SEEN
    assert len(found) == 1  # the other channel was looked at
    assert "message:m1" in [event.id for event in team.inbox.events]


async def test_the_heartbeat_goes_on_where_nothing_is_missing() -> None:
    team = Team()

    await team.service.beat()
    before = team.workspaces.seen[TEAM]
    await team.service.catch_up(TEAM)
    team.clock.move(minutes=1)
    await team.service.beat()

    assert before == SEEN
    assert team.workspaces.seen[TEAM] >= NOON + timedelta(minutes=1)


async def test_what_was_missed_while_the_heart_beat_over_a_lost_connection_is_found() -> None:
    team = Team()
    await team.service.catch_up(TEAM)
    team.clock.move(hours=3)
    await team.service.beat()  # nobody noticed that nothing was heard any more
    team.say(past("m1", at=NOON + timedelta(minutes=30), is_for_bot=True))

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m1"]


async def test_a_question_of_a_moment_ago_is_found_though_its_clock_is_behind_ours() -> None:
    team = Team()
    await team.service.catch_up(TEAM)
    team.say(past("m1", at=NOON - timedelta(seconds=20), is_for_bot=True))

    await team.service.catch_up(TEAM)

    assert [event.id for event in team.inbox.events] == ["message:m1"]


async def test_what_is_heard_while_a_page_is_on_its_way_stands() -> None:
    team = Team()
    team.say(past("m1", reactions=[("🔖", "juno")]))  # as the page was when it left

    async def hear(_: int) -> None:
        await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=NOON + timedelta(seconds=1)))
        team.say(past("m1"))

    team.history.on_read = hear
    await team.service.catch_up(TEAM)

    assert await team.standing("m1") == set()


async def test_what_is_taken_back_while_a_page_is_on_its_way_stays_so_by_any_clock() -> None:
    team = Team()
    team.say(past("m1", reactions=[("🔖", "juno")]))  # as the page was when it left

    async def hear(_: int) -> None:
        taken_back_at = NOON - timedelta(seconds=30)
        await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=taken_back_at))
        team.say(past("m1"))

    team.history.on_read = hear
    await team.service.catch_up(TEAM)

    assert await team.standing("m1") == set()


async def test_what_is_taken_back_while_we_look_once_more_stays_so() -> None:
    team = Team()
    lately = NOON - timedelta(seconds=30)
    await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=lately))
    team.say(past("m1", reactions=[("🔖", "juno")]))

    async def hear(_: int) -> None:
        taken_back_at = lately + timedelta(seconds=1)
        await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=taken_back_at))
        team.say(past("m1"))

    team.history.on_look = hear
    await team.service.catch_up(TEAM)

    assert team.history.looks == ["m1"]
    assert await team.standing("m1") == set()


async def test_of_a_message_that_is_gone_at_a_second_look_nothing_changes() -> None:
    team = Team()
    await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=NOON - timedelta(seconds=30)))
    team.say(past("m1", reactions=[("🔖", "juno")]), past("m2", at=AWAY, is_for_bot=True))

    async def delete(_: int) -> None:
        team.say(past("m2", at=AWAY, is_for_bot=True))

    team.history.on_read = delete
    await team.service.catch_up(TEAM)

    assert team.history.looks == ["m1"]
    assert await team.standing("m1") == set()
    assert team.inbox.events[-1].id == "message:m2"


async def test_what_is_taken_back_just_afterwards_goes_though_our_clock_is_ahead() -> None:
    team = Team()
    team.say(past("m1", reactions=[("🔖", "juno")]))
    await team.service.catch_up(TEAM)

    is_new = await team.inbox.put(
        heard("m1", "🔖", "juno", is_on=False, at=NOON - timedelta(seconds=30))
    )

    assert is_new
    assert await team.standing("m1") == set()


@pytest.mark.parametrize("is_on", [True, False])
async def test_what_changed_in_a_short_absence_is_younger_than_what_was_heard_before_it(
    is_on: bool,
) -> None:
    team = Team()
    lately = NOON - timedelta(seconds=30)
    await team.inbox.put(heard("m1", "🔖", "juno", at=lately - timedelta(seconds=9)))
    if is_on:
        await team.inbox.put(heard("m1", "🔖", "juno", is_on=False, at=lately))
    team.say(past("m1", reactions=[("🔖", "juno")] if is_on else []))

    await team.service.catch_up(TEAM)

    assert await team.standing("m1") == ({("🔖", "juno")} if is_on else set())


async def test_a_save_of_a_short_absence_is_younger_than_the_cross_before_it() -> None:
    team = Team()
    crossed_at = NOON - timedelta(seconds=30)
    await team.inbox.put(heard("m1", "❌", "juno", at=crossed_at))
    team.say(past("m1", reactions=[("❌", "juno"), ("📜", "juno")]))

    await team.service.catch_up(TEAM)

    save = team.inbox.events[-1]
    assert isinstance(save, ReactionAdded)
    assert save.at > crossed_at


async def test_such_a_save_may_be_taken_back_though_our_clock_is_ahead() -> None:
    team = Team()
    await team.inbox.put(heard("m1", "❌", "juno", at=NOON - timedelta(seconds=50)))
    team.say(past("m1", reactions=[("❌", "juno"), ("📜", "juno")]))
    await team.service.catch_up(TEAM)

    is_new = await team.inbox.put(
        heard("m1", "📜", "juno", is_on=False, at=NOON - timedelta(seconds=30))
    )

    assert is_new
    assert await team.standing("m1") == {("❌", "juno")}


async def test_connections_that_are_lost_again_and_again_are_no_reason_to_read_days_each_time() -> (
    None
):
    team = Team()
    await team.service.catch_up(TEAM)
    team.clock.move(seconds=90)
    await team.service.catch_up(TEAM)

    _, (_, since, _) = team.history.reads
    assert since >= NOON - timedelta(minutes=2) - LOOK_BACK_BRIEFLY


async def test_what_is_older_is_looked_at_some_minutes_later() -> None:
    team, stop = Team(), asyncio.Event()
    await team.service.catch_up(TEAM)
    team.clock.move(seconds=90)
    team.say(past("m1", reactions=[("🔖", "juno")]))
    await team.service.catch_up(TEAM)
    soon = len(team.inbox.events)

    team.clock.move(seconds=LOOK_BACK_EVERY.total_seconds())
    await team.service.beat()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(team.service.run(stop))
        while not team.inbox.events:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        stop.set()

    assert soon == 0
    assert len(team.inbox.events) == 1


async def test_calls_while_one_runs_become_one_more() -> None:
    team = Team()
    may_go_on = asyncio.Event()

    async def wait(_: int) -> None:
        await may_go_on.wait()

    team.history.on_read = wait
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(team.service.catch_up(TEAM))
            await asyncio.sleep(0)
        assert len(team.history.reads) == 1
        may_go_on.set()

    assert len(team.history.reads) == 2


async def test_run_catches_up_where_it_is_asked_to_until_the_stop() -> None:
    team = Team()
    team.say(past("m1", reactions=[("🔖", "juno")]))
    stop = asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(team.service.run(stop))
        team.service.ask(TEAM)
        while not team.inbox.events:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        stop.set()

    assert len(team.inbox.events) == 1


@dataclass(frozen=True, slots=True)
class Act:
    """A member reacts, or takes it back, `step`s after the round began; before it if negative.

    It is heard of `late` steps afterwards; never if it is from before and missed.
    """

    step: int
    reaction: tuple[str, str, str]
    is_on: bool
    is_missed: bool
    late: int

    @property
    def is_heard(self) -> bool:
        return self.step >= 0 or not self.is_missed


class BusyTeam(Team):
    """Members go on reacting between any two steps of a round, by a clock that is not ours."""

    def __init__(self, acts: Sequence[Act], *, skew: timedelta, page_size: int) -> None:
        self._open = sorted(acts, key=lambda act: act.step)
        self._coming: list[tuple[int, Event]] = []
        self._step = 0
        self._skew = skew
        self.shown: set[tuple[str, str, str]] = set()
        super().__init__(FakeHistory([READING], page_size=page_size), SteppingInbox(self.step))
        self.history.on_read = self.history.on_look = lambda _: self.step()

    async def pause(self, seconds: float) -> None:
        await super().pause(seconds)
        await self.step()

    async def begin(self) -> None:
        """Let all happen that is from before."""
        while self._open and self._open[0].step < 0:
            self._act(self._open.pop(0))
        await self._hear(until=-1)

    async def step(self) -> None:
        self.clock.move(seconds=STEP_S)
        while self._open and self._open[0].step <= self._step:
            self._act(self._open.pop(0))
        await self._hear(until=self._step)
        self._step += 1

    async def end(self) -> None:
        while self._open or self._coming:
            await self.step()

    def _act(self, act: Act) -> None:
        if (act.reaction in self.shown) == act.is_on:
            return
        self.shown ^= {act.reaction}
        if act.is_heard:
            # Until now, at the latest, all from before is heard that is heard at all.
            known_at = act.step + act.late if act.step >= 0 else min(act.step + act.late, -1)
            at = NOON + (act.step + 1 / 2) * timedelta(seconds=STEP_S) + self._skew
            self._coming.append((known_at, heard(*act.reaction, is_on=act.is_on, at=at)))
        self.say(*(self._message(name) for name in MESSAGES))

    async def _hear(self, *, until: int) -> None:
        for known_at, event in sorted(self._coming, key=lambda each: each[0]):
            if known_at <= until:
                self._coming.remove((known_at, event))
                await MemoryInbox.put(self.inbox, event)

    def _message(self, name: str) -> PastMessage:
        found = [(emoji, who) for message, emoji, who in sorted(self.shown) if message == name]
        return past(name, reactions=found)


class SteppingInbox(MemoryInbox):
    def __init__(self, step: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._next = step

    async def list_states(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[ReactionState]:
        found = await super().list_states(workspace, message)
        await self._next()
        return found

    async def put(self, event: Event) -> bool:
        is_new = await super().put(event)
        await self._next()
        return is_new


STEP_S = 0.25
MESSAGES = ("m1", "m2", "m3")
EMOJI = st.sampled_from(["🔖", "📜", "🧑‍💻", "❌", "👍", ":custom:"])
REACTION = st.tuples(st.sampled_from(MESSAGES), EMOJI, st.sampled_from(["mina", "juno"]))
ACTS = st.builds(
    Act,
    step=st.integers(-500, -1) | st.integers(-8, 24),
    reaction=st.sampled_from([("m1", "🔖", "mina"), ("m1", "❌", "mina")]) | REACTION,
    is_on=st.booleans(),
    is_missed=st.booleans(),
    late=st.integers(0, 12),
)


@settings(max_examples=300)
@given(
    acts=st.lists(ACTS, max_size=20, unique_by=lambda act: act.step),
    skew_s=st.integers(-60, 60),
    page_size=st.integers(1, 3),
)
async def test_reactions_are_in_step_afterwards_whatever_happened_and_goes_on(
    acts: list[Act], skew_s: int, page_size: int
) -> None:
    team = BusyTeam(acts, skew=timedelta(seconds=skew_s), page_size=page_size)
    await team.begin()

    await team.service.catch_up(TEAM)
    await team.end()
    chosen = SaveEmoji()
    saves_told = count_told(team, chosen)
    team.clock.move(seconds=LOOK_BACK_EVERY.total_seconds())
    await team.service.catch_up(TEAM)
    told_in_all = len(team.inbox.events)
    team.clock.move(seconds=LOOK_BACK_EVERY.total_seconds())
    await team.service.catch_up(TEAM)

    shown = {
        (name, bare_emoji(emoji), who) for name, emoji, who in team.shown if chosen.knows(emoji)
    }
    standing = {(name, *each) for name in MESSAGES for each in await team.standing(name)}
    assert {each for each in standing if chosen.knows(each[1])} == shown
    told = {key for key, is_on in last_told(team).items() if is_on}
    assert {each for each in told if chosen.knows(each[1])} == shown
    # The second time only other reactions are found, of messages that show a save emoji since.
    assert count_told(team, chosen) == saves_told
    assert len(team.inbox.events) == told_in_all


def count_told(team: Team, chosen: SaveEmoji) -> int:
    return sum(
        chosen.knows(event.emoji)
        for event in team.inbox.events
        if isinstance(event, ReactionAdded | ReactionRemoved)
    )


def last_told(team: Team) -> dict[tuple[str, str, str], bool]:
    """Return what whoever follows the events in their order makes of them."""
    return {
        (event.message, bare_emoji(event.emoji), event.member): isinstance(event, ReactionAdded)
        for event in team.inbox.events
        if isinstance(event, ReactionAdded | ReactionRemoved)
    }


async def test_nothing_older_than_its_horizon_is_looked_at() -> None:
    team = Team()
    assert await team.service.find_horizon(WorkspaceId("slack:NEW")) is None

    for _ in range(2):
        horizon = await team.service.find_horizon(TEAM)
        team.history.reads.clear()
        await team.service.catch_up(TEAM)

        assert horizon == min(since for _, since, _ in team.history.reads)
        team.clock.move(days=60)  # all of them over one connection
        await team.service.beat()


@dataclass
class Turns:
    """Two nodes that are told of the same workspaces."""

    platform: str = "slack"

    def __post_init__(self) -> None:
        self.nodes = MemoryNodes(clock=FakeClock(NOON))
        self.first, self.second = Team(), Team()
        self.second.workspaces = self.first.workspaces
        for name, team in (("a", self.first), ("b", self.second)):
            node = NodeId(name)
            team.service = CatchingUpService(
                {"slack": team.history},
                team.workspaces,
                team.inbox,
                team.inbox,
                clock=team.clock,
                on_event=team.wake,
                pause=self.pause,
                sharing=Sharing(node, self.nodes, lambda: 1, lambda _: True),
                told_to_any=("slack",) if self.platform == "slack" else (),
            )

    async def pause(self, seconds: float) -> None:
        del seconds
        await asyncio.sleep(0)

    async def catch_up_while_another_does(self) -> None:
        """Have the second ask while the first is at it, and the first be heard of once more."""
        for name in ("a", "b"):
            await self.nodes.beat(Node(NodeId(name), name, (), started_at=NOON))
        held = f"catching-up:{TEAM}"
        assert await self.nodes.take(held, NodeId("a"))
        waiting = asyncio.create_task(self.second.service.catch_up(TEAM))
        for _ in range(9):
            await asyncio.sleep(0)
        assert not self.second.history.reads
        await self.first.workspaces.mark_seen(TEAM, NOON + timedelta(seconds=30))
        await self.nodes.give_up(held, NodeId("a"))
        await waiting
        assert not await self.nodes.list_leases("")


async def test_what_another_node_caught_up_with_needs_no_second_look() -> None:
    turns = Turns("slack")

    await turns.catch_up_while_another_does()

    assert not turns.second.history.reads


async def test_who_alone_is_told_catches_up_after_the_other() -> None:
    turns = Turns("discord")  # each workspace is told to one node at a time

    await turns.catch_up_while_another_does()

    assert turns.second.history.reads
