"""Tells the place of a feed that it cannot be read any more, once, in its own language."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.emoji import TROUBLE
from bot.domain.feeds import FEEDS_PLACE, Feed
from bot.errors import TransientError, UserError
from bot.ports import Target, WorkspaceStore
from bot.posts import Anchor, Post, paragraph
from bot.services.posting import PostingService
from bot.texts import Texts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedReports:
    """`language` is the operator's, for workspaces that chose none."""

    posting: PostingService
    workspaces: WorkspaceStore
    texts: Texts
    language: str

    async def tell(self, feed: Feed) -> bool:
        """Say what is wrong; False where it should be said again later."""
        log.warning("feed cannot be read", extra={"feed": feed.id, "reason": feed.reason})
        if feed.place == FEEDS_PLACE:
            return True  # nobody is there; the list of the command line shows it
        if not self.posting.has_platform(feed.workspace):
            return False  # it is not run here today
        chosen = await self.workspaces.get_settings(feed.workspace)
        language = chosen.language or self.language
        say = self.texts.bind(language)
        why = say(f"feeds.trouble.{feed.reason}")
        sentence = say("feeds.broken", why=why)
        title = Anchor(feed.title, feed.site or feed.url)
        post = Post((paragraph(f"{TROUBLE} ", title, f" — {sentence}"),), language=language)
        # The same trouble has the same key: it is told once, also across a crash.
        key = f"feed:{feed.id}:{feed.failing_since}"
        target = Target(feed.workspace, feed.place)
        try:
            await self.posting.post(target, post, key=key, is_urgent=False)
        except TransientError:
            log.warning("feed's trouble not told yet", extra={"feed": feed.id}, exc_info=True)
            return False
        except UserError as error:  # nobody can be told there; the operator can
            log.warning("%s", self.texts.get(self.language, error.message_key, **error.values))
        return True
