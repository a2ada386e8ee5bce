"""What pictures say of themselves."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from adapters.fetching.documents.image import read_image
from adapters.parsing.download import Download
from bot.domain.models import PageText

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="2024-05-06T07:08:09Z">'
    "<dc:description><rdf:Alt><rdf:li>줄을 선 사람들</rdf:li></rdf:Alt>"
    "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def read(body: bytes, content_type: str = "image/png", name: str = "photo.png") -> PageText:
    return read_image(Download(f"https://example.org/{name}", content_type, "", body))


def png(**chunks: str) -> bytes:
    info = PngInfo()
    for name, text in chunks.items():
        info.add_itxt(name, text)
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def jpeg(**saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", **saved)
    return out.getvalue()


def huge_png() -> bytes:
    """A picture of 60,000 pixels a side, in a few bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_the_texts_of_a_png_are_its_title_and_caption() -> None:
    page = read(png(Title="Architecture", Description="How the queue talks to its workers"))

    assert page.title == "Architecture"
    assert page.text == "How the queue talks to its workers\n\nPNG · 40 × 30"
    assert page.gaps == ()


def test_exif_and_xmp_are_read() -> None:
    exif = Image.Exif()
    exif[0x010E] = "A long queue in the rain"
    exif[0x013B] = "A. Writer"
    described = read(jpeg(exif=exif), "image/jpeg")
    korean = read(jpeg(xmp=XMP.encode()), "image/jpeg")

    assert (described.title, described.author) == ("A long queue in the rain", "A. Writer")
    assert (korean.title, korean.language) == ("줄을 선 사람들", "ko")
    assert korean.published_at is not None
    assert korean.published_at.isoformat() == "2024-05-06T07:08:09+00:00"


def test_a_picture_without_a_caption_has_its_name_and_a_gap() -> None:
    page = read(png(), name="%EA%B7%B8%EB%A6%BC.png")

    assert (page.title, page.text, page.gaps) == ("그림.png", "PNG · 40 × 30", ("content",))


def test_pixels_are_never_unpacked() -> None:
    assert read(huge_png()).text == "PNG"  # more of them than Pillow opens


def test_a_drawing_says_its_words() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40px" height="30">'
        "<title>Flow</title><text>in</text></svg>"
    )

    page = read(svg.encode(), "image/svg+xml")

    assert (page.title, page.text) == ("Flow", "in\n\nSVG · 40 × 30")


@pytest.mark.parametrize(
    "body",
    [
        b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x27\x00\x00\x1d\x00\x00",
        b"RIFF\x00\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f"
        + ((29 << 14) | 39).to_bytes(4, "little"),
    ],
)
def test_webp_is_measured_by_its_head(body: bytes) -> None:
    assert read(body, "image/webp").text == "WEBP · 40 × 30"
