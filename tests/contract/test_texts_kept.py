"""Any text that somebody may write is kept, alike on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.models import LOCAL, LinkFilter, MessageId, WorkspaceId
from bot.domain.visibility import OPERATOR
from storage import SqlStorage
from tests.factories import (
    make_archive,
    make_feed,
    make_note,
    make_page,
    make_save,
    make_understanding,
)

HALF = "\ud83d"  # of a pair that JSON spells as two


@pytest.mark.parametrize("said", ["que\0ue", f"que{HALF}ue", f"{HALF}queue\0\0"])
async def test_what_is_no_part_of_any_text_is_dropped(storage: SqlStorage, said: str) -> None:
    new = make_save(title=said, message=said, member_name=said)

    first = await storage.links.save(new)
    again = await storage.links.save(new)

    assert first.save == again.save
    [record] = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert record.title == record.saves[0].member_name == record.saves[0].message == "queue"
    undone = await storage.links.undo_saves(
        LOCAL, member=new.member, message=MessageId(said), emoji=None
    )
    assert undone.gone == ("queue",)


async def test_a_page_may_hold_anything(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save())).link
    page = replace(make_page(), title="a\0b", text=f"c\0{HALF}d\r\n\t\x01\u2028🔖", url="x\0y")

    await storage.links.store_page(LOCAL, link.id, page, make_understanding(), ())

    read = await storage.links.get(LOCAL, link.id, audience=OPERATOR)
    assert read.title == "ab"
    assert read.text == "cd\r\n\t\x01\u2028🔖"


# None of these is compressed to less by the database.
LONG = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(1000))


async def test_a_long_address_is_found_again(storage: SqlStorage) -> None:
    url = f"https://example.org/{LONG}"

    first = await storage.links.save(make_save(url))
    again = await storage.links.save(make_save(url, member="other"))

    assert first.link.id == again.link.id
    found = await storage.links.find(LOCAL, f"{url}?utm_source=x", audience=OPERATOR)
    assert found is not None
    assert found.url == url


async def test_a_long_address_in_another_spelling_is_the_same(storage: SqlStorage) -> None:
    spelled = "https://Example.org/" + "가나다라마바사아자차" * 80

    first = await storage.links.save(make_save(spelled))
    again = await storage.links.save(make_save(first.link.url, member="other"))

    assert first.link.id == again.link.id


async def test_long_titles_are_told_apart_by_their_end(storage: SqlStorage) -> None:
    notes = tuple(make_note(title=f"{LONG}{end}", source=LONG) for end in "ab")
    await storage.archives.import_archive(LOCAL, make_archive(notes=notes))
    report = await storage.archives.import_archive(LOCAL, make_archive(notes=notes))

    assert report.duplicates == 2
    listed = await storage.notes.list_notes(LOCAL, audience=OPERATOR)
    assert [note.title[-1] for note in listed] == ["a", "b"]


async def test_workspaces_are_listed_by_code_point(storage: SqlStorage) -> None:
    names = ["local", "slack:B", "slack:a", "slack:Ä", "discord:1", "slack:_", "slack:가"]
    for name in names:
        await storage.workspaces.ensure(WorkspaceId(name), name=name)

    assert await storage.workspaces.list_workspaces() == sorted(names)


async def test_a_long_address_of_a_feed_is_followed_once(storage: SqlStorage) -> None:
    feed = make_feed(url=f"https://example.org/{LONG}")

    assert await storage.feeds.add(feed, known=())
    assert not await storage.feeds.add(replace(feed, id="other"), known=())
