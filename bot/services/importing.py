"""Use case: take in an archive that people kept by hand. Nothing is lost, doubled or invented."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from bot.domain.archives import Archive, Document, Form, ImportReport, PreparedNote, Refusal
from bot.domain.models import LOCAL, WorkspaceId
from bot.errors import UserError
from bot.ports import ArchiveReader, ArchiveStore
from bot.services.feed_lists import FeedLists
from bot.services.preparing import OPERATOR_SHARES, Sharer, prepare
from bot.threads import run_in_own_thread

log = logging.getLogger(__name__)

# Links that are stored at once: no document that people write by hand has as many, and while these
# are written, nobody else writes. An export that breaks off in between goes on when it is repeated.
STORED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a shared document held, whether it came in now or was there already."""

    notes: tuple[PreparedNote, ...]
    links: int
    report: ImportReport


class ImportingService:
    def __init__(
        self, archives: ArchiveStore, reader: ArchiveReader, feeds: FeedLists, *, zone: ZoneInfo
    ) -> None:
        self._archives = archives
        self._feeds = feeds
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
        if archive.origin and sharer.message is None and workspace not in (LOCAL, archive.origin):
            raise UserError("import.other_workspace", path=document.name, origin=archive.origin)
        total, links, refused = ImportReport(), 0, list(archive.refusals)
        notes: list[PreparedNote] = []
        for part in _in_parts(archive):
            prepared, more = await asyncio.to_thread(
                prepare, workspace, document, part, zone=self._zone, sharer=sharer
            )
            report = await self._archives.import_archive(workspace, prepared)
            total = merge_reports([total, report])
            links += len(prepared.entries)
            notes += prepared.notes
            refused += more
        followed = await self._feeds.follow(
            workspace,
            archive.feeds,
            place=sharer.place,
            member=sharer.member,
            member_name=sharer.member_name or document.name,
        )
        if followed.too_many:
            refused.append(Refusal(0, "too_many_feeds", count=followed.too_many))
        refusals = tuple((document.name, each) for each in _added_up(refused))
        log.info(
            "archive imported",
            extra={"form": archive.form, "links": total.links, "refused": len(refusals)},
        )
        complete = replace(
            total,
            feeds=followed.new,
            duplicates=total.duplicates + followed.known,
            refused=refusals,
            repaired_chars=archive.repaired_chars,
            lost_chars=archive.lost_chars,
        )
        return TakenIn(tuple(notes), links, complete)


def _in_parts(archive: Archive) -> Iterator[Archive]:
    """Yield what is stored at once: the first part has all that is not links."""
    first, rest = archive.links[:STORED_AT_ONCE], archive.links[STORED_AT_ONCE:]
    yield replace(archive, links=first)
    for start in range(0, len(rest), STORED_AT_ONCE):
        more = rest[start : start + STORED_AT_ONCE]
        yield replace(archive, links=more, notes=(), concepts=())


def _added_up(refusals: Iterable[Refusal]) -> list[Refusal]:
    """Return each refusal once; those without a line are counts, which several parts may have."""
    found: dict[object, Refusal] = {}
    for number, each in enumerate(refusals):
        is_count = each.line == 0 and each.reason in _COUNTED
        key: object = each.reason if is_count else number
        known = found.get(key)
        found[key] = replace(known, count=known.count + each.count) if known else each
    return list(found.values())


_COUNTED = ("private_place", "kept_private")


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
            feeds=total.feeds + report.feeds,
        )
    return total
