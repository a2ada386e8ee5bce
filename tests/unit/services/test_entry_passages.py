"""What of an archive's entry can be found and cited by itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.archives import Archive, ArchiveLink, Document, ImportReport, PreparedArchive
from bot.domain.models import LOCAL, Concept, Passage, Point, WorkspaceId
from bot.services.feed_lists import FeedLists
from bot.services.importing import ImportingService
from tests.factories import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import MemoryFeeds


class OneEntry:
    """Both ports of the service: reads one entry out of every document and keeps it."""

    def __init__(self, link: ArchiveLink) -> None:
        self._archive = Archive("study_archive", "Archive", (link,))

    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        return self._archive

    async def import_archive(
        self, workspace: WorkspaceId, prepared: PreparedArchive
    ) -> ImportReport:
        self.passages = prepared.entries[0].passages
        return ImportReport()


async def passages_of(*points: Point, concepts: tuple[Concept, ...]) -> tuple[Passage, ...]:
    link = ArchiveLink("Lamps", "https://lamps.example/", line=1, points=points, concepts=concepts)
    archive = OneEntry(link)
    feeds = FeedLists(MemoryFeeds(), clock=FakeClock())
    service = ImportingService(archive, archive, feeds, zone=ZoneInfo("UTC"))
    await service.import_document(LOCAL, Document("a.md", b"", NOON))
    return archive.passages


async def test_a_definition_is_a_passage_under_its_term() -> None:
    beacon = Concept("등대", "**밤**에 길을 알리는 탑", other_name="beacon")

    found = await passages_of(Point("Lamps on towers."), concepts=(beacon,))

    assert found == (
        Passage("Lamps on towers."),
        Passage("밤에 길을 알리는 탑", heading="등대(beacon)"),
    )


async def test_what_hangs_below_a_term_belongs_to_its_definition() -> None:
    lens = Concept("Lens", "Bends light.", points=(Point("Made of rings."),))

    assert await passages_of(concepts=(lens,)) == (
        Passage("Bends light.\nMade of rings.", heading="Lens"),
    )


async def test_a_term_without_a_definition_is_found_with_its_entry() -> None:
    found = await passages_of(Point("Lamps on towers."), concepts=(Concept("Lens"),))

    assert found == (Passage("Lamps on towers.\nLens"),)


async def test_an_entry_that_says_nothing_is_found_by_its_title() -> None:
    assert await passages_of(concepts=()) == (Passage("Lamps"),)
