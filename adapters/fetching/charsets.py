"""Bytes of a page to text, when server, page and truth disagree about the encoding."""

from __future__ import annotations

import codecs
import re

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_META_WITHIN_BYTES = 4096
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# Codecs of the web only: Python has others (punycode, unicode_escape) that hostile input can abuse.
_WEB_CODEC = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|(euc|cp|windows|iso|ks|big5|gb|shift|koi8|latin|uhc)[\w-]*",
    re.I,
)
# Browsers read all Korean labels as the superset that Windows writes. Source: WHATWG Encoding.
_KOREAN = {"euc-kr", "euckr", "euc_kr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "windows-949"}


def decode_text(body: bytes, charset: str = "") -> str:
    """Return the text; never fails. `charset` is what the server claims, "" for nothing.

    UTF-8 goes first, since other text is next to never valid UTF-8, while servers claim
    a Latin default over everything.
    """
    declared = _known_codecs(charset, _charset_in_page(body))
    for codec in (_BOMS.get(body[:2], "utf-8-sig"), *declared):
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    return _decode_damaged(body, declared)


def _decode_damaged(body: bytes, declared: list[str]) -> str:
    if declared:
        return body.decode(declared[0], errors="replace")
    try:
        return body.decode("cp949")
    except UnicodeError:
        return body.decode("utf-8", errors="replace")


def _charset_in_page(body: bytes) -> str:
    found = _META_CHARSET.search(body[:_META_WITHIN_BYTES])
    return found.group(1).decode("ascii", errors="replace") if found else ""


def _known_codecs(*names: str) -> list[str]:
    known = ["cp949" if name.lower() in _KOREAN else name for name in names]
    return [name for name in known if _WEB_CODEC.fullmatch(name) and _is_codec(name)]


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
