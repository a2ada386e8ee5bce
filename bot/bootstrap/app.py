"""Every use case, joined on one database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import SystemClock
from bot.commands.spelling import spell_for_command_line
from bot.config import Settings
from bot.domain.archives import Archive, Document
from bot.domain.models import LOCAL
from bot.ports import (
    ChartDrawer,
    ChatHistory,
    Clock,
    DigestWriter,
    FeedReader,
    LanguageModel,
    Meter,
    NodeId,
    NoMeter,
    PageFetcher,
    Storage,
)
from bot.services.feeding import FeedingService
from bot.services.importing import ImportingService
from bot.services.listing import ListingService
from bot.services.membership import new_node_id
from bot.services.saving import SavingService
from bot.services.subscribing import SubscribingService
from bot.services.watching import MeteredFetcher, WatchingService
from bot.texts import Say, Texts

if TYPE_CHECKING:
    from bot.commands.router import Router
    from bot.services.answering import AnsweringService
    from bot.services.backfilling import BackfillingService
    from bot.services.concepts import ConceptsService
    from bot.services.digesting import DigestingService
    from bot.services.embedding import EmbeddingService
    from bot.services.noting import NotingService
    from bot.services.overseeing import OverseeingService
    from bot.services.pasting import PastingService
    from bot.services.querying import QueryingService
    from bot.services.reading import ReadingService
    from bot.services.reindexing import ReindexingService
    from bot.services.sampling import SamplingService
    from bot.services.unread import UnreadService


@dataclass(frozen=True, slots=True)
class App:
    """Every use case on one database, ready to use."""

    settings: Settings
    texts: Texts
    clock: Clock
    node: NodeId
    storage: Storage
    importing: ImportingService
    saving: SavingService
    reading: ReadingService
    unread: UnreadService
    listing: ListingService
    concepts: ConceptsService
    digesting: DigestingService
    answering: AnsweringService
    querying: QueryingService
    documents: DigestWriter
    charts: ChartDrawer
    sampling: SamplingService
    feed_reader: FeedReader
    feeding: FeedingService
    noting: NotingService
    pasting: PastingService
    backfilling: BackfillingService
    reindexing: ReindexingService
    overseeing: OverseeingService
    subscribing: SubscribingService
    watching: WatchingService
    meter: Meter
    model: LanguageModel | None
    embedding: EmbeddingService | None

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.tzinfo

    @property
    def say(self) -> Say:
        """Speak to the operator."""
        return self.say_in(self.settings.language)

    def say_in(self, language: str) -> Say:
        """Return what the command line says in a language."""
        return spell_for_command_line(self.texts).bind(language)

    def find_documents(self, paths: Sequence[str]) -> Sequence[Path]:
        from adapters.importers.paths import find_documents

        return find_documents(paths)

    def open_document(self, path: Path) -> Document:
        from adapters.importers.paths import open_document

        return open_document(path)


class Importers:
    """Loads those of all forms with the first document: most commands read none."""

    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        from adapters.importers import ArchiveReaders

        return ArchiveReaders().read(name, data, form=form)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    is_worker: bool = False,
    storage: Storage | None = None,
    fetcher: PageFetcher | None = None,
    feed_reader: FeedReader | None = None,
    clock: Clock | None = None,
    model: LanguageModel | None = None,
) -> AsyncIterator[App]:
    """Open everything in order and close it in reverse; tests pass fakes, the program nothing.

    `is_worker`: be a process that works on the database. On SQLite there is one: refuse to open
    where another is.
    """
    from adapters.documents import Documents, MatplotlibCharts
    from adapters.parsing import Parsers
    from adapters.parsing.understanding import ParsedUnderstanding
    from bot.bootstrap.fetching import open_fetching
    from bot.bootstrap.models import accounts_of, open_embedding, open_spending
    from bot.services.answering import AnsweringService
    from bot.services.backfilling import BackfillingService
    from bot.services.concepts import ConceptsService
    from bot.services.digesting import DigestingService
    from bot.services.feed_lists import FeedLists
    from bot.services.noting import NotingService
    from bot.services.overseeing import OverseeingService
    from bot.services.pasting import PastingService
    from bot.services.querying import QueryingService
    from bot.services.reading import ReadingService
    from bot.services.reindexing import ReindexingService
    from bot.services.retrying import Retries
    from bot.services.sampling import SamplingService
    from bot.services.unread import UnreadService

    clock = clock or SystemClock()
    texts = Texts.load()
    node = new_node_id()
    async with AsyncExitStack() as stack:
        if is_worker and not settings.is_shared:
            from storage.databases.locking import sole_worker

            await stack.enter_async_context(sole_worker(settings.database))
        if storage is None:
            from storage import open_storage

            us = node if is_worker and settings.is_shared else None
            storage = await stack.enter_async_context(
                open_storage(settings.database, node=us, lease_s=settings.lease_s)
            )
        parsers = Parsers()
        stack.push_async_callback(parsers.aclose)
        web = await stack.enter_async_context(
            open_fetching(settings, parsers=parsers, pages=fetcher, feeds=feed_reader)
        )
        await storage.workspaces.ensure(LOCAL, name="local")
        feed_lists = FeedLists(storage.feeds, clock=clock)
        importers = Importers()
        importing = ImportingService(storage.archives, importers, feed_lists, zone=settings.tzinfo)
        saving = SavingService(storage.links)
        meter: Meter = NoMeter()
        if is_worker:
            from adapters.watching import PrometheusMeter

            meter = PrometheusMeter()
        accounts = accounts_of(settings, storage.models, clock=clock)
        if model is None:
            model = await stack.enter_async_context(
                open_spending(settings, storage.models, accounts, clock=clock, meter=meter)
            )
        embedding = await stack.enter_async_context(
            open_embedding(settings, storage, accounts, meter=meter)
        )
        search = storage.search
        if embedding is not None:
            from bot.services.embedding import SearchByMeaning

            search = SearchByMeaning(search, embedding)
        writing = claiming = None
        if model is not None:
            from bot.services.claiming import ClaimingService
            from bot.services.writing import WritingService

            claiming = ClaimingService(model, texts=texts)

            writing = WritingService(model, storage.links, storage.concepts, texts=texts)
        pages_read = MeteredFetcher(web.pages, meter)
        retries = Retries(storage.links, storage.jobs, clock)
        reading = ReadingService(
            storage.links,
            pages_read,
            retries=retries,
            clock=clock,
            understand=ParsedUnderstanding(parsers) if is_worker else None,
        )
        unread = UnreadService(
            storage.workspaces,
            storage.links,
            storage.jobs,
            reading,
            retries=retries,
            clock=clock,
        )
        backfilling = BackfillingService(
            storage.backfills, storage.jobs, saving, unread, clock=clock, texts=texts
        )
        yield App(
            settings=settings,
            texts=texts,
            clock=clock,
            node=node,
            storage=storage,
            importing=importing,
            saving=saving,
            reading=reading,
            unread=unread,
            listing=ListingService(storage.links, search),
            concepts=ConceptsService(storage.concepts, storage.links, storage.search),
            digesting=DigestingService(
                storage.links,
                storage.notes,
                storage.signals,
                texts=texts,
                writing=writing,
                embedding=embedding,
            ),
            answering=AnsweringService(search, storage.links, claiming=claiming),
            querying=QueryingService(storage.search),
            documents=Documents(),
            charts=MatplotlibCharts(),
            sampling=SamplingService(storage.archives, storage.chat, zone=settings.tzinfo),
            feed_reader=web.feeds,
            feeding=FeedingService(storage.feeds, web.feeds, clock=clock),
            noting=NotingService(importing, unread),
            pasting=PastingService(storage.links, importers, unread),
            backfilling=backfilling,
            reindexing=ReindexingService(storage.search, storage.jobs),
            overseeing=OverseeingService(storage, backfilling),
            subscribing=SubscribingService(
                storage.subscriptions, storage.deliveries, storage.jobs, clock=clock
            ),
            watching=WatchingService(
                storage.watch,
                storage.jobs,
                storage.nodes,
                accounts=accounts,
                vectors=storage.vectors,
                embedding_model=settings.embedding_model if settings.has_embeddings else "",
                clock=clock,
            ),
            meter=meter,
            model=model,
            embedding=embedding,
        )


def routers_of(app: App, histories: Mapping[str, ChatHistory]) -> list[Router]:
    """Join the command groups: a new one is a new module and a line here.

    `histories`: by the scheme of a workspace's id, filled in as platforms are connected.
    """
    from bot.commands.asking import AskingCommands
    from bot.commands.backfilling import BackfillingCommands
    from bot.commands.catalogue import SPECS
    from bot.commands.concepts import ConceptsCommands
    from bot.commands.digest_details import DigestDetails
    from bot.commands.digesting import DigestingCommands
    from bot.commands.feedback import FeedbackCommands
    from bot.commands.feeding import FeedingCommands
    from bot.commands.helping import HelpCommands
    from bot.commands.joining import JoiningGreeting
    from bot.commands.listing import ListingCommands
    from bot.commands.noting import NotingCommands
    from bot.commands.pasting import PastingCommands
    from bot.commands.reacting import ReactingCommands
    from bot.commands.saving import SavingCommands
    from bot.commands.settings import SettingsCommands
    from bot.commands.status import StatusCommands
    from bot.commands.subscribing import SubscribingCommands
    from bot.services.feedback import FeedbackService
    from bot.services.retelling import RetellingService
    from bot.services.sources import SourceChecker

    retelling = RetellingService(app.storage.subscriptions, app.storage.deliveries, app.digesting)
    workspaces, settings = app.storage.workspaces, app.settings
    sources = SourceChecker(histories)
    feedback = FeedbackService(app.storage.links, app.storage.signals)
    backfilling = BackfillingCommands(app.backfilling)
    return [
        DigestingCommands(app.digesting, app.charts).router,
        DigestDetails(app.digesting, retelling).router,
        SubscribingCommands(app.subscribing, sources, app.digesting, app.charts).router,
        PastingCommands(app.pasting, app.saving).router,
        NotingCommands(app.noting).router,  # before asking: a question may be about the file
        AskingCommands(app.answering, app.querying, exchanges=app.storage.exchanges).router,
        ListingCommands(app.listing, app.querying).router,
        ConceptsCommands(app.concepts, clock=app.clock).router,
        SavingCommands(
            app.saving,
            app.reading,
            unread=app.unread,
            pasting=app.pasting,
            noting=app.noting,
            backfilling=backfilling,
        ).router,
        ReactingCommands(app.saving, app.reading, reactions=app.storage.reactions).router,
        backfilling.router,
        FeedingCommands(app.feeding).router,
        SettingsCommands(
            workspaces, feedback, language=settings.language, zone=settings.zone
        ).router,
        FeedbackCommands(feedback).router,
        StatusCommands(app.watching).router,
        JoiningGreeting().router,
        HelpCommands(SPECS).router,
    ]
