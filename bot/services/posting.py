"""Use case: post once. One policy for every platform, whatever its SDK would do by itself.

A post is written down under its key before it is sent, and after. What may have been sent is
looked for before it is sent again. What a person waits for goes before what a clock ordered; the
latter is looked for only when no request can arrive any more, and sent only while `is_held` says
that nobody else may be doing the same.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.models import MessageId, WorkspaceId
from bot.errors import BotError, LeaseLost, RateLimited, SendUnsure, TransientError
from bot.ports import ChatPlatform, Clock, Piece, PostLedger, Target
from bot.posts import Post
from bot.services.deadlines import Deadlines, PunctualPlatform
from bot.services.pacing import Pacing
from bot.services.turns import Turn, Turns

log = logging.getLogger(__name__)

TRIES = 5
LONGEST_WAIT_S = 10.0  # for one answer; what takes longer is waited for by who posts
CLOCKS_APART = timedelta(days=1)  # ours and the platform's, at the worst
PAUSE_S = 1.0  # before a second look, doubled each time: an accepted post may show up late

Pause = Callable[[float], Awaitable[None]]
IsHeld = Callable[[], bool]


def scheme_of(workspace: WorkspaceId) -> str:
    """Return what platform a workspace is of: `slack`, `discord` or `local`."""
    return workspace.partition(":")[0]


@dataclass(frozen=True, slots=True)
class _Part:
    """One message, with how it is to be sent."""

    target: Target
    piece: Piece
    key: str
    is_urgent: bool
    is_held: IsHeld | None

    @property
    def unique_key(self) -> tuple[WorkspaceId, str]:
        return self.target.workspace, self.key


class PostingService:
    def __init__(
        self,
        platforms: Mapping[str, ChatPlatform],
        ledger: PostLedger,
        *,
        clock: Clock,
        pause: Pause = asyncio.sleep,
        deadlines: Deadlines | None = None,
        pacing: Pacing | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._platforms = platforms
        self._ledger = ledger
        self._clock = clock
        self._pause = pause
        self._deadlines = deadlines or Deadlines()
        self._turns = Turns()
        self._pacing = pacing or Pacing(pause=pause, monotonic=monotonic)
        self._monotonic = monotonic
        # Since when a request of a part may be under way: an earlier process ended before now.
        self._started = monotonic()
        self._asked: dict[tuple[WorkspaceId, str], float] = {}

    def has_platform(self, workspace: WorkspaceId) -> bool:
        return scheme_of(workspace) in self._platforms

    @property
    def pacing(self) -> Pacing:
        return self._pacing

    @property
    def schemes(self) -> frozenset[str]:
        """Whose workspaces can be posted to: see `scheme_of`."""
        return frozenset(self._platforms)

    def platform(self, workspace: WorkspaceId) -> ChatPlatform:
        return PunctualPlatform(self._platforms[scheme_of(workspace)], self._deadlines)

    async def post(
        self,
        target: Target,
        post: Post,
        *,
        key: str,
        is_urgent: bool = True,
        is_held: IsHeld | None = None,
    ) -> MessageId:
        """Send a post, then what it holds in its thread; return the first message.

        What does not fit one message goes on in the thread. A second call with the same key
        sends only what is missing. `is_held` is asked as the last act before each request.

        Raises:
            LeaseLost: `is_held` said no; what was not sent yet is another's to send.
            TransientError: the platform is away for long; call again with the same key.
            PlaceClosed: nothing can be posted there.

        """
        split = self._platforms[scheme_of(target.workspace)].split
        head, *overflow = split(post)
        first = _Part(target, head, key, is_urgent, is_held)
        message = await self._send(first)
        below = target
        if target.thread is None and target.only_for is None:
            below = replace(target, thread=message)
        replies = [
            *((piece, f"{key}/+{number}") for number, piece in enumerate(overflow, start=1)),
            *(
                (piece, f"{key}/{number}" if part == 0 else f"{key}/{number}+{part}")
                for number, reply in enumerate(post.thread, start=1)
                for part, piece in enumerate(split(reply))
            ),
        ]
        for piece, part_key in replies:
            await self._send(replace(first, target=below, piece=piece, key=part_key))
        return message

    async def has_begun(self, target: Target, post: Post, *, key: str) -> bool:
        """Whether the post's first message is there; nothing is sent.

        Raises:
            TransientError: the platform is away, so nobody knows.

        """
        began = await self._ledger.find(target.workspace, key)
        if began is None or began.message is not None:
            return began is not None
        head = self._platforms[scheme_of(target.workspace)].split(post)[0]
        part = _Part(target, head, key, is_urgent=False, is_held=None)
        await self._settle(part)
        return await self._find(part, since=began.since) is not None

    async def find(self, workspace: WorkspaceId, key: str) -> MessageId | None:
        """Return what was posted under a key, as far as that is known for certain."""
        began = await self._ledger.find(workspace, key)
        return began.message if began is not None else None

    async def edit(
        self, target: Target, message: MessageId, post: Post, *, is_vital: bool = False
    ) -> None:
        """Show how things stand now.

        A failure is logged: the next edit shows it all the same. Where none may follow, as
        `is_vital` says, it is raised.
        """
        try:
            async with self._turns.wait(target.place.channel, is_urgent=False):
                await self.platform(target.workspace).edit(target, message, post)
        except TransientError:
            if is_vital:
                raise
            log.warning("post not edited", extra={"post": message}, exc_info=True)

    async def react(self, target: Target, message: MessageId, emoji: str) -> None:
        """Add our own reaction, as soon as the platform lets us."""
        platform = self.platform(target.workspace)
        await self._wait_out(lambda: platform.react(target.place, message, emoji))

    async def unreact(self, target: Target, message: MessageId, emoji: str) -> None:
        platform = self.platform(target.workspace)
        await self._wait_out(lambda: platform.unreact(target.place, message, emoji))

    async def _wait_out(self, call: Callable[[], Awaitable[None]]) -> None:
        """Make a call that may be made twice, again for as long as the platform asks to wait."""
        for _ in range(TRIES - 1):
            try:
                return await call()
            except RateLimited as limited:
                if limited.retry_after_s > LONGEST_WAIT_S:
                    raise
                await self._pause(limited.retry_after_s)
        return await call()

    async def _send(self, part: _Part) -> MessageId:
        workspace, key = part.unique_key
        began = await self._ledger.begin(workspace, key, at=self._clock.now())
        if began.message is not None:
            return began.message
        channel = part.target.place.channel
        async with self._turns.wait(channel, is_urgent=part.is_urgent) as turn:
            message = None
            if not began.is_first:
                if not part.is_urgent:
                    await turn.rest(self._settle(part))
                message = await self._find(part, since=began.since)
            if message is None:
                message = await self._send_patiently(part, since=began.since, turn=turn)
        await self._ledger.finish(workspace, key, message)
        self._asked.pop(part.unique_key, None)
        return message

    async def _send_patiently(self, part: _Part, *, since: datetime, turn: Turn) -> MessageId:
        for attempt in range(1, TRIES):
            try:
                return await self._ask(part)
            except RateLimited as limited:
                if limited.retry_after_s > LONGEST_WAIT_S:
                    raise
                await turn.rest(self._pause(limited.retry_after_s))
            except SendUnsure:
                if part.is_urgent:
                    await turn.rest(self._pause(PAUSE_S * 2 ** (attempt - 1)))
                else:
                    await turn.rest(self._settle(part))
                found = await self._find(part, since=since)
                if found is not None:
                    return found
            except LeaseLost:
                raise
            except TransientError:
                await turn.rest(self._pause(PAUSE_S * 2 ** (attempt - 1)))
            log.warning("post not sent yet", extra={"key": part.key, "attempt": attempt})
        return await self._ask(part)

    async def _ask(self, part: _Part) -> MessageId:
        """Ask the platform once to take it."""
        platform = self._platform_for(part)
        await self._pacing.wait(part.target, platform.rates, is_urgent=part.is_urgent)
        if not part.is_urgent:
            self._asked[part.unique_key] = self._monotonic()
        if part.is_held is not None and not part.is_held():
            raise LeaseLost(part.key)
        try:
            return await platform.send(part.target, part.piece, key=part.key)
        except SendUnsure:
            raise
        except BotError:  # an answer: nothing is under way
            self._asked.pop(part.unique_key, None)
            raise

    async def _settle(self, part: _Part) -> None:
        """Wait until no request for it can arrive any more, whoever of this machine made it."""
        asked = self._asked.get(part.unique_key, self._started)
        wait_s = asked + self._deadlines.scheduled_s - self._monotonic()
        if wait_s > 0:
            await self._pause(wait_s)

    async def _find(self, part: _Part, *, since: datetime) -> MessageId | None:
        platform = self._platform_for(part)
        found = await platform.find_sent(part.target, part.piece, key=part.key, since=since)
        if found is None and not part.is_urgent:
            # Our clock may have been ahead when it began. What is posted by the clock says which
            # issue it is: nothing else of that day reads the same, as two answers may.
            earlier = since - CLOCKS_APART
            found = await platform.find_sent(part.target, part.piece, key=part.key, since=earlier)
        return found

    def _platform_for(self, part: _Part) -> PunctualPlatform:
        deadlines = self._deadlines
        if not part.is_urgent:
            deadlines = replace(deadlines, send_s=min(deadlines.send_s, deadlines.scheduled_s))
        return PunctualPlatform(self._platforms[scheme_of(part.target.workspace)], deadlines)
