"""What becomes of a document that was read: every link is stored or refused, no text is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.archives import (
    Archive,
    ArchiveLink,
    Document,
    ImportReport,
    Mark,
    PreparedArchive,
    PreparedEntry,
    Refusal,
)
from bot.domain.models import LOCAL, Point, WorkspaceId
from bot.services.feed_lists import FeedLists
from bot.services.importing import ImportingService, merge_reports
from tests.factories import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import MemoryFeeds

PAPER = ArchiveLink("Paper", "https://paper.example/", line=2)
CODE = ArchiveLink("Code", "https://code.example/", line=3, points=(Point("It runs."),))


@dataclass
class Reader:
    """The port `ArchiveReader`: reads the same out of every document."""

    archive: Archive

    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        return self.archive


@dataclass
class Shelf:
    """The port `ArchiveStore`: keeps what it is given, and counts its entries."""

    kept: list[PreparedArchive] = field(default_factory=list)

    async def import_archive(
        self, workspace: WorkspaceId, prepared: PreparedArchive
    ) -> ImportReport:
        self.kept.append(prepared)
        return ImportReport(saves=len(prepared.entries))


async def bring_in(*links: ArchiveLink, **details: Any) -> tuple[PreparedArchive, ImportReport]:
    shelf = Shelf()
    archive = Archive("study_archive", "Archive", links, **details)
    feeds = FeedLists(MemoryFeeds(), clock=FakeClock())
    service = ImportingService(shelf, Reader(archive), feeds, zone=ZoneInfo("Asia/Seoul"))
    report = await service.import_document(LOCAL, Document("a.md", b"as it was", NOON))
    (prepared,) = shelf.kept
    return prepared, report


def addresses(entries: tuple[PreparedEntry, ...]) -> Iterator[str]:
    for entry in entries:
        yield entry.save.url
        yield from addresses(entry.related)


async def test_an_entry_without_an_address_takes_its_first_related_link() -> None:
    talk = ArchiveLink(
        "The talk",
        "",
        line=1,
        points=(Point("It was long."),),
        related=(PAPER, CODE),
        day=date(2025, 1, 6),
        marks=(Mark.NO_LINK,),
    )

    prepared, _ = await bring_in(talk)

    (entry,) = prepared.entries
    assert (entry.save.title, entry.save.url) == ("The talk", PAPER.url)
    assert [passage.text for passage in entry.passages] == ["It was long."]
    assert [each.save.url for each in entry.related] == [CODE.url]
    assert entry.save.marks == ()
    assert prepared.notes == ()


async def test_what_is_said_of_the_link_that_moves_up_moves_with_it() -> None:
    prepared, _ = await bring_in(
        ArchiveLink("The talk", "", line=1, points=(Point("It was long."),), related=(CODE,))
    )

    (entry,) = prepared.entries
    assert [passage.text for passage in entry.passages] == ["It was long.\nIt runs."]


async def test_an_address_that_cannot_be_saved_is_refused_and_its_related_links_are_not() -> None:
    broken = ArchiveLink("The talk", "https://me:hush@talk.example/", line=1, related=(PAPER,))

    prepared, report = await bring_in(broken)

    assert list(addresses(prepared.entries)) == [PAPER.url]
    assert [(file, refusal.line, refusal.reason) for file, refusal in report.refused] == [
        ("a.md", 1, "bad_address")
    ]


async def test_an_entry_without_any_address_becomes_a_note() -> None:
    prepared, _ = await bring_in(
        ArchiveLink("A joke", "", line=1, points=(Point("Why did it?"),)),
        ArchiveLink("A slip", "https://", line=3, points=(Point("It was cut."),)),
    )

    assert prepared.entries == ()
    assert [note.title for note in prepared.notes] == ["A joke", "A slip"]
    assert [note.passages[0].text for note in prepared.notes] == ["Why did it?", "It was cut."]


URLS = st.sampled_from(["", "https://", "ftp://files.example/", "https://me:hush@a.example/"]) | (
    st.integers(0, 10**6).map(lambda number: f"https://{number}.example/")
)
LINKS = st.recursive(
    st.builds(ArchiveLink, st.just("A"), URLS, line=st.just(1)),
    lambda below: st.builds(
        ArchiveLink,
        st.just("B"),
        URLS,
        line=st.just(2),
        related=st.lists(below, max_size=4).map(tuple),
    ),
    max_leaves=8,
)


def all_urls(links: tuple[ArchiveLink, ...]) -> list[str]:
    return sorted(url for link in links for url in (link.url, *all_urls(link.related)) if url)


@given(st.lists(LINKS, max_size=4).map(tuple))
async def test_every_link_is_stored_or_refused_once(links: tuple[ArchiveLink, ...]) -> None:
    prepared, report = await bring_in(*links)

    refused = [refusal.excerpt for _, refusal in report.refused]
    assert sorted([*addresses(prepared.entries), *refused]) == all_urls(links)


async def test_damage_is_counted_and_the_original_kept() -> None:
    repaired, report = await bring_in(repaired_chars=7, lost_chars=2)
    lost, _ = await bring_in(lost_chars=1)
    whole, _ = await bring_in()

    assert (report.repaired_chars, report.lost_chars) == (7, 2)
    assert [each.file.original for each in (repaired, lost, whole)] == [
        b"as it was",
        b"as it was",
        b"",
    ]


def test_reports_add_up() -> None:
    refusal = ("a.md", Refusal(1, "no_link"))
    one = ImportReport(1, 2, 3, 4, 5, refused=(refusal,), repaired_chars=6, lost_chars=7)

    assert merge_reports([one, one]) == ImportReport(
        2, 4, 6, 8, 10, refused=(refusal, refusal), repaired_chars=12, lost_chars=14
    )
    assert merge_reports([]) == ImportReport()
