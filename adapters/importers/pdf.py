"""A PDF that somebody hands in: one note, its pages are its parts.

It is parsed by a process of its own, which may take so long and so much memory and no more: a
file made to hang its reader hangs nobody else.
"""

from __future__ import annotations

from adapters.importers.pdf_pages import PdfPages, read_pages
from adapters.parsing import Download, ParsingLimits, parse_once
from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Refusal
from bot.errors import FetchFailed, UserError

FORM = "document"
SIGNATURE = b"%PDF-"
LIMITS = ParsingLimits(  # 300 pages of a paper's density take about ten seconds
    wall_s=60.0, cpu_s=60.0, memory_bytes=1 << 30
)
_OFFICE = "Microsoft "  # what its programs put before the file's name as a title
_LONGEST_TITLE = 200


def read_pdf(name: str, data: bytes, *, limits: ParsingLimits = LIMITS) -> Archive:
    """Return the pages' text. Takes seconds: call it in a thread.

    Raises:
        UserError: it is locked, damaged, without text, or takes too long.

    """
    said = _ask_process(name, data, limits)
    if said.problem:
        raise UserError(f"import.pdf_{said.problem}", path=name)
    sections = [
        ArchiveSection(f"p. {number}", text, number)
        for number, text in enumerate(said.pages, 1)
        if text.strip()
    ]
    if not sections:
        raise UserError("import.pdf_scanned", path=name)
    title = said.title.strip()
    if title.startswith(_OFFICE) or len(title) > _LONGEST_TITLE:
        title = ""
    left_out = [Refusal(len(said.pages) + 1, "pages_left_out")] if said.is_cut else []
    notes = (ArchiveNote(title, tuple(sections)),)
    return Archive(FORM, title, notes=notes, refusals=tuple(left_out))


def _ask_process(name: str, data: bytes, limits: ParsingLimits) -> PdfPages:
    document = Download(name, "application/pdf", "", data)
    try:
        return parse_once(read_pages, document, limits=limits)
    except FetchFailed as failure:
        problem = "slow" if failure.reason == "too_large" else "broken"
        raise UserError(f"import.pdf_{problem}", path=name) from failure
