"""Use case: read a channel's past and save what people shared there, however long that takes.

How far it is, is written down after each page: what a crash interrupts goes on from there, and
saves the same links again, which changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.emoji import BOOKMARK
from bot.domain.models import NewSave, Place, WorkspaceId
from bot.errors import PlaceClosed, RateLimited, TransientError, UserError
from bot.ports import BackfillStore, ChatHistory, Clock, HistoryPage, PastMessage, Target
from bot.posts import Block, Button, Buttons, Post, paragraph
from bot.services.posting import Pause, PostingService, scheme_of
from bot.services.reading import ReadingService
from bot.services.saving import SavingService
from bot.texts import Texts

log = logging.getLogger(__name__)

AT_ONCE = 4  # each waits for its platform most of the time
SHOW_EVERY = timedelta(seconds=3)  # Slack takes an edit a second, and people do not read faster
RETRY_AFTER_S = 30.0
LONGEST_PAUSE_S = 600.0
CHECK_S = 10.0  # somebody waits for the answer


@dataclass(frozen=True, slots=True)
class Means:
    """What the past is read and told with: there once the platforms are connected."""

    posting: PostingService
    histories: Mapping[str, ChatHistory]  # by the scheme of a workspace's id


class BackfillingService:
    """`pause` waits before another try."""

    def __init__(
        self,
        backfills: BackfillStore,
        saving: SavingService,
        reading: ReadingService,
        *,
        clock: Clock,
        texts: Texts,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._backfills = backfills
        self._saving = saving
        self._reading = reading
        self._clock = clock
        self._texts = texts
        self._pause = pause
        self._wake = asyncio.Event()
        self._means: Means | None = None  # while it runs
        # What members ask for and the work's own progress must not undo each other.
        self._writing = asyncio.Lock()
        self._shown: dict[str, datetime] = {}

    async def start(self, backfill: Backfill) -> None:
        """Write down what was asked for. The same again changes nothing.

        Raises:
            UserError: no such channel for us or for who asks, or it is being read already.

        """
        await self._check(backfill)
        async with self._writing:  # two members who ask at once: the second is told
            for each in await self._backfills.list_open():
                is_same = (each.workspace, each.place.channel) == (
                    backfill.workspace,
                    backfill.place.channel,
                )
                if is_same and each.id != backfill.id and _may_know(backfill, each):
                    raise UserError("backfill.under_way")
            await self._backfills.add(backfill)
        self._wake.set()

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
        async with self._writing:
            try:
                found = await self._backfills.get(workspace, backfill)
            except KeyError as error:
                raise UserError("command.old_button") from error
            if found.state is not BackfillState.OPEN:
                return False
            await self._backfills.change(replace(found, state=BackfillState.STOPPED))
        return True

    async def run(
        self,
        stop: asyncio.Event,
        *,
        posting: PostingService,
        histories: Mapping[str, ChatHistory],
    ) -> None:
        """See every open backfill through until `stop` is set; the next start goes on."""
        self._means = Means(posting, histories)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(self._work(self._means))
            await stop.wait()
            work.cancel()

    async def _work(self, means: Means) -> None:
        slots = asyncio.Semaphore(AT_ONCE)
        running: set[str] = set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                for backfill in await self._list_open():
                    # One of a platform that does not run today goes on when it does.
                    is_served = means.posting.has_platform(backfill.workspace)
                    if is_served and backfill.id not in running:
                        running.add(backfill.id)
                        tasks.create_task(self._see_through(backfill, means, slots))
                await self._wake.wait()

    async def _list_open(self) -> list[Backfill]:
        while True:
            try:
                return list(await self._backfills.list_open())
            except TransientError:
                log.warning("backfills unavailable, will look again", exc_info=True)
                await self._pause(RETRY_AFTER_S)

    async def _see_through(
        self, backfill: Backfill, means: Means, slots: asyncio.Semaphore
    ) -> None:
        """Read page after page; wait out what passes, end with a sentence what does not."""
        pause_s = RETRY_AFTER_S
        steps = [self._step, self._enter, self._announce]  # the last one is next
        while backfill.state is BackfillState.OPEN:
            try:
                async with slots:
                    backfill = await steps[-1](backfill, means)
                if len(steps) > 1:
                    steps.pop()
                pause_s = RETRY_AFTER_S
            except TransientError as passing:
                log.warning(
                    "backfill waits, will go on", extra={"backfill": backfill.id}, exc_info=True
                )
                asked_s = passing.retry_after_s if isinstance(passing, RateLimited) else 0.0
                await self._pause(max(pause_s, asked_s))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            except UserError as error:
                backfill = _failed(backfill, _reason(error))
            except Exception:
                log.exception("backfill broke", extra={"backfill": backfill.id})
                backfill = _failed(backfill, "backfill.broken")
        await self._finish(backfill, means)

    async def _announce(self, backfill: Backfill, means: Means) -> Backfill:
        """Say that it begins; at a later start, find where that was said."""
        try:
            message = await means.posting.post(
                _shown_in(backfill),
                self._post(backfill),
                key=f"backfill:{backfill.id}",
                is_urgent=False,
            )
        except UserError:  # asked for where we may not speak: no reason to read less
            log.warning(
                "backfill's progress cannot be shown where it was asked for",
                extra={"backfill": backfill.id},
            )
            return backfill
        return await self._keep(replace(backfill, progress=message))

    async def _enter(self, backfill: Backfill, means: Means) -> Backfill:
        """See whether the channel can be read, and whether it is private, at every start.

        Raises:
            UserError: no such channel for us or for who asks.

        """
        return await self._keep(replace(backfill, place=await self._find_place(backfill, means)))

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
        links = known = 0
        for message in page.messages:
            saved, held = await self._save(backfill, message)
            links, known = links + saved, known + held
        if links:
            self._reading.ask(backfill.workspace)
        after = _after(backfill, page, links, known)
        if after.state is not BackfillState.OPEN:
            return after  # written down once it was told
        kept = await self._keep(after)
        await self._show(kept, means)
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
            if (
                channel not in theirs
            ):  # said as if it were not there: who may not look learns nothing
                raise UserError("backfill.not_in_channel")
        return joined[channel]

    async def _save(self, backfill: Backfill, message: PastMessage) -> tuple[int, int]:
        if message.is_from_bot:
            return 0, 0
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
        """Write down how far it is, unless a member stopped it; return what stands."""
        async with self._writing:
            found = await self._backfills.get(backfill.workspace, backfill.id)
            if found.state is not BackfillState.OPEN:
                backfill = replace(backfill, state=found.state, reason=found.reason)
            await self._backfills.change(backfill)
        return backfill

    async def _finish(self, backfill: Backfill, means: Means) -> None:
        """Tell how it ended, then close it: a crash in between tells again, never nobody."""
        await self._show(backfill, means, is_last=True)
        while True:
            try:
                kept = await self._keep(backfill)
            except TransientError:
                log.warning("backfill not closed, will try again", exc_info=True)
                await self._pause(RETRY_AFTER_S)
            except Exception:  # its row is gone: no reason to end the others
                log.exception("backfill not closed", extra={"backfill": backfill.id})
                return
            else:
                fields = {"backfill": kept.id, "state": kept.state, "links": kept.links}
                log.info("backfill ended", extra=fields)
                return

    async def _show(self, backfill: Backfill, means: Means, *, is_last: bool = False) -> None:
        now = self._clock.now()
        shown = self._shown.pop(backfill.id, None)
        if not is_last:
            is_due = shown is None or now - shown >= SHOW_EVERY
            self._shown[backfill.id] = now if is_due or shown is None else shown
            if not is_due:
                return
        if backfill.progress is None:
            return
        try:
            await means.posting.edit(_shown_in(backfill), backfill.progress, self._post(backfill))
        except Exception:  # the message was deleted, or worse: no reason to end the reading
            fields = {"backfill": backfill.id}
            log.warning("backfill's progress not shown", extra=fields, exc_info=True)

    def _post(self, backfill: Backfill) -> Post:
        say = self._texts.bind(backfill.language)
        values = {
            "by": say("backfill.by", name=backfill.member_name) if backfill.member_name else "",
            "messages": backfill.messages,
            "links": backfill.links,
            "known": backfill.known,
        }
        blocks: list[Block] = [paragraph(say(f"backfill.{backfill.state}", **values))]
        if backfill.reason:
            blocks.append(paragraph(say(backfill.reason)))
        if backfill.state is BackfillState.OPEN:
            button = Button(say("backfill.stop"), action="backfill", value=f"stop {backfill.id}")
            blocks.append(Buttons((button,)))
        return Post(tuple(blocks), language=backfill.language)


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


def _shown_in(backfill: Backfill) -> Target:
    return Target(backfill.workspace, backfill.asked_in)


def _reason(error: UserError) -> str:
    """Return the sentence's key. A sentence that needs values cannot be kept: there is our own."""
    is_closed = isinstance(error, PlaceClosed) and error.values
    return "backfill.not_in_channel" if is_closed else error.message_key
