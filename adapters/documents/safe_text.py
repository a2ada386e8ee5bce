"""What every document needs of text and addresses from outside, before its own escaping."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.posts import Anchor, Inline, Text
from bot.text.printable import is_control

_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
# Braces end none, but what builds sites from Markdown reads instructions in two of them.
_ENDS_AN_ADDRESS = re.compile(r"""[\s"()<>\\`|{}]""")


def one_line(text: str) -> str:
    """Return the text on one line without control characters, so that it moves no cursor."""
    spaced = "".join(" " if each.isspace() else each for each in text)
    return "".join(each for each in spaced if not is_control(each))


def safe_inline(inline: Inline) -> Inline:
    """Return what is shown of an inline; a link to anything but the web is text."""
    text = one_line(inline.text)
    if isinstance(inline, Text):
        return replace(inline, text=text)
    address = safe_address(inline.url)
    return Anchor(text.strip() or address, address) if address else Text(text)


def safe_address(url: str) -> str:
    """Return a web address that no format ends early, or "" if it is none that may be a link."""
    shown = one_line(url).strip()
    if not _WEB.match(shown):
        return ""
    return _ENDS_AN_ADDRESS.sub(lambda found: _percent(found[0]), shown)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
