"""A zip that somebody hands in, read within bounds. Its names are never paths of ours."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

from bot.errors import UserError

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
MAX_FILES = 100_000  # a channel's every day is one
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024

_CENTRAL = b"PK\x01\x02"
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,  # a compression that Python does not know
    RuntimeError,  # a password
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)


class ZippedFolder:
    """Raises `UserError` where it is damaged, or has more in it than any export."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._left = MAX_TOTAL_BYTES
        # Each entry that is listed takes memory: they are counted before they are read.
        if data.count(_CENTRAL) > MAX_FILES:
            raise UserError("import.too_much", path=name)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise UserError("import.broken_zip", path=name) from error
        self.names: Sequence[str] = [each for each in self._zip.namelist() if not _is_noise(each)]

    def read(self, name: str) -> bytes:
        """Return one file whole.

        Raises:
            UserError: it is damaged or locked, or too much with what was read before.
            KeyError: there is none.

        """
        most = min(MAX_FILE_BYTES, self._left)
        try:
            with self._zip.open(name) as file:
                data = file.read(most + 1)
        except _BROKEN as error:
            raise UserError("import.broken_zip", path=self._name) from error
        if len(data) > most:
            raise UserError("import.too_much", path=self._name)
        self._left -= len(data)
        return data


def _is_noise(name: str) -> bool:
    return name.endswith("/") or name.startswith("__MACOSX/")
