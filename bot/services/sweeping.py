"""Use case: forget what nothing can repeat any more, once a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.models import WorkspaceId
from bot.errors import TransientError
from bot.ports import Clock, Inbox, PostLedger, ReactionStore, WorkspaceStore

log = logging.getLogger(__name__)

EVERY_S = 24 * 60 * 60.0
# What was handled is told again by two alone: platforms try an event again for minutes, Slack on
# wish for a day; and catching up, which tells how far back it looks. The rest of a month is for
# clocks that are wrong. Source: docs.slack.dev, "The Events API", on retries and delayed events.
KEPT = timedelta(days=30)

FindHorizon = Callable[[WorkspaceId], Awaitable[datetime | None]]


class SweepingService:
    """`find_horizon` tells how far back catching up would look; None where it has nothing to."""

    def __init__(
        self,
        workspaces: WorkspaceStore,
        inbox: Inbox,
        reactions: ReactionStore,
        ledger: PostLedger,
        *,
        find_horizon: FindHorizon,
        clock: Clock,
    ) -> None:
        self._workspaces = workspaces
        self._inbox = inbox
        self._reactions = reactions
        self._ledger = ledger
        self._find_horizon = find_horizon
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.sweep()
            try:
                async with asyncio.timeout(EVERY_S):
                    await stop.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Sweep every workspace; never raises: what is left today goes tomorrow."""
        try:
            for workspace in await self._workspaces.list_workspaces():
                await self._sweep(workspace)
        except TransientError:
            log.warning("sweeping put off", exc_info=True)
        except Exception:
            log.exception("sweeping broke")

    async def _sweep(self, workspace: WorkspaceId) -> None:
        now = self._clock.now()
        horizon = await self._find_horizon(workspace) or now
        before = min(horizon, now) - KEPT
        emoji = (await self._workspaces.get_settings(workspace)).emoji
        swept = {
            "events": await self._inbox.forget(workspace, before=before),
            "reactions": await self._reactions.forget_reactions(
                workspace, keep=emoji.bare(), before=before
            ),
            "posts": await self._ledger.forget(workspace, before=before),
        }
        if any(swept.values()):
            log.info("swept", extra={"workspace": workspace, **swept})
