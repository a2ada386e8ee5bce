"""A PDF: its pages are its parts, so that a citation can name one."""

from __future__ import annotations

import io
import math
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.fetching.documents.dates import aware, is_past
from adapters.fetching.documents.described import (
    TEXT_CHARS,
    Contents,
    as_page,
    as_title,
    clean,
    damage_is_told,
)
from adapters.parsing.pdf_lines import join_lines, without_running_lines
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

    from adapters.parsing.download import Download

_PAGES = 500
# 300 pages of a paper's density take about ten seconds; then what was read must do.
_SECONDS = 12.0
_TITLE_CHARS = 250
_SIZES = 2  # what is printed larger than a title is at most one thing, a logo
# What programs put where a title belongs: names of files and of themselves.
_NO_TITLE = re.compile(
    r"microsoft .*|(?:powerpoint|word) (?:presentation|document)|slide \d+|untitled.*|제목\s?없음.*"
    r"|\W*|(?:.*[/\\].*|\S*)\.(?:docx?|pptx?|xlsx?|hwpx?|pdf|dvi|tex|indd|qxd|ps|rtf|odt|html?|txt)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def read_pdf(download: Download) -> PageText:
    """Return the text of the pages.

    Raises:
        FetchFailed: it is locked, damaged, or holds pictures of pages alone.
    """
    with damage_is_told():
        contents = _read(download.body)
    if not contents.parts:
        raise FetchFailed("scanned", detail="pages without text")
    return as_page(download, contents)


def _read(data: bytes) -> Contents:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):  # many are locked with no password
            raise FetchFailed("locked", detail="a password is asked for")
        texts, is_cut = _page_texts(reader)
        heading = _largest_line(reader.pages[0]) if texts else ""
    except (FileNotDecryptedError, DependencyError) as error:  # its cipher needs one more library
        raise FetchFailed("locked", detail=str(error)) from error
    pages = map(join_lines, without_running_lines([text.splitlines() for text in texts]))
    parts = [PagePart(f"p. {number}", text) for number, text in enumerate(pages, 1) if text]
    title, author, made_at = _metadata(reader)
    return Contents(
        parts=tuple(parts),
        title=title or heading or (parts[0].text.splitlines()[0] if parts else ""),
        author=author,
        published_at=made_at,
        gaps=("full_text",) if is_cut else (),
    )


def _page_texts(reader: PdfReader) -> tuple[list[str], bool]:
    texts: list[str] = []
    room, end = TEXT_CHARS, time.process_time() + _SECONDS
    for page in reader.pages:
        if len(texts) == _PAGES or room <= 0 or time.process_time() > end:
            return texts, True
        texts.append(clean(page.extract_text()[:room]))
        room -= len(texts[-1])
    return texts, False


def _metadata(reader: PdfReader) -> tuple[str, str, datetime | None]:
    """Return title, author and the day of its making, as far as they say something."""
    title, author, made_at = "", "", None
    # What is no text or no date there spoils nothing but itself.
    with suppress(Exception):
        title = as_title(str(reader.metadata.title or "")) if reader.metadata else ""
    with suppress(Exception):
        author = str(reader.metadata.author or "") if reader.metadata else ""
    with suppress(Exception):
        made_at = reader.metadata.creation_date if reader.metadata else None
    made_at = aware(made_at) if made_at else None
    is_title = len(title) <= _TITLE_CHARS and not _NO_TITLE.fullmatch(title)
    return title if is_title else "", author, made_at if is_past(made_at) else None


def _largest_line(page: PageObject) -> str:
    """Return what is printed largest on a page, if it says as much as a title."""
    pieces: list[tuple[float, str]] = []

    def see(text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        # What is turned has no height of its own: stamps at the margin of preprints.
        height = abs(size * tm[3] * cm[3])
        if text.strip() and math.isfinite(height):
            pieces.append((round(height, 1), text))

    page.extract_text(visitor_text=see)
    for height in sorted({height for height, _ in pieces}, reverse=True)[:_SIZES]:
        line = as_title(" ".join(text for size, text in pieces if size == height))
        if len(line) <= _TITLE_CHARS and len(_WORD.findall(line)) > 1 and "@" not in line:
            return line
    return ""
