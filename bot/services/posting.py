"""Use case: post once. One policy for every platform, whatever its SDK would do by itself.

A post is written down under its key before it is sent, and after. What may have been sent is
looked for before it is sent again. What a person waits for goes before what a clock ordered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.models import MessageId, WorkspaceId
from bot.errors import RateLimited, SendUnsure, TransientError
from bot.ports import ChatPlatform, Clock, Piece, PostLedger, Target
from bot.posts import Post
from bot.services.deadlines import Deadlines, PunctualPlatform
from bot.services.turns import Turn, Turns

log = logging.getLogger(__name__)

TRIES = 5
LONGEST_WAIT_S = 10.0  # for one answer; what takes longer is waited for by who posts
PAUSE_S = 1.0  # before a second look, doubled each time: an accepted post may show up late

Pause = Callable[[float], Awaitable[None]]


def scheme_of(workspace: WorkspaceId) -> str:
    """Return what platform a workspace is of: `slack`, `discord` or `local`."""
    return workspace.partition(":")[0]


class PostingService:
    def __init__(
        self,
        platforms: Mapping[str, ChatPlatform],
        ledger: PostLedger,
        *,
        clock: Clock,
        pause: Pause = asyncio.sleep,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._platforms = platforms
        self._ledger = ledger
        self._clock = clock
        self._pause = pause
        self._deadlines = deadlines or Deadlines()
        self._turns = Turns()

    def has_platform(self, workspace: WorkspaceId) -> bool:
        return scheme_of(workspace) in self._platforms

    def platform(self, workspace: WorkspaceId) -> ChatPlatform:
        return PunctualPlatform(self._platforms[scheme_of(workspace)], self._deadlines)

    async def post(
        self, target: Target, post: Post, *, key: str, is_urgent: bool = True
    ) -> MessageId:
        """Send a post, then what it holds in its thread; return the first message.

        What does not fit one message goes on in the thread. A second call with the same key
        sends only what is missing.

        Raises:
            TransientError: the platform is away for long; call again with the same key.
            PlaceClosed: nothing can be posted there.

        """
        head, *overflow = self.platform(target.workspace).split(post)
        message = await self._send(target, head, key=key, is_urgent=is_urgent)
        below = target
        if target.thread is None and target.only_for is None:
            below = replace(target, thread=message)
        replies = [
            *((piece, f"{key}/+{number}") for number, piece in enumerate(overflow, start=1)),
            *(
                (piece, f"{key}/{number}" if part == 0 else f"{key}/{number}+{part}")
                for number, reply in enumerate(post.thread, start=1)
                for part, piece in enumerate(self.platform(target.workspace).split(reply))
            ),
        ]
        for piece, part_key in replies:
            await self._send(below, piece, key=part_key, is_urgent=is_urgent)
        return message

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        """Show how things stand now. A failure is logged: the next edit shows it all the same."""
        try:
            async with self._turns.wait(target.place.channel, is_urgent=False):
                await self.platform(target.workspace).edit(target, message, post)
        except TransientError:
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

    async def _send(self, target: Target, piece: Piece, *, key: str, is_urgent: bool) -> MessageId:
        began = await self._ledger.begin(target.workspace, key, at=self._clock.now())
        if began.message is not None:
            return began.message
        async with self._turns.wait(target.place.channel, is_urgent=is_urgent) as turn:
            message = None
            if not began.is_first:
                message = await self._find(target, piece, key=key, since=began.since)
            if message is None:
                message = await self._send_patiently(
                    target, piece, key=key, since=began.since, turn=turn
                )
        await self._ledger.finish(target.workspace, key, message)
        return message

    async def _send_patiently(
        self, target: Target, piece: Piece, *, key: str, since: datetime, turn: Turn
    ) -> MessageId:
        platform = self.platform(target.workspace)
        for attempt in range(1, TRIES):
            try:
                return await platform.send(target, piece, key=key)
            except RateLimited as limited:
                if limited.retry_after_s > LONGEST_WAIT_S:
                    raise
                await turn.rest(self._pause(limited.retry_after_s))
            except SendUnsure:
                await turn.rest(self._pause(PAUSE_S * 2 ** (attempt - 1)))
                found = await self._find(target, piece, key=key, since=since)
                if found is not None:
                    return found
            except TransientError:
                await turn.rest(self._pause(PAUSE_S * 2 ** (attempt - 1)))
            log.warning("post not sent yet", extra={"key": key, "attempt": attempt})
        return await platform.send(target, piece, key=key)

    async def _find(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        return await self.platform(target.workspace).find_sent(target, piece, key=key, since=since)
