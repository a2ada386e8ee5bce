"""No call to a platform goes on for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.models import LOCAL, MessageId
from bot.errors import SendUnsure, TransientError
from bot.events import SharedFile
from bot.ports import Piece, Target
from bot.posts import say
from bot.services.deadlines import Deadlines, PunctualPlatform
from tests.factories import GENERAL, MINA, NOON, make_command
from tests.fakes.platform import FakePlatform

SOON = Deadlines(send_s=0.01, mark_s=0.01, look_s=0.01, load_s=0.01)
HERE, OURS, PIECE = Target(LOCAL, GENERAL), MessageId("sent:k"), Piece("words", None)


class Silent(FakePlatform):
    """Answers no call."""

    async def _hang(self, *_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()

    send = find_sent = edit = react = unreact = _hang
    complete = list_private_channels = fetch_file = _hang


CALLS: dict[str, Callable[[PunctualPlatform], Awaitable[object]]] = {
    "send": lambda platform: platform.send(HERE, PIECE, key="k"),
    "find_sent": lambda platform: platform.find_sent(HERE, PIECE, key="k", since=NOON),
    "edit": lambda platform: platform.edit(HERE, OURS, say("x", language="en")),
    "react": lambda platform: platform.react(GENERAL, OURS, "👀"),
    "unreact": lambda platform: platform.unreact(GENERAL, OURS, "👀"),
    "complete": lambda platform: platform.complete(make_command("help")),
    "list_private_channels": lambda platform: platform.list_private_channels(LOCAL, MINA),
    "fetch_file": lambda platform: platform.fetch_file(LOCAL, SharedFile(name="a", url="b")),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_without_an_answer_fails_as_what_may_pass(call: str) -> None:
    platform = PunctualPlatform(Silent(), SOON)

    async with asyncio.timeout(30):
        with pytest.raises(SendUnsure if call == "send" else TransientError):
            await CALLS[call](platform)
