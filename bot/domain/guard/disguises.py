"""Addresses that are written so that only a reader, or a program that shows them, takes them as such.

evil。com, evil[.]com, evil dot com, and evil.com with something in it that nobody sees.
"""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")  # fmt: skip
_OTHER_DOT = re.compile(r"(?<=\w)[。‧∙⋅](?=[^\W_가-힣])")
_BRACKETED_DOT = re.compile(r"(?<=\w)\s?[\[({]\s?(?:\.|dot|닷|점)\s?[\])}]\s?(?=\w)", re.IGNORECASE)
# What "dot net" stands for is no address.
_SPOKEN_DOT = re.compile(
    r"(?<=\w)\s+(?:dot|닷)\s+(?=(?:com|org|io|co|kr|biz|info|xyz|example|dev|app|me|ai|ru|cn|link|site|top)\b)",
    re.IGNORECASE,
)


def undisguise(text: str) -> str:
    """Return the text with the dots of its addresses written as such, and nothing unseen in it."""
    seen = _UNSEEN.sub("", text)
    for form in (_OTHER_DOT, _BRACKETED_DOT, _SPOKEN_DOT):
        seen = form.sub(".", seen)
    return seen
