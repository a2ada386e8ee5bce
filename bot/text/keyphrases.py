"""The phrases a text is about, readable as tags."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log1p
from typing import NamedTuple

from bot.text.inline import plain
from bot.text.languages import Language
from bot.text.particles import is_inflected, strip_particle
from bot.text.tokens import STOP_WORDS, tokenise

_MAX_WORDS = 3
_MAX_PHRASE_CHARS = 40
_MIN_LETTERS = 2
_MAX_TEXT_CHARS = 60_000
_MAX_ACRONYM_CHARS = 15

_ADDRESS = re.compile(r"https?://\S+|[\w.]{1,64}@[\w.]{1,64}")
# Hyphens, dots and plus signs hold a name together; every other mark ends a phrase.
_WORD_OR_BREAK = re.compile(r"[^\W_]+(?:[-.'’+#&][^\W_]+)*(?:\+\+|#)?|[^\w\s]|\n")
_MIXED_WORD = re.compile(r"([A-Za-z0-9][\w.+#-]*?)([가-힣]+)")
_SHORT_WITH_PARTICLE = re.compile(r"[가-힣][은는을를]")
_POSSESSIVE = re.compile(r"['’]s?$")
_HANGUL = re.compile(r"[가-힣]")
_VERBAL = re.compile(r"[a-z](?:ed|ing|ly)$")
_NAME = re.compile(r"[A-Z]{2}|\d|[a-z][A-Z]|[+#]")

# Words that are common in any text and name nothing by themselves.
_EMPTY_ENGLISH = STOP_WORDS | frozenset(
    """use used uses using user make makes made making get gets got give given gives take takes
    took show shows shown showing see seen look say says said tell told go goes went come comes
    came know need needs want wants let lets work works working help helps find finds found try
    keep put become provide provides provided include includes including propose proposed
    present presents achieve achieves improve improves improved demonstrate require requires
    based allow allows enable enables call called create created build built run runs running
    add added set sets start started new many much more most some any all each every associated
    related other another same different several few own well good better best great large small
    high low big first second third last next one two three four five six not no nor only just
    even still yet now already often very too however while although because since though during
    before after between among through over under up down out off again toward towards within
    without across against per via et al eg ie etc like able likely way ways thing things lot
    lots part kind number time times day days week month year years today people mr mrs ms
    possible important significant significantly respectively both either neither rather quite
    upon whether until unless once never always usually perhaps ever really actually simply far
    long back around away together less least further thus hence therefore moreover furthermore
    instead yes paper article post blog work results result approach method section figure table
    example examples case cases fact problem problems""".split()  # noqa: SIM905 - reads better than quoted
)
_EMPTY_KOREAN = frozenset(
    """것 수 때 등 및 또는 혹은 경우 이번 지난 올해 내년 오늘 내일 어제 현재 최근 당시 당신
    드디어 제대로 이후 이전 이날 다음 처음 마지막 정도 부분 내용 방법 방식 이유 결과 문제 상황
    과정 사용 이용 활용 적용 관련 필요 가능 생각 모습 자신 우리 저희 그것 이것 저것 여기 거기
    이런 그런 저런 어떤 모든 여러 다른 같은 각각 각 매우 아주 더욱 더 가장 또한 또 특히 함께
    다시 바로 모두 이미 아직 계속 먼저 직접 서로 그리고 그러나 하지만 따라서 그래서 그런데 즉
    예를 들어 대한 위한 통한 따른 관한 때문 위해 통해 대해 의해 만약 비록 물론 사실 정말 역시
    거의 약간 조금 많이 잘 못 안 왜 어떻게 무엇 누가 언제 어디 하나 둘 셋 한 두 세 네 번 개 명
    년 월 일 시 분 초 원 기자 사진 제공 이상 이하 그 이 저 제 내 나 너 그녀 그들 사람 사람들
    시간 동안 사이 중 간 후 전 위 아래 안 밖 앞 뒤 글 포스트 이미지 설명 소개 정리 참고 확인
    진행 추가 변경 포함 발생 존재 의미 예시 그림 기존 다양 새로운 있습니다 합니다 됩니다 입니다
    것입니다 수도 것은 것이 것을 점 측 씨 만큼 정도로 스스로 대부분 일반적 일부 전체 기본 기본적
    실제 실제로 주요 별도 간단 간단히 아래와 다음과 보통 자체 자주 항상 보다 이를 이는 이에 그는
    이와 이로 한편 반면 하지 하기 되기 등의 등을 등이""".split()  # noqa: SIM905 - reads better than quoted
)


# The search words of each of its nouns, so that all spellings of a phrase are one.
_Phrase = tuple[str, ...]


class _Noun(NamedTuple):
    """`key`: its search words, which all its spellings share; it may have none."""

    written: str
    key: str
    letters: int
    is_name: bool
    is_verbal: bool


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of a text, as places in the list of its nouns.

    `ends`: where a run of nouns ends, by where it begins.
    `places`: where a phrase begins, ascending; most stand in a text but once.
    `names`: the phrases with a word that is written as a name, at one of their places.
    """

    nouns: list[_Noun] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    places: dict[_Phrase, list[int]] = field(default_factory=lambda: defaultdict(list))
    names: set[_Phrase] = field(default_factory=set)

    def add_run(self, run: Sequence[_Noun]) -> None:
        begin, end = len(self.nouns), len(self.nouns) + len(run)
        self.nouns.extend(run)
        self.ends[begin] = end
        for first in range(begin, end):
            self._add_from(first, self.nouns[first : min(end, first + _MAX_WORDS)])

    def _add_from(self, place: int, nouns: Sequence[_Noun]) -> None:
        phrase: _Phrase = ()
        chars, letters, is_name = -1, 0, False
        for noun in nouns:
            chars += 1 + len(noun.written)
            if not noun.key or noun.key in phrase or chars > _MAX_PHRASE_CHARS:
                break
            phrase = (*phrase, noun.key)
            letters += noun.letters
            is_name = is_name or noun.is_name
            if letters >= _MIN_LETTERS:
                self.places[phrase].append(place)
                if is_name:
                    self.names.add(phrase)

    def spellings(self, phrase: _Phrase) -> Iterator[str]:
        for place in self.places[phrase]:
            yield " ".join(noun.written for noun in self.nouns[place : place + len(phrase)])


