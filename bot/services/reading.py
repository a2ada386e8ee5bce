"""Use case: read the page behind a saved link, make sense of it, keep both, or say why not."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.domain.feeds import is_feed
from bot.domain.identity import find_identity
from bot.domain.models import LinkId, LinkRecord, PageState, PageText, WorkspaceId
from bot.domain.understanding import Understood, make_sense, shorten
from bot.domain.urls import address_to_read
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import FetchFailed, TransientError
from bot.ports import Asker, Clock, LinkStore, PageFetcher
from bot.services.retrying import Retries

log = logging.getLogger(__name__)

# Of one message: enough to hide slow sites, and few enough to be a polite neighbour.
PAGES_OF_ONE = 3
# So long somebody looks on before they are told that a job goes on: those who come later are told
# nothing before there is a place for them.
PATIENCE_S = 8.0
# The job comes after the answer that it changes.
ANSWER_FIRST = timedelta(seconds=3)
# A page that somebody wants anew is read so often at most, and only the newest wishes are known.
ANEW_EVERY = timedelta(minutes=1)
_WISHES_KNOWN = 1_000
SETTLED = (PageState.READ, PageState.UNREADABLE)  # of such a page nothing is to be done by itself


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a link. `reason` is a key of table `unreadable`, "" if it was read.

    `retry_at`: it is tried again by itself then. `is_kept`: what was read before stays, for it
    could not be read anew. `is_too_soon`: it was tried just before, so it was not tried again.
    `is_left_to_job`: it took long, and is read on, or anew, while nobody looks.
    """

    link: LinkRecord
    reason: str = ""
    retry_at: datetime | None = None
    is_kept: bool = False
    is_too_soon: bool = False
    is_left_to_job: bool = False

    @property
    def is_read(self) -> bool:
        return self.link.state is PageState.READ

    @property
    def waits(self) -> bool:
        return self.is_left_to_job or self.link.state in (PageState.WAITING, PageState.READING)

    @property
    def is_unreadable(self) -> bool:
        return not self.is_read and not self.waits


