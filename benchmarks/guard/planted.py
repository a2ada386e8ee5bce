"""Sentences of our own that are put into real pages, where pages have too few of a form.

Every other form is kept for the held-out half.
"""

# ruff: noqa: E501 - a made-up text is read best on one line

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.guard import inventions
from benchmarks.guard.pages import HALVES
from bot.text.languages import Language


@dataclass(frozen=True, slots=True)
class Form:
    """`said` with {a} and {b}; `otherwise`: the same in other words."""

    said: str
    otherwise: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{([ab])\}", self.said)
        names = [f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
        return re.compile("".join(names))


@dataclass(frozen=True, slots=True)
class Planted:
    english: tuple[Form, ...]
    korean: tuple[Form, ...]

    def forms(self, language: Language) -> tuple[Form, ...]:
        return self.korean if language is Language.KO else self.english

    def turned(self, sentence: str, language: Language, chance: random.Random) -> str | None:
        return self._fill(sentence, language, chance, is_turned=True)

    def kept(self, sentence: str, language: Language, chance: random.Random) -> str | None:
        return self._fill(sentence, language, chance, is_turned=False)

    def _fill(
        self, sentence: str, language: Language, chance: random.Random, *, is_turned: bool
    ) -> str | None:
        for form in self.forms(language):
            if found := form.pattern.fullmatch(sentence):
                a, b = (found["b"], found["a"]) if is_turned else (found["a"], found["b"])
                return chance.choice((form.said, *form.otherwise)).format(a=a, b=b)
        return None


PLANTED_ROLES = Planted(
    english=(
        Form("{a} acquired {b} after months of talks.", ("{b} was acquired by {a} after months of talks.", "After months of talks, {a} acquired {b}.", "{a} bought {b} after months of talks.")),
        Form("{a} is faster than {b} in every benchmark.", ("{b} is slower than {a} in every benchmark.", "In every benchmark {a} is faster than {b}.", "{a} was faster than {b} in all benchmarks.")),
        Form("{a} sued {b} over its patents.", ("{b} was sued by {a} over its patents.", "{a} has sued {b} over patents.")),
        Form("{a} needs less memory than {b} on large inputs.", ("{b} needs more memory than {a} on large inputs.", "On large inputs {a} requires less memory than {b}.")),
        Form("{a} replaced {b} as the default choice.", ("{b} was replaced by {a} as the default choice.", "As the default choice, {a} replaced {b}.")),
        Form("{a} outperforms {b} on long documents.", ("{b} is outperformed by {a} on long documents.", "On long documents, {a} outperforms {b}.")),
        Form("{a} criticised {b} for the delay.", ("{b} was criticised by {a} for the delay.", "{a} has criticised {b} over the delay.")),
        Form("{a} pays {b} a licence fee for the data.", ("{a} pays a licence fee for the data to {b}.", "For the data, {a} pays {b} a licence fee.")),
        Form("{a} moved its servers from {b} last year.", ("Last year {a} moved its servers from {b}.", "{a} moved servers away from {b} last year.")),
        Form("{a} is more accurate than {b} on rare words.", ("{b} is less accurate than {a} on rare words.", "On rare words {a} is more accurate than {b}.")),
    ),
    korean=(
        Form("{a} 측이 {b} 측을 오랜 협상 끝에 인수했다.", ("오랜 협상 끝에 {a} 측이 {b} 측을 인수함", "{b} 측은 오랜 협상 끝에 {a} 측에 인수됐다.")),
        Form("모든 시험에서 {a} 쪽이 {b} 쪽보다 빨랐다.", ("{a} 쪽이 {b} 쪽보다 모든 시험에서 빠름", "모든 시험에서 {b} 쪽이 {a} 쪽보다 느렸다.")),
        Form("{a} 측이 {b} 측을 특허 침해로 고소했다.", ("특허 침해로 {a} 측이 {b} 측을 고소함", "{b} 측은 특허 침해로 {a} 측에 고소당했다.")),
        Form("큰 입력에서 {a} 쪽이 {b} 쪽보다 메모리를 적게 쓴다.", ("큰 입력에서 {b} 쪽이 {a} 쪽보다 메모리를 많이 쓴다.", "{a} 쪽이 큰 입력에서 {b} 쪽보다 메모리를 적게 사용함")),
        Form("기본 선택지로 {a} 모델이 {b} 모델을 대체했다.", ("{a} 모델이 {b} 모델을 기본 선택지로 대체함", "기본 선택지로 {b} 모델은 {a} 모델로 대체됐다.")),
        Form("긴 문서에서 {a} 모델이 {b} 모델을 앞선다.", ("{a} 모델이 긴 문서에서 {b} 모델을 앞섬", "긴 문서에서 {b} 모델은 {a} 모델에 뒤처진다.")),
        Form("{a} 측이 {b} 측에 데이터 사용료를 낸다.", ("데이터 사용료는 {a} 측이 {b} 측에 낸다.", "{a} 측이 {b} 측에 데이터 사용료를 냄")),
        Form("드문 단어에서 {a} 모델은 {b} 모델보다 정확하다.", ("{a} 모델은 드문 단어에서 {b} 모델보다 정확함", "드문 단어에서 {b} 모델은 {a} 모델보다 부정확하다.")),
    ),
)  # fmt: skip
PLANTED_FROM_TO = Planted(
    english=(
        Form("Latency fell from {a} ms to {b} ms after the change.", ("After the change, latency dropped to {b} ms from {a} ms.", "Latency went from {a} to {b} ms after the change.")),
        Form("The error rate went from {a}% to {b}% within a month.", ("Within a month the error rate went from {a} to {b} percent.", "The error rate went to {b}% from {a}% within a month.")),
        Form("The team grew from {a} to {b} people in two years.", ("In two years the team grew to {b} people from {a}.", "The team went from {a} people to {b} in two years.")),
        Form("The price of a seat moved from ${a} to ${b} in spring.", ("In spring the price of a seat moved to ${b} from ${a}.", "The price of a seat moved from {a} dollars to {b} dollars.")),
        Form("Coverage was {b}%, up from {a}% a year ago.", ("Coverage went from {a}% to {b}% in a year.", "Coverage was {b} percent, compared with {a} percent a year ago.")),
        Form("They moved the limit from {a} MB to {b} MB in this release.", ("In this release the limit was moved to {b} MB from {a} MB.",)),
    ),
    korean=(
        Form("변경 뒤 지연 시간은 {a}ms에서 {b}ms로 바뀌었다.", ("지연 시간은 변경 뒤 {a}ms → {b}ms로 바뀜", "변경 뒤 지연 시간이 {a}ms에서 {b}ms로 달라짐")),
        Form("오류율은 한 달 사이 {a}%에서 {b}%가 되었다.", ("한 달 사이 오류율은 {a}%에서 {b}%로 바뀜", "오류율은 한 달 사이 {a}퍼센트에서 {b}퍼센트가 됨")),
        Form("팀은 2년 동안 {a}명에서 {b}명으로 변했다.", ("2년 동안 팀은 {a}명에서 {b}명이 됨", "팀 규모는 2년 동안 {a}명 → {b}명으로 변함")),
        Form("이용료는 봄에 {a}만 원에서 {b}만 원으로 조정됐다.", ("봄에 이용료는 {a}만 원에서 {b}만 원으로 조정됨",)),
        Form("커버리지는 작년 {a}%에서 올해 {b}%로 달라졌다.", ("커버리지는 올해 {b}%로, 작년 {a}%에서 달라짐",)),
        Form("이번 판에서 한도는 {a}MB에서 {b}MB로 옮겨졌다.", ("한도는 이번 판에서 {a}MB → {b}MB로 옮겨짐",)),
    ),
)  # fmt: skip


def plant(planted: Planted, language: Language, half: str, chance: random.Random) -> str:
    form = chance.choice(planted.forms(language)[HALVES.index(half) :: 2])
    if planted is PLANTED_FROM_TO:
        a, b = map(str, chance.sample(range(12, 96), 2))
    else:
        a, b = chance.sample(_names(language, half), 2)
    return form.said.format(a=a, b=b)


@cache
def _names(language: Language, half: str) -> Sequence[str]:
    names = inventions.MAKERS_KO if language is Language.KO else inventions.MAKERS_EN
    return [name for name in names[HALVES.index(half) :: 2] if not name.startswith("the ")]
