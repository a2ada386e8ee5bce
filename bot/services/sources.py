"""Use case: tell who picks channels for a digest which of them it can show anything from."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.models import ChannelId
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from bot.ports import ChatHistory
from bot.services.posting import scheme_of


class SourceChecker:
    """`histories`: by the scheme of a workspace's id, filled in as platforms are connected."""

    def __init__(self, histories: Mapping[str, ChatHistory]) -> None:
        self._histories = histories

    async def check(self, subscription: Subscription, *, theirs: frozenset[ChannelId]) -> None:
        """Refuse channels of which the digest would stay empty. `theirs`: private, of who asks.

        A channel that they may not see is said to be none, as one that is not there. Whatever is
        let through, the digest still shows no more than its place may see.

        Raises:
            UserError: a channel that we are not in, or private and not the place of the digest.

        """
        here = subscription.place
        others = [each for each in subscription.sources if each != here.channel]
        for channel in others:
            if channel in theirs and not here.is_direct:
                raise UserError("subscribe.private_source")
        history = self._histories.get(scheme_of(subscription.workspace))
        unknown = [each for each in others if each not in theirs]
        if history is None or not unknown:  # a chat of our own, where every channel is public
            return
        places = await history.list_channels(subscription.workspace)
        public = {place.channel for place in places if not place.is_private}
        if not public.issuperset(unknown):
            raise UserError("subscribe.no_channel")
