"""A picture: what it says of itself beside its pixels, which are never unpacked."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.fetching.documents.dates import instant, is_past
from adapters.fetching.documents.described import as_title, clean, file_name, host, one_line
from adapters.fetching.documents.package import parse_xml
from bot.domain.models import PageText
from bot.text.languages import detect_language

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from adapters.parsing.download import Download

# What Pillow opens by its head alone. Its reader of WebP makes room for all pixels at once.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF")
_CAPTION_CHARS = 5_000
_SVG_BYTES = 5_000_000
# What cameras and programs write where a caption belongs.
_NO_CAPTION = re.compile(
    r"(?:olympus|sony|samsung|minolta|kodak|dcim|dsc|img|screenshot|created with|ascii).*|\W*",
    re.IGNORECASE,
)
_EXIF_DESCRIPTION, _EXIF_ARTIST, _EXIF_TITLE, _EXIF_MADE = 0x010E, 0x013B, 0x9C9B, 0x9003
_EXIF_INNER = 0x8769
_IPTC_TITLE, _IPTC_AUTHOR, _IPTC_CAPTION = (2, 5), (2, 80), (2, 120)


@dataclass(slots=True)
class _Found:
    """What a picture says, in the order in which it is believed."""

    size: str = ""
    titles: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)


def read_image(download: Download) -> PageText:
    """Return a picture's caption and measures. Never fails; without a caption it has a gap."""
    found = _Found()
    # What is wrong with what a picture says of itself spoils nothing else.
    with suppress(Exception):
        _look(download, found)
    caption = _first(found.captions)
    title = as_title(_first(found.titles) or caption)
    kind = download.content_type.removeprefix("image/").partition("+")[0].upper()
    facts = " · ".join(filter(None, (kind, found.size)))
    said = [each for each in dict.fromkeys((title, caption)) if each]
    made_at = next(filter(is_past, map(instant, found.dates)), None)
    return PageText(
        url=download.url,
        title=title or file_name(download),
        text="\n\n".join([*(said[-1:] if caption else said), facts]),
        language=detect_language(" ".join(said) or file_name(download)),
        author=one_line(_first(found.authors))[:200],
        site=host(download.url),
        published_at=made_at or download.last_modified,
        gaps=() if said else ("content",),
    )


def _look(download: Download, found: _Found) -> None:
    body = download.body
    if download.content_type == "image/svg+xml":
        return _look_at_drawing(body[:_SVG_BYTES], found)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        found.size = _size_of_webp(body)
        return None
    from PIL import Image

    with warnings.catch_warnings():
        # It warns of many pixels, which only matter to who unpacks them.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(body), formats=_FORMATS) as image:
            found.size = _size(*image.size)
            _look_at_image(image, found)
    return None


def _look_at_image(image: ImageFile, found: _Found) -> None:
    named = {str(key).lower(): value for key, value in image.info.items()}
    for look in (_look_at_xmp, _look_at_iptc, _look_at_exif, _look_at_chunks):
        with suppress(Exception):
            look(image, named, found)


def _look_at_chunks(_image: ImageFile, named: Mapping[str, Any], found: _Found) -> None:
    """Read the text chunks of PNG, the comment of JPEG and GIF."""
    found.titles.append(_decoded(named.get("title")))
    found.captions += [_decoded(named.get(key)) for key in ("description", "comment", "caption")]
    found.authors.append(_decoded(named.get("author")))
    found.dates.append(_decoded(named.get("creation time")))


def _look_at_exif(image: ImageFile, _named: Mapping[str, Any], found: _Found) -> None:
    exif = image.getexif()
    title = exif.get(_EXIF_TITLE)
    if isinstance(title, bytes):
        found.titles.append(title.decode("utf-16-le", "ignore"))
    found.captions.append(_decoded(exif.get(_EXIF_DESCRIPTION)))
    found.authors.append(_decoded(exif.get(_EXIF_ARTIST)))
    made = _decoded(exif.get_ifd(_EXIF_INNER).get(_EXIF_MADE))  # 2024:05:06 07:08:09
    found.dates.append(made.replace(":", "-", 2))


def _look_at_iptc(image: ImageFile, _named: Mapping[str, Any], found: _Found) -> None:
    from PIL.IptcImagePlugin import getiptcinfo

    said = getiptcinfo(image) or {}
    found.titles.append(_decoded(said.get(_IPTC_TITLE)))
    found.captions.append(_decoded(said.get(_IPTC_CAPTION)))
    found.authors.append(_decoded(said.get(_IPTC_AUTHOR)))


def _look_at_xmp(_image: ImageFile, named: Mapping[str, Any], found: _Found) -> None:
    packet = named.get("xmp") or named.get("xml:com.adobe.xmp") or b""
    data = packet.encode() if isinstance(packet, str) else packet
    root = parse_xml(data[data.index(b"<") : data.rindex(b">") + 1])
    for name, into in (
        ("title", found.titles),
        ("description", found.captions),
        ("creator", found.authors),
    ):
        into += [
            "".join(each.itertext())
            for each in root.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")
        ]
    for element in root.iter():
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] in {"CreateDate", "DateCreated", "DateTimeOriginal"}:
                found.dates.append(str(value))


def _look_at_drawing(data: bytes, found: _Found) -> None:
    """Read the title and the words of an SVG."""
    root = parse_xml(data)
    for name, into in (("title", found.titles), ("desc", found.captions)):
        into += ["".join(each.itertext()) for each in root.iterfind(f"{{*}}{name}")]
    found.captions.append(" ".join(one_line("".join(t.itertext())) for t in root.iter("{*}text")))
    width, height = (
        re.fullmatch(r"(\d+)(?:\.\d*)?(?:px)?", root.get(side, "")) for side in ("width", "height")
    )
    if width and height:
        found.size = _size(int(width[1]), int(height[1]))


def _size_of_webp(body: bytes) -> str:
    """Return the measures from the head. Source: developers.google.com/speed/webp, container."""
    form = body[12:16]
    if form == b"VP8X":
        return _size(*(1 + int.from_bytes(body[at : at + 3], "little") for at in (24, 27)))
    if form == b"VP8 ":
        return _size(*(int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (26, 28)))
    if form == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        return _size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    return ""


def _size(width: int, height: int) -> str:
    return f"{width} × {height}" if width and height else ""


def _decoded(said: Any) -> str:
    """Return what is meant to be text, UTF-8 or old Korean; nothing says which."""
    if isinstance(said, list):
        said = next(iter(said), b"")
    if isinstance(said, bytes):
        try:
            return said.decode("utf-8")
        except UnicodeError:
            return said.decode("cp949", "replace")
    return str(said or "")


def _first(said: list[str]) -> str:
    cleaned = (clean(each).strip()[:_CAPTION_CHARS] for each in said)
    return next((each for each in cleaned if not _NO_CAPTION.fullmatch(each)), "")
