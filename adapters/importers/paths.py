"""Finding and opening the files that somebody names: files, folders and patterns."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import UserError
from bot.services.importing import Document

# What people keep archives in. In a folder only these are looked at; a file that is named is always opened.
ENDINGS = frozenset({".md", ".markdown", ".txt"})
# Forty times the largest hand-kept archive we know (about half a megabyte).
MAX_BYTES = 20 * 1024 * 1024


def find_documents(paths: Sequence[str]) -> list[Path]:
    """Return the files that paths, folders and patterns name, each once, in the order given.

    Raises:
        UserError: a path is not there, a pattern matches nothing, a folder holds nothing of a known kind.
    """
    found: dict[Path, None] = {}
    for given in paths:
        found |= dict.fromkeys(_expand(given))
    return list(found)


def _expand(given: str) -> list[Path]:
    path = Path(given).expanduser()
    if path.is_dir():
        inside = sorted(
            each
            for each in path.rglob("*")
            if each.suffix.lower() in ENDINGS and each.is_file() and not _is_hidden(each, path)
        )
        if not inside:
            raise UserError("import.empty_folder", path=given, endings=", ".join(sorted(ENDINGS)))
        return inside
    if path.exists():
        return [path]
    matches = [Path(each) for each in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute patterns, which Path.glob refuses
    if not matches:
        raise UserError("import.missing", path=given)
    return [each for each in matches if each.is_file()]


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def open_document(path: Path) -> Document:
    """Read one file whole.

    Raises:
        UserError: it is too large to be an archive, or cannot be read.
    """
    try:
        status = path.stat()
        if status.st_size > MAX_BYTES:
            raise UserError(
                "import.too_large", path=path, size=status.st_size >> 20, limit=MAX_BYTES >> 20
            )
        data = path.read_bytes()
    except OSError as error:
        raise UserError("import.unreadable", path=path, problem=error.strerror) from error
    return Document(path.name, data, datetime.fromtimestamp(status.st_mtime, UTC))