def find_key_phrases(text: str, *, title: str, language: Language, limit: int = 5) -> list[str]:
    """Return at most `limit` phrases of one to three words, the most telling first.

    No phrase repeats or contains another. `title` counts as part of the text and weighs more.
    """
    if language is Language.EN and title.isupper() and len(title) > _MAX_ACRONYM_CHARS:
        title = title.lower()  # a heading set in capitals; an acronym in it is lost
    found = _Phrases()
    for run in _noun_runs(f"{title}\n{text[:_MAX_TEXT_CHARS]}", language):
        found.add_run(run)
    in_title = frozenset(tokenise(title))
    inside = _count_inside(found.places)
    ranked = sorted(
        (-_score(phrase, found, in_title=in_title, inside=inside), places[0], phrase)
        for phrase, places in found.places.items()
    )
    chosen = _without_overlap((phrase for _, _, phrase in ranked), limit)
    return [_spell(found.spellings(phrase)) for phrase in chosen]


def _noun_runs(text: str, language: Language) -> Iterator[list[_Noun]]:
    """Yield runs of words that may form a noun phrase: grammar and marks part them."""
    run: list[_Noun] = []
    if "@" in text or "://" in text:
        text = _ADDRESS.sub("\n", text)
    for line in text.splitlines():
        for word in [*_WORD_OR_BREAK.findall(plain(line)), "\n"]:
            is_endless = len(word) > _MAX_PHRASE_CHARS
            noun, ends = (None, True) if is_endless else _read_word(word, language)
            if noun is not None:
                run.append(noun)
            if ends and run:
                yield run
                run = []


