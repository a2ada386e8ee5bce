"""Channels that wait for their digests on a local Slack and Discord, and what came to them.

What is due is put into a bot's database through its ports, and counted where people read it: a
digest is known by the time of day that it covers from, which no other one of its channel has.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.digests import Style
from bot.domain.models import (
    ChannelId,
    MemberId,
    MessageId,
    NewSave,
    PageText,
    Passage,
    Place,
    WorkspaceId,
)
from bot.domain.subscriptions import Subscription
from bot.domain.understanding import understand
from storage import SqlStorage
from tests.servers.discord_server import DiscordServer
from tests.servers.slack_server import HTTP_BOT, MINA, TEAM, SlackServer

SLACK = WorkspaceId(f"slack:{TEAM}")
LINKS = 5
ONE_IN = 5  # channels is private
BACK = timedelta(days=7)
LATE = "⏰"
AT_ONCE = 200

_WORDS = {"text", "content", "description", "title", "label", "alt_text"}
_TIME = re.compile(r"(?<!\d)[0-2]\d:[0-5]\d(?!\d)")
_SECRET = re.compile(r"Secret of (\w+)")
_THREAD_STARTER = 21
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Channel:
    workspace: WorkspaceId
    id: str
    is_private: bool

    @property
    def scheme(self) -> str:
        return self.workspace.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that a channel waits for. `time`: of day, from which on it covers."""

    channel: Channel
    time: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.channel.scheme}/{self.channel.id} {self.time}"

    @property
    def shape(self) -> tuple[str, str, bool]:
        """Digests of one shape say the same."""
        return self.channel.scheme, self.language, self.channel.is_private


@dataclass(frozen=True, slots=True)
class Thread:
    """One post with what stands below it, in order."""

    head: str
    replies: tuple[str, ...]


@dataclass
class Count:
    """What came, counted on the platforms. Each list names what is wrong."""

    digests: int = 0
    posts: int = 0
    late: int = 0  # which say so
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)  # links that digests of a shape leave out

    @property
    def wrong(self) -> dict[str, list[str]]:
        names = ("missing", "twice", "disordered", "strays", "leaks", "untold")
        return {name: found for name in names if (found := getattr(self, name))}


def slack_channels(count: int) -> list[Channel]:
    return [Channel(SLACK, f"CDUE{number:05}", _is_private(number)) for number in range(count)]


def slack_entry(channel: Channel) -> dict[str, Any]:
    """Return what the configuration of local-slack says of it."""
    members = [MINA, HTTP_BOT]
    entry = {"id": channel.id, "name": channel.id.lower(), "members": members}
    return {**entry, "is_private": True} if channel.is_private else entry


async def open_discord_channels(discord: DiscordServer, count: int) -> list[Channel]:
    workspace = WorkspaceId(f"discord:{discord.guild}")
    alice = discord.users["alice"]
    found = []
    for number in range(count):
        members = {"members": [alice]} if _is_private(number) else {}
        made = await discord.do("channel", name=f"due-{number:05}", **members)
        found.append(Channel(workspace, str(made["id"]), bool(members)))
    return found


def _is_private(number: int) -> bool:
    return number % ONE_IN == ONE_IN - 1


# What is due


async def seed(
    storage: SqlStorage, channels: Sequence[Channel], *, per_channel: int, due_at: datetime
) -> list[Due]:
    """Keep links, read, and subscriptions that are all due then; return what has to come."""
    saved_at = due_at - timedelta(hours=1)
    for workspace in {each.workspace for each in channels}:
        await storage.workspaces.ensure(workspace, name=workspace)
        public = next(each for each in channels if each.workspace == workspace)
        for number, title in enumerate(titles()):
            at = saved_at + timedelta(minutes=number)
            await _save(storage, public, f"https://paper{number}.example/", title, at=at)
    for channel in channels:
        if channel.is_private:
            title = f"Secret of {channel.id} about private queues"
            await _save(storage, channel, f"https://{channel.id}.example/", title, at=saved_at)
    ordered = list(_order(channels, per_channel=per_channel, due_at=due_at))
    for start in range(0, len(ordered), AT_ONCE):
        some = (subscription for _, subscription in ordered[start : start + AT_ONCE])
        await asyncio.gather(*map(storage.subscriptions.add, some))
    return [due for due, _ in ordered]


def titles() -> list[str]:
    subjects = ("Short queues", "Tide tables", "Korean stems", "Quiet pagers", "Old ledgers")
    return [f"{subject} told in {LINKS} parts" for subject in subjects]


async def _save(
    storage: SqlStorage, channel: Channel, url: str, title: str, *, at: datetime
) -> None:
    place = Place(ChannelId(channel.id), is_private=channel.is_private)
    new = NewSave(
        workspace=channel.workspace,
        member=MemberId("mina"),
        member_name="Mina",
        place=place,
        message=MessageId(url),
        emoji="🔖",
        saved_at=at,
        url=url,
    )
    outcome = await storage.links.save(new)
    text = "\n\n".join(f"{title}: part {number} says what it found." for number in range(4))
    page = PageText(url=url, title=title, text=text, language="en")
    passages = (Passage(text),)
    link = outcome.link.id
    await storage.links.store_page(channel.workspace, link, page, understand(page), passages)


