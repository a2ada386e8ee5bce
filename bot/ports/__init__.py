"""What the core asks of the outside.

Every method may raise `StorageUnavailable` or another `TransientError`; instants are aware UTC.
"""

from bot.ports.archive import ArchiveStore, ConceptStore, LinkStore, NoteStore, SearchIndex
from bot.ports.members import ForgottenMember, KnownMember, MemberStore
from bot.ports.platforms import (
    ChatHistory,
    ChatPlatform,
    Connection,
    Finding,
    HistoryPage,
    Intake,
    PastMessage,
    Piece,
    Sharing,
    Target,
)
from bot.ports.reading import (
    ArchiveReader,
    ChartDrawer,
    Clock,
    DigestWriter,
    FeedReader,
    PageFetcher,
)
from bot.ports.records import (
    BackfillStore,
    Began,
    ChatLog,
    ChatMessage,
    FeedStore,
    HomeStore,
    Inbox,
    InboxRow,
    Lane,
    MemberReaction,
    PostLedger,
    ReactionStore,
    SubscriptionStore,
    WorkspaceStore,
)
from bot.ports.storage import Storage
from bot.ports.work import Claim, DeliveryStore, Handler, Jobs, Node, NodeId, NodeStore

__all__ = [
    "ArchiveReader",
    "ArchiveStore",
    "BackfillStore",
    "Began",
    "ChartDrawer",
    "ChatHistory",
    "ChatLog",
    "ChatMessage",
    "ChatPlatform",
    "Claim",
    "Clock",
    "ConceptStore",
    "Connection",
    "DeliveryStore",
    "DigestWriter",
    "FeedReader",
    "FeedStore",
    "Finding",
    "ForgottenMember",
    "Handler",
    "HistoryPage",
    "HomeStore",
    "Inbox",
    "InboxRow",
    "Intake",
    "Jobs",
    "KnownMember",
    "Lane",
    "LinkStore",
    "MemberReaction",
    "MemberStore",
    "Node",
    "NodeId",
    "NodeStore",
    "NoteStore",
    "PageFetcher",
    "PastMessage",
    "Piece",
    "PostLedger",
    "ReactionStore",
    "SearchIndex",
    "Sharing",
    "Storage",
    "SubscriptionStore",
    "Target",
    "WorkspaceStore",
]
