"""Which of Jubo's two languages a text is written in."""

import re
from enum import StrEnum


class Language(StrEnum):
    KO = "ko"
    EN = "en"


# Korean engineers write whole sentences in which most letters are Latin names, while English
# prose quotes a Korean name at most now and then. A syllable block carries two or three letters.
_MIN_HANGUL_SHARE = 0.12
_SAMPLE_CHARS = 20_000

_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]+")
_LATIN_WORDS = re.compile(r"[A-Za-zÀ-ɏ']+")
# What commands are called by is Latin in both languages: `digest weekly` tells nothing.
_MIN_LATIN_WORDS = 3
_LETTERS = re.compile(r"[^\W\d_]+")
# Addresses and code are Latin in both languages and say nothing about the prose.
_NOT_PROSE = re.compile(r"https?://\S+|`[^`\n]*`")


def detect_language(text: str) -> Language:
    """Judge by the share of Hangul among the letters; a text without letters counts as English."""
    prose = _NOT_PROSE.sub(" ", text[:_SAMPLE_CHARS])
    letters = sum(map(len, _LETTERS.findall(prose)))
    hangul = sum(map(len, _HANGUL.findall(prose)))
    return Language.KO if hangul and hangul >= letters * _MIN_HANGUL_SHARE else Language.EN


def spoken_language(text: str) -> str:
    """Return the language that somebody wrote in; "" where too few words tell."""
    if detect_language(text) is Language.KO:
        return Language.KO
    words = _LATIN_WORDS.findall(_NOT_PROSE.sub(" ", text[:_SAMPLE_CHARS]))
    return Language.EN if len(words) >= _MIN_LATIN_WORDS else ""
