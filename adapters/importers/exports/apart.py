"""Exports are taken apart in a process of their own.

A file made to hang or to eat up its reader harms nobody else. Tables and plain text are read here,
for nothing in their reading can.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.importers.exports import EXPORTS, find_export
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.zipped import SIGNATURES
from adapters.parsing import Download, ParsingLimits, parse_once
from bot.domain.archives import Archive
from bot.errors import FetchFailed, UserError

LIMITS = ParsingLimits(
    wall_s=180.0, cpu_s=120.0, memory_bytes=3 << 30, answer_bytes=256 << 20
)  # 200,000 links are an answer of some 100 MB, the most of articles in Korean one as large
_STARTS = (b"<", b"{", b"[", *SIGNATURES)
_BLANK = b" \t\r\n\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Told:
    """What a process tells: an archive, or why there is none; neither where no form fits."""

    archive: Archive | None = None
    problem: str = ""
    values: dict[str, str] = field(default_factory=dict)


def read_export(name: str, data: bytes, *, form: str | None = None) -> Archive | None:
    """Return what is in an export; None if it is none that we know. Takes seconds.

    Raises:
        UserError: it is damaged, empty, or too much.

    """
    if not data[:64].lstrip(_BLANK).startswith(_STARTS):
        return read_here(name, data, form=form)
    document = Download("", form or "", "", data, filename=name)
    try:
        told = parse_once(tell_of, document, limits=LIMITS)
    except FetchFailed as failure:
        key = "import.too_much" if failure.reason == "too_large" else "import.broken_export"
        raise UserError(key, path=name) from failure
    if told.problem:
        raise UserError(told.problem, **told.values)
    return told.archive


def tell_of(download: Download) -> Told:
    form = download.content_type or None
    try:
        return Told(read_here(download.filename, download.body, form=form))
    except UserError as error:
        return Told(
            problem=error.message_key, values={key: str(each) for key, each in error.values.items()}
        )


def read_here(name: str, data: bytes, *, form: str | None = None) -> Archive | None:
    """Do as `read_export` does, in this process."""
    file = Opened(name, data)
    export = next((each for each in EXPORTS if form == each.FORM), None) or find_export(file)
    if export is None:
        return None
    archive = export.parse(file)
    if not (archive.links or archive.notes or archive.feeds or archive.refusals):
        raise UserError("import.no_links", path=file.name, form=export.FORM)
    return archive
