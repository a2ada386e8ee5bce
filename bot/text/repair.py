"""Text that was read in a wrong code page, restored: `ê¸°ìˆ ` becomes `기술`.

UTF-8 read as a Western or Turkish code page turns each byte into a character, and drops the bytes
that the code page leaves undefined (and soft hyphens). The characters give the bytes back; for a
Korean letter that lost some, its neighbours tell which letter it was. Text without such damage
comes out as it went in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from bot.text.code_pages import (
    BYTES,
    LOST_IN_SECOND,
    UNDEFINED,
    may_be_damaged_twice,
    undo_second_damage,
)
from bot.text.hangul_ngrams import EMOJI, NgramModel, load_ngrams, symbol_of


@dataclass(frozen=True, slots=True)
class Repaired:
    """`repaired_chars` counts restored letters, `lost_chars` damaged ones that nothing restores."""

    text: str
    repaired_chars: int = 0
    lost_chars: int = 0


def repair_text(text: str) -> Repaired:
    """Restore what was mis-decoded, line by line. Line ends stay where they are; linear time."""
    if not _SUSPECT.search(text):
        return Repaired(text)
    lines = [_read_line(line) for line in text.split("\n")]
    droppable = UNDEFINED
    if any(may_be_damaged_twice(line.text) for line in lines):
        lines, droppable = _undo_second(lines), UNDEFINED | LOST_IN_SECOND
    is_damaged = any(line.is_surely_korean() for line in lines)
    seen = frozenset[int]().union(*(line.seen for line in lines if line.is_likely_korean()))
    gaps = tuple(sorted(droppable - seen))
    texts: list[str] = []
    repaired = lost = 0
    for line in lines:
        if is_damaged and line.is_likely_damaged():
            restored = _restore(line, gaps)
        else:
            restored = _restore_western(line.text)
        texts.append(restored.text)
        repaired += restored.repaired_chars
        lost += restored.lost_chars
    return Repaired("\n".join(texts), repaired, lost) if repaired or lost else Repaired(text)


# Bytes


_FIRST_BYTES = range(0xC2, 0xF5)
_LATER_BYTES = range(0x80, 0xC0)


def _class_of(values: range) -> str:
    return "".join(re.escape(character) for character, byte in BYTES.items() if byte in values)


_FIRST, _LATER = _class_of(_FIRST_BYTES), _class_of(_LATER_BYTES)
_SUSPECT = re.compile(f"[{_FIRST}][{_LATER}]")
_RUN = re.compile(f"[{_FIRST}{_LATER}]+")
_HAS_FIRST = re.compile(f"[{_FIRST}]")
_HANGUL = re.compile("[가-힣]")


# Reading damaged lines

# Korean, punctuation, Japanese signs, variation selectors, emoji. Western letters begin otherwise,
# and one before a sign of their own language looks like half a letter: "à »".
_FIRST_OF_LIKELY = frozenset(b"\xe2\xe3\xea\xeb\xec\xed\xef\xf0")


@dataclass(frozen=True, slots=True)
class _Unit:
    """One letter that was, or text that was none (`size` 0): the bytes that are left of it."""

    text: str
    data: bytes = b""
    size: int = 0  # bytes it had

    @property
    def is_whole(self) -> bool:
        return len(self.data) == self.size > 0

    @property
    def letter(self) -> str:
        """What its bytes say; nothing if some are lost or no letter has them."""
        return self.data.decode("utf-8", "ignore") if self.is_whole else ""

    @property
    def is_plausible(self) -> bool:
        """Return whether it may have been a letter of a Korean text, an emoji or a sign."""
        if self.is_whole:
            return bool(self.letter) and _rank(self.letter) < _UNLIKELY
        return len(self.data) > 1 and self.data[0] in _FIRST_OF_LIKELY


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    units: tuple[_Unit, ...]

    @property
    def seen(self) -> frozenset[int]:
        return frozenset(byte for unit in self.units for byte in unit.data)

    def _letters(self) -> list[str]:
        return [unit.letter for unit in self.units if unit.is_whole]

    def is_likely_damaged(self) -> bool:
        """Return whether its suspicious characters form letters, or nearly."""
        damaged = [unit for unit in self.units if unit.size]
        stray = sum(unit.text in BYTES for unit in self.units if not unit.size)
        plausible = [unit for unit in damaged if unit.is_plausible]
        share = len(plausible) / max(1, len(damaged) + stray)
        return share > _MIN_SHARE and any(unit.is_whole for unit in plausible)

    def is_likely_korean(self) -> bool:
        return self.is_likely_damaged() and any("가" <= each <= "힣" for each in self._letters())

    def is_surely_korean(self) -> bool:
        """Return whether it holds letters that people really write: chance makes rare ones."""
        korean = [letter for letter in self._letters() if "가" <= letter <= "힣"]
        if len(korean) < _MIN_LETTERS or not self.is_likely_damaged():
            return False
        model = load_ngrams()
        return sum(map(model.is_common, korean)) > _MIN_SHARE * len(korean)


_MIN_LETTERS = 2
_MIN_SHARE = 0.6


def _read_line(text: str) -> _Line:
    if not _HAS_FIRST.search(text):
        return _Line(text, (_Unit(text),))
    units: list[_Unit] = []
    end = 0
    for run in _RUN.finditer(text):
        if run.start() > end:
            units.append(_Unit(text[end : run.start()]))
        units += _read_run(run[0])
        end = run.end()
    units.append(_Unit(text[end:]))
    return _Line(text, tuple(units))


def _read_run(run: str) -> Iterable[_Unit]:
    data = bytes(BYTES[character] for character in run)
    start = 0
    while start < len(data):
        size = _size_of(data[start])
        end = start + 1
        while size and end < min(len(data), start + size) and data[end] in _LATER_BYTES:
            end += 1
        if size and (piece := data[start:end]):
            yield _Unit(run[start:end], piece, size)
        else:
            yield _Unit(run[start:end])
        start = end


def _size_of(first: int) -> int:
    if first in range(0xC2, 0xE0):
        return 2
    if first in range(0xE0, 0xF0):
        return 3
    return 4 if first in range(0xF0, 0xF5) else 0


# Damage upon damage


def _undo_second(lines: list[_Line]) -> list[_Line]:
    """Return the lines with one damage instead of two, if that makes surely Korean of any."""
    undone = [_read_line(undo_second_damage(line.text)) for line in lines]
    if not any(line.is_surely_korean() for line in undone):
        return lines
    return [
        after if after.is_likely_damaged() and not before.is_surely_korean() else before
        for before, after in zip(lines, undone, strict=True)
    ]


# Restoring


def _restore(line: _Line, gaps: tuple[int, ...]) -> Repaired:
    """Give each damaged letter back its bytes; where some are lost, take the likeliest letters."""
    choices = [_candidates(unit, gaps) for unit in line.units]
    texts = _most_likely(choices, load_ngrams())
    damaged = [place for place, unit in enumerate(line.units) if unit.size]
    lost = sum(texts[place] == line.units[place].text for place in damaged)
    return Repaired("".join(texts), len(damaged) - lost, lost)


def _candidates(unit: _Unit, gaps: tuple[int, ...]) -> Sequence[str]:
    if not unit.size or not (unit.is_whole or unit.data[0] in _FIRST_OF_LIKELY):
        return (unit.text,)
    return _letters_from(unit.data, unit.size, gaps) or (unit.text,)


@lru_cache(maxsize=4096)
def _letters_from(data: bytes, size: int, gaps: tuple[int, ...]) -> tuple[str, ...]:
    """Return the likely letters that have these bytes in order, and else only lost ones."""
    missing = size - len(data)
    if missing > 2:  # only the first byte of an emoji is left
        return ()
    found: set[str] = set()
    for places in _places(len(data), missing):
        for filling in product(gaps, repeat=missing):
            letter = _fill(data, places, filling)
            if letter:
                found.add(letter)
    best = min(map(_rank, found), default=0)
    likely = [letter for letter in found if _rank(letter) == best]
    frequency = load_ngrams().frequency
    likely.sort(key=lambda letter: (-frequency(symbol_of(letter)), letter))
    return tuple(likely[:_MAX_CANDIDATES])


def _places(kept: int, missing: int) -> Iterable[tuple[int, ...]]:
    """Yield where bytes may have been lost: after each kept one, in order."""
    return product(range(1, kept + 1), repeat=missing) if missing else [()]


def _fill(data: bytes, places: tuple[int, ...], filling: tuple[int, ...]) -> str:
    filled = bytearray(data[:1])
    for index in range(1, len(data) + 1):
        filled += bytes(byte for place, byte in zip(places, filling, strict=True) if place == index)
        filled += data[index : index + 1]
    try:
        return filled.decode("utf-8")
    except UnicodeDecodeError:
        return ""


_JOINERS = "\u200d\ufe0f🏻🏼🏽🏾🏿"  # belong to the emoji before them
# What of the other symbols that lose bytes people really use.
_USUAL = frozenset(
    "‘’“”…–—•·→←↑↓©®°±×÷£¥€™²³½「」『』、。\u00a0🗞🎉🎯🏆🎄🎁🍀🐍👍👏📍📎📏📝📞🔍🔎🤝😍😎😭🧐"
    + _JOINERS
)


_UNLIKELY = 2


def _rank(letter: str) -> int:
    """Order kinds of letters by how likely a Korean text holds them."""
    if "가" <= letter <= "힣" or letter in _USUAL:
        return 0
    is_known = letter.isalnum() or unicodedata.category(letter) == "So"
    return 1 if is_known else _UNLIKELY


# Hypotheses kept at a time, each with its last two symbols. More change no word on held-out text.
_BEAM = 10
_FAR = 20.0  # the cost of what should not stand where it stands
_MAX_CANDIDATES = 30


def _most_likely(choices: Sequence[Sequence[str]], model: NgramModel) -> list[str]:
    """Return one choice of each, so that the whole is the likeliest text (Viterbi, with a beam)."""
    trail: list[tuple[str, int]] = [("", -1)]  # choice, place in the trail of the one before it
    beam: dict[str, tuple[float, int]] = {"  ": (0.0, 0)}  # by the last two symbols: cost, place
    for options in choices:
        step: dict[str, tuple[float, int]] = {}
        is_decided = len(options) == len(beam) == 1
        for option in options:
            first = "" if is_decided else "".join(map(symbol_of, option[:2]))
            last = "".join(map(symbol_of, option[-2:]))
            for before, (spent, origin) in beam.items():
                cost = spent + _cost_after(model, before, option, first)
                after = (before + last)[-2:]
                if after not in step or cost < step[after][0]:
                    trail.append((option, origin))
                    step[after] = cost, len(trail) - 1
        if len(step) > _BEAM:
            step = dict(sorted(step.items(), key=lambda item: item[1])[:_BEAM])
        beam = step
    _, place = min(beam.values())
    texts: list[str] = []
    while place > 0:
        text, place = trail[place]
        texts.append(text)
    return texts[::-1]


def _cost_after(model: NgramModel, before: str, text: str, symbols: str) -> float:
    """Return the cost of a text, given by its first symbols, after two others.

    Two symbols are all of a text that a choice before it can change.
    """
    if text in _JOINERS:
        return 0.0 if before[-1] == EMOJI else _FAR
    cost = 0.0
    for symbol in symbols:
        cost += model.cost(before, symbol)
        before = before[1] + symbol
    return cost


def _restore_western(line: str) -> Repaired:
    """Leave lines without Korean damage to ftfy, and to it only if it is sure and restores all.

    It finds no Korean there: accents before dashes and quotes have the bytes of rare syllables.
    """
    if not _SUSPECT.search(line):
        return Repaired(line)
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    if not is_bad(line):
        return Repaired(line)
    fixed = fix_encoding(line, TextFixerConfig(fix_c1_controls=False))
    is_chance = _HANGUL.search(fixed) and not _HANGUL.search(line)
    if is_chance or _SUSPECT.search(fixed):
        return Repaired(line)
    return Repaired(fixed, int(fixed != line))