@lru_cache(maxsize=1 << 14)
def _read_word(word: str, language: Language) -> tuple[_Noun | None, bool]:
    """Return the noun in `word`, if there is one, and whether a phrase ends here."""
    written, ends = _part_noun(word, language)
    if not written:
        return None, ends
    noun = _Noun(
        written,
        key=" ".join(tokenise(written)),
        letters=sum(map(str.isalpha, written)),
        is_name=_NAME.search(written) is not None,
        is_verbal=_VERBAL.search(written) is not None,
    )
    return noun, ends


def _part_noun(word: str, language: Language) -> tuple[str, bool]:
    if not word[0].isalnum():
        return "", True
    if not _HANGUL.search(word):
        noun = _POSSESSIVE.sub("", word)
        is_empty = noun.lower() in _EMPTY_ENGLISH or noun.isdecimal()
        return ("", True) if is_empty or (len(noun) < 2) else (noun, False)
    if mixed := _MIXED_WORD.fullmatch(word):
        return mixed[1] if len(mixed[1]) > 1 else "", True
    noun = strip_particle(word)
    if _SHORT_WITH_PARTICLE.fullmatch(word):
        return "", True
    if word in _EMPTY_KOREAN or noun in _EMPTY_KOREAN or is_inflected(word) or len(noun) < 2:
        return "", True
    return noun, noun != word or language is Language.EN


def _count_inside(places: Mapping[_Phrase, Sequence[int]]) -> dict[_Phrase, int]:
    """Count how often each phrase stands inside a repeated longer one."""
    inside: dict[_Phrase, int] = {}
    for phrase, at in places.items():
        if len(at) > 1:
            for size in range(1, len(phrase)):
                for start in range(len(phrase) - size + 1):
                    part = phrase[start : start + size]
                    inside[part] = max(inside.get(part, 0), len(at))
    return inside


def _score(
    phrase: _Phrase, found: _Phrases, *, in_title: frozenset[str], inside: Mapping[_Phrase, int]
) -> float:
    # The factors were set by reading the phrases of about thirty pages; there is no gold data.
    size = len(phrase)
    places = found.places[phrase]
    first = places[0]
    # A part that seldom stands alone says less than the whole (C-value).
    times = len(places) - 0.8 * min(len(places), inside.get(phrase, 0))
    length = (0.7, 1.4, 1.5)[size - 1]
    words = _words(phrase)
    share = sum(map(in_title.__contains__, words)) / len(words)
    if len(places) == 1 and size > 1 and not (share == 1 and found.ends.get(first) == first + size):
        length = 0.6  # neighbours by chance, as far as one occurrence can tell
    title = 1 + 1.2 * share
    early = 1 + 1 / (1 + first / 40)
    is_verbal = size == 1 and found.nouns[places[-1]].is_verbal
    form = 1.4 if phrase in found.names else 0.5 if is_verbal else 1.0
    return log1p(times) * length * title * early * form


def _without_overlap(ranked: Iterable[_Phrase], limit: int) -> list[_Phrase]:
    chosen: list[_Phrase] = []
    for phrase in ranked:
        if len(chosen) >= limit:
            break
        if not any(_overlap(phrase, other) for other in chosen):
            chosen.append(phrase)
    return chosen


def _overlap(a: _Phrase, b: _Phrase) -> bool:
    words, others = set(_words(a)), set(_words(b))
    return 2 * len(words & others) >= min(len(words), len(others))


def _words(phrase: _Phrase) -> list[str]:
    return " ".join(phrase).split()


def _spell(written: Iterable[str]) -> str:
    """Prefer the commonest spelling; a word capitalised only by its place is lowered."""
    times = Counter(written)
    lower = [spelling for spelling in times if spelling == spelling.lower()]
    return max(lower or times, key=lambda spelling: (times[spelling], spelling))
