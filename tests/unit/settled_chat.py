"""A chat whose bot saves, reads again by itself and shows how that ended, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from bot.commands.asking import AskingCommands
from bot.commands.backfilling import BackfillingCommands
from bot.commands.noting import NotingCommands
from bot.commands.pasting import PastingCommands
from bot.commands.reacting import ReactingCommands
from bot.commands.saving import SavingCommands
from bot.commands.spelling import speller
from bot.domain.models import LOCAL, LinkRecord, MessageId, PageState, PageText
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.events import Event
from bot.ports import SOMEBODY, Asker, Storage
from bot.services.answering import AnsweringService
from bot.services.querying import QueryingService
from bot.services.reading import PATIENCE_S
from bot.services.saving import SavingService
from bot.services.settling import SettlingService
from tests.factories import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import TEXTS, make_dispatcher, make_posting

MESSAGE = MessageId("message-1")
URL, OTHER = "https://one.example/a", "https://two.example/b"
STORY = "Sparse indexes answer rare words well. Dense vectors answer paraphrases well."
AWAY = FetchFailed("timeout", may_pass=True)


@dataclass
class Web(FakePageFetcher):
    fails: dict[str, FetchFailed] = field(default_factory=dict)

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        if url in self.fails:
            self.asked.append(url)
            raise self.fails[url]
        return await super().fetch(url, asker=asker)


@dataclass
class Chat:
    """A bot with everything that settles, one step at a time."""

    storage: Storage
    platform: FakePlatform = field(default_factory=FakePlatform)
    web: Web = field(default_factory=Web)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    patience_s: float = PATIENCE_S

    def __post_init__(self) -> None:
        storage = self.storage
        self.readers = Readers(storage, self.web, self.clock, self.patience_s)
        saving = SavingService(storage.links)
        pasting, noting = self.readers.make_pasting(), self.readers.make_noting()
        commands = SavingCommands(
            saving,
            self.readers.reading,
            unread=self.readers.unread,
            pasting=pasting,
            noting=noting,
            backfilling=BackfillingCommands(self.readers.make_backfilling()),
        )
        reacting = ReactingCommands(saving, self.readers.reading, reactions=storage.reactions)
        posting = make_posting(self.platform, ledger=storage.ledger)
        self._dispatcher = make_dispatcher(
            [
                commands.router,
                reacting.router,
                PastingCommands(pasting, saving).router,
                NotingCommands(noting).router,
                AskingCommands(
                    AnsweringService(storage.search, storage.links),
                    QueryingService(storage.search),
                    exchanges=storage.exchanges,
                ).router,
            ],
            platform=self.platform,
            workspaces=storage.workspaces,
            posting=posting,
        )
        self.readers.unread.connect(
            SettlingService(
                storage.links,
                storage.reactions,
                storage.workspaces,
                posting,
                clock=self.clock,
                texts=TEXTS,
                spelling=partial(speller, ["save"]),
                language="en",
                zone="Asia/Seoul",
            )
        )

    async def send(self, event: Event) -> None:
        await self.storage.inbox.put(event)
        await self._dispatcher.dispatch(event)

    async def later(self, *, minutes: float = 30) -> None:
        """Let time pass, and whoever works do what is due."""
        self.clock.move(minutes=minutes)
        await self.readers.read_due()

    def marks(self, message: MessageId = MESSAGE) -> list[str]:
        return list(self.platform.reactions.get(message, []))

    async def link(self, url: str = URL) -> LinkRecord:
        found = await self.storage.links.find(LOCAL, url, audience=OPERATOR)
        assert found is not None
        return found

    async def state(self, url: str = URL) -> PageState:
        return (await self.link(url)).state
