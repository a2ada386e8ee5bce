"""A PDF that somebody hands in: one note, its pages are its parts.

It is parsed by a process of its own, which may take so long and so much memory and no more: a
file made to hang its reader hangs nobody else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

from adapters.importers import pdf_process
from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Refusal
from bot.errors import UserError

FORM = "document"
SIGNATURE = b"%PDF-"
TIME_LIMIT_S = 60.0  # 300 pages of a paper's density take about ten seconds
# What Python itself and its libraries are found by. Our tokens are in the environment too: what a
# file may do to its parser, it does where none of them is.
_ENVIRONMENT = (
    "PATH",
    "HOME",
    "APPDATA",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "PYTHONHOME",
    "PYTHONPATH",
)
_OFFICE = "Microsoft "  # what its programs put before the file's name as a title
_LONGEST_TITLE = 200


def read_pdf(name: str, data: bytes, *, time_limit_s: float = TIME_LIMIT_S) -> Archive:
    """Return the pages' text. Takes seconds: call it in a thread.

    Raises:
        UserError: it is locked, damaged, without text, or takes too long.

    """
    said = _ask_process(name, data, time_limit_s)
    if said["problem"]:
        raise UserError(f"import.pdf_{said['problem']}", path=name)
    sections = [
        ArchiveSection(f"p. {number}", text, number)
        for number, text in enumerate(map(_clean, said["pages"]), 1)
        if text.strip()
    ]
    if not sections:
        raise UserError("import.pdf_scanned", path=name)
    title = _clean(said["title"]).strip()
    if title.startswith(_OFFICE) or len(title) > _LONGEST_TITLE:
        title = ""
    left_out = [Refusal(len(said["pages"]) + 1, "pages_left_out")] if said["is_cut"] else []
    notes = (ArchiveNote(title, tuple(sections)),)
    return Archive(FORM, title, notes=notes, refusals=tuple(left_out))


def _ask_process(name: str, data: bytes, time_limit_s: float) -> dict[str, Any]:
    try:
        # -P: what lies beside the module is not to be taken for a library.
        told = run_apart(["-P", pdf_process.__file__], data=data, time_limit_s=time_limit_s)
        said: dict[str, Any] = json.loads(told)
    except subprocess.TimeoutExpired as error:
        raise UserError("import.pdf_slow", path=name) from error
    except ValueError as error:  # it ended at a limit of its own, and said nothing
        raise UserError("import.pdf_broken", path=name) from error
    return said


def run_apart(arguments: Sequence[str], *, data: bytes, time_limit_s: float) -> bytes:
    """Run Python on data from outside, and return what it says.

    Raises:
        TimeoutExpired: it took longer, and was ended.

    """
    return subprocess.run(  # noqa: S603 - our own module, nothing of the file is in the call
        [sys.executable, *arguments],
        input=data,
        capture_output=True,
        timeout=time_limit_s,
        check=False,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    ).stdout


def _clean(text: str) -> str:
    """Return text that can be stored: Korean in whole syllables, no halves of characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", whole)
