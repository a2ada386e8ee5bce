"""How a name sounds, so that 샘 올트먼 is found in an English text and Samsung in a Korean one.

Finer than `transliteration`, which compares terms that stand side by side: here one name is
looked for among all words of a text, so liquids, the first sound and the length count, too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_KOREAN = str.maketrans(
    {
        **dict.fromkeys("ᄀᄁᄏᆨᆩᆿ", "k"),
        **dict.fromkeys("ᄃᄄᄐᆮᇀᆺᆻ", "t"),
        **dict.fromkeys("ᄇᄈᄑᆸᇁ", "p"),
        **dict.fromkeys("ᄉᄊᄌᄍᄎᆽᆾ", "s"),
        **dict.fromkeys("ᄆᆷ", "m"),
        **dict.fromkeys("ᄂᆫᆼ", "n"),
        **dict.fromkeys("ᄅᆯ", "l"),
    }
)
_NOT_A_SOUND = re.compile(r"[^ktpsmnl]")
# A sound is doubled in spelling only where no vowel stands between: "ll", 올라.
_REPEATED = re.compile(r"([ktpsmnl])\1+")
# 으 stands between consonants where Korean needs a vowel and the name has none.
_VOWELS = re.compile("[ᅡ-ᅲᅴᅵ]")
_LATIN_VOWELS = re.compile(r"[aeiouy]+|w(?=[aeiou])")
_SILENT_END = re.compile(r"(?<=[a-z]{2})(?<![aeiouy])e(?=s?$)")
_PARTS = re.compile(r"ch|th|st(?=en)|tion|sion|ck|sh|ng|gh|c(?=[eiy])|[a-z]")
# Which consonants Korean may write for those of an English word; several where words differ.
_SOUNDS: dict[str, tuple[str, ...]] = {
    "ch": ("s", "k"),
    "th": ("s", "t"),
    "tion": ("sn",),
    "sion": ("sn",),
    "ck": ("k",),
    "st": ("s", "st"),  # listen, system
    "sh": ("s",),
    "ng": ("n", "nk"),
    "gh": ("", "k"),
    "c": ("k",),
    "g": ("k", "s"),
    "x": ("ks", "s"),
    "q": ("k",),
    **dict.fromkeys("td", ("t", "s")),
    **dict.fromkeys("pbfv", ("p",)),
    **dict.fromkeys("sjz", ("s",)),
    "k": ("k",),
    "m": ("m",),
    "n": ("n",),
    "l": ("l",),
    "r": ("l",),
}
_VOWEL = "."
_MOST_SPELLINGS = 32


@dataclass(frozen=True, slots=True)
class Sound:
    """`syllables`: how many vowels it has, at the least and the most, by what its letters allow.

    Two spellings of a name have as many, but for one.
    """

    consonants: str
    syllables: int
    most_syllables: int
    begins_with_vowel: bool

    def is_like(self, other: Sound) -> bool:
        return (
            self.consonants == other.consonants
            and self.begins_with_vowel == other.begins_with_vowel
            and self.syllables <= other.most_syllables + 1
            and other.syllables <= self.most_syllables + 1
        )


@lru_cache(maxsize=1 << 14)
def sound_korean(word: str) -> Sound:
    letters = unicodedata.normalize("NFD", word)
    vowels = len(_VOWELS.findall(letters))
    return Sound(_strip(letters.translate(_KOREAN)), vowels, vowels, letters[0] in "ᄋᄒ")


@lru_cache(maxsize=1 << 14)
def sound_english(word: str) -> tuple[Sound, ...]:
    """Return what a word or name may sound like, each once."""
    letters = re.sub(r"[^a-z]", "", unicodedata.normalize("NFD", word).lower())
    if not letters:
        return ()
    bare = _SILENT_END.sub("", letters)
    syllables = len(_LATIN_VOWELS.findall(bare))
    most = len(re.findall(r"[aeiouy]", letters))
    spellings = [""]
    for part in _PARTS.finditer(letters):
        choices = _choices(letters, part)
        spellings = [old + new for old, new in product(spellings, choices)][:_MOST_SPELLINGS]
    consonants = dict.fromkeys(map(_strip, spellings))
    return tuple(Sound(each, syllables, most, letters[0] in "aeiouywh") for each in consonants)


def _choices(word: str, part: re.Match[str]) -> tuple[str, ...]:
    written = part[0]
    after = word[part.end() : part.end() + 1]
    if written == "c" and after and after in "eiy":
        return ("s",)
    if written == "x" and part.start():
        return ("ks",)
    if written == "r" and (not after or after not in "aeiouy"):
        return ("",)  # Korean drops it: 서버
    if written == "g" and after not in ("e", "i", "y"):
        return ("k",)
    if written in ("t", "d") and after not in ("", "s", "u", "r"):
        return ("t",)
    return _SOUNDS.get(written, (_VOWEL,))


def _strip(sounds: str) -> str:
    return _NOT_A_SOUND.sub("", _REPEATED.sub(r"\1", sounds))
