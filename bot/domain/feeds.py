"""Feeds: what is followed, which of its entries are known, and when it is read again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.domain.urls import InvalidUrl, canonicalise

# Where the command line's feeds save to: no channel of any platform, for everybody to see.
FEEDS_PLACE = Place(ChannelId("feeds"))
_MEMBER = "feed:"

EVERY = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
JITTER = 0.1  # of a pause: feeds of one site, added together, drift apart
PATIENCE = 3  # failures in a row that may pass before people are told

FEEDS_LIMIT = 100  # of a workspace: 100 pages an hour at rest
NEW_LIMIT = 50  # entries saved after one reading; what is left comes after the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`url` is that of the feed itself, `site` that of the pages it tells of, "" if it says none.

    `failing_since`, `failures` and `reason` (a key of table `feeds.trouble` of bot/texts) are set
    while it cannot be read; `is_told`: people know. `checked_at` is None until it was read once.
    """

    id: str
    workspace: WorkspaceId
    place: Place
    url: str
    title: str
    made_by: MemberId
    made_by_name: str
    made_at: datetime
    due_at: datetime
    site: str = ""
    etag: str = ""
    last_modified: str = ""
    checked_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    reason: str = ""
    is_told: bool = False

    @property
    def member(self) -> MemberId:
        """Who saves its entries."""
        return MemberId(f"{_MEMBER}{self.id}")

    def message_of(self, entry: FeedEntry) -> MessageId:
        """Return what stands for the message of a save: the same for the same address."""
        return MessageId(f"feed:{self.id}/{_key('url', canonicalise(entry.url))}")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """`guid` is the feed's own name for it, often none."""

    url: str
    title: str = ""
    guid: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """What stood at a feed's address: its entries newest first, each with an address to save.

    `others`: feeds that the page names, too, from which this one was chosen.
    """

    url: str
    title: str
    entries: tuple[FeedEntry, ...] = ()
    site: str = ""
    etag: str = ""
    last_modified: str = ""
    others: tuple[str, ...] = ()


def is_feed(member: MemberId) -> bool:
    """Whether no person but a feed saved it."""
    return member.startswith(_MEMBER)


def feed_id(event: str) -> str:
    """Return the id of the feed that an event asked for: the same when it is handled again."""
    return hashlib.sha256(event.encode()).hexdigest()[:12]


def keys_of(entry: FeedEntry) -> frozenset[str]:
    """Return what an entry is known by: either its name or its address may change.

    Empty if it has no address that can be saved.
    """
    try:
        by_url = _key("url", canonicalise(entry.url))
    except InvalidUrl:
        return frozenset()
    return frozenset({by_url, _key("id", entry.guid)} if entry.guid else {by_url})


def all_keys(entries: Sequence[FeedEntry]) -> frozenset[str]:
    return frozenset(key for entry in entries for key in keys_of(entry))


def select_new(entries: Sequence[FeedEntry], *, known: Collection[str]) -> list[FeedEntry]:
    """Return the entries of which nothing is known, in their order, one an address."""
    seen = set(known)
    new = []
    for entry in entries:
        keys = keys_of(entry)
        if keys and seen.isdisjoint(keys):
            new.append(entry)
        seen |= keys
    return new


def recovered(feed: Feed, *, at: datetime, due_at: datetime) -> Feed:
    """Return the feed after a reading that went well."""
    return replace(
        feed,
        checked_at=at,
        due_at=due_at,
        failing_since=None,
        failures=0,
        reason="",
        is_told=False,
    )


def failed(feed: Feed, *, at: datetime, due_at: datetime, reason: str) -> Feed:
    return replace(
        feed,
        checked_at=feed.checked_at and at,
        due_at=due_at,
        failing_since=feed.failing_since or at,
        failures=feed.failures + 1,
        reason=reason,
    )


def pause_after(failures: int, *, chance: float) -> timedelta:
    """Return the time to the next reading; `chance` is 0..1, and half of it changes nothing."""
    pause = min(EVERY * (1 << min(max(failures - 1, 0), 10)), LONGEST_PAUSE)
    return pause * (1 + JITTER * (2 * chance - 1))


def _key(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
