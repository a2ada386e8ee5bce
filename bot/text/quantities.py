"""Numbers of Korean and English prose by their value, whatever they are written as.

3만 5천 is 35,000, 12억 is 1.2 billion, 70B is 70 billion, 세 개 is three.
"""

# ruff: noqa: E501 - a pattern or a made-up text is read best on one line

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.measures import measure_around

_KOREAN_SCALES = {"십": 1e1, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
_ENGLISH_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "mn": 1e6,
    "bn": 1e9,
    "tn": 1e12,
    "k": 1e3,
    "K": 1e3,
    "M": 1e6,
    "B": 1e9,
    "T": 1e12,
}
_ENGLISH_WORDS = {
    word: float(value)
    for words, values in (
        (
            """one two three four five six seven eight nine ten eleven twelve thirteen fourteen
            fifteen sixteen seventeen eighteen nineteen""",
            range(1, 20),
        ),
        ("twenty thirty forty fifty sixty seventy eighty ninety", range(20, 100, 10)),
        ("both twice dual double pair couple", [2] * 6),
        ("first second third fourth fifth sixth seventh eighth ninth tenth", range(1, 11)),
        ("triple thrice", [3] * 2),
        ("dozen", [12]),
    )
    for word, value in zip(words.split(), values, strict=True)
}
_KOREAN_WORDS = {
    word: float(value)
    for words, values in (
        ("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열", range(1, 11)),
        ("하나 둘 셋 넷", range(1, 5)),
        ("스무 서른 마흔 쉰", range(20, 60, 10)),
        ("첫 두번째 세번째", range(1, 4)),
    )
    for word, value in zip(words.split(), values, strict=True)
}

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)*)"
_STEP = rf"{_NUMBER}\s?[십백천]?[만억조](?![가-힣]*[년월일]\b)|{_NUMBER}\s?[십백천](?=[\s만억조명개여원달건회권대점배가을를이의은는,.)]|$)"
_KOREAN = re.compile(
    rf"(?:{_STEP})(?:\s?(?:{_STEP}))*(?:{_NUMBER}|(?<=[만억조])\s{_NUMBER}(?![\d%]))?"
)
_KOREAN_STEP = re.compile(rf"({_NUMBER})\s?([십백천만억조]*)")
_PLAIN = re.compile(_NUMBER)
_SCALE_AFTER = re.compile(
    r"[\s-]?(?P<word>hundred|thousand|million|billion|trillion)s?\b"
    r"|\s?(?P<short>mn|bn|tn)\b|(?P<letter>[kKMBT])(?![A-Za-z0-9])"
)
_MILLION_AFTER = re.compile(r"(?P<million>m)(?![A-Za-z0-9])")
_PERCENT_AFTER = re.compile(
    r"\s?(?:[%％]|percent\b|per\s?cent\b|percentage\b|퍼센트|프로(?![가-힣]{2}))"
)
# "5-7%", "35, 40 and 45 %": the sign stands behind the last one.
_LIST_AFTER = re.compile(rf"(?:\s?(?:[-–~,/+±]|to|and|or|에서|및|와|과)\s?{_NUMBER}){{1,6}}")
# A unit may follow at once or as the next word; a digit elsewhere is of a table.
_UNIT_AFTER = re.compile(r"[\s-]?([A-Za-z]+|[가-힣]{1,2})")
_ABOUT_BEFORE = re.compile(
    r"(?:about|around|roughly|nearly|almost|approximately|over|some|than|least|most|up to|≈|~"
    r"|약|대략|거의|무려|최대|최소|~)\s?[$€£₩¥]?\s?$",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(
    r"\s?[가-힣]{0,3}\s?(?:여|이상|가량|정도|남짓|미만|이하|넘|안팎|[+]|대(?=[\s의를은]))"
)
_WORD = re.compile(r"[A-Za-z]+|[가-힣]+")
_COUNTED = re.compile(
    r"\s?(?:개|가지|명|번|종|곳|차례|배|건|권|대|편|단계|쌍|군데|사람|시간|달|해|주|살|마리|팀|층|줄)"
)
_GLUED = re.compile(
    r"(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?=개|가지|명|번|종|곳|차례|배|건|권|단계|군데|사람|달)"
)
# What stands for the unit of a number that is part of a name: GPT-4 has four of nothing.
NAME = "name"
_VERSION_BEFORE = re.compile(r"(?:^|[^A-Za-z])[vV]$")
_NAME_BEFORE = re.compile(r"[A-Za-z]$|[A-Za-z][-_]$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """`readings`: what it may mean, the likeliest first: 70B is 70 billion, or 70 of something.

    `unit`: "%", the letters or the word behind it, or ""; `measure`: what that surely measures.
    """

    text: str
    readings: tuple[float, ...]
    start: int
    end: int
    unit: str = ""
    measure: str = ""
    digits: int = 1  # significant ones as written
    is_about: bool = False
    is_word: bool = False
    is_version: bool = False  # several points in it: only the same is the same

    @property
    def value(self) -> float:
        return self.readings[0]

    @property
    def is_scaled(self) -> bool:
        return len(self.readings) > 1 or self.value >= 1e4


def find_quantities(text: str) -> list[Quantity]:
    """Return the numbers in reading order, also those of dates, names and versions."""
    return sorted((*_in_digits(text), *_in_words(text)), key=lambda found: found.start)


def _in_digits(text: str) -> Iterator[Quantity]:
    at = 0
    while found := _PLAIN.search(text, at):
        korean = _KOREAN.match(text, found.start())
        if korean and korean.end() > found.end():
            yield _make(text, found.start(), korean.end(), (_add_steps(korean[0]),))
            at = korean.end()
            continue
        quantity = _read_plain(text, found)
        yield quantity
        at = quantity.end


def _read_plain(text: str, found: re.Match[str]) -> Quantity:
    start, end = found.span()
    written = found[0]
    if written.count(".") > 1:
        return Quantity(written, (-1.0,), start, end, is_version=True)
    value = float(written.replace(",", ""))
    scale = _SCALE_AFTER.match(text, end) or _millions_of_money(text, start, end)
    if scale is None or _NAME_BEFORE.search(text, max(0, start - 2), start):
        return _make(text, start, end, (value,))
    factor = _ENGLISH_SCALES["mn" if scale.lastgroup == "million" else scale[scale.lastgroup or 0]]
    return _make(text, start, scale.end(), (value * factor, value))


def _millions_of_money(text: str, start: int, end: int) -> re.Match[str] | None:
    """Read $5m; a small m behind anything else is a metre."""
    is_money = start > 0 and text[start - 1] in "$£€"
    return _MILLION_AFTER.match(text, end) if is_money else None


def _make(text: str, start: int, end: int, readings: tuple[float, ...]) -> Quantity:
    digits = re.sub(r"\D", "", text[start:end]).lstrip("0")
    return Quantity(
        text[start:end],
        tuple(map(_tidy, readings)),
        start,
        end,
        unit=_unit_around(text, start, end),
        measure=_measure_around(text, start, end),
        digits=max(1, len(digits.rstrip("0") or digits)),
        is_about=bool(
            _ABOUT_BEFORE.search(text, max(0, start - 16), start) or _ABOUT_AFTER.match(text, end)
        ),
    )


def _measure_around(text: str, start: int, end: int) -> str:
    further = _LIST_AFTER.match(text, end)
    return measure_around(text, start, end, further=further.end() if further else 0)


def _unit_around(text: str, start: int, end: int) -> str:
    if _NAME_BEFORE.search(text, max(0, start - 2), start) and not _VERSION_BEFORE.search(
        text, max(0, start - 2), start
    ):
        return NAME
    return _unit_after(text, end)


def _tidy(value: float) -> float:
    # 1.1 million is 1100000.0000000002 otherwise.
    return float(f"{value:.12g}")


def _unit_after(text: str, end: int) -> str:
    further = _LIST_AFTER.match(text, end)
    if _PERCENT_AFTER.match(text, end) or (further and _PERCENT_AFTER.match(text, further.end())):
        return "%"
    if further:
        return ""
    unit = _UNIT_AFTER.match(text, end)
    return unit[1] if unit else ""


def _add_steps(text: str) -> float:
    """Read 1억 2,000만: each step is a number and what it is multiplied by, 천만 as a whole."""
    total = 0.0
    for number, scales in _KOREAN_STEP.findall(text):
        value = float(number.replace(",", "")) if number.count(".") < 2 else 0.0
        for scale in scales:
            value *= _KOREAN_SCALES[scale]
        total += value
    return total


def _in_words(text: str) -> Iterator[Quantity]:
    for found in _WORD.finditer(text):
        word = found[0]
        if word[0] >= "가":
            if glued := _GLUED.match(word):
                yield _word(glued[1], _KOREAN_WORDS[glued[1]], found.start())
            elif word in _KOREAN_WORDS and _COUNTED.match(text, found.end()):
                yield _word(word, _KOREAN_WORDS[word], found.start())
        elif (value := _ENGLISH_WORDS.get(word.lower())) is not None:
            yield _read_english(text, found, value)


def _read_english(text: str, found: re.Match[str], value: float) -> Quantity:
    """Read "three", "twenty-five" (by its parts) and "two million"."""
    end = found.end()
    scale = _SCALE_AFTER.match(text, end) if text[end : end + 1] in (" ", "-") else None
    if scale and scale["word"]:
        end = scale.end()
        value *= _ENGLISH_SCALES[scale["word"]]
    return Quantity(
        text[found.start() : end],
        (value,),
        found.start(),
        end,
        _unit_after(text, end),
        _measure_around(text, found.start(), end),
        is_word=True,
    )


def _word(text: str, value: float, start: int) -> Quantity:
    return Quantity(text, (value,), start, start + len(text), is_word=True)
