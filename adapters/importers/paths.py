"""Finding and opening the files that somebody names: files, folders and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters.importers.exports.opened import MAX_BYTES
from bot.domain.archives import Document
from bot.errors import UserError

# What people keep archives in. In a folder only these are looked at; a named file always is.
ENDINGS = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".json", ".csv", ".opml", ".zip"})


def find_documents(paths: Sequence[str]) -> list[Path]:
    """Return the files that paths, folders and patterns name, each once, in the order given.

    Raises:
        UserError: a path is not there, a pattern matches nothing, a folder holds no document.

    """
    found: dict[Path, None] = {}
    for given in paths:
        found |= dict.fromkeys(_expand(given))
    return list(found)


def _expand(given: str) -> list[Path]:
    path = Path(given).expanduser()
    if not given.strip():  # `Path("")` is the folder one stands in: not what an empty name means
        raise UserError("import.missing", path='""')
    if path.is_dir():
        return _list_folder(path)
    if path.exists():
        return [path]
    matches = [Path(each) for each in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute patterns, which Path.glob refuses
    if not matches:
        raise UserError("import.missing", path=given)
    files = [each for each in matches if not each.is_dir()]
    # A pattern like `**` matches folders beside the files in them.
    return files or [inside for each in matches for inside in _list_folder(each)]


def _list_folder(folder: Path) -> list[Path]:
    inside = sorted(
        each
        for each in folder.rglob("*")
        if each.suffix.lower() in ENDINGS and each.is_file() and not _is_hidden(each, folder)
    )
    if not inside:
        raise UserError("import.empty_folder", path=folder, endings=", ".join(sorted(ENDINGS)))
    return inside


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def open_document(path: Path) -> Document:
    """Read one file whole.

    Raises:
        UserError: it is too large to be an archive, or cannot be read.

    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            # A pipe or a device has no size of its own: never read more than an archive can have.
            data = file.read(MAX_BYTES + 1) if status.st_size <= MAX_BYTES else b""
    except OSError as error:
        raise UserError("import.unreadable", path=path, problem=error.strerror) from error
    if max(status.st_size, len(data)) > MAX_BYTES:
        raise UserError("import.too_large", path=path, limit=MAX_BYTES >> 20)
    # The bytes of a name need not be text.
    name = os.fsencode(path.name).decode("utf-8", "replace")
    return Document(name, data, datetime.fromtimestamp(status.st_mtime, UTC))
