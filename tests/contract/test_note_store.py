"""What the note store promises: a note is its file and title, a changed one replaces itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.archives import PreparedNote
from bot.domain.models import LOCAL, ChannelId, MemberId, Passage, Place
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from tests.factories import MINA, NOON, make_archive, make_note

SECRET = Place(ChannelId("secret"), is_private=True)
EVERYONE = Audience()


async def bring_in(storage: SqlStorage, *notes: PreparedNote) -> tuple[int, int]:
    report = await storage.archives.import_archive(LOCAL, make_archive(notes=notes))
    return report.notes, report.duplicates


async def texts(storage: SqlStorage, audience: Audience = EVERYONE) -> list[str]:
    found = await storage.notes.list_note_passages(LOCAL, audience=audience)
    return [passage.text for passage in found]


async def test_a_note_has_its_headings_once_each_in_order(storage: SqlStorage) -> None:
    note = replace(
        make_note(title="Caching", source="talks.md"),
        passages=tuple(Passage(f"part {at}", heading=name) for at, name in enumerate("BAB")),
    )
    await bring_in(storage, note)

    [kept] = await storage.notes.list_notes(LOCAL, audience=EVERYONE)

    assert (kept.title, kept.source, kept.noted_at) == ("Caching", "talks.md", NOON)
    assert kept.headings == ("B", "A")
    assert await texts(storage) == ["part 0", "part 1", "part 2"]


async def test_a_changed_note_replaces_itself(storage: SqlStorage) -> None:
    await bring_in(storage, make_note("walrus"))
    [before] = await storage.notes.list_notes(LOCAL, audience=EVERYONE)

    counts = await bring_in(storage, make_note("zebra"))

    [after] = await storage.notes.list_notes(LOCAL, audience=EVERYONE)
    assert (counts, after.id, await texts(storage)) == ((1, 0), before.id, ["zebra"])
    assert await storage.search.search(LOCAL, "walrus", limit=5, audience=EVERYONE) == []
    assert await storage.search.search(LOCAL, "zebra", limit=5, audience=EVERYONE)


async def test_notes_of_one_file_with_one_title_are_kept_apart(storage: SqlStorage) -> None:
    notes = (make_note("first"), make_note("second"))

    assert await bring_in(storage, *notes) == (2, 0)
    assert await bring_in(storage, *notes) == (0, 2)
    assert await texts(storage) == ["first", "second"]


async def test_the_same_file_in_another_channel_is_another_note(storage: SqlStorage) -> None:
    await bring_in(storage, make_note("for us", place=SECRET))

    await bring_in(storage, make_note("for all"))

    assert await texts(storage) == ["for all"]
    assert await texts(storage, Audience.of_channel(SECRET.channel)) == ["for us", "for all"]
    assert await texts(storage, Audience(member=MINA)) == ["for us", "for all"]
    assert await texts(storage, Audience(member=MemberId("jun"))) == ["for all"]


async def test_a_period_starts_with_its_first_instant_and_ends_before_its_last(
    storage: SqlStorage,
) -> None:
    later = NOON + timedelta(days=1)
    await bring_in(storage, make_note("b", title="b", noted_at=later), make_note("a", title="a"))

    listed = [
        [note.title for note in await storage.notes.list_notes(LOCAL, audience=OPERATOR, **period)]
        for period in ({}, {"since": later}, {"until": later})
    ]
    said = await storage.notes.list_note_passages(LOCAL, since=later, audience=OPERATOR)

    assert listed == [["a", "b"], ["b"], ["a"]]
    assert [(passage.title, passage.heading) for passage in said] == [("b", "Opening")]
