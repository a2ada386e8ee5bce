"""Everything that is kept, over one database."""

from __future__ import annotations

from typing import Protocol

from bot.ports.archive import ArchiveStore, ConceptStore, LinkStore, NoteStore, SearchIndex
from bot.ports.embeddings import VectorStore
from bot.ports.language_models import ModelStore
from bot.ports.members import MemberStore
from bot.ports.records import (
    BackfillStore,
    ChatLog,
    ExchangeStore,
    FeedStore,
    HomeStore,
    Inbox,
    PostLedger,
    ReactionStore,
    SubscriptionStore,
    WorkspaceStore,
)
from bot.ports.signals import SignalStore
from bot.ports.watching import WatchStore
from bot.ports.work import DeliveryStore, Jobs, NodeStore


class Storage(Protocol):
    """Everything that is kept, over one database."""

    links: LinkStore
    notes: NoteStore
    archives: ArchiveStore
    search: SearchIndex
    vectors: VectorStore
    concepts: ConceptStore
    inbox: Inbox
    reactions: ReactionStore
    signals: SignalStore
    ledger: PostLedger
    exchanges: ExchangeStore
    workspaces: WorkspaceStore
    homes: HomeStore
    backfills: BackfillStore
    subscriptions: SubscriptionStore
    deliveries: DeliveryStore
    feeds: FeedStore
    chat: ChatLog
    jobs: Jobs
    nodes: NodeStore
    members: MemberStore
    models: ModelStore
    watch: WatchStore
