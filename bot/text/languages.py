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
_LETTERS = re.compile(r"[^\W\d_]+")
# Addresses and code are Latin in both languages and say nothing about the prose.
_NOT_PROSE = re.compile(r"https?://\S+|`[^`\n]*`")


def detect_language(text: str) -> Language:
    """Judge by the share of Hangul among the letters; a text without letters counts as English."""
    prose = _NOT_PROSE.sub(" ", text[:_SAMPLE_CHARS])
    letters = sum(map(len, _LETTERS.findall(prose)))
    hangul = sum(map(len, _HANGUL.findall(prose)))
    return Language.KO if hangul and hangul >= letters * _MIN_HANGUL_SHARE else Language.EN
