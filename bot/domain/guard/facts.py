"""Numbers, dates and quotations of a sentence that no source has."""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.domain.guard.evidence import (
    NUMBERED,
    Evidence,
    spell_numbered,
    squeeze,
)
from bot.text.dates import PartialDate
from bot.text.languages import detect_language
from bot.text.quantities import NAME, Quantity, find_quantities

# A rounded number is no further from what it rounds than this.
_MOST_ROUNDED = 0.06
_FEWEST_DIGITS = 2
# Small numbers in words often count what a source only lists, and "one" hardly ever is a number.
_NEVER_COUNTED = frozenset(
    ["one", "first", "second", "third", "한", "하나", "첫", "pair", "couple"]
)

_MOST_COUNTED = 3
_MEASURED = re.compile(
    r"[\s-]?(?:times|fold|percent|per cent|%|hundred|thousand|million|billion|trillion|dozen|years?|months?|weeks?"
    r"|days?|hours?|minutes?|seconds?|points?|quarters?|degrees|people|users|dollars|배|년|해|달|주|시간|명|분|초|살)",
    re.IGNORECASE,
)

_QUOTED = re.compile(
    r"“([^“”]{1,600})”|\"([^\"]{1,600})\"|「([^「」]{1,600})」|『([^『』]{1,600})』|«([^«»]{1,600})»"
    r"|‘([^‘’]{1,300})’(?![A-Za-z])|(?<![\w가-힣])'([^']{2,300})'(?![A-Za-z])|„([^„“”]{1,600})[“”]"
)
_WORDS_OF_TERM = 2
_OMITTED = re.compile(r"\.{2,}|…|\[[^\[\]]{0,30}\]")
_QUOTE_END = re.compile(r"[\s.,!?;:…]+$")


def find_foreign_numbers(
    sentence: str, evidence: Sequence[Evidence], *, dates: Sequence[PartialDate]
) -> Iterator[str]:
    """Yield the numbers that no source has; a rounded one must say so or be of another scale."""
    numbered = [
        match for match in NUMBERED.finditer(sentence) if match[2] != " " and _is_name(match[1])
    ]
    for quantity in find_quantities(sentence):
        if any(date.start <= quantity.start < date.end for date in dates):
            continue
        name = next(
            (each for each in numbered if each.start() <= quantity.start < each.end()), None
        )
        if name and any(spell_numbered(name) in each.numbered for each in evidence):
            continue
        if not any(_has_quantity(quantity, sentence, each) for each in evidence):
            yield quantity.text.strip()


def _is_name(letters: str) -> bool:
    return bool(letters)


def _has_quantity(quantity: Quantity, sentence: str, evidence: Evidence) -> bool:
    if quantity.is_version:
        return quantity.text in evidence.versions
    same = evidence.quantities.get(quantity.value, ())
    if same and all(_differ_in_measure(quantity, other) for other in same):
        return False
    if quantity.is_word and _may_count(quantity, sentence):
        return True
    if _is_said_after_name(quantity, sentence, evidence):
        return True
    if any(_agree(quantity, other) for other in same):
        return True
    if _has_as_unit(quantity, evidence):
        return True
    if quantity.value in evidence.date_numbers and quantity.unit != "%":
        return True
    if quantity.unit == "%" and quantity.value / 100 in evidence.quantities:
        return quantity.value % 1 != 0 or quantity.value < 100
    return _is_rounded(quantity, evidence)


def _may_count(quantity: Quantity, sentence: str) -> bool:
    """Tell whether a small number in words may count what a source lists: two methods."""
    if quantity.text.lower() in _NEVER_COUNTED:
        return True
    is_measured = _MEASURED.match(sentence, quantity.end) is not None
    return quantity.value <= _MOST_COUNTED and not is_measured


