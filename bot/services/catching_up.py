"""Use case: make good what was said and reacted while the bot was away.

Each joined channel, and each member's direct messages, are read from where we heard them last.
What is found goes into the inbox as if it had just been heard; the inbox drops what it knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.domain.emoji import SaveEmoji
from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.errors import TransientError, UserError
from bot.ports import (
    ChatHistory,
    Clock,
    EventSink,
    ReactionStore,
    Sharing,
    WorkspaceStore,
)
from bot.services.late_hearing import LateHearing
from bot.services.missed_events import CLOCKS_APART, Round
from bot.services.posting import Pause, scheme_of

log = logging.getLogger(__name__)

# People react to what is a few days old; older messages would cost a read of the whole channel.
LOOK_BACK = timedelta(days=3)
# A connection may be lost again and again: then so much is read once in a while only.
LOOK_BACK_EVERY = timedelta(minutes=5)
LOOK_BACK_BRIEFLY = timedelta(hours=1)
# Before a stop the connection may have been lost, while the heart went on beating: what was "seen"
# then may not have been heard. A network may well be away for a night. Looking further back costs
# reads alone: the inbox keeps every id until it is not looked for any more, so nothing is answered
# a second time.
OVERLAP = timedelta(days=1)
MESSAGES_A_CHANNEL = 2_000
TRIES = 4
RETRY_AFTER_S = 15.0
BEAT_EVERY_S = 60.0
LOOK_AGAIN_S = 1.0  # whether another node has caught up


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_queued: bool = False


class CatchingUpService:
    """`histories` go by the scheme of a workspace's id; `on_event` is called after each find."""

    def __init__(
        self,
        histories: Mapping[str, ChatHistory],
        workspaces: WorkspaceStore,
        reactions: ReactionStore,
        inbox: EventSink,
        *,
        clock: Clock,
        on_event: Callable[[], None],
        pause: Pause = asyncio.sleep,
        sharing: Sharing | None = None,
        told_to_any: Collection[str] = ("slack",),
    ) -> None:
        """Take turns with those of `sharing`, where there are any.

        `told_to_any`: the platforms, by scheme, that tell all nodes alike: what one of these has
        caught up with needs no other.
        """
        self._sharing = sharing
        self._told_to_any = told_to_any
        self._histories = histories
        self._workspaces = workspaces
        self._hearing = LateHearing(reactions, inbox, on_event=on_event, pause=pause)
        self._clock = clock
        self._pause = pause
        self._turns: dict[WorkspaceId, _Turn] = {}
        self._heard: dict[WorkspaceId, datetime] = {}  # begin of the last round that missed none
        self._looked_back: dict[WorkspaceId, datetime] = {}  # begin of such a round that looked far
        self._owing: set[WorkspaceId] = set()  # the last round did not look far
        self._behind: set[WorkspaceId] = set()  # no heartbeat: something is missing from before
        self._waiting: asyncio.Queue[WorkspaceId] = asyncio.Queue()

    def ask(self, workspace: WorkspaceId) -> None:
        """Have `run` catch up there: its connection is new, or was lost for a while."""
        self._waiting.put_nowait(workspace)

    async def run(self, stop: asyncio.Event) -> None:
        """Catch up wherever `ask` names, and keep the heartbeat, until `stop` is set."""
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(self._answer()), tasks.create_task(self._beat())]
            await stop.wait()
            for task in own:
                task.cancel()

    async def _answer(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self.catch_up(await self._waiting.get()))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            await self.beat()

    async def beat(self) -> None:
        """Write down that all is heard until now, where nothing is missing from before.

        Where what is older waits to be looked at, that is asked for as soon as it may be.
        """
        for workspace in [each for each in self._owing if self._may_look_back(each)]:
            self._owing.discard(workspace)
            self.ask(workspace)
        for workspace in list(self._heard):
            if workspace not in self._behind:
                try:
                    await self._workspaces.mark_seen(workspace, self._clock.now())
                except TransientError:
                    log.warning("heartbeat not kept", extra={"workspace": workspace})

    async def find_horizon(self, workspace: WorkspaceId) -> datetime | None:
        """Return how far back the next round may look; None where nothing was heard yet."""
        heard = self._heard.get(workspace)
        if heard is None:
            seen = await self._workspaces.find_seen(workspace)
            heard = seen and seen - OVERLAP
        return heard and heard - LOOK_BACK

    async def catch_up(self, workspace: WorkspaceId) -> None:
        """Catch up in one workspace; never raises for its sake.

        One at a time: a call while one runs waits for it, others while one waits are part of that.
        """
        turn = self._turns.setdefault(workspace, _Turn())
        if turn.is_queued:
            return
        turn.is_queued = True
        try:
            await turn.lock.acquire()
        finally:
            turn.is_queued = False
        try:
            await self._catch_up_in_turn(workspace)
        except TransientError:
            log.warning("catching up put off", extra={"workspace": workspace}, exc_info=True)
        except Exception:
            log.exception("catching up broke", extra={"workspace": workspace})
        finally:
            turn.lock.release()

    async def _catch_up_in_turn(self, workspace: WorkspaceId) -> None:
        """Catch up, but for what another node that hears the same has done since we are asked."""
        if self._sharing is None:
            return await self._catch_up(workspace)
        asked_at, has_waited = self._clock.now(), False
        self._behind.add(workspace)
        nodes, node = self._sharing.nodes, self._sharing.node
        lease = f"catching-up:{workspace}"
        while not await nodes.take(lease, node):
            has_waited = True
            await self._pause(LOOK_AGAIN_S)
        try:
            seen = await self._workspaces.find_seen(workspace) if has_waited else None
            is_told_to_any = scheme_of(workspace) in self._told_to_any
            if is_told_to_any and seen is not None and seen >= asked_at:
                self._heard[workspace] = asked_at - CLOCKS_APART
                self._behind.discard(workspace)
            else:
                await self._catch_up(workspace)
        finally:
            await nodes.give_up(lease, node)

    async def _catch_up(self, workspace: WorkspaceId) -> None:
        history = self._histories.get(scheme_of(workspace))
        if history is None:
            return
        at = self._clock.now()
        is_far = self._may_look_back(workspace)
        self._behind.add(workspace)
        seen = await self._workspaces.find_seen(workspace)
        if seen is not None:  # else this is the first start ever: nobody waits for an answer
            this = await self._plan(
                workspace, history, seen, at, look_back=LOOK_BACK if is_far else LOOK_BACK_BRIEFLY
            )
            if not await self._look_everywhere(this):
                return
        await self._workspaces.mark_seen(workspace, at)
        self._heard[workspace] = at - CLOCKS_APART  # and history may show it late
        self._behind.discard(workspace)
        if is_far:
            self._looked_back[workspace] = at
            self._owing.discard(workspace)
        else:
            self._owing.add(workspace)

    def _may_look_back(self, workspace: WorkspaceId) -> bool:
        last = self._looked_back.get(workspace)
        return last is None or self._clock.now() - last >= LOOK_BACK_EVERY

    async def _plan(
        self,
        workspace: WorkspaceId,
        history: ChatHistory,
        seen: datetime,
        at: datetime,
        *,
        look_back: timedelta,
    ) -> Round:
        # Not the heartbeat's: it may have gone on over a connection that was lost.
        heard_until = self._heard.get(workspace, seen - OVERLAP)
        began = await self._workspaces.find_beginning(workspace)
        return Round(
            workspace,
            history,
            await self._emoji(workspace),
            at,
            heard_until,
            left_at=self._heard.get(workspace, seen),
            asked_since=max(heard_until, began - CLOCKS_APART if began else heard_until),
            look_since=heard_until - look_back,
        )

    async def _emoji(self, workspace: WorkspaceId) -> SaveEmoji:
        try:
            return (await self._workspaces.get_settings(workspace)).emoji
        except KeyError:
            return SaveEmoji()

    async def _look_everywhere(self, this: Round) -> bool:
        """Look into every channel; return False if one of them must be looked into again.

        Direct messages come last: there may be as many as members, most of them silent.
        """
        places: list[Place] = []

        async def list_places() -> None:
            places[:] = await this.history.list_channels(this.workspace)
            places.extend(await this.history.list_directs(this.workspace))

        is_complete = await self._patiently(list_places, this, Place(ChannelId("")))
        for place in places:
            is_complete &= await self._patiently(partial(self._look, this, place), this, place)
        return is_complete

    async def _patiently(
        self, work: Callable[[], Awaitable[None]], this: Round, place: Place
    ) -> bool:
        """Try several times; a failure that stays is logged, and stops nothing else."""
        where = {"workspace": this.workspace, "channel": place.channel}
        for attempt in range(1, TRIES + 1):
            try:
                await work()
            except UserError as error:
                log.warning("channel may not be read: %s", error.message_key, extra=where)
            except TransientError:
                log.warning(
                    "channel not read yet", extra={**where, "attempt": attempt}, exc_info=True
                )
                if attempt < TRIES:
                    await self._pause(RETRY_AFTER_S * attempt)
                continue
            except Exception:
                log.exception("channel broke catching up", extra=where)
            return True
        log.error(
            "channel not caught up: what was said there meanwhile may stay unheard until "
            "the next start",
            extra=where,
        )
        return False

    async def _look(self, this: Round, place: Place) -> None:
        """Look a few days back; where that is too much, at least at what was said meanwhile."""
        for since in (this.look_since, this.heard_until, this.left_at):
            if await self._look_since(this, place, since):
                return
        where = {"workspace": this.workspace, "channel": place.channel}
        log.warning("channel too busy, not all that was missed was looked at", extra=where)

    async def _look_since(self, this: Round, place: Place, since: datetime) -> bool:
        """Return False if the channel holds more than is read at once."""
        cursor, count, found = "", 0, 0
        while True:
            page = await this.history.read(
                this.workspace, place, since=since, cursor=cursor, wanted=this.emoji.knows
            )
            for message in page.messages:
                try:
                    found += await self._hearing.hear(this, place, message)
                except TransientError:
                    raise
                except Exception:  # one message must not hide all that came after it
                    log.exception("message not caught up with", extra={"id": message.id})
            count += len(page.messages)
            cursor = page.cursor
            if not cursor or count >= MESSAGES_A_CHANNEL:
                break
        fields = {"channel": place.channel, "messages": count, "found": found}
        log.info("channel looked at", extra={"workspace": this.workspace, **fields})
        return not cursor
