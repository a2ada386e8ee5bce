"""What other nodes wrote into the web chat, for the pages that are open here."""

from __future__ import annotations

from datetime import datetime

from adapters.web.hub import Hub
from adapters.web.render import message_json
from bot.ports import ChatLog


class Follower:
    def __init__(self, hub: Hub, chat: ChatLog) -> None:
        self._hub = hub
        self._chat = chat
        self._since: datetime | None = None

    async def look(self) -> None:
        """Tell the pages what changed since the last look, but for what they were told already."""
        async with self._hub.order:
            changed, self._since = await self._chat.list_changed(self._since)
            for message in changed:
                data = message_json(message)
                if not self._hub.shows(data):
                    self._hub.publish(message.place.channel, data, only_for=message.only_for)
