"""Use case: read a channel's past and save what people shared there, however long that takes.

A job reads one page and orders the next. How far it is, is written down after each page: what a
crash interrupts goes on from there, and saves the same links again, which changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.emoji import BOOKMARK
from bot.domain.jobs import RULES, Job, JobKind, NewJob
from bot.domain.models import LinkId, NewSave, Place, WorkspaceId
from bot.errors import PlaceClosed, StorageUnavailable, TransientError, UserError
from bot.ports import BackfillStore, ChatHistory, Clock, HistoryPage, Jobs, PastMessage
from bot.services.backfill_progress import BackfillProgress
from bot.services.missing_jobs import enqueue_missing
from bot.services.posting import PostingService, scheme_of
from bot.services.saving import SavingService
from bot.services.unread import UnreadService
from bot.texts import Texts

log = logging.getLogger(__name__)

CHECK_S = 10.0  # somebody waits for the answer
AWAY = timedelta(minutes=1)  # until we look again whether its platform runs
_MOST_TRIES = RULES[JobKind.BACKFILL].most_tries


@dataclass(frozen=True, slots=True)
class Means:
    """What the past is read and told with: there once the platforms are connected."""

    posting: PostingService
    histories: Mapping[str, ChatHistory]  # by the scheme of a workspace's id


class BackfillingService:
    def __init__(
        self,
        backfills: BackfillStore,
        jobs: Jobs,
        saving: SavingService,
        unread: UnreadService,
        *,
        clock: Clock,
        texts: Texts,
    ) -> None:
        self._backfills = backfills
        self._jobs = jobs
        self._saving = saving
        self._unread = unread
        self._clock = clock
        self._progress = BackfillProgress(clock=clock, texts=texts)
        self._means: Means | None = None
        self._entered: set[str] = set()  # by this process

    def connect(self, *, posting: PostingService, histories: Mapping[str, ChatHistory]) -> None:
        """Give it the platforms; without them it can only write down what is asked for."""
        self._means = Means(posting, histories)

    async def start(self, backfill: Backfill) -> None:
        """Write down what was asked for. The same again changes nothing.

        Raises:
            UserError: no such channel for us or for who asks, or it is being read already.

        """
        await self._check(backfill)

        def check(standing: Sequence[Backfill]) -> None:
            """Of two members who ask at once, the second is told."""
            for each in standing:
                is_same = (each.workspace, each.place.channel) == (
                    backfill.workspace,
                    backfill.place.channel,
                )
                if is_same and each.id != backfill.id and _may_know(backfill, each):
                    raise UserError("backfill.under_way")

        await self._backfills.add(backfill, check=check)
        await self._jobs.enqueue(_job(backfill))

    async def _check(self, backfill: Backfill) -> None:
        """Refuse before anything is announced; what cannot be seen now is seen at the start."""
        if self._means is None:
            return
        try:
            async with asyncio.timeout(CHECK_S):
                await self._find_place(backfill, self._means)
        except (TransientError, TimeoutError):
            log.warning("channel not checked yet", extra={"backfill": backfill.id}, exc_info=True)

    async def stop(self, workspace: WorkspaceId, backfill: str) -> bool:
        """End the reading; what was saved stays. False: it had ended before.

        Raises:
            UserError: there is none of that id.

        """
        try:
            found = await self._backfills.get(workspace, backfill)
        except KeyError as error:
            raise UserError("command.old_button") from error
        if not await self._backfills.change(replace(found, state=BackfillState.STOPPED)):
            return False
        await self._jobs.enqueue(_job(found))  # which shows it
        return True

    async def look(self) -> None:
        """Go on with all that is open and has no job."""
        await enqueue_missing(
            self._jobs, [_job(each) for each in await self._backfills.list_open()]
        )

    async def handle(self, job: Job) -> NewJob | None:
        """Read one page; show how far it is, or how it ended."""
        backfill = await self._find(job)
        means = self._means
        if backfill is None:
            return None
        if means is None or not means.posting.has_platform(backfill.workspace):
            return _job(backfill, run_at=self._clock.now() + AWAY)
        if backfill.state is BackfillState.OPEN:
            backfill = await self._go_on(backfill, means, is_last=job.tries >= _MOST_TRIES)
        if backfill.state is BackfillState.OPEN:
            return _job(backfill)
        await self._finish(backfill, means)
        return None

    async def _find(self, job: Job) -> Backfill | None:
        workspace = WorkspaceId(job.arguments["workspace"])
        try:
            return await self._backfills.get(workspace, job.arguments["backfill"])
        except KeyError:
            return None

    async def _go_on(self, backfill: Backfill, means: Means, *, is_last: bool) -> Backfill:
        """Read a page; what does not pass ends it with a sentence, as does the last try."""
        try:
            if backfill.id not in self._entered:
                backfill = await self._announce(backfill, means)
                backfill = await self._enter(backfill, means)
            if backfill.state is BackfillState.OPEN:
                backfill = await self._step(backfill, means)
        except TransientError as passing:
            if not is_last or isinstance(passing, StorageUnavailable):
                raise
            log.warning("backfill given up", extra={"backfill": backfill.id}, exc_info=True)
            return _failed(backfill, "backfill.gave_up")
        except UserError as error:
            return _failed(backfill, _reason(error))
        except Exception:
            log.exception("backfill broke", extra={"backfill": backfill.id})
            return _failed(backfill, "backfill.broken")
        return backfill

    async def _announce(self, backfill: Backfill, means: Means) -> Backfill:
        if backfill.progress is not None:
            return backfill
        message = await self._progress.announce(backfill, means.posting)
        return await self._keep(replace(backfill, progress=message))

    async def _enter(self, backfill: Backfill, means: Means) -> Backfill:
        """See whether the channel can be read, and whether it is private: once in each process.

        Raises:
            UserError: no such channel for us or for who asks.

        """
        place = await self._find_place(backfill, means)
        backfill = await self._keep(replace(backfill, place=place))
        self._entered.add(backfill.id)
        return backfill

    async def _step(self, backfill: Backfill, means: Means) -> Backfill:
        """Read one page, save its links, write down how far that is, and show it."""
        history = means.histories[scheme_of(backfill.workspace)]
        page = await history.read(
            backfill.workspace,
            backfill.place,
            since=backfill.since,
            cursor=backfill.cursor,
            wanted=_no_emoji,
        )
        links: list[LinkId] = []
        known = 0
        for message in page.messages:
            saved, held = await self._save(backfill, message)
            links += saved
            known += len(held)
        await self._unread.ask(backfill.workspace, links)
        after = _after(backfill, page, len(links), known)
        if after.state is not BackfillState.OPEN:
            return after  # written down once it was told
        kept = await self._keep(after)
        if kept.state is BackfillState.OPEN:
            await self._progress.show(kept, means.posting)
        return kept

    async def _find_place(self, backfill: Backfill, means: Means) -> Place:
        workspace, channel = backfill.workspace, backfill.place.channel
        history = means.histories.get(scheme_of(workspace))
        if history is None:
            raise UserError("backfill.no_history")
        joined = {place.channel: place for place in await history.list_channels(workspace)}
        if channel not in joined:
            raise UserError("backfill.not_in_channel")
        if joined[channel].is_private:
            platform = means.posting.platform(workspace)
            theirs = await platform.list_private_channels(workspace, backfill.member)
            if channel not in theirs:
                # Said as if it were not there: who may not look learns nothing.
                raise UserError("backfill.not_in_channel")
        return joined[channel]

    async def _save(
        self, backfill: Backfill, message: PastMessage
    ) -> tuple[frozenset[LinkId], frozenset[LinkId]]:
        if message.is_from_bot:
            return frozenset(), frozenset()
        act = NewSave(
            workspace=backfill.workspace,
            member=backfill.member,
            member_name=backfill.member_name,
            place=backfill.place,
            message=message.id,
            emoji=BOOKMARK,
            saved_at=message.at,
        )
        return await self._saving.save_unsaved(act, text=message.text)

    async def _keep(self, backfill: Backfill) -> Backfill:
        """Write down how far it is; return that, ended as it was ended meanwhile."""
        if await self._backfills.change(backfill):
            return backfill
        found = await self._backfills.get(backfill.workspace, backfill.id)
        ended = replace(backfill, state=found.state, reason=found.reason)
        await self._backfills.change(ended, was=found.state)
        return ended

    async def _finish(self, backfill: Backfill, means: Means) -> None:
        """Tell how it ended, then close it: a crash in between tells again, never nobody."""
        self._entered.discard(backfill.id)
        await self._progress.show(backfill, means.posting)
        kept = await self._keep(backfill)
        fields = {"backfill": kept.id, "state": kept.state, "links": kept.links}
        log.info("backfill ended", extra=fields)


def _may_know(asked: Backfill, other: Backfill) -> bool:
    """Whether who asks may hear of another reading: of what is public, theirs, or shown there."""
    is_shown_there = asked.asked_in.channel in (other.asked_in.channel, other.place.channel)
    return not other.place.is_private or other.member == asked.member or is_shown_there


def _no_emoji(emoji: str) -> bool:
    """Reactions have nothing to do with it: every link is saved."""
    del emoji
    return False


def _after(backfill: Backfill, page: HistoryPage, links: int, known: int) -> Backfill:
    return replace(
        backfill,
        cursor=page.cursor,
        messages=backfill.messages + len(page.messages),
        links=backfill.links + links,
        known=backfill.known + known,
        state=BackfillState.OPEN if page.cursor else BackfillState.DONE,
    )


def _failed(backfill: Backfill, reason: str) -> Backfill:
    return replace(backfill, state=BackfillState.FAILED, reason=reason)


def _reason(error: UserError) -> str:
    """Return the sentence's key. A sentence that needs values cannot be kept: there is our own."""
    is_closed = isinstance(error, PlaceClosed) and error.values
    return "backfill.not_in_channel" if is_closed else error.message_key


def _job(backfill: Backfill, *, run_at: datetime | None = None) -> NewJob:
    arguments = {"workspace": backfill.workspace, "backfill": backfill.id}
    key = f"backfill:{backfill.workspace}:{backfill.id}"
    return NewJob(JobKind.BACKFILL, key, arguments, run_at=run_at)
