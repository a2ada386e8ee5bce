"""What importing promises: all or nothing, nothing twice, texts belong to their save."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.archives import ImportReport, PreparedArchive
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    Engine,
    Kind,
    LinkFilter,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Place,
    Point,
    Related,
    Summary,
)
from bot.domain.urls import InvalidUrl
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from storage.databases.database import open_database
from storage.schema import documents
from tests.factories import (
    GENERAL,
    NOON,
    PAPER_URL,
    make_archive,
    make_entry,
    make_note,
    make_page,
    make_save,
)

CODE_URL = "https://github.com/example/queues"
SECRET = Place(ChannelId("secret"), is_private=True)
EVERYONE = Audience()
INSIDERS = Audience.of_channel(SECRET.channel)
QUEUE = Concept("queue", "a line of waiting requests", "대기열", (Point("first in, first out"),))


def paper_archive(place: Place = GENERAL) -> PreparedArchive:
    code = make_entry(CODE_URL, "runs on one machine", title="Code", kind=Kind.DEV, place=place)
    paper = make_entry(
        PAPER_URL,
        "keeps latency low",
        title="Queues",
        place=place,
        label="1st week",
        topics=("science",),
        concepts=(QUEUE,),
        related=(code,),
    )
    return make_archive(paper, place=place)


async def bring_in(storage: SqlStorage, archive: PreparedArchive) -> ImportReport:
    return await storage.archives.import_archive(LOCAL, archive)


async def undo_import(storage: SqlStorage) -> None:
    await storage.links.undo_saves(
        LOCAL,
        member=MemberId("import"),
        message=MessageId("import:archive:2024-11-04"),
        emoji="📜",
    )


async def titles(storage: SqlStorage, audience: Audience) -> list[str]:
    return [link.title for link in await list_all(storage, audience)]


async def list_all(storage: SqlStorage, audience: Audience) -> list[LinkRecord]:
    return list(await storage.links.list_links(LOCAL, LinkFilter(), audience=audience))


async def hits(storage: SqlStorage, query: str, audience: Audience = EVERYONE) -> list[str]:
    found = await storage.search.search(LOCAL, query, limit=9, audience=audience)
    return [hit.text for hit in found]


async def test_an_entry_comes_in_with_all_that_is_said_about_it(storage: SqlStorage) -> None:
    report = await bring_in(storage, paper_archive())

    assert report == ImportReport(links=2, saves=1, concepts=1)
    [link] = await list_all(storage, EVERYONE)
    assert (link.title, link.kind, link.topics) == ("Queues", Kind.PAPER, ("science",))
    assert link.summary == Summary((Point("keeps latency low"),), Engine.IMPORTED)
    assert link.concepts == (QUEUE,)
    assert link.saves[0].label == "1st week"
    assert link.related == (
        Related(
            CODE_URL,
            "Code",
            Kind.DEV,
            summary=Summary((Point("runs on one machine"),), Engine.IMPORTED),
        ),
    )


async def test_the_same_archive_again_changes_nothing(storage: SqlStorage) -> None:
    note = make_note("cache more")
    await bring_in(storage, make_archive(*paper_archive().entries, notes=(note,)))
    before = await list_all(storage, EVERYONE)

    report = await bring_in(storage, make_archive(*paper_archive().entries, notes=(note,)))

    assert report == ImportReport(duplicates=2)
    assert await list_all(storage, EVERYONE) == before
    assert await hits(storage, "latency") == ["keeps latency low"]


async def test_a_longer_archive_adds_what_is_new_in_it(storage: SqlStorage) -> None:
    await bring_in(storage, make_archive(make_entry(PAPER_URL)))

    report = await bring_in(
        storage, make_archive(make_entry(PAPER_URL), make_entry("https://example.org/new"))
    )

    assert report == ImportReport(links=1, saves=1, duplicates=1)


async def test_entries_of_one_instant_keep_the_order_of_the_archive(storage: SqlStorage) -> None:
    names = ["c", "a", "d", "b"]

    await bring_in(
        storage, make_archive(*(make_entry(f"https://example.org/{n}", title=n) for n in names))
    )

    assert await titles(storage, EVERYONE) == names


async def test_one_bad_address_keeps_all_of_the_archive_out(storage: SqlStorage) -> None:
    with pytest.raises(InvalidUrl):
        await bring_in(
            storage, make_archive(make_entry(PAPER_URL), make_entry("ftp://example.org"))
        )

    assert await list_all(storage, OPERATOR) == []


async def test_a_related_link_is_found_but_not_listed(storage: SqlStorage) -> None:
    await bring_in(storage, paper_archive())

    found = await storage.links.find(LOCAL, CODE_URL, audience=EVERYONE)

    assert found is not None
    assert (found.title, found.kind, found.url_as_saved) == ("Code", Kind.DEV, CODE_URL)
    assert await titles(storage, EVERYONE) == ["Queues"]
    [listed] = await list_all(storage, OPERATOR)
    assert await storage.links.list_unread(LOCAL, limit=9) == [listed.id]
    [hit] = await storage.search.search(LOCAL, "machine", limit=9, audience=EVERYONE)
    assert (hit.link, hit.title) == (found.id, "Code")


async def test_a_related_link_of_two_archives_is_shown_once(storage: SqlStorage) -> None:
    for message, address in (("one", CODE_URL.removeprefix("https://")), ("two", CODE_URL)):
        code = make_entry(address, message=message, title="Code")
        await bring_in(storage, make_archive(make_entry(message=message, related=(code,))))

    [link] = await list_all(storage, EVERYONE)
    assert [each.title for each in link.related] == ["Code"]


async def test_texts_go_with_the_save_that_brought_them(storage: SqlStorage) -> None:
    await bring_in(storage, paper_archive())
    await storage.links.save(make_save(CODE_URL, kind=None))
    await storage.links.save(make_save(PAPER_URL, kind=None))

    await undo_import(storage)

    left = [
        (link.title, link.summary, link.concepts, link.related)
        for link in await list_all(storage, OPERATOR)
    ]
    assert left == [(PAPER_URL, None, (), ()), (CODE_URL, None, (), ())]
    assert await hits(storage, "latency", OPERATOR) == []
    assert await storage.concepts.list_concepts(LOCAL, audience=OPERATOR) == []


async def test_a_concept_that_went_with_its_save_is_new_when_it_comes_again(
    storage: SqlStorage,
) -> None:
    first = await bring_in(storage, paper_archive())
    await undo_import(storage)

    again = await bring_in(storage, paper_archive())

    assert again.concepts == first.concepts > 0


async def test_related_links_without_saves_go_with_their_entry(storage: SqlStorage) -> None:
    await bring_in(storage, paper_archive())

    await undo_import(storage)

    assert await storage.links.find(LOCAL, CODE_URL, audience=OPERATOR) is None
    assert await hits(storage, "machine", OPERATOR) == []


async def test_a_related_link_outlives_its_own_save_but_its_page_does_not(
    storage: SqlStorage,
) -> None:
    await bring_in(storage, paper_archive())
    save = make_save(CODE_URL)
    link = (await storage.links.save(save)).link.id
    await storage.links.mark_reading(LOCAL, link)

    await storage.links.undo_saves(
        LOCAL, member=save.member, message=save.message, emoji=save.emoji
    )

    found = await storage.links.get(LOCAL, link, audience=EVERYONE)
    assert (found.title, found.state) == ("Code", PageState.WAITING)


async def test_a_private_archive_is_seen_by_its_channel_alone(storage: SqlStorage) -> None:
    await bring_in(storage, paper_archive(SECRET))

    assert await titles(storage, EVERYONE) == []
    assert await titles(storage, INSIDERS) == ["Queues"]
    assert await storage.links.find(LOCAL, CODE_URL, audience=EVERYONE) is None
    assert await hits(storage, "latency", EVERYONE) == []
    assert await storage.concepts.list_concepts(LOCAL, audience=EVERYONE) == []
    assert await storage.concepts.list_concepts(LOCAL, audience=INSIDERS) == [QUEUE]


async def test_a_public_save_does_not_show_what_the_private_archive_says(
    storage: SqlStorage,
) -> None:
    await bring_in(storage, paper_archive(SECRET))
    await storage.links.save(make_save(kind=None, saved_at=NOON + timedelta(hours=1)))

    [link] = await list_all(storage, EVERYONE)

    assert (link.title, link.summary, link.concepts, link.related) == (PAPER_URL, None, (), ())
    assert (link.topics, link.kind, len(link.saves)) == ((), Kind.PAPER, 1)
    [inside] = await list_all(storage, INSIDERS)
    assert (inside.title, len(inside.saves)) == ("Queues", 2)


async def test_a_text_that_came_along_counts_as_read_for_those_who_see_its_save(
    storage: SqlStorage,
) -> None:
    page = make_page(title="Kept copy")
    await bring_in(storage, make_archive(make_entry(page=page, place=SECRET), place=SECRET))
    await storage.links.save(make_save(kind=None))

    [inside] = await list_all(storage, INSIDERS)
    [outside] = await list_all(storage, EVERYONE)

    assert (inside.state, inside.title, inside.text) == (PageState.READ, "Kept copy", page.text)
    assert (outside.state, outside.title, outside.text) == (PageState.WAITING, PAPER_URL, "")


async def test_concepts_of_a_whole_document_follow_its_place(storage: SqlStorage) -> None:
    archive = make_archive(concepts=(QUEUE,), place=SECRET)

    reports = [await bring_in(storage, archive) for _ in range(2)]

    assert [report.concepts for report in reports] == [1, 0]
    assert await storage.concepts.list_concepts(LOCAL, audience=EVERYONE) == []
    assert await storage.concepts.list_concepts(LOCAL, audience=INSIDERS) == [QUEUE]


async def test_concepts_come_by_term_whatever_their_case(storage: SqlStorage) -> None:
    terms = ["beta", "Alpha", "감마", "Beta"]

    await bring_in(storage, make_archive(concepts=tuple(Concept(term) for term in terms)))

    listed = await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)
    assert [concept.term for concept in listed] == ["Alpha", "Beta", "beta", "감마"]


async def test_the_original_of_a_repaired_file_is_kept(
    storage: SqlStorage, database_url: str
) -> None:
    original = "고친 글".encode("cp949") * 99

    await bring_in(storage, make_archive(make_entry(), original=original))

    async with open_database(database_url) as database:
        kept = await database.find(select(documents.c.original))
    assert kept is not None
    assert zlib.decompress(kept) == original
