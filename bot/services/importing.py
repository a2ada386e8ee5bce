"""Use case: take in an archive that people kept by hand. Nothing is lost, doubled or invented."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from bot.domain.archives import Archive, Document, Form, ImportReport, PreparedNote
from bot.domain.models import WorkspaceId
from bot.errors import UserError
from bot.ports import ArchiveReader, ArchiveStore
from bot.services.preparing import OPERATOR_SHARES, Sharer, prepare
from bot.threads import run_in_own_thread

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a shared document held, whether it came in now or was there already."""

    notes: tuple[PreparedNote, ...]
    links: int
    report: ImportReport


class ImportingService:
    def __init__(self, archives: ArchiveStore, reader: ArchiveReader, *, zone: ZoneInfo) -> None:
        self._archives = archives
        self._reader = reader
        self._reading = asyncio.Semaphore(1)
        self._zone = zone

    async def import_document(
        self, workspace: WorkspaceId, document: Document, *, form: str | None = None
    ) -> ImportReport:
        """Store one document whole; return what came in, what was there, what could not be placed.

        Raises:
            UserError: nothing of the document is stored.

        """
        read = self._reader.read
        archive = await asyncio.to_thread(read, document.name, document.data, form=form)
        return (await self._import(workspace, document, archive, OPERATOR_SHARES)).report

    async def take_in(
        self, workspace: WorkspaceId, document: Document, *, sharer: Sharer
    ) -> TakenIn:
        """Store a document that somebody shared in a chat: what is no archive becomes one note.

        Raises:
            UserError: nothing of the document is stored.

        """
        # A document may take a minute: one at a time, and not in the pool that answers need.
        async with self._reading:
            archive = await run_in_own_thread(partial(self._read_shared, document))
        return await self._import(workspace, document, archive, sharer)

    def _read_shared(self, document: Document) -> Archive:
        try:
            archive = self._reader.read(document.name, document.data)
        except UserError as error:
            if error.message_key != "import.unknown_form":
                raise
        else:
            # Any page with headings may be the notes of several talks; shared, it is one note.
            if archive.form != Form.TALK_NOTES:
                return archive
        return self._reader.read(document.name, document.data, form=Form.DOCUMENT)

    async def _import(
        self, workspace: WorkspaceId, document: Document, archive: Archive, sharer: Sharer
    ) -> TakenIn:
        prepared, refused = await asyncio.to_thread(
            prepare, workspace, document, archive, zone=self._zone, sharer=sharer
        )
        report = await self._archives.import_archive(workspace, prepared)
        refusals = tuple((document.name, each) for each in (*archive.refusals, *refused))
        log.info(
            "archive imported",
            extra={"form": archive.form, "links": report.links, "refused": len(refusals)},
        )
        complete = replace(
            report,
            refused=refusals,
            repaired_chars=archive.repaired_chars,
            lost_chars=archive.lost_chars,
        )
        return TakenIn(prepared.notes, len(prepared.entries), complete)


def merge_reports(reports: Iterable[ImportReport]) -> ImportReport:
    """Add up the counts of several documents."""
    total = ImportReport()
    for report in reports:
        total = ImportReport(
            links=total.links + report.links,
            saves=total.saves + report.saves,
            notes=total.notes + report.notes,
            concepts=total.concepts + report.concepts,
            duplicates=total.duplicates + report.duplicates,
            refused=total.refused + report.refused,
            repaired_chars=total.repaired_chars + report.repaired_chars,
            lost_chars=total.lost_chars + report.lost_chars,
        )
    return total
