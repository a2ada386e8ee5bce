"""A zip of XML files, as office programs write them, opened within bounds. Nothing is expanded."""

from __future__ import annotations

import io
import posixpath
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from adapters.fetching.documents.dates import instant, is_past
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from lxml.etree import _Element

Element: TypeAlias = "_Element"

_FILES = 20_000
_FILE_BYTES = 30_000_000
_ALL_BYTES = 80_000_000  # of what is unpacked: a thousand pages of text have about ten million
_LOCKED = 0x1


class Package:
    """Any method may raise what zipfile and lxml do over a damaged file."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._left = _ALL_BYTES
        infos = self._zip.infolist()
        if len(infos) > _FILES:
            raise FetchFailed("too_large", detail=f"over {_FILES} files in it")
        if any(info.flag_bits & _LOCKED for info in infos):
            raise FetchFailed("locked", detail="a password is asked for")
        self.names = frozenset(info.filename for info in infos)

    def read(self, name: str) -> bytes:
        """Return a file of it, unpacked; what it claims of its size is not believed."""
        limit = min(_FILE_BYTES, self._left)
        with self._zip.open(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise FetchFailed("too_large", detail=f"{name} unpacks to too much")
        self._left -= len(data)
        return data

    def xml(self, name: str) -> Element:
        return parse_xml(self.read(name))

    def find_xml(self, name: str) -> Element | None:
        return self.xml(name) if name in self.names else None

    def targets(self, name: str) -> dict[str, str]:
        """Return what a file of an Office package refers to: names by their ids."""
        folder, file = posixpath.split(name)
        said = self.find_xml(f"{folder}/_rels/{file}.rels")
        if said is None:
            return {}
        return {
            each.get("Id", ""): posixpath.normpath(
                posixpath.join("/", folder, each.get("Target", ""))
            ).lstrip("/")
            for each in said.iter("{*}Relationship")
        }


def parse_xml(data: bytes) -> Element:
    """Parse XML without entities, document types from elsewhere, or depths that exhaust us."""
    from lxml import etree

    if b"<!ENTITY" in data:
        raise FetchFailed("damaged", detail="it defines entities")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def local(element: Element) -> str:
    """Return the name of an element without its namespace, "" for what is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute, whichever namespace it is in."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def relation(element: Element) -> str:
    """Return the id by which an element of an Office package refers to a file."""
    return next((str(v) for key, v in element.attrib.items() if str(key).endswith("}id")), "")


def text_at(root: Element | None, *names: str) -> str:
    """Return the text of the first element of the first name that has any."""
    if root is None:
        return ""
    texts = (element.text for name in names for element in root.iter(f"{{*}}{name}"))
    return next((text for text in texts if text and text.strip()), "")


def date_at(root: Element | None, *names: str) -> datetime | None:
    moment = instant(text_at(root, *names))
    return moment if is_past(moment) else None
