"""Documents of office programs: which one it is, its package says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.fetching.documents import books, hangul, open_document, sheets, slides, word
from adapters.fetching.documents.described import as_page, damage_is_told
from adapters.fetching.documents.package import Package
from adapters.fetching.documents.unknown import read_unknown
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing.download import Download

_ZIP = b"PK"
# The container of the programs before 2007; a newer document that is locked stands in one, too.
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")

# The first whose file is there.
_READERS = (
    (word.FILE, word.read),
    (slides.FILE, slides.read),
    (sheets.FILE, sheets.read),
    (books.FILE, books.read),
    (hangul.FILE, hangul.read),
    (open_document.FILE, open_document.read),
)


def read_office(download: Download) -> PageText:
    """Return what a document says; of one in a form of before 2007, what its server says.

    Raises:
        FetchFailed: it is locked, damaged or empty.
    """
    if not download.body.startswith(_ZIP):
        if download.body.startswith(_OLD) and _LOCKED in download.body:
            raise FetchFailed("locked", detail="a password is asked for")
        return read_unknown(download)
    with damage_is_told():
        package = Package(download.body)
        read = next((read for file, read in _READERS if file in package.names), None)
        contents = read(package) if read else None
    return as_page(download, contents) if contents else read_unknown(download)
