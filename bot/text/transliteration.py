"""Whether a Korean word is an English word written in Hangul: 토크나이저 and tokenizer."""

import re
import unicodedata

# Consonants that Korean spelling does not keep apart fall into one class. L and R go: Korean
# often drops an English R, and doubles an L.
_KOREAN_CLASSES = str.maketrans(
    {
        **dict.fromkeys("ᄀᄁᄏᆨᆩᆿ", "k"),
        **dict.fromkeys("ᄃᄄᄐᆮᇀᆺᆻ", "t"),
        **dict.fromkeys("ᄇᄈᄑᆸᇁ", "p"),
        **dict.fromkeys("ᄉᄊᄌᄍᄎᆽᆾ", "s"),
        **dict.fromkeys("ᄆᆷ", "m"),
        **dict.fromkeys("ᄂᆫᆼ", "n"),
    }
)
_ENGLISH_CLASSES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("tion", "sn"),
        ("ch|sh|j|z|s|c(?=[eiy])|g(?=e)", "s"),
        ("ng", "n"),
        ("x", "ks"),
        ("[ckgq]", "k"),
        ("[td]", "t"),
        ("ph|[pbfv]", "p"),
    )
)
_NOT_A_CLASS = re.compile(r"[^kptsmn]")
_REPEATED = re.compile(r"(.)\1+")


def sounds_alike(korean: str, english: str) -> bool:
    """Compare consonants only; one consonant alone would be chance and does not count."""
    sounds = _sound_korean(korean)
    return len(sounds) > 1 and sounds == _sound_english(english)


def _sound_korean(word: str) -> str:
    return _strip(unicodedata.normalize("NFD", word).translate(_KOREAN_CLASSES))


def _sound_english(word: str) -> str:
    sounds = word.lower()
    for pattern, sound in _ENGLISH_CLASSES:
        sounds = pattern.sub(sound, sounds)
    return _strip(sounds)


def _strip(sounds: str) -> str:
    return _REPEATED.sub(r"\1", _NOT_A_CLASS.sub("", sounds))