def _is_said_after_name(quantity: Quantity, sentence: str, evidence: Evidence) -> bool:
    """Tell whether "Llama 3" is Llama-3 of a source."""
    before = re.search(r"([A-Za-z]+)[-_ ]$", sentence[max(0, quantity.start - 40) : quantity.start])
    return (
        bool(before) and f"{before[1]}{quantity.text}".casefold() in evidence.numbered
        if before
        else False
    )


def _agree(quantity: Quantity, other: Quantity) -> bool:
    """Compare units only where they surely differ: a share is no count."""
    if _is_of_name(other) and not _is_of_name(quantity):
        return False
    shares = (quantity.unit == "%", other.unit == "%")
    if shares[0] == shares[1]:
        return True
    rest = other.unit if shares[0] else quantity.unit
    return not rest or rest.lower() in _POINTS


_POINTS = frozenset(
    "point points pp p pt pts 포인 점 to and or vs 에서 f map accuracy acc bleu rouge wer auc".split()  # noqa: SIM905 - reads better than quoted
)


def _differ_in_measure(quantity: Quantity, other: Quantity) -> bool:
    """Tell whether both are measured, and in different units: 900 ms are no 900 s."""
    return bool(quantity.measure and other.measure and quantity.measure != other.measure)


def _is_of_name(quantity: Quantity) -> bool:
    return quantity.unit == NAME


def _has_as_unit(quantity: Quantity, evidence: Evidence) -> bool:
    """Accept 5M where a source writes just this, whatever the letter stands for."""
    return len(quantity.readings) > 1 and any(
        other.text.casefold() == quantity.text.casefold()
        for other in evidence.quantities.get(quantity.readings[-1], ())
    )


def _is_rounded(quantity: Quantity, evidence: Evidence) -> bool:
    if quantity.is_word or not (quantity.is_about or quantity.is_scaled):
        return False
    if quantity.digits < _FEWEST_DIGITS and not quantity.is_about:
        return False
    return any(_rounds(value, quantity) for value in evidence.quantities)


def _rounds(value: float, quantity: Quantity) -> bool:
    wanted = quantity.value
    if value <= 0 or abs(value - wanted) > _MOST_ROUNDED * value or value == int(value) < 10:
        return False
    digits = float(f"{value:.{quantity.digits}g}")
    # "more than 90" is said of 93, too: cut instead of rounded.
    step = 10.0 ** (len(str(int(max(wanted, 1)))) - quantity.digits)
    return digits == wanted or (quantity.is_about and value - value % step == wanted)


def find_foreign_dates(dates: Sequence[PartialDate], evidence: Sequence[Evidence]) -> Iterator[str]:
    by_place: dict[int, list[PartialDate]] = {}
    for date in dates:
        by_place.setdefault(date.start, []).append(date)
    for readings in by_place.values():
        if not any(_has_date(date, each) for date in readings for each in evidence):
            yield readings[0].text.strip()


def _has_date(date: PartialDate, evidence: Evidence) -> bool:
    for other in evidence.dates:
        if date.month != other.month or (date.day is not None and date.day != other.day):
            continue
        if date.year is None or date.year == other.year:
            return True
        if other.year is None and _has_year(date.year, evidence):
            return True
    return False


def _has_year(year: int, evidence: Evidence) -> bool:
    return float(year) in evidence.quantities


def find_foreign_quotations(sentence: str, evidence: Sequence[Evidence]) -> Iterator[str]:
    """Yield what stands in quotation marks and in no source, word for word.

    In another language than the source's a word or two are a term, judged as such. What was left out may be marked, and spaces, signs and the marks may differ.
    """
    is_translated = any(each.language is not detect_language(sentence) for each in evidence)
    for match in _QUOTED.finditer(sentence):
        quoted = next(filter(None, match.groups()), "")
        if is_translated and len(quoted.split()) <= _WORDS_OF_TERM:
            continue
        parts = list(filter(None, map(squeeze, _OMITTED.split(quoted))))
        if not any(all(part in each.squeezed for part in parts) for each in evidence):
            yield _QUOTE_END.sub("", quoted.strip())