class ReadingService:
    def __init__(
        self,
        links: LinkStore,
        fetcher: PageFetcher,
        *,
        retries: Retries,
        clock: Clock,
        understand: Callable[[PageText], Awaitable[Understood]] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`understand` does what `make_sense` does; by default a thread does it."""
        self._patience_s = patience_s
        self._understand = understand or _understand_in_thread
        self._links = links
        self._fetcher = fetcher
        self._retries = retries
        self._clock = clock
        self._looking: Counter[str] = Counter()  # calls under way, by member
        self._wished: OrderedDict[LinkId, datetime] = OrderedDict()
        # Two may want one page at once: the second must not undo what the first has read.
        self._turns: WeakValueDictionary[LinkId, asyncio.Lock] = WeakValueDictionary()

    async def read(
        self,
        workspace: WorkspaceId,
        link: LinkRecord,
        *,
        audience: Audience,
        is_wished: bool = False,
    ) -> Reading:
        """Read one link for somebody who looks on, unless it is read already.

        `is_wished`: read it anew if it is, and before its time if it waits for its next try.
        Show it as this audience may see it. Never raises for a page's sake.
        """
        known = self._known(link, is_wished=is_wished)
        return known or await self._read_in_turn(workspace, link, audience=audience)

    async def _read_in_turn(
        self, workspace: WorkspaceId, link: LinkRecord, *, audience: Audience
    ) -> Reading:
        async with self._turn(link):
            now = await self._again(workspace, link, audience)
            if is_read_since(now, link):  # by whoever had the turn before
                return Reading(now)
            failure = await self._try(workspace, now, is_wanted=True)
            if failure is None:
                return Reading(await self._again(workspace, now, audience))
            if now.state is PageState.READ:
                return Reading(now, failure.reason, is_kept=True)
            tries = int(failure.was_asked)
            retry_at = await self._retries.put_off(workspace, now, failure, tries=tries)
        now = await self._again(workspace, now, audience)
        if retry_at is not None and now.retry_at is not None:
            await self._retries.order(workspace, now.id, at=now.retry_at, tries=tries)
        return Reading(now, failure.reason, now.retry_at)

    def _known(self, link: LinkRecord, *, is_wished: bool) -> Reading | None:
        """Return how the link stands if it is not to be tried now."""
        now = self._clock.now()
        as_it_is = Reading(link, link.reason, link.retry_at)
        if not is_wished:
            is_put_off = link.state is PageState.WAITING and (link.retry_at or now) > now
            return as_it_is if link.state is PageState.READ or is_put_off else None
        tried_at = filter(None, (link.read_at, self._wished.get(link.id)))
        # Clocks of two machines differ: what was read in our future was read just now, too.
        is_recent = any(abs(now - at) < ANEW_EVERY for at in tried_at)
        if is_recent and link.state in SETTLED:
            return replace(as_it_is, is_too_soon=True)
        if is_recent and link.retry_at is not None:
            return as_it_is
        self._wished[link.id] = now
        self._wished.move_to_end(link.id)
        if len(self._wished) > _WISHES_KNOWN:
            self._wished.popitem(last=False)
        return None

    async def read_all(
        self,
        workspace: WorkspaceId,
        links: Sequence[LinkRecord],
        *,
        audience: Audience,
        is_wished: bool = False,
    ) -> list[Reading]:
        """Read several links for one member, a few at once; return them in the order given.

        What takes long is left to jobs: such a link waits without a reason, or until it was to be
        tried again anyway. Who saves much at once has one patience for all of it: their next
        message waits for its first word behind these.
        """
        own = asyncio.Semaphore(PAGES_OF_ONE)
        member = _wanted_by(links[-1]) if links else ""
        self._looking[member] += 1
        until = asyncio.get_running_loop().time() + self._patience_s / self._looking[member]

        async def read(link: LinkRecord) -> Reading:
            if (known := self._known(link, is_wished=is_wished)) is not None:
                return known
            try:
                async with asyncio.timeout_at(until), own:
                    return await self._read_in_turn(workspace, link, audience=audience)
            except TimeoutError:
                return await self._leave_to_job(workspace, link, audience=audience)

        try:
            return await asyncio.gather(*map(read, links))
        finally:
            self._looking -= Counter({member: 1})  # forgets who has none left

    async def _leave_to_job(
        self, workspace: WorkspaceId, link: LinkRecord, *, audience: Audience
    ) -> Reading:
        now = await self._again(workspace, link, audience)
        if is_read_since(now, link):
            return Reading(now)
        at = self._clock.now() + ANSWER_FIRST
        if link.retry_at is not None and link.retry_at > at:  # its job rests until then
            at = link.retry_at
            await self._links.mark_waiting(workspace, link.id, reason=link.reason, retry_at=at)
        else:
            await self._links.mark_reading(workspace, link.id)
        is_anew = link.state is PageState.READ
        await self._retries.order(workspace, link.id, at=at, is_anew=is_anew)
        now = await self._again(workspace, link, audience)
        return Reading(now, now.reason, now.retry_at, is_left_to_job=True)

    async def read_unseen(
        self, workspace: WorkspaceId, link: LinkRecord, *, is_anew: bool = False
    ) -> FetchFailed | None:
        """Read one link that nobody waits for, unless it is read already; return why it failed.

        What that means for the link is left to who asks. `is_anew`: it was read before.
        """
        async with self._turn(link):
            now = await self._again(workspace, link, OPERATOR)
            is_read = now.page.state is PageState.READ and not is_anew
            if is_read or is_read_since(now, link):  # by whoever had the turn before
                return None
            return await self._try(workspace, now, is_wanted=False)

    def _turn(self, link: LinkRecord) -> asyncio.Lock:
        """Return the lock that lets one at a time read this link."""
        return self._turns.setdefault(link.id, asyncio.Lock())

    async def _try(
        self, workspace: WorkspaceId, link: LinkRecord, *, is_wanted: bool
    ) -> FetchFailed | None:
        if link.state is not PageState.READ:  # else it stays so, whatever becomes of this try
            await self._links.mark_reading(workspace, link.id)
        return await self._read_page(workspace, link, is_wanted=is_wanted)

    async def _read_page(
        self, workspace: WorkspaceId, link: LinkRecord, *, is_wanted: bool
    ) -> FetchFailed | None:
        """Read and keep the page; return why it could not be read, else None."""
        # What is read there is shown to all who see the link, so all of them may know the address.
        # What nobody waits for comes as the operator sees it.
        known = await self._again(workspace, link, OPERATOR) if is_wanted else link
        asked = known.url_as_saved
        asker = Asker(
            _wanted_by(known),
            looks_on=is_wanted,
            # Whoever looks on wants this page; what feeds alone brought nobody asked for.
            is_asked=is_wanted or not all(is_feed(save.member) for save in known.saves),
        )
        try:
            fetched = await self._fetcher.fetch(address_to_read(asked), asker=asker)
            page = shorten(fetched)
            if page is not fetched:
                log.info(
                    "page shortened",
                    extra={"link": link.id, "chars": len(fetched.text), "kept": len(page.text)},
                )
            page = replace(page, identity=find_identity(asked, page) or "")
            made = await self._understand(page)
        except FetchFailed as failure:
            if failure.was_asked:
                log.info("page unreadable", extra={"link": link.id, "reason": failure.reason})
            return failure
        except TransientError:
            raise
        except Exception:
            # A page that a parser falls over must not stop the others, now or at every start.
            log.exception("page broke its reader", extra={"link": link.id})
            return FetchFailed("broken")
        await self._links.store_page(
            workspace, link.id, page, made.understanding, made.passages, asked=asked
        )
        return None

    async def _again(
        self, workspace: WorkspaceId, link: LinkRecord, audience: Audience
    ) -> LinkRecord:
        try:
            return await self._links.get(workspace, link.id, audience=audience)
        except KeyError:
            return link  # its last save was taken back while it was read


async def _understand_in_thread(page: PageText) -> Understood:
    return await asyncio.to_thread(make_sense, page)


def _wanted_by(link: LinkRecord) -> str:
    return link.saves[-1].member if link.saves else ""


def is_read_since(now: LinkRecord, before: LinkRecord) -> bool:
    """Whether somebody has read the page since the record before was made."""
    return now.page.state is PageState.READ and now.read_at != before.read_at
