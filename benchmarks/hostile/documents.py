"""PDFs, Office files and pictures that are small to send and large to take apart."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

from benchmarks.hostile.bodies import body_case, said
from benchmarks.hostile.cases import Answer, Maker

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_PARTS = {
    _WORD: "word/document.xml",
    _SHEET: "xl/worksheets/sheet1.xml",
    _SLIDES: "ppt/slides/slide1.xml",
}


def _pdf(objects: Sequence[bytes], *, root: int = 1) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, root, start)
    return bytes(out)


def _stream(data: bytes, *, packed: int = 1) -> bytes:
    for _ in range(packed):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * packed
    return b"<</Length %d/Filter[%s]>>\nstream\n%s\nendstream" % (len(data), filters, data)


def _one_page(content: bytes) -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>"
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                 page, content, font])  # fmt: skip


def _pdf_answer(chance: random.Random) -> Answer:
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    forms = (
        lambda: _one_page(_stream(b"BT /F1 12 Tf (a) Tj ET\n" * 2_000_000)),
        lambda: _one_page(_stream(b"\0" * (200 << 20))),
        lambda: _one_page(_stream(b"q " * 50_000_000, packed=2)),
        lambda: _one_page(_stream(b"[" * 2_000_000)),
        lambda: _one_page(_stream(b"BT /F1 12 Tf (" + b"a" * 30_000_000 + b") Tj ET")),
        lambda: _pdf([catalog, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
        lambda: _pdf([catalog, b"<</Type/Pages/Kids[" + b"2 0 R " * 100_000 + b"]/Count 9>>"]),
        lambda: _pdf([catalog, b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                      b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>"]),
        lambda: _pdf([catalog, b"<</Type/Pages/Count 2000000000/Kids[" + b"3 0 R " * 200_000
                      + b"]>>", b"<</Type/Page/Parent 2 0 R>>"]),
        lambda: _pdf([b"[" * 500_000]),
        lambda: _pdf([b"<</A" * 200_000]),
        lambda: _pdf([catalog, b"2 0 R"]),
        lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 500_000,
        lambda: b"%PDF-1.7\nxref\n0 999999999\ntrailer\n<</Size 9/Prev 9>>\nstartxref\n9\n%%EOF",
        lambda: b"%PDF-1.7\n" + chance.randbytes(200_000),
    )  # fmt: skip
    return said(chance.choice(forms)(), chance.choice(["application/pdf", "text/html"]))


def _zip(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return held.getvalue()


def _office_answer(chance: random.Random) -> Answer:
    kind = chance.choice([_WORD, _SHEET, _SLIDES])
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    texts: Sequence[Callable[[], bytes]] = (
        lambda: b"<a>" + b" " * (300 << 20) + b"</a>",
        lambda: b"<a>" * 1_000_000,
        lambda: b"<a " + b" ".join(b'b%d=""' % n for n in range(100_000)) + b"/>",
        lambda: f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l11;</x>'.encode(),
        lambda: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:{canary}/x"><x/>',
        lambda: b"<w:document><w:body>" + b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 1_000_000,
        lambda: b"\xff\xfe\0not xml",
    )
    xml = chance.choice(texts)()
    parts = {"[Content_Types].xml": types, "_rels/.rels": b"<a/>", _PARTS[kind]: xml}
    if chance.random() < 0.3:
        parts.update({f"{_PARTS[kind]}{n}": b"x" for n in range(20_000)})
    if chance.random() < 0.2:
        parts["../../../etc/passwd"] = b"x"
    data = _zip(parts)
    if chance.random() < 0.2:
        data = data[: len(data) // 2]
    return said(data, chance.choice([kind, "application/octet-stream"]))


def _picture_answer(chance: random.Random) -> Answer:
    side = chance.choice([0, 0x7FFF_FFFF, 0xFFFF_FFFF, 100_000])
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head)
    bomb = zlib.compress(b"a" * (50 << 20), 9)
    forms = (
        lambda: png + _chunk(b"IDAT", bomb),
        lambda: png + _chunk(b"zTXt", b"Comment\0\0" + bomb),
        lambda: png + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        lambda: png + struct.pack(">I", 0xFFFF_FFFF) + b"tEXt",
        lambda: png + _chunk(b"tEXt", b"") * 5000,
        lambda: b"\xff\xd8" + b"\xff\xe1\xff\xffExif\0\0MM\0*" + b"\xff" * 60_000,
        lambda: b"\xff\xd8\xff\xe1\0\x1eExif\0\0II*\0\x08\0\0\0\xff\xff" + b"\0" * 60_000,
        lambda: b"\xff\xd8" + b"\xff" * 60_000,
        lambda: b"GIF89a\xff\xff\xff\xff" + b"\x21\xfe\xff" * 20_000,
        lambda: b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 1000,
        lambda: b"<svg>" + b"<g>" * 100_000,
    )  # fmt: skip
    content_type = chance.choice(["image/png", "image/jpeg", "image/svg+xml", "text/html"])
    return said(chance.choice(forms)(), content_type)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


MAKERS: Sequence[Maker] = (
    *(body_case("PDF", _pdf_answer),) * 4,
    *(body_case("Office file", _office_answer),) * 3,
    *(body_case("picture", _picture_answer),) * 2,
)
