"""The one post that tells how far the reading of a channel's past is, and how it ended."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import MessageId
from bot.errors import UserError
from bot.ports import Clock, Target
from bot.posts import Block, Button, Buttons, Post, paragraph
from bot.services.posting import PostingService
from bot.texts import Texts

log = logging.getLogger(__name__)

SHOW_EVERY = timedelta(seconds=3)  # Slack takes an edit a second, and people do not read faster


class BackfillProgress:
    def __init__(self, *, clock: Clock, texts: Texts) -> None:
        self._clock = clock
        self._texts = texts
        self._shown: dict[str, datetime] = {}

    async def announce(self, backfill: Backfill, posting: PostingService) -> MessageId | None:
        """Say that it begins; a second time, find where that was said. None: nobody may know."""
        key = f"backfill:{backfill.id}"
        try:
            post = self._post(backfill)
            return await posting.post(_shown_in(backfill), post, key=key, is_urgent=False)
        except UserError:  # asked for where we may not speak: no reason to read less
            log.warning(
                "backfill's progress cannot be shown where it was asked for",
                extra={"backfill": backfill.id},
            )
            return None

    async def show(self, backfill: Backfill, posting: PostingService) -> None:
        """Show how it stands now, if that is worth an edit; its end always is."""
        now = self._clock.now()
        shown = self._shown.pop(backfill.id, None)
        if backfill.state is BackfillState.OPEN:
            is_due = shown is None or now - shown >= SHOW_EVERY
            self._shown[backfill.id] = now if is_due or shown is None else shown
            if not is_due:
                return
        if backfill.progress is None:
            return
        try:
            await posting.edit(_shown_in(backfill), backfill.progress, self._post(backfill))
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


def _shown_in(backfill: Backfill) -> Target:
    return Target(backfill.workspace, backfill.asked_in)
