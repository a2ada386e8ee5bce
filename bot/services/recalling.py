"""What was asked last in each thread, so that the next question there may lean on it.

Kept by this process alone: what is forgotten is asked anew.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.follow_ups import Exchange
from bot.domain.models import ChannelId, MessageId, WorkspaceId

REMEMBERED = 2_000

Thread = tuple[WorkspaceId, ChannelId, MessageId | None]


class RecallingService:
    def __init__(self) -> None:
        self._last: OrderedDict[Thread, Exchange] = OrderedDict()

    def recall(self, *threads: Thread) -> Exchange | None:
        return next((self._last[each] for each in threads if each in self._last), None)

    def remember(self, exchange: Exchange, *threads: Thread) -> None:
        for each in threads:
            self._last[each] = exchange
            self._last.move_to_end(each)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