def _order(
    channels: Sequence[Channel], *, per_channel: int, due_at: datetime
) -> Iterator[tuple[Due, Subscription]]:
    midnight = (due_at - BACK).replace(hour=0, minute=0, second=0, microsecond=0)
    for channel in channels:
        for number in range(per_channel):
            since = midnight + timedelta(minutes=number)
            due = Due(channel, f"{since:%H:%M}", language=("ko", "en")[number % 2])
            yield (
                due,
                Subscription(
                    id=f"{number}-{channel.id}",  # so that neighbours are not of one channel
                    workspace=channel.workspace,
                    place=Place(ChannelId(channel.id), is_private=channel.is_private),
                    cron=f"{due_at.minute} {due_at.hour} {due_at.day} * *",  # once in the test
                    zone="UTC",
                    days=BACK.days,
                    style=Style.WEEKLY,
                    language=due.language,
                    made_by=MemberId(MINA),
                    made_by_name="Mina",
                    made_at=since,
                    next_run_at=due_at,
                    covered_until=since,
                ),
            )


def last_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


# What came


async def read_slack(slack: SlackServer, channel: Channel) -> list[Thread]:
    said = [each for each in await slack.messages(channel.id) if each["user"] == HTTP_BOT]
    said.sort(key=lambda each: float(each["ts"]))
    below = defaultdict(list)
    for each in said:
        if each.get("thread_ts", each["ts"]) != each["ts"]:
            below[each["thread_ts"]].append(_words(each))
    return [
        Thread(_words(each), tuple(below[each["ts"]]))
        for each in said
        if each.get("thread_ts", each["ts"]) == each["ts"]
    ]


async def read_discord(discord: DiscordServer, channel: Channel) -> list[Thread]:
    async def read(where: str) -> list[dict[str, Any]]:
        found = await discord.read(f"/channels/{where}/messages?limit={_PAGE}")
        if isinstance(found, dict):  # a head without a thread
            return []
        assert len(found) < _PAGE
        ours = [each for each in found if each["author"]["id"] == discord.bot]
        ours.sort(key=lambda each: int(each["id"]))
        return [each for each in ours if each.get("type") != _THREAD_STARTER]

    return [
        Thread(_words(head), tuple(map(_words, await read(head["id"]))))
        for head in await read(channel.id)
    ]


def _words(message: Mapping[str, Any]) -> str:
    return "\n".join(_texts(message))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str) and key in _WORDS:
                yield inner
            elif not isinstance(inner, str):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def count(dues: Sequence[Due], came: Mapping[Channel, Sequence[Thread]]) -> Count:
    """Compare what came with what was due, part by part."""
    found: defaultdict[tuple[Channel, str], list[Thread]] = defaultdict(list)
    told = Count()
    for channel, threads in came.items():
        for thread in threads:
            time = _TIME.search(thread.head)
            found[channel, time[0] if time else ""].append(thread)
            told.posts += 1 + len(thread.replies)
            told.late += LATE in thread.head
            told.leaks += _leaks(channel, thread)
    parts = {due: _parts(due, found[due.channel, due.time]) for due in dues}
    whole = _whole(parts)
    for due in dues:
        _compare(due, found.pop((due.channel, due.time)), parts[due], whole[due.shape], told)
    told.strays += [
        f"{channel.id}: {each.head[:80]!r}"
        for (channel, _), threads in found.items()
        for each in threads
    ]
    for shape, reference in whole.items():
        text = "\n".join(reference)
        told.untold += [f"{shape}: {title}" for title in titles() if title not in text]
    return told


def _parts(due: Due, threads: Sequence[Thread]) -> list[str]:
    """Return what stands below it, as every digest of its shape says it."""
    return [reply.replace(due.channel.id, "") for each in threads for reply in each.replies]


def _whole(parts: Mapping[Due, Sequence[str]]) -> dict[tuple[str, str, bool], list[str]]:
    """Return all parts of the digests of a shape: no part of one digest equals another."""
    whole: dict[tuple[str, str, bool], list[str]] = {}
    for due, said in parts.items():
        once = list(dict.fromkeys(said))
        if len(once) > len(whole.get(due.shape, [])):
            whole[due.shape] = once
    return whole


def _compare(
    due: Due, threads: Sequence[Thread], parts: Sequence[str], whole: Sequence[str], told: Count
) -> None:
    if not threads:
        told.missing.append(due.name)
        return
    told.digests += 1
    if len(threads) > 1:
        told.twice.append(f"{due.name} × {len(threads)}")
    times = Counter(parts)
    for number, part in enumerate(whole, start=1):
        if times[part] == 0:
            told.missing.append(f"{due.name} part {number}")
        elif times[part] > 1:
            told.twice.append(f"{due.name} part {number} × {times[part]}")
    told.strays += [f"{due.name}: {part[:80]!r}" for part in times if part not in whole]
    known = [part for part in dict.fromkeys(parts) if part in whole]
    if known != [part for part in whole if part in times]:
        told.disordered.append(due.name)


def _leaks(channel: Channel, thread: Thread) -> list[str]:
    text = "\n".join((thread.head, *thread.replies))
    return [f"{channel.id} reads of {of}" for of in _SECRET.findall(text) if of != channel.id]
