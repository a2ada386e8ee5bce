"""What may reach a screen: characters that move a cursor or turn lines around do not."""

from __future__ import annotations

import json
import re

# Marks that turn the reading direction around can make a line read as what it does not say.
_TURNING = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ABOVE_ASCII = f"\x7f-\x9f{_TURNING}\ud800-\udfff"  # with the halves of pairs, which are no text
_CONTROL = re.compile(f"[\\x00-\\x1f{_ABOVE_ASCII}]")
_UNESCAPED_IN_JSON = re.compile(f"[{_ABOVE_ASCII}]")


def is_control(character: str) -> bool:
    return _CONTROL.match(character) is not None


def printable(text: str) -> str:
    r"""Return text that is safe to print: lines stay, other controls are blanks or escapes.

    >>> printable("one\ttwo\x1b[2J")
    'one two\\x1b[2J'
    """
    return _CONTROL.sub(lambda found: _shown(found[0]), text)


def plain_text(text: str) -> str:
    """Return the text without what steers a screen; lines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(each for each in text if each in "\n\t" or not is_control(each))


def one_line(text: str) -> str:
    return " ".join(plain_text(" ".join(text.split())).split())


def dump_json(value: object) -> str:
    """Return a JSON document that is safe to print too; who parses it gets the values unchanged."""
    document = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNESCAPED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _shown(control: str) -> str:
    if control == "\n":
        return control
    return " " if control.isspace() else control.encode("unicode_escape").decode()
