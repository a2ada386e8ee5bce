"""What a document is by its first bytes, where they say otherwise than its server does."""

from __future__ import annotations

import re

HTML, PLAIN, PDF, BINARY = "text/html", "text/plain", "application/pdf", "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OFFICE_FOLDERS = {
    b"word/": f"{_OFFICE}.wordprocessingml.document",
    b"ppt/": f"{_OFFICE}.presentationml.presentation",
    b"xl/": f"{_OFFICE}.spreadsheetml.sheet",
}
# OpenDocument and EPUB put their type first in the file, unpacked, so that it can be seen there.
_ZIP_TYPE = re.compile(
    rb"PK\x03\x04.{26}mimetype(application/[\w.+-]{1,80})(?=PK|\n|\r)", re.DOTALL
)
_IMAGES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "image/avif"),
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head)\b",
    re.IGNORECASE | re.DOTALL)  # fmt: skip
# What servers say of a file whose type they do not know.
_NO_TYPE = {"", BINARY, "binary/octet-stream", "application/x-download", "application/unknown"}
_LOOKED_AT_BYTES = 4096
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG MIME Sniffing, 3


def sniff_type(said: str, head: bytes) -> str:
    """Return the type of the document that begins with `head`; `said`: what its server says."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:5] == b"%PDF-":
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _type_of_zip(said, head)
    for signature, content_type in _IMAGES:
        if signature.match(head):
            return content_type
    if said in _NO_TYPE:
        return _type_of_nameless(head)
    if _is_text(said):
        return BINARY if _has_nul(head) else said
    if said == PDF or said.startswith("image/"):  # then it would have begun otherwise
        return _type_of_nameless(head) if _MARKUP.match(head) or said == PDF else said
    return said


def _type_of_nameless(head: bytes) -> str:
    if _has_nul(head) or (_NEVER_IN_TEXT.search(head) and not head.startswith(_UTF16)):
        return BINARY
    return HTML if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else PLAIN


def _type_of_zip(said: str, head: bytes) -> str:
    if named := _ZIP_TYPE.match(head):
        return named[1].decode("ascii")
    if said.startswith("application/vnd."):
        return said
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        for folder, content_type in _OFFICE_FOLDERS.items():
            if folder in head:
                return content_type
    return said if said not in _NO_TYPE and not _is_text(said) else "application/zip"


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type.endswith(("xml", "json", "html"))


def _has_nul(head: bytes) -> bool:
    return b"\0" in head[:_LOOKED_AT_BYTES] and not head.startswith(_UTF16)
