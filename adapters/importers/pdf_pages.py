"""The pages of a PDF. It runs in a process of its own, which ends with whatever it is given."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import Any

from adapters.parsing import Download
from adapters.parsing.pdf_lines import join_lines, without_running_lines

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
        texts, is_cut = _texts(reader)
        pages = map(join_lines, without_running_lines([text.splitlines() for text in texts]))
    except (FileNotDecryptedError, DependencyError):  # its cipher would need one more library
        return PdfPages(problem="locked")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file does to its parser
        return PdfPages(problem="broken")
    return PdfPages(_clean(title), tuple(pages), is_cut)


def _texts(reader: Any) -> tuple[list[str], bool]:
    texts: list[str] = []
    room = MAX_CHARS
    for page in reader.pages:
        if len(texts) == MAX_PAGES or room <= 0:
            return texts, True
        texts.append(_clean(page.extract_text()[:room]))
        room -= len(texts[-1])
    return texts, False


def _clean(text: str) -> str:
    """Return text that can be stored: Korean in whole syllables, no halves of characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", whole)
