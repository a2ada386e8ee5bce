"""Bytes of a document that somebody hands in -> text, or a refusal that says what to do instead."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from bot.errors import UserError

# A 1,600-link archive is 1.2 MB. Parsed, a document takes about twenty times its size in memory.
MAX_BYTES = 20 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_SIGNATURES = (
    b"PK\x03\x04",  # zip, and with it docx, xlsx, epub
    b"PK\x05\x06",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",  # old Office
    b"SQLite format 3\x00",
    b"\x7fELF",
)
_LONGEST_UTF8 = 4
_MAX_BAD_SHARE = 0.02  # of characters; a text with more damage than this is not text


@dataclass(frozen=True, slots=True)
class Decoded:
    """`is_cut`: the last character was incomplete, as when a download ended early."""

    text: str
    lost_chars: int = 0
    is_cut: bool = False


def decode(name: str, data: bytes, *, limit: int = MAX_BYTES) -> Decoded:
    """Return the text in `data`, its lines ended by line feeds alone.

    Raises:
        UserError: too large, binary, or nothing in it.

    """
    if len(data) > limit:
        raise UserError("import.too_large", path=name, limit=limit >> 20)
    if data.startswith(_BINARY_SIGNATURES):
        raise UserError("import.binary", path=name)
    decoded = _decode(data)
    if decoded is None or "\0" in decoded.text or _looks_binary(decoded.text):
        raise UserError("import.binary", path=name)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \n\t"):
        raise UserError("import.empty", path=name)
    return Decoded(text, decoded.lost_chars, decoded.is_cut)


def _decode(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _replacing(data, encoding)
    if utf16 := _utf16_without_bom(data):
        return _replacing(data, utf16)
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if error.end == len(data) and len(data) - error.start < _LONGEST_UTF8 and error.start:
            return Decoded(data[: error.start].decode("utf-8"), lost_chars=1, is_cut=True)
    return _korean(data) or _replacing(data, "utf-8")


def _korean(data: bytes) -> Decoded | None:
    """Decode the code page of Korean Windows, which holds EUC-KR."""
    try:
        return Decoded(data.decode("cp949"))
    except UnicodeDecodeError as error:
        is_cut = error.start == len(data) - 1 > 0
        return Decoded(data[:-1].decode("cp949"), 1, is_cut=True) if is_cut else None


def _replacing(data: bytes, encoding: str) -> Decoded | None:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    return Decoded(text, lost) if lost <= len(text) * _MAX_BAD_SHARE else None


def _utf16_without_bom(data: bytes) -> str | None:
    """Every other byte of Latin text in UTF-16 is zero."""
    sample = data[:4096]
    if len(sample) < _LONGEST_UTF8 or len(data) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 5 and not even:
        return "utf-16-le"
    if even > len(sample) // 5 and not odd:
        return "utf-16-be"
    return None


def _looks_binary(text: str) -> bool:
    sample = text[:65536]
    return sum(map(_is_odd, sample)) > len(sample) * _MAX_BAD_SHARE


def _is_odd(character: str) -> bool:
    """Return whether text has no such character. C1 controls may be text in a wrong code page."""
    if character in "\n\r\t\f\v" or "\x80" <= character <= "\x9f":
        return False
    # Emoji may be newer than Python's tables, to which they are unassigned.
    is_new_emoji = "\U0001f000" <= character <= "\U0001faff"
    return unicodedata.category(character) in ("Cc", "Cn", "Cs") and not is_new_emoji
