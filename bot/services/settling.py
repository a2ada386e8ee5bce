"""Use case: a link was read, or given up, while nobody looked on; the messages it is in show that.

Only messages that somebody saved by a reaction lately: what came in otherwise has no mark of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.emoji import LOOKING, bare_emoji
from bot.domain.models import LinkId, LinkRecord, MessageId, PageState, Place, Save, WorkspaceId
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import UserError
from bot.ports import Clock, LinkStore, ReactionStore, Target, WorkspaceStore
from bot.posts import Block
from bot.services.boards import anew_board, show_board
from bot.services.marking import mark_of, show_mark
from bot.services.page_reports import (
    SHOWN,
    Wording,
    board_blocks,
    needs_words,
    reading_of,
)
from bot.services.posting import PostingService
from bot.services.reading import Reading
from bot.texts import Texts

log = logging.getLogger(__name__)

LATELY = timedelta(days=14)  # longer than a page is tried again
MOST_MESSAGES = 20  # of one link, the newest

# From how a platform calls commands to how sentences name them.
Spelling = Callable[[Callable[[str], str]], Callable[[str], str]]


class SettlingService:
    """`language` and `zone` are the operator's, for workspaces that chose none."""

    def __init__(
        self,
        links: LinkStore,
        reactions: ReactionStore,
        workspaces: WorkspaceStore,
        posting: PostingService,
        *,
        clock: Clock,
        texts: Texts,
        spelling: Spelling,
        language: str,
        zone: str,
    ) -> None:
        self._links = links
        self._reactions = reactions
        self._workspaces = workspaces
        self._posting = posting
        self._clock = clock
        self._texts = texts
        self._spelling = spelling
        self._language = language
        self._zone = zone

    async def settle(self, workspace: WorkspaceId, link: LinkId, *, kept_for: str = "") -> None:
        """Show how this link's messages stand now. The same again changes nothing.

        `kept_for`: why it could not be read anew, so that what was read before stays.

        Raises:
            TransientError: not everything is shown yet.

        """
        if not self._posting.has_platform(workspace):
            return
        try:
            found = await self._links.get(workspace, link, audience=OPERATOR)
        except KeyError:
            return  # its last save was taken back
        since = self._clock.now() - LATELY
        saves = [each for each in found.saves if each.saved_at >= since]
        if found.state is PageState.READ:
            for save in saves[-MOST_MESSAGES:]:
                await self._end_anew(workspace, save, found, kept_for)
        places = {each.message: each.place for each in saves}
        for message, place in list(places.items())[-MOST_MESSAGES:]:
            try:
                if await self._is_reacted_to(workspace, message, found):
                    await self._show(workspace, place, message, found)
                elif self._posting.platform(workspace).rewrites_answers:
                    await self._show_answer(workspace, place, message)
            except UserError as problem:  # closed or gone: nobody looks at it any more
                log.info("message not settled", extra={"post": message, "why": str(problem)})

    async def _end_anew(
        self, workspace: WorkspaceId, save: Save, link: LinkRecord, kept_for: str
    ) -> None:
        """Say how it ended to who was told that the page is being read anew."""
        audience = Audience.of_channel(save.place.channel)
        try:
            seen = await self._links.get(workspace, link.id, audience=audience)
            reading = reading_of(seen)
            if kept_for and reading.is_read:
                reading = Reading(seen, kept_for, is_kept=True)
            target = Target(workspace, save.place, only_for=save.member)
            board = anew_board(save.message, link.id, member=save.member)
            await self._tell(target, board, [reading], may_post=False)
        except (KeyError, UserError) as problem:
            log.info("member not told", extra={"post": save.message, "why": str(problem)})

    async def _is_reacted_to(
        self, workspace: WorkspaceId, message: MessageId, link: LinkRecord
    ) -> bool:
        standing = await self._reactions.list_reactions(workspace, message)
        reacted = {(each.member, bare_emoji(each.emoji)) for each in standing}
        return any(
            (save.member, bare_emoji(save.emoji)) in reacted
            for save in link.saves
            if save.message == message
        )

    async def _show(
        self, workspace: WorkspaceId, place: Place, message: MessageId, link: LinkRecord
    ) -> None:
        readings = await self._list_readings(workspace, place, message)
        mark = mark_of(readings)
        if mark == LOOKING and link.page.state is PageState.READ:
            return  # the last one tells of all: a message may have two hundred
        target = Target(workspace, place, thread=message)
        # The thread says what the mark does not.
        await self._tell(target, message, readings, may_post=needs_words(readings))
        await show_mark(self._posting, target, message, mark)

    async def _show_answer(self, workspace: WorkspaceId, place: Place, message: MessageId) -> None:
        """Change what was said to who called a command, if that told of links being read."""
        readings = await self._list_readings(workspace, place, message)
        await self._tell(Target(workspace, place), message, readings, may_post=False)

    async def _list_readings(
        self, workspace: WorkspaceId, place: Place, message: MessageId
    ) -> list[Reading]:
        """Return how the message's links stand, those that are told of as its readers see them."""
        found = await self._links.list_of_message(workspace, message)
        told = [each.id for each in found if each.page.state is not PageState.READ or each.gaps]
        shown = set((told or [each.id for each in found])[:SHOWN])
        audience = Audience.of_channel(place.channel)
        return [
            reading_of(
                await self._links.get(workspace, each.id, audience=audience)
                if each.id in shown
                else each
            )
            for each in found
        ]

    async def _tell(
        self, target: Target, message: MessageId, readings: Sequence[Reading], *, may_post: bool
    ) -> None:
        chosen = await self._workspaces.get_settings(target.workspace)
        zone, now = ZoneInfo(chosen.zone or self._zone), self._clock.now()
        platform = self._posting.platform(target.workspace)
        texts = self._texts.spelt(self._spelling(platform.call_of), where=platform.where)

        def make(language: str) -> Sequence[Block]:
            return board_blocks(readings, Wording(texts.bind(language), zone, now))

        await show_board(
            self._posting,
            target,
            message,
            make,
            language=chosen.language or self._language,
            may_post=may_post,
        )
