"""/jubo status: how the bot stands for this workspace, told to who asks."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.commands.status_lines import tell_status
from bot.domain.status import Status
from bot.domain.visibility import is_visible
from bot.events import CommandCalled
from bot.posts import Bullets, Heading, Item, Post, Text
from bot.services.watching import WatchingService
from bot.specs import CommandSpec

STATUS = CommandSpec("status", is_private=True)


class StatusCommands:
    def __init__(self, watching: WatchingService) -> None:
        self._watching = watching
        self.router = Router(commands={STATUS: self.status})

    async def status(self, event: CommandCalled, talk: Conversation) -> None:
        found = _seen(await self._watching.look(event.workspace), talk)
        first, *lines = tell_status(found, talk.say, zone=talk.zone, shows_nodes=False)
        items = tuple(Item((Text(line),)) for line in lines)
        blocks = (Heading((Text(first),), level=3), Bullets(items))
        await talk.post(Post(blocks, is_ephemeral=True))


def _seen(status: Status, talk: Conversation) -> Status:
    """Leave out which private channels had a delivery that failed, but where they may be known."""
    failed = tuple(
        each
        for each in status.counts.failed
        if is_visible(each.place, talk.event.member, audience=talk.audience)
        and (not each.place.is_private or each.place.channel in talk.audience.channels)
    )
    return replace(status, counts=replace(status.counts, failed=failed))
