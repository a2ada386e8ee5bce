"""What bytes become when UTF-8 is read as a Western or Turkish code page, once or twice."""

from __future__ import annotations

import re

# Undefined in the code pages, and the soft hyphen, which editors drop.
UNDEFINED = frozenset(b"\x81\x8d\x8e\x8f\x90\x9d\x9e\xad")


def _byte_of_character() -> dict[str, int]:
    """Map each character that a byte above 127 may have become; the code pages do not disagree."""
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0x100):
        for page in ("cp1252", "cp1254"):
            character = bytes([byte]).decode(page, "ignore")
            if character:
                table[character] = byte
    return table


BYTES = _byte_of_character()


def _once_damaged_of_twice() -> dict[str, str]:
    """Map what a second mis-decoding made of each character to the character.

    The second may drop bytes too. Then several look alike: í is the one that begins Korean letters.
    """
    table = {"Ã": "í", "â€": ""}  # „ or ”, which is for the neighbours to tell
    for page in ("cp1252", "cp1254"):
        for character in BYTES:
            data = character.encode()
            kept = (bytes([byte]).decode(page, "ignore") or chr(byte) for byte in data)
            dropped = data.decode(page, "ignore").replace("\xad", "")
            for twice in ("".join(kept), dropped, data.decode("latin-1")):
                table.setdefault(twice, character)
    return table


_ONCE = _once_damaged_of_twice()
_TWICE = re.compile("|".join(map(re.escape, sorted(_ONCE, key=len, reverse=True))))
_MARKS_OF_TWICE = re.compile("Ã[ª«¬]")  # how nearly every Korean letter begins then
LOST_IN_SECOND = frozenset(b"\x84\x94")  # „ and ”


def may_be_damaged_twice(text: str) -> bool:
    return _MARKS_OF_TWICE.search(text) is not None


def undo_second_damage(text: str) -> str:
    """Return the text as it was after the first damage."""
    return _TWICE.sub(lambda match: _ONCE[match[0]], text)
