"""Whatever comes is read or refused with a reason, soon."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.fetching.choosing import read_document
from adapters.parsing.download import Download
from bot.domain.models import PageText
from bot.domain.understanding import passages_of, shorten, understand
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.fakes.office import (
    make_docx,
    make_epub,
    make_hwpx,
    make_odf,
    make_pptx,
    make_xlsx,
)
from tests.fakes.pdf import make_pdf

_OFFICE = "application/vnd.openxmlformats-officedocument"
_SECONDS = 3.0


def _picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6)).save(out, form)
    return out.getvalue()


WHOLE = {
    "text/html": b"<html><head><title>T</title></head><body><h1>T</h1><p>Words. <pre>a\nb</pre>",
    "application/pdf": make_pdf("Words.", "More of them.", title="T"),
    f"{_OFFICE}.wordprocessingml.document": make_docx("# T", "- a", "b|c", title="T"),
    f"{_OFFICE}.presentationml.presentation": make_pptx(("T", ["a", "b"], "c")),
    f"{_OFFICE}.spreadsheetml.sheet": make_xlsx(A=[["a", 45000.5]]),
    "application/vnd.oasis.opendocument.text": make_odf(
        "text", "<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list>"
    ),
    "application/hwp+zip": make_hwpx("a", table=[["b"]]),
    "application/epub+zip": make_epub("<h1>T</h1><p>a</p><table><tr><td>b</td></tr></table>"),
    "image/png": _picture("PNG"),
    "image/jpeg": _picture("JPEG"),
    "image/gif": _picture("GIF"),
    "image/svg+xml": b"<svg xmlns='http://www.w3.org/2000/svg'><title>T</title></svg>",
    "image/webp": b"RIFF\0\0\0\0WEBPVP8X",
    "text/markdown": b"---\ntitle: T\ndate: 2024-01-02\n---\n# T\nwords",
    "application/json": b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1}]}',
    "application/rss+xml": b"<rss><channel><title>T</title><item><title>a</title></item></channel>",
    "application/zip": b"PK\x03\x04",
}


def read_or_reason(body: bytes, content_type: str) -> PageText | str:
    """Do with a document all that is done with one that somebody saves."""
    started = time.thread_time()
    result: PageText | str
    try:
        page = read_document(Download("https://example.org/a/b.bin", content_type, "", body))
    except FetchFailed as failure:
        result = failure.reason
    else:
        assert page.title.strip()
        page.text.encode()
        understand(shorten(page))
        passages_of(page)
        result = page
    assert time.thread_time() - started < _SECONDS
    return result


def check(body: bytes, content_type: str) -> None:
    result = read_or_reason(body, content_type)
    if isinstance(result, str):
        for language in LANGUAGES:
            assert Texts.load().get(language, f"unreadable.{result}")
        return
    for gap in result.gaps:
        for language in LANGUAGES:
            assert Texts.load().get(language, f"gap.{gap}")


@pytest.mark.parametrize("content_type", WHOLE)
def test_what_is_whole_is_read(content_type: str) -> None:
    assert isinstance(read_or_reason(WHOLE[content_type], content_type), PageText)


@pytest.mark.parametrize("content_type", WHOLE)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content_type: str, body: bytes) -> None:
    check(body, content_type)


@pytest.mark.parametrize("content_type", WHOLE)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_document_is_read_or_refused(content_type: str, data: st.DataObject) -> None:
    body = bytearray(WHOLE[content_type])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))

    check(bytes(body), content_type)


_ZIPPED = [
    content_type for content_type, body in WHOLE.items() if zipfile.is_zipfile(io.BytesIO(body))
]


@pytest.mark.parametrize("content_type", _ZIPPED)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_package_with_damaged_files_is_read_or_refused(
    content_type: str, data: st.DataObject
) -> None:
    def damage(content: bytes) -> bytes:
        at = data.draw(st.integers(0, len(content)))
        end = at + data.draw(st.integers(0, 30))
        piece = data.draw(
            st.sampled_from([b"", b"<", b"<a>", b"9" * 40, b"\xff", b'="', b"-1", b"/../"])
        )
        return content[:at] + piece + content[end:]

    check(_rewritten(WHOLE[content_type], damage), content_type)


def _rewritten(package: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a package whose files are changed, and whose checksums are right all the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name != "mimetype" else old.read(name))
    return out.getvalue()


LONG = 300_000


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"a" * LONG),
        ("text/plain", b"# " + b"#" * LONG),
        ("text/plain", b"---\n" + b"title\n" * LONG),
        ("text/html", b"<html><body>" + b"<div>1" * 30_000 + b"a" * LONG),
        ("text/html", b"<html><head><title>" + b" - " * LONG + b"</title></head><body>a"),
        ("text/html", b"<html><body><p>" + "입력 2024.1.".encode() * 30_000),
        (
            "text/html",
            b"<html><body><p>a<script type='application/ld+json'>" + b'[{"@graph":' * 40_000,
        ),
        ("application/pdf", make_pdf("a" * LONG, "b-" * LONG)),
        (f"{_OFFICE}.spreadsheetml.sheet", make_xlsx(A=[["a" * LONG] * 100] * 100)),
        (f"{_OFFICE}.wordprocessingml.document", make_docx(*["a|b"] * 20_000)),
        (
            "application/vnd.oasis.opendocument.text",
            make_odf("text", "<text:p>" * 200 + "</text:p>" * 200),
        ),
        ("application/epub+zip", make_epub("<div>" * 5_000 + "a")),
    ],
)
def test_what_is_made_to_take_long_is_soon_done(content_type: str, body: bytes) -> None:
    check(body, content_type)
