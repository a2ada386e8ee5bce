"""Everything that is kept, over one database. `open_storage` is the way in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.ports import (
    ArchiveStore,
    BackfillStore,
    ChatLog,
    ConceptStore,
    DeliveryStore,
    ExchangeStore,
    FeedStore,
    HomeStore,
    Inbox,
    Jobs,
    LinkStore,
    MemberStore,
    ModelStore,
    NodeId,
    NodeStore,
    NoteStore,
    PostLedger,
    ReactionStore,
    SearchIndex,
    SignalStore,
    SubscriptionStore,
    VectorStore,
    WatchStore,
    WorkspaceStore,
)
from storage.archives import SqlArchiveStore
from storage.backfills import SqlBackfillStore
from storage.chat import SqlChatLog
from storage.concepts import SqlConceptStore
from storage.databases.database import Database, open_database
from storage.databases.driver import About
from storage.databases.postgresql import find_url
from storage.deliveries import SqlDeliveryStore
from storage.exchanges import SqlExchangeStore
from storage.feeds import SqlFeedStore
from storage.forgotten import SqlMemberStore
from storage.inbox import SqlInbox
from storage.jobs.procrastinate_jobs import open_procrastinate
from storage.jobs.procrastinate_schema import prepare_jobs
from storage.jobs.sqlite_jobs import SqlJobs
from storage.language_models import SqlModelStore
from storage.ledger import SqlPostLedger
from storage.links import SqlLinkStore
from storage.living import LEASE_S
from storage.migrations import migrate
from storage.nodes import SqlNodeStore
from storage.notes import SqlNoteStore
from storage.reactions import SqlReactionStore
from storage.search.store import SqlSearchIndex
from storage.search.vectors import SqlVectorStore
from storage.signals import SqlSignalStore
from storage.subscriptions import SqlSubscriptionStore
from storage.watching import SqlWatchStore
from storage.workspaces import SqlHomeStore, SqlWorkspaceStore


class SqlStorage:
    """The port `Storage`."""

    def __init__(
        self,
        database: Database,
        *,
        node: NodeId | None = None,
        jobs: Jobs | None = None,
        lease_s: float = LEASE_S,
    ) -> None:
        self.about: About = database.about
        self.links: LinkStore = SqlLinkStore(database)
        self.notes: NoteStore = SqlNoteStore(database)
        self.archives: ArchiveStore = SqlArchiveStore(database)
        vectors = SqlVectorStore(database)
        self.vectors: VectorStore = vectors
        self.search: SearchIndex = SqlSearchIndex(database, vectors)
        self.concepts: ConceptStore = SqlConceptStore(database)
        self.inbox: Inbox = SqlInbox(database, node, lease_s=lease_s)
        self.reactions: ReactionStore = SqlReactionStore(database)
        self.signals: SignalStore = SqlSignalStore(database)
        self.ledger: PostLedger = SqlPostLedger(database)
        self.exchanges: ExchangeStore = SqlExchangeStore(database)
        self.workspaces: WorkspaceStore = SqlWorkspaceStore(database)
        self.homes: HomeStore = SqlHomeStore(database)
        self.backfills: BackfillStore = SqlBackfillStore(database)
        self.subscriptions: SubscriptionStore = SqlSubscriptionStore(database)
        self.deliveries: DeliveryStore = SqlDeliveryStore(database, lease_s=lease_s)
        self.feeds: FeedStore = SqlFeedStore(database)
        self.chat: ChatLog = SqlChatLog(database, node)
        self.jobs: Jobs = jobs or SqlJobs(database)
        self.nodes: NodeStore = SqlNodeStore(database, lease_s=lease_s)
        self.members: MemberStore = SqlMemberStore(database)
        self.models: ModelStore = SqlModelStore(database)
        self.watch: WatchStore = SqlWatchStore(database)


@asynccontextmanager
async def open_storage(
    database_url: str, *, node: NodeId | None = None, lease_s: float = LEASE_S
) -> AsyncIterator[SqlStorage]:
    """Open `sqlite:///path` or a PostgreSQL; make it, or bring it up to date, if need be.

    `node`: who we are among several that work on it; None where there is one, or we do not work.
    `lease_s`: how long the others believe that a node lives which says nothing.

    Raises:
        ConfigError: the address or the file cannot be used; one sentence says why.
        StorageUnavailable: another process holds it for too long.

    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(database_url))
        await migrate(database)
        jobs: Jobs | None = None
        if (url := find_url(database_url)) is not None:
            await prepare_jobs(database)
            jobs = await stack.enter_async_context(open_procrastinate(url, lease_s=lease_s))
        yield SqlStorage(database, node=node, jobs=jobs, lease_s=lease_s)
