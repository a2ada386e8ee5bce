"""A whole web chat over fakes: what the tests of its interface and of its page talk to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette

from adapters.web.app import create_app
from adapters.web.hub import Hub
from adapters.web.platform import WebPlatform
from bot.domain.models import LOCAL, MemberId, MessageId, Place
from bot.ports import Target
from bot.posts import Post
from bot.texts import Texts
from tests.fakes.chat_log import MemoryChatLog, MemoryInbox
from tests.fakes.clock import FakeClock
from tests.fakes.talking import make_posting

COMMANDS = ("digest", "ask", "links", "save", "help")


@dataclass
class WebChat:
    token: str = ""
    chat: MemoryChatLog = field(init=False)
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    hub: Hub = field(default_factory=Hub)
    clock: FakeClock = field(default_factory=FakeClock)
    wakes: int = 0
    on_event: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.chat = MemoryChatLog(self.inbox)
        self.platform = WebPlatform(chat=self.chat, hub=self.hub, clock=self.clock)
        self.posting = make_posting(self.platform)

    def app(self) -> Starlette:
        return create_app(
            workspace=LOCAL,
            inbox=self.inbox,
            chat=self.chat,
            hub=self.hub,
            clock=self.clock,
            texts=Texts.load(),
            language="en",
            channels=("reading", "random"),
            commands=COMMANDS,
            on_event=self.wake,
            token=self.token,
        )

    async def post(
        self,
        place: Place,
        post: Post,
        *,
        key: str,
        thread: MessageId | None = None,
        only_for: MemberId | None = None,
    ) -> MessageId:
        """Post as the core does."""
        target = Target(LOCAL, place, thread=thread, only_for=only_for)
        return await self.posting.post(target, post, key=key)

    def wake(self) -> None:
        self.wakes += 1
        self.on_event()

    def client(self, *, name: str = "", base: str = "http://127.0.0.1:8710") -> httpx.AsyncClient:
        headers = {"Origin": base, "Accept-Language": "en"} | ({"Jubo-Name": name} if name else {})
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app()), base_url=base, headers=headers
        )
