"""A file that nobody can look into: saved with what its server says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.fetching.documents.described import file_name, host, one_line
from bot.domain.models import PageText
from bot.text.languages import detect_language

if TYPE_CHECKING:
    from adapters.parsing.download import Download

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


def read_unknown(download: Download) -> PageText:
    """Return name, type, size and day of the file. Never fails."""
    name = file_name(download)
    size = download.length or (0 if download.is_cut else len(download.body))
    facts = [name, one_line(download.content_type), in_units(size) if size else ""]
    if download.last_modified:
        facts.append(download.last_modified.date().isoformat())
    return PageText(
        url=download.url,
        title=name,
        text=" · ".join(filter(None, facts)),
        language=detect_language(name),
        site=host(download.url),
        published_at=download.last_modified,
        gaps=("content",),
    )


def in_units(size_bytes: float) -> str:
    """Return a size as people write it.

    >>> in_units(12_345_678)
    '12 MB'
    """
    for unit in _UNITS:
        if size_bytes < _STEP or unit == _UNITS[-1]:
            break
        size_bytes /= _STEP
    digits = 1 if size_bytes < 10 and unit != "B" else 0
    return f"{size_bytes:.{digits}f} {unit}"
