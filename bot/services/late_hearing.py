"""One message's share of catching up: what of it was missed goes into the inbox, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.models import Place
from bot.errors import MessageGone, PlaceClosed
from bot.events import Event, ReactionAdded, ReactionRemoved
from bot.ports import EventSink, PastMessage, ReactionStore
from bot.services.missed_events import MOMENT, Round, key_of, missed_events, retold
from bot.services.posting import Pause

SETTLED_AFTER_S = 1.0  # a platform may tell of an act before its history shows it


class LateHearing:
    def __init__(
        self,
        reactions: ReactionStore,
        inbox: EventSink,
        *,
        on_event: Callable[[], None],
        pause: Pause,
    ) -> None:
        self._reactions = reactions
        self._inbox = inbox
        self._on_event = on_event
        self._pause = pause

    async def hear(self, this: Round, place: Place, message: PastMessage) -> int:
        """Put into the inbox what of this message was missed; return how much that was."""
        known = await self._reactions.list_states(this.workspace, message.id)
        found = 0
        for event in missed_events(this, place, message, known):
            if await self._inbox.put(event) or await self._put_once_more(this, event):
                found += 1
                self._on_event()
        return found

    async def _put_once_more(self, this: Round, event: Event) -> bool:
        """Put what seemed older than what we know, if a new look says that it is not.

        Either it was missed a moment after we heard of the opposite, or that was heard while the
        page was on its way. The clocks cannot tell; what we knew before we looked can. The event
        becomes just younger than that, so what is heard while we look is younger still, and wins.
        """
        if not isinstance(event, ReactionAdded | ReactionRemoved):
            return False
        is_on, key = isinstance(event, ReactionAdded), key_of(event)
        states = await self._reactions.list_states(this.workspace, event.message)
        known = next((each for each in states if key_of(each.reaction) == key), None)
        if known is None or known.is_on == is_on:
            return False  # somebody told it meanwhile
        await self._pause(SETTLED_AFTER_S)
        try:
            shown = await this.history.list_reactions(this.workspace, event.message)
        except (MessageGone, PlaceClosed):
            return False
        if (key in map(key_of, shown)) != is_on:
            return False
        return await self._inbox.put(retold(event, at=known.changed_at + MOMENT))
