"""The pages of a PDF. It runs in a process of its own, which ends with whatever it is given."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from adapters.parsing import Download

MAX_PAGES = 500
MAX_CHARS = 2_000_000  # of all pages: a thick book


@dataclass(frozen=True, slots=True)
class PdfPages:
    """`is_cut`: there are more pages. `problem`: why there are none."""

    title: str = ""
    pages: tuple[str, ...] = ()
    is_cut: bool = False
    problem: str = ""


def read_pages(download: Download) -> PdfPages:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(download.body))
        if reader.is_encrypted and not reader.decrypt(""):  # many are locked with no password
            return PdfPages(problem="locked")
        title = str(reader.metadata.title or "") if reader.metadata else ""
        pages, is_cut = _texts(reader)
    except (FileNotDecryptedError, DependencyError):  # its cipher would need one more library
        return PdfPages(problem="locked")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file does to its parser
        return PdfPages(problem="broken")
    return PdfPages(title, tuple(pages), is_cut)


def _texts(reader: Any) -> tuple[list[str], bool]:
    pages: list[str] = []
    room = MAX_CHARS
    for page in reader.pages:
        if len(pages) == MAX_PAGES or room <= 0:
            return pages, True
        pages.append(page.extract_text()[:room])
        room -= len(pages[-1])
    return pages, False
