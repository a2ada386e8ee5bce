"""Use case: keep a channel's standing orders for digests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.models import Place, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from bot.ports import SubscriptionStore

log = logging.getLogger(__name__)

MOST_OF_A_CHANNEL = 10


class SubscribingService:
    def __init__(self, store: SubscriptionStore) -> None:
        self._store = store
        self._adding = asyncio.Lock()  # two members may say the same at once

    async def add(self, subscription: Subscription, *, is_language_chosen: bool = True) -> None:
        """Keep a subscription; the same one again, by its id, changes nothing.

        Where nobody chose the language, the same digest in another one says the same.

        Raises:
            UserError: the channel has one that says the same, or too many.

        """
        async with self._adding:
            await self._check(subscription, is_language_chosen=is_language_chosen)
            is_new = await self._store.add(subscription)
        if is_new:
            log.info("subscription added", extra={"subscription": subscription.id})

    async def _check(self, subscription: Subscription, *, is_language_chosen: bool) -> None:
        others = [
            each
            for each in await self.list_here(subscription.workspace, subscription.place)
            if each.id != subscription.id
        ]
        languages = {each.language for each in others if _says(each) == _says(subscription)}
        if subscription.language in languages:
            raise UserError("subscribe.already")
        if languages and not is_language_chosen:
            raise UserError(f"subscribe.already_in_{languages.pop()}")
        if len(others) >= MOST_OF_A_CHANNEL:
            raise UserError("subscribe.too_many", limit=MOST_OF_A_CHANNEL)

    async def list_here(self, workspace: WorkspaceId, place: Place) -> Sequence[Subscription]:
        return await self._store.list_subscriptions(workspace, channel=place.channel)

    async def get_here(
        self, workspace: WorkspaceId, place: Place, subscription: str
    ) -> Subscription:
        """Return one of this channel's.

        Raises:
            UserError: there is none, or no longer.

        """
        try:
            found = await self._store.get(workspace, subscription)
        except KeyError as error:
            raise UserError("subscription.gone") from error
        if found.place.channel != place.channel:
            raise UserError("subscription.gone")
        return found

    async def pause(self, subscription: Subscription, *, is_paused: bool) -> bool:
        """Pause or resume; False if it stood so already.

        Raises:
            UserError: it is gone by now.

        """
        if subscription.is_paused == is_paused:
            return False
        try:
            await self._store.change(replace(subscription, is_paused=is_paused))
        except KeyError as error:
            raise UserError("subscription.gone") from error
        return True

    async def remove(self, subscription: Subscription) -> bool:
        """Return False if it was gone already."""
        return await self._store.remove(subscription.workspace, subscription.id)


def _says(subscription: Subscription) -> tuple[str, ...]:
    return (subscription.cron, subscription.zone, subscription.style)
