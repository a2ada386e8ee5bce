"""What all documents have in common: titles, lines and addresses, and how they become a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed
from bot.text.languages import detect_language

if TYPE_CHECKING:
    from adapters.parsing.download import Download

TITLE_CHARS = 300
# As much as is kept of a page, and a little more, so that it is known to be longer.
TEXT_CHARS = 600_000
_NAME_CHARS = 200
CELLS = 200
_CELL_CHARS = 2_000
_ADDRESS_CHARS = 2_000
# XML and text files hold what no database keeps: control characters and halves of characters.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Marks above and below a letter are put in order two by two: 400,000 of them took 21 s. No word has
# more than 30. Source: Unicode, UAX #15, "Stream-Safe Text Format".
_MANY_MARKS = re.compile(r"([^\w\s\x00-\x7f]{30})[^\w\s\x00-\x7f]+")
_HEADING = re.compile(r"#{1,6} +(.+)")


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found in a file; `parts` where its places have names, else `text` alone."""

    text: str = ""
    parts: tuple[PagePart, ...] = ()
    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    gaps: tuple[str, ...] = ()


def as_page(download: Download, contents: Contents) -> PageText:
    """Return the page that a file is.

    Without a title of its own it has its first heading, else its name.

    Raises:
        FetchFailed: there is no text in it.
    """
    parts = tuple(_within(contents.parts, TEXT_CHARS))
    text = "\n\n".join(part.text for part in parts) if contents.parts else contents.text
    text = text[:TEXT_CHARS].strip()
    if not text:
        raise FetchFailed("empty", detail="no text in it")
    whole = sum(len(part.text) for part in contents.parts) or len(contents.text)
    gaps = contents.gaps if whole <= TEXT_CHARS else (*contents.gaps, "full_text")
    return PageText(
        url=download.url,
        title=as_title(contents.title) or _first_heading(text) or file_name(download),
        text=text,
        language=detect_language(text),
        author=one_line(contents.author)[:_NAME_CHARS],
        site=host(download.url),
        published_at=contents.published_at or download.last_modified,
        parts=parts,
        gaps=tuple(dict.fromkeys(gaps)),
    )


@contextmanager
def damage_is_told() -> Iterator[None]:
    """Turn whatever a damaged document does to its library into the reason that people read."""
    try:
        yield
    except (FetchFailed, MemoryError):
        raise
    except Exception as error:
        raise FetchFailed("damaged", detail=type(error).__name__) from error


def one_line(text: str | None) -> str:
    line = " ".join((text or "").split())
    # Nearly all lines of a page are such, and there are thousands.
    return line if line.isascii() and line.isprintable() else " ".join(clean(line).split())


def clean(text: str) -> str:
    """Return text that can be stored, Korean in whole syllables."""
    return unicodedata.normalize("NFC", _MANY_MARKS.sub(r"\1", _UNSTORABLE.sub("", text)))


def as_title(text: str | None) -> str:
    return one_line(text)[:TITLE_CHARS].rstrip()


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def file_name(download: Download) -> str:
    """Return what the file is called, the host of its address where it has no name."""
    in_path = unquote(urlsplit(download.url).path.rstrip("/").rpartition("/")[2])
    name = as_title(download.filename or in_path)[:_NAME_CHARS]
    return name or host(download.url) or download.url


def absolute(address: str | None, base: str) -> str:
    """Return a web address in full, "" for what is none."""
    try:
        joined = urljoin(base, (address or "").strip())
        parts = urlsplit(joined)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return joined if is_web and len(joined) <= _ADDRESS_CHARS and joined.isprintable() else ""


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return rows of cells as lines of Markdown, without those that hold nothing.

    One text may stand in a million cells: it ends where a page does.
    """
    lines: list[str] = []
    room = TEXT_CHARS
    for row in rows:
        cells = [one_line(cell[:_CELL_CHARS]).replace("|", "/") for cell in islice(row, CELLS)]
        if any(cells):
            lines.append(f"| {' | '.join(cells)} |")
            room -= len(lines[-1])
        if room < 0:
            break
    return "\n".join(lines)


def _within(parts: Iterable[PagePart], limit: int) -> Iterator[PagePart]:
    for part in parts:
        if limit > 0 and part.text.strip():
            yield PagePart(part.heading, part.text[:limit])
            limit -= len(part.text)


def _first_heading(text: str) -> str:
    found = _HEADING.match(text)
    return as_title(found[1]) if found else ""
