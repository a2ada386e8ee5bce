"""Sentences of pages that are made to say the opposite, or the same in other words.

Each turn has both: how many of the one the guard refuses is worth nothing without how many of the
other. The pairs of words are the benchmark's own; every other one is kept for the held-out half.
"""

# ruff: noqa: E501 - a pattern or a made-up text is read best on one line

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.guard.clean import say_otherwise
from benchmarks.guard.pages import HALVES
from benchmarks.guard.planted import PLANTED_FROM_TO, PLANTED_ROLES, plant
from bot.text.languages import Language

Change = Callable[[str, "Wording"], str | None]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a sentence is changed with; the half says which pairs of words may be used."""

    language: Language
    half: str
    chance: random.Random

    def own(self, of_both: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        return of_both[HALVES.index(self.half) :: 2]


@dataclass(frozen=True, slots=True)
class Turn:
    """`plant`: makes a sentence where pages have few; else all are sentences of the pages."""

    turned: Change
    kept: Change
    plant: Callable[[Wording], str] | None = None


# Polarity

_NOT_TURNED = re.compile(
    r"\bnot (?:only|just|merely|yet|to mention|necessarily)\b|\bor not\b|\bwhy (?:not|don)|\?\s*$|뿐(?:만)? 아니|않을까|[까요]\?"
)
_NEGATED_EN = (
    (r"\bno longer\b", "still"), (r"\bnever\b", "always"), (r"\bcannot\b|\bcan[’']t\b", "can"), (r"\bwon[’']t\b", "will"),
    (r"\b(does|do|did|is|are|was|were|has|have|had|should|could|would|may|might|will|must) not\b", r"\1"),
    (r"\b(does|do|did|is|are|was|were|has|have|had|should|could|would)n[’']t\b", r"\1"),
)  # fmt: skip
_AFFIRMED_EN = re.compile(
    r"\b(is|are|was|were|can|will|should|could|has been|have been)\b (?!not\b|never\b|no\b)(?=[a-z])"
)
_HAS_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|nor|neither|none|nothing|nobody|hardly|unable|lack\w*|fail\w*|little|few|only)\b|n[’']t\b"
    r"|않|못|없|아니|아닌|안 |불가|[미불비무]"
)
_NEGATED_KO = (
    (r"하지 (?:않는다|못한다)", "한다"), (r"하지 (?:않았다|못했다)", "했다"), (r"되지 (?:않는다|못한다)", "된다"), (r"되지 (?:않았다|못했다)", "됐다"),
    (r"하지 (?:않습니다|못합니다)", "합니다"), (r"되지 (?:않습니다|못합니다)", "됩니다"), (r"하지 (?:않았습니다|못했습니다)", "했습니다"),
    (r"되지 (?:않았습니다|못했습니다)", "됐습니다"), (r"하지 (?:않는|못하는)(?= )", "하는"), (r"되지 (?:않는|못하는)(?= )", "되는"),
    (r"하지 (?:않고|못하고)", "하고"), (r"되지 (?:않고|못하고)", "되고"), (r"수(는|가|도)? 없(?=[다었습는어고음])", r"수\1 있"),
    (r"(?<=[이가은는도] )없(?=[다었습는어고음])", "있"), (r"(?:이|가) 아니다", "이다"), (r"(?:이|가) 아닙니다", "입니다"),
)  # fmt: skip
_AFFIRMED_KO = (
    ("했다(?=[. ]|$)", "하지 않았다"), ("한다(?=[. ]|$)", "하지 않는다"), ("됐다(?=[. ]|$)", "되지 않았다"), ("된다(?=[. ]|$)", "되지 않는다"), ("되었다(?=[. ]|$)", "되지 않았다"),
    ("합니다(?=[. ]|$)", "하지 않습니다"), ("됩니다(?=[. ]|$)", "되지 않습니다"), ("했습니다(?=[. ]|$)", "하지 않았습니다"), ("(?<= )있다(?=[. ]|$)", "없다"), ("(?<= )있습니다(?=[. ]|$)", "없습니다"),
    ("(?<=[가-힣])됨$", "되지 않음"), ("(?<=[가-힣])함$", "하지 않음"),
)  # fmt: skip
_CONTRACTED = (
    (r"\b(does|do|did|is|are|was|were|has|have|should|could|would) not\b", r"\1n't"), (r"\b(does|do|did|is|are|was|were|has|have|should|could|would)n[’']t\b", r"\1 not"),
    (r"\bcannot\b", "can't"), (r"\bcan[’']t\b", "cannot"), (r"\bno longer\b", "not any more"), (r"\bnever\b", "at no time"), (r"\bis unable to\b", "cannot"), (r"\bwithout\b", "with no"),
)  # fmt: skip
_NEGATED_SAME_KO = (
    ("하지 못했다", "하지 못했음"), ("하지 않았다", "하지 않았음"), ("수 없습니다", "수 없음"), ("수 없다", "수 없음"), ("하지 않는다", "하지 않음"), ("하지 않습니다", "하지 않음"), ("되지 않는다", "되지 않음"),
    ("할 수 없(?:다|음|습니다)", "하는 것이 불가능함"), ("지 않고", "지 않으며"), ("지 않는", "지 않은"), ("지만", "으나"), ("하지 않는다", "안 한다"), ("되지 않는다", "안 된다"), ("(?<=[이가] )없다", "없음"), ("(?<=[이가] )없습니다", "없음"),
)  # fmt: skip


def _turn_polarity(sentence: str, wording: Wording) -> str | None:
    if _NOT_TURNED.search(sentence):
        return None
    is_korean = wording.language is Language.KO
    negated = _NEGATED_KO if is_korean else _NEGATED_EN
    if len(_HAS_NEGATION.findall(sentence)) == 1 and (
        done := _first_of(sentence, negated, wording.chance)
    ):
        return done
    if _HAS_NEGATION.search(sentence):
        return None
    if is_korean:
        return _first_of(sentence, _AFFIRMED_KO, wording.chance)
    places = list(_AFFIRMED_EN.finditer(sentence))
    if len(places) != 1:
        return None
    return _AFFIRMED_EN.sub(lambda found: f"{found[1]} not ", sentence).replace("  ", " ")


def _keep_polarity(sentence: str, wording: Wording) -> str | None:
    if not re.search(r"\b(?:not|never|no longer|cannot|without)\b|n[’']t\b|않|못|없", sentence):
        return None
    is_korean = wording.language is Language.KO
    forms = _NEGATED_SAME_KO if is_korean else _CONTRACTED
    return _first_of(sentence, forms, wording.chance) or sentence


# Direction

_OPPOSITES_EN = (
    ("increase", "decrease"), ("rose", "fell"), ("increases", "decreases"), ("increased", "decreased"), ("higher", "lower"), ("faster", "slower"), ("more", "less"), ("better", "worse"), ("before", "after"), ("larger", "smaller"), ("first", "last"),
    ("above", "below"), ("growth", "decline"), ("improve", "worsen"), ("improves", "worsens"), ("improved", "worsened"), ("strong", "weak"), ("stronger", "weaker"), ("most", "least"), ("best", "worst"), ("high", "low"), ("large", "small"), ("early", "late"), ("earlier", "later"),
    ("rising", "falling"), ("rise", "fall"), ("open", "closed"), ("gain", "loss"), ("won", "lost"), ("win", "lose"), ("up", "down"), ("accepted", "rejected"), ("profit", "loss"), ("reduces", "raises"), ("reduced", "raised"), ("reduce", "raise"), ("longer", "shorter"), ("long", "short"),
    ("easy", "difficult"), ("easier", "harder"), ("simple", "complex"), ("positive", "negative"), ("public", "private"), ("support", "oppose"), ("start", "end"), ("started", "ended"), ("buy", "sell"), ("bought", "sold"), ("add", "remove"), ("added", "removed"), ("new", "old"), ("enable", "disable"), ("cheaper", "dearer"), ("minimum", "maximum"),
    ("efficient", "inefficient"), ("important", "unimportant"), ("possible", "impossible"), ("likely", "unlikely"), ("known", "unknown"), ("supported", "unsupported"), ("stable", "unstable"), ("necessary", "unnecessary"),
)  # fmt: skip
_OPPOSITES_KO = (
    ("증가", "감소"), ("늘었", "줄었"), ("늘어", "줄어"), ("높은", "낮은"), ("높아", "낮아"), ("높다", "낮다"), ("빠르", "느리"), ("빠른", "느린"), ("커졌", "작아졌"), ("많은", "적은"), ("많다", "적다"), ("상승", "하락"), ("올랐", "내렸"), ("개선", "악화"), ("강화", "약화"), ("확대", "축소"),
    ("성공", "실패"), ("최대", "최소"), ("최고", "최저"), ("쉽게", "어렵게"), ("쉬운", "어려운"), ("이전", "이후"), ("시작", "종료"), ("찬성", "반대"), ("허용", "금지"), ("추가", "삭제"), ("공개", "비공개"), ("가능", "불가능"), ("안정", "불안정"), ("긍정", "부정"), ("장점", "단점"), ("승리", "패배"),
    ("증가했", "감소했"), ("줄이", "늘리"), ("높이", "낮추"), ("좋은", "나쁜"), ("강한", "약한"), ("긴 ", "짧은 "), ("큰 ", "작은 "), ("이상", "이하"), ("앞서", "뒤져"), ("필요", "불필요"), ("지원", "미지원"), ("인수", "매각"), ("매수", "매도"), ("첫 ", "마지막 "), ("전에", "후에"), ("뜨거운", "차가운"),
)  # fmt: skip
_SAME_DIRECTION_EN = (
    ("increase", "rise"), ("increases", "grows"), ("increased", "grew"), ("decrease", "drop"), ("decreased", "declined"), ("rose", "climbed"), ("fell", "dropped"), ("faster", "quicker"), ("larger", "bigger"), ("reduces", "cuts"), ("reduced", "lowered"), ("reduce", "cut"), ("improves", "enhances"), ("improved", "boosted"),
    ("higher", "greater"), ("difficult", "hard"), ("easy", "simple"), ("before", "prior to"), ("started", "began"), ("bought", "acquired"), ("added", "included"), ("rising", "increasing"), ("growth", "increase"), ("best", "top"), ("earlier", "previously"), ("smaller", "more compact"), ("won", "took"), ("lower", "reduced"),
)  # fmt: skip
_SAME_DIRECTION_KO = (
    ("증가했", "늘었"), ("감소했", "줄었"), ("늘었", "증가했"), ("줄었", "감소했"), ("상승했", "올랐"), ("하락했", "떨어졌"), ("개선", "향상"), ("빠르게", "신속하게"), ("높은", "뛰어난"), ("쉽게", "손쉽게"), ("많은", "다수의"), ("시작", "개시"), ("확대", "확장"), ("허용", "허가"), ("증가", "상승"), ("높아", "올라"),
    ("줄이", "낮추"), ("높이는", "끌어올리는"), ("강화", "보강"), ("최고", "가장 높은"), ("큰 ", "커다란 "), ("적은", "낮은"), ("추가로", "더"),
)  # fmt: skip


def _turn_direction(sentence: str, wording: Wording) -> str | None:
    return _replace_word(
        sentence, wording, *_by_language(wording, _OPPOSITES_EN, _OPPOSITES_KO), both=True
    )


def _keep_direction(sentence: str, wording: Wording) -> str | None:
    """Use all pairs: words for the same are not what the guard might have been tuned on."""
    _, all_of_both = _by_language(wording, _SAME_DIRECTION_EN, _SAME_DIRECTION_KO)
    return _replace_word(sentence, wording, all_of_both, all_of_both, both=False)


def _by_language(
    wording: Wording, english: Sequence[tuple[str, str]], korean: Sequence[tuple[str, str]]
) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    of_both = korean if wording.language is Language.KO else english
    return wording.own(of_both), of_both


def _replace_word(
    sentence: str,
    wording: Wording,
    pairs: Sequence[tuple[str, str]],
    of_both: Sequence[tuple[str, str]],
    *,
    both: bool,
) -> str | None:
    """Replace the word of a pair; with `both`, only where no other of any pair stands."""
    found = {
        word for pair in of_both for word in pair if re.search(_whole(word, wording), sentence)
    }
    fitting = [
        (word, other)
        for pair in pairs
        for word, other in ([pair, pair[::-1]] if both else [pair])
        if word in found
    ]
    if not fitting:
        return None
    word, other = wording.chance.choice(fitting)
    if both and any(each not in word and word not in each for each in found):
        return None
    pattern = _whole(word, wording)
    if both and len(re.findall(pattern, sentence)) != 1:
        return None
    return re.sub(pattern, other, sentence, count=1)


def _whole(word: str, wording: Wording) -> str:
    return (
        rf"(?<![가-힣]){word}" if wording.language is Language.KO else rf"\b{word}\b(?! to\b|['’])"
    )


# Money and units

_SIGNS = {"$": "£", "£": "€", "€": "$"}
_UNITS_EN = (
    ("dollars", "euros"), ("pounds", "dollars"), ("ms", "s"), ("MB", "GB"), ("GB", "TB"), ("percent", "percentage points"), ("%", " percentage points"), ("hours", "minutes"), ("minutes", "seconds"), ("seconds", "minutes"), ("days", "weeks"), ("weeks", "months"), ("months", "years"), ("years", "months"),
    ("km", "miles"), ("miles", "metres"), ("kg", "tonnes"), ("metres", "miles"), ("euros", "pounds"), ("yen", "won"), ("cm", "mm"), ("GHz", "MHz"), ("million", "billion"), ("billion", "million"),
)  # fmt: skip
_UNITS_KO = (
    ("달러", "유로"), ("원", "달러"), ("%", "%포인트"), ("시간", "분"), ("분", "초"), ("초", "분"), ("일", "주"), ("개월", "년"), ("년", "개월"), ("만", "억"), ("억", "만"), ("GB", "MB"), ("MB", "GB"), ("ms", "초"), ("엔", "원"), ("유로", "파운드"), ("km", "m"), ("kg", "t"), ("도", "%"), ("명", "%"),
)  # fmt: skip
_SAME_UNITS_EN = (
    (r"\$\s?(\d[\d.,]*\d|\d)( million| billion)", r"\1\2 dollars"), (r"\$\s?(\d[\d.,]*\d|\d)(?! ?[mb]|\d| million| billion|[.,]\d)", r"\1 dollars"), (r"(\d[\d.,]*) (million|billion) dollars", r"$\1 \2"), (r"£(\d[\d.,]*\d|\d)(?= )", r"\1 pounds"), (r"€(\d[\d.,]*\d|\d)(?= )", r"\1 euros"),
    (r"(\d)%", r"\1 percent"), (r"(\d) percent\b", r"\1%"), (r"(\d)bn\b", r"\1 billion"), (r"(\d)m\b", r"\1 million"), (r"(\d) km\b", r"\1 kilometres"), (r"(\d) hours\b", r"\1 hrs"), (r"(\d) ms\b", r"\1 milliseconds"), (r"(\d) ?GB\b", r"\1 gigabytes"), (r"(\d) years\b", r"\1-year period"),
)  # fmt: skip
_SAME_UNITS_KO = (
    (r"(\d)%", r"\1퍼센트"), (r"(\d)\s?달러", r"\1불"), (r"(\d)달러", r"\1 달러"), (r"(\d)원", r"\1 원"), (r"(\d)시간", r"\1 시간"), (r"(\d)퍼센트", r"\1%"), (r"(\d)분(?![가-힣])", r"\1 분"), (r"(\d)일(?![가-힣])", r"\1 일"), (r"(\d)개월", r"\1달"), (r"(\d)년(?= 동안|간)", r"\1년의 기간"), (r"(\d)명", r"\1 명"), (r"(\d)초(?![가-힣])", r"\1 초"),
)  # fmt: skip


def _turn_unit(sentence: str, wording: Wording) -> str | None:
    places = list(re.finditer(r"[$£€](?=\s?\d)", sentence))
    if places and wording.chance.random() < 0.7:
        place = wording.chance.choice(places)
        if any(each[0] != place[0] for each in places):
            return None
        return f"{sentence[: place.start()]}{_SIGNS[place[0]]}{sentence[place.end() :]}"
    pairs, _ = _by_language(wording, _UNITS_EN, _UNITS_KO)
    fitting = [
        (found, other)
        for unit, other in pairs
        for found in re.finditer(_unit(unit, wording), sentence)
        if not re.search(rf"\d\s?{re.escape(other.strip())}", sentence)
    ]
    if not fitting:
        return None
    found, other = wording.chance.choice(fitting)
    return f"{sentence[: found.start(1)]}{other}{sentence[found.end(1) :]}"


def _unit(unit: str, wording: Wording) -> str:
    ending = (
        r"(?=\s|[.,]|[을를은는이가의에로]|$|까지|동안|정도|미만|이상|이하|간\s)"
        if wording.language is Language.KO and not unit.isascii()
        else "(?![A-Za-z가-힣%])"
    )
    # A year as a date is none that lasts, and the hour of a day neither.
    before = r"(?<=\d)(?<!19\d\d)(?<!20\d\d)" if unit in "년일분" else r"(?<=\d)"
    return rf"{before}\s?({re.escape(unit)}){ending}"


def _keep_unit(sentence: str, wording: Wording) -> str | None:
    forms = _SAME_UNITS_KO if wording.language is Language.KO else _SAME_UNITS_EN
    return _first_of(sentence, forms, wording.chance)


# From and to

_N = r"([$£€]?\d[\d.,]*\d|[$£€]?\d)"
_FROM_TO_EN = re.compile(rf"\bfrom {_N}(\D{{0,30}}?) to {_N}")
_FROM_TO_KO = re.compile(
    rf"{_N}([^\s\d]{{0,5}})에서 {_N}([^\s\d]{{0,5}}?)(으로|로)(?![가-힣]{{3}})"
)


def _turn_from_to(sentence: str, wording: Wording) -> str | None:
    if wording.language is Language.KO:
        turned = _FROM_TO_KO.sub(r"\3\2에서 \1\4\5", sentence)
    else:
        turned = _FROM_TO_EN.sub(r"from \3\2 to \1", sentence)
    return turned if turned != sentence else None


def _keep_from_to(sentence: str, wording: Wording) -> str | None:
    if wording.language is Language.KO:
        kept = _FROM_TO_KO.sub(r"\1\2 → \3\4\5", sentence).replace("→ ", "→ ")
        form = wording.chance.choice((kept, _FROM_TO_KO.sub(r"\1\2에서 \3\4\5까지", sentence)))
    else:
        form = _FROM_TO_EN.sub(r"to \3 from \1\2", sentence)
    return form if form != sentence else None


# Which number is of which

_PLAIN_NUMBER = re.compile(
    r"(?<![\w.,$£€:/-])\d+(?:[.,]\d+)*(?![\w:/-]|[.,]\d)|(?<![\w.,:/-])\d+(?:[.,]\d+)*(?=%|[가-힣])"
)
_LISTED = re.compile(
    r"^\s?[%가-힣]{0,3}\s?(?:[-–~,/]|to|and|or|와|과|에서|내지|및|월|년)?\s?[가-힣]{0,2}\s?$"
)


def _turn_numbers(sentence: str, _: Wording) -> str | None:
    """Exchange two numbers that are of different things."""
    if re.search(r"\bfrom\b|\bbetween\b|에서|월|\d년", sentence):
        return None
    found = list(_PLAIN_NUMBER.finditer(sentence))
    if len(found) != 2 or found[0][0] == found[1][0]:
        return None
    first, second = found
    between = sentence[first.end() : second.start()]
    if _LISTED.match(between) or len(re.findall(r"[A-Za-z가-힣]{2,}", between)) < 2:
        return None
    return f"{sentence[: first.start()]}{second[0]}{between}{first[0]}{sentence[second.end() :]}"


def _keep_numbers(sentence: str, wording: Wording) -> str | None:
    turned = _turn_numbers(sentence, wording)
    return sentence if turned else None


# Who does what to whom


def _turn_roles(sentence: str, wording: Wording) -> str | None:
    return PLANTED_ROLES.turned(sentence, wording.language, wording.chance)


def _keep_roles(sentence: str, wording: Wording) -> str | None:
    return PLANTED_ROLES.kept(sentence, wording.language, wording.chance)


def _plant_roles(wording: Wording) -> str:
    return plant(PLANTED_ROLES, wording.language, wording.half, wording.chance)


def _plant_from_to(wording: Wording) -> str:
    return plant(PLANTED_FROM_TO, wording.language, wording.half, wording.chance)


def _first_of(sentence: str, forms: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    for pattern, other in chance.sample(forms, len(forms)):
        done = re.sub(pattern, other, sentence, count=1)
        if done != sentence:
            return done
    return None


def otherwise(sentence: str, wording: Wording) -> str:
    return say_otherwise(sentence, wording.language, wording.chance)


TURNS: dict[str, Turn] = {
    "polarity": Turn(_turn_polarity, _keep_polarity),
    "direction": Turn(_turn_direction, _keep_direction),
    "currency, unit": Turn(_turn_unit, _keep_unit),
    "from … to": Turn(_turn_from_to, _keep_from_to, _plant_from_to),
    "numbers exchanged": Turn(_turn_numbers, _keep_numbers),
    "roles exchanged": Turn(_turn_roles, _keep_roles, _plant_roles),
}
