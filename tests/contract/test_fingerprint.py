"""A digest that was compiled ahead is used only if what it was made of is still the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.models import LOCAL, LinkRecord
from storage import SqlStorage
from tests.factories import (
    NOON,
    PAPER_URL,
    make_archive,
    make_entry,
    make_note,
    make_page,
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


async def take(storage: SqlStorage) -> str:
    return await storage.deliveries.fingerprint(LOCAL, since=NOON, until=NOON + HOUR)


@pytest.mark.parametrize("change", [save_another, save_again, undo, read, describe, note])
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
