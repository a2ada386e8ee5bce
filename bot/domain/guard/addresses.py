"""Addresses and handles of a sentence that no source has, those in disguise among them."""
# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.domain.guard.disguises import undisguise
from bot.domain.guard.evidence import Evidence, bare_address

# Korean goes on behind an address without a space. Letters of other scripts may look like Latin ones.
_LABEL = r"[^\W_가-힣](?:[^\W_가-힣]|-){0,62}"
_DOMAIN = (
    r"com|org|net|io|ai|dev|kr|co|app|xyz|info|biz|ru|cn|tk|top|site|online|store|shop|club|link|click|page|cloud|tech|me|tv|uk|de"
    r"|jp|eu|us|edu|gov|example|test|ly|gl|gg|sh|so|to|cc|ws|live|news|blog|pro|wiki|zip|mov|br|fr|es|nl|se|ch|pl|ca|au|nz|sg|hk|tw|vn|mx"
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,9}://|www\.)[^\s<>\"'\]）)]+"
    r"|\]\(\s*(?P<target>[^)\s]+)"
    r"|[\w.+-]+@[\w-]+\.[\w.-]*\w"
    rf"|(?<![^\W가-힣])(?<![@./-])(?:{_LABEL}\.)+(?:{_DOMAIN})(?![A-Za-z0-9_-])(?!\.\w)(?:[/?#:][^\s<>\"'\]）)]*)?"
    r"|(?:javascript|data|mailto|tel):\S+",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@\w{2,}")


def find_foreign_addresses(sentence: str, evidence: Sequence[Evidence]) -> Iterator[str]:
    """Yield addresses, mail addresses and handles that no source has, as a reader takes them."""
    plain = undisguise(sentence)
    for match in _ADDRESS.finditer(plain):
        written = match["target"] or match[0]
        address = bare_address(written)
        if not any(_has_address(address, each) for each in evidence):
            yield written
    for match in _HANDLE.finditer(plain):
        if not any(match[0].casefold() in each.folded for each in evidence):
            yield match[0]


def _has_address(address: str, evidence: Evidence) -> bool:
    if address in evidence.addresses or any(
        address == each.split("/")[0] for each in evidence.addresses
    ):
        return True
    # Written out in the text, with nothing that goes on behind it: evil.com is not devil.com.
    pattern = rf"(?<![\w.-]){re.escape(address)}(?![A-Za-z0-9_-])(?!\.\w)(?!/\w)"
    return bool(address) and re.search(pattern, evidence.plain) is not None
