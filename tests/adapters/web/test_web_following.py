"""Pages show what other nodes wrote, each look at a message once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.web.following import Follower
from adapters.web.hub import Hub
from adapters.web.platform import show
from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.ports import ChatMessage
from tests.factories import NOON
from tests.fakes.chat_log import MemoryChatLog

MESSAGE = ChatMessage(
    id=MessageId("m1"),
    place=Place(ChannelId("reading")),
    member=MemberId("ari"),
    member_name="Ari",
    at=NOON,
    text="hello",
)


class SharedChatLog(MemoryChatLog):
    """Tells of everything again with each look, as of what others just changed."""

    async def list_changed(
        self, since: datetime | None
    ) -> tuple[Sequence[ChatMessage], datetime | None]:
        return [await self.get(MESSAGE.id)], since


async def told(hub: Hub, *words: str) -> list[str]:
    """Return which of these words each change shows, in order."""
    begin = hub.position.partition("-")[0] + "-0"
    with hub.subscribe(after=begin) as page:
        hub.close()
        changes = [json.dumps(each.data) async for each in page.changes(heartbeat_s=9) if each]
    return [word for change in changes for word in words if word in change]


async def test_what_others_wrote_is_shown_once_for_each_change() -> None:
    hub, chat = Hub(), SharedChatLog()
    await chat.append(MESSAGE)
    follower = Follower(hub, chat)

    await follower.look()
    await follower.look()
    await chat.replace(replace(MESSAGE, text="better"))
    await follower.look()

    assert await told(hub, "hello", "better") == ["hello", "better"]


async def test_what_we_showed_ourselves_is_not_shown_again() -> None:
    hub, chat = Hub(), SharedChatLog()
    await chat.append(MESSAGE)
    await show(hub, chat, MESSAGE.id)

    await Follower(hub, chat).look()

    assert await told(hub, "hello") == ["hello"]
