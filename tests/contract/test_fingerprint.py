"""A digest that was compiled ahead is used only if what it was made of is still the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.models import LOCAL, ChannelId, LinkRecord
from bot.domain.taste import Vote
from storage import SqlStorage
from tests.factories import (
    MINA,
    NOON,
    PAPER_URL,
    make_archive,
    make_entry,
    make_note,
    make_page,
    make_reaction,
    make_reply,
    make_save,
    make_understanding,
)

OTHER_URL = "https://example.org/other"
HOUR = timedelta(hours=1)

Change = Callable[[SqlStorage, LinkRecord], Awaitable[None]]


async def save_another(storage: SqlStorage, saved: LinkRecord) -> None:
    await storage.links.save(make_save(OTHER_URL))


async def save_again(storage: SqlStorage, saved: LinkRecord) -> None:
    await storage.links.save(make_save(member="jun"))


async def undo(storage: SqlStorage, saved: LinkRecord) -> None:
    (save,) = saved.saves
    await storage.links.undo_saves(LOCAL, member=save.member, message=save.message, emoji=None)


async def read(storage: SqlStorage, saved: LinkRecord) -> None:
    await storage.links.store_page(LOCAL, saved.id, make_page(), make_understanding(), [])


async def describe(storage: SqlStorage, saved: LinkRecord) -> None:
    """An archive of another time tells what the link says."""
    entry = make_entry(PAPER_URL, "A point.", saved_at=NOON - 9 * HOUR)
    await storage.archives.import_archive(LOCAL, make_archive(entry))


async def note(storage: SqlStorage, saved: LinkRecord) -> None:
    archive = make_archive(notes=(make_note("said", noted_at=NOON),))
    await storage.archives.import_archive(LOCAL, archive)


async def react_to_it(storage: SqlStorage, saved: LinkRecord) -> None:
    await storage.inbox.put(make_reaction("look", emoji="👍", member="joon"))


async def reply_to_it(storage: SqlStorage, saved: LinkRecord) -> None:
    await storage.inbox.put(make_reply("joon"))


async def vote(storage: SqlStorage, saved: LinkRecord) -> None:
    liked = Vote.on(saved, by=MINA, is_liked=True, at=NOON)
    await storage.signals.vote(LOCAL, ChannelId("general"), liked)


async def take(storage: SqlStorage) -> str:
    return await storage.deliveries.fingerprint(LOCAL, since=NOON, until=NOON + HOUR)


@pytest.mark.parametrize(
    "change", [save_another, save_again, undo, read, describe, note, react_to_it, reply_to_it, vote]
)
async def test_it_is_another_after(storage: SqlStorage, change: Change) -> None:
    saved = (await storage.links.save(make_save())).link
    before = await take(storage)
    assert await take(storage) == before

    await change(storage, saved)

    assert await take(storage) != before


async def test_what_was_said_at_another_time_or_elsewhere_changes_nothing(
    storage: SqlStorage,
) -> None:
    await storage.links.save(make_save())
    before = await take(storage)

    for at in (NOON - timedelta(seconds=1), NOON + HOUR):
        await storage.links.save(make_save(f"https://example.org/{at.hour}", saved_at=at))
        archive = make_archive(notes=(make_note("said", title=f"{at.hour}", noted_at=at),))
        await storage.archives.import_archive(LOCAL, archive)

    assert await take(storage) == before
