"""The process that parses one PDF: bytes in at stdin, one JSON document out at stdout."""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

MAX_PAGES = 500
MAX_CHARS = 2_000_000  # of all pages: a thick book
MEMORY_BYTES = 1 << 30
CPU_S = 60


def main() -> None:
    _limit_ourselves()
    logging.disable()  # pypdf warns of what is odd in a file: nobody reads it here
    said = read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(said))


def read(data: bytes) -> dict[str, Any]:
    """Return `title`, `pages`, `is_cut`, and as `problem` why there is nothing."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    nothing = {"title": "", "pages": [], "is_cut": False}
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):  # many are locked with no password
            return {**nothing, "problem": "locked"}
        title = str(reader.metadata.title or "") if reader.metadata else ""
        pages, is_cut = _read_pages(reader)
    except (FileNotDecryptedError, DependencyError):  # its cipher would need one more library
        return {**nothing, "problem": "locked"}
    except Exception:  # noqa: BLE001 - whatever a damaged file does to its parser
        return {**nothing, "problem": "broken"}
    return {"title": title, "pages": pages, "is_cut": is_cut, "problem": ""}


def _read_pages(reader: Any) -> tuple[list[str], bool]:
    pages: list[str] = []
    room = MAX_CHARS
    for page in reader.pages:
        if len(pages) == MAX_PAGES or room <= 0:
            return pages, True
        pages.append(page.extract_text()[:room])
        room -= len(pages[-1])
    return pages, False


def _limit_ourselves() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; there the time limit alone holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


if __name__ == "__main__":
    main()
