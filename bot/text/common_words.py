"""Words that anybody may use of any subject, unlike names: shipped with the code, from counts."""

# ruff: noqa: E501 - a pattern or a made-up text is read best on one line

from __future__ import annotations

import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

import Stemmer

from bot.text.particles import is_inflected, strip_particle

DATA_FILE = "common_words.xz"


_stem = lru_cache(maxsize=1 << 15)(Stemmer.Stemmer("english").stemWord)

_HANGUL = re.compile(r"[가-힣]+")
# What turns a noun into a verb, an adjective, another noun or a sentence: 구현했음, 전략적인, 성능별.
_AFTER_NOUN = re.compile(
    r"(?:[하한할함합해했되된될됨됩돼됐시받당이인일임입였들적화성별용력률율도자가기상간내외형식권제급"
    r"층팀측님부량값점체색앱판론법학품물계류군망선율례집책실열율중등치음초표록문편씩쯤]|스[럽러]|롭|로[운움워]|있|없|같|답|지[만]|까지|부터|끼리|번째|이?라서|이?건|이?면|조차|에서부터|엔|나|에|의|을|를|은|는|과|와|로|으로|만|뿐|마다)"
    r"[가-힣]{0,5}"
)
# What stands before a noun and makes another: 재구성, 비정형, 초대형.
_BEFORE_NOUN = frozenset("그최재비초반무불미총대소다신구고저전주각본탈역준핵후선양")
_ENDINGS = "\u11ab\u11af\u11b7\u11b8\u11bb"  # ㄴ ㄹ ㅁ ㅂ ㅆ
_LAST_OF_PREDICATES = frozenset("다요죠까고며면서지게록던니야어아여해려데기라")
# What joins clauses is no name's end, whatever stands before it.
_JOINS = re.compile(
    r"(?:거나|라면|다면|는데|면서|지만|도록|으며|으면|려고|[우이리기히]고|더라도|든지|[어아여]서|[었았]던|수록|므로|고자|뿐더러|까요|다시피|이니|하셔도?|십시오|건대|[하되]기(?:[가를는도의]|에[는도]?)?|[어아]놓[고은는아]|[가-힣]게|[해어아여]선|[가-힣]{2}시[킬킨킴키켜켰][가-힣]{0,3}|[아어해]보자|[한된했됐있없였었겠]다[는고며면])$"
)
_CLAUSE_END = re.compile(
    r"(?:므로|는데도|[지기음]는|[지기]도|기에|[기음]을|기를|음이|음은|는지|는가|으로써|듯이)$"
)
_SHORT_PREDICATE = 3
# A noun of one syllable with grammar behind it: 것은, 때만, 값과, 말함.
_SHORT = re.compile(
    r"(?:여러|무언가|어딘가|무엇|누군가|에서|에는|으로|이나|까지|부터|처음).{0,2}"
    r"|[가-힣][혀려져켜춰겨쳐]"
    r"|[가-힣](?:들?(?:[은는이가을를의에로와과도만엔인임씩게나끼]|에서|에게|으로|로서|에는|에도|에서는|에서의|으로는|까지|부터|처럼"
    r"|보다|마다|조차|만큼|이나|이며|이고|만을|만이|만의|이다|이란|라는|이라는|이라고|라고|라도|이든|이기|이지만|이면|이건|이라서|에서부터|들조차|이기[는도]|으로의|인지|번째|들)"
    r"|[하한할함합해했되된될됨됩돼됐].{0,5})"
)
_OF_A_SHAPE = 5
_OF_TWO_SHAPES = 10
# What a noun of two syllables that nobody counted may stand before, and what makes it a maker's:
# 과소+적합, 백분+율, but not 가람+전자.
_AFTER_SHAPE = frozenset("률율량법론들용")
_NEVER_OF_NAMES = ("값", "적")  # 절댓값, 묵시적
_OF_MAKERS = frozenset(
    """전자 테크 소프트 그룹 은행 대학 대학교 연구소 연구원 시스템 시스템즈 네트워크 네트웍스 건설 제약 증권
    화학 자동차 통신 게임 게임즈 바이오 모터스 미디어 에너지 재단 협회 신문 일보 방송 병원 호텔 항공 식품 물산
    산업 로봇 로보틱스 랩스 스튜디오 솔루션 클라우드 뱅크 벤처스 파트너스 컴퍼니 코리아 보험 카드 정보 기술
    과학 교육 출판 공사 공단 센터 학원 서비스 데이터 테크놀로지 컴퓨터 반도체 박사 교수 대표 기자 팀장""".split()  # noqa: SIM905 - reads better than quoted
)
# A syllable makes nouns of nouns if it stands at the end, or the beginning, of so many, and this
# share of those are nouns without it: 기관+사, 장+시간, but not 마이+스.
_MADE_BEHIND, _MADE_BEFORE, _SHARE_MADE = 10, 6, 0.4
_OF_AFFIX = 3
_MAX_PARTS = 4
# The rarest words, of level 0, are in one of about 3,000 passages.
_PASSAGES_LEVEL = 11.5


@dataclass(frozen=True)
class CommonWords:
    """`english`: stems, `nouns`: Korean ones; each with how often it is used, in doublings.

    `predicates`: how Korean verbs and adjectives begin, two syllables of each.
    """

    english: Mapping[str, int]
    nouns: Mapping[str, int]
    predicates: frozenset[str]

    @property
    def passage_chars(self) -> int:
        """Return how long the passages were that the words were counted in, about."""
        return 700

    def chance(self, word: str) -> float:
        """Return the chance that a passage of any subject has an English stem or Korean noun."""
        level = self.english.get(word, self.nouns.get(word, -1))
        return min(0.5, float(2.0 ** (level - _PASSAGES_LEVEL)))

    def is_english(self, word: str) -> bool:
        """Tell whether an English word, in any form and case, is none that only names."""
        return _stem(word.casefold()) in self.english

    def is_korean(self, word: str, *, known: Iterable[str] = ()) -> bool:
        """Tell whether a Korean word is grammar around, or made of, common nouns and `known` ones.

        A predicate is common however it ends; a name does not inflect.
        """
        if len(word) < 2 or self._is_predicate(word) or is_inflected(word):
            return True
        nouns = frozenset(known)
        if self._is_built_like_nouns(strip_particle(word)):
            return True
        noun = strip_particle(word.removesuffix("들").removesuffix("란"))
        return self._is_made_of_nouns(noun, nouns) or self._is_made_of_nouns(word, nouns)

    def _is_built_like_nouns(self, word: str) -> bool:
        """Tell whether nouns of two syllables begin and end so: 선두, 의욕, 과소+적합; not 구글."""
        if len(word) > 2 and (word.endswith(_NEVER_OF_NAMES) or self._is_made_of_one(word)):
            return True
        begin, rest = word[:2], word[2:]
        if len(begin) < 2 or self._count_shape(begin) < (_OF_TWO_SHAPES if rest else _OF_A_SHAPE):
            return False
        if len(rest) < 2:
            return not rest or rest in _AFTER_SHAPE
        is_counted = rest in self.nouns and rest not in _OF_MAKERS
        return is_counted and self._count_shape(rest) >= _OF_TWO_SHAPES

    def _is_made_of_one(self, word: str) -> bool:
        before, behind = self.affixes
        return any(
            affix in affixes and noun in self.nouns and noun not in _OF_MAKERS
            for affix, noun, affixes in (
                (word[0], word[1:], before),
                (word[-1], word[:-1], behind),
            )
        )

    @cached_property
    def affixes(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the syllables that make nouns of three out of nouns of two, before and behind."""
        words = [noun for noun in self.nouns if len(noun) == _OF_AFFIX]
        before = Counter(word[0] for word in words if word[1:] in self.nouns)
        behind = Counter(word[-1] for word in words if word[:-1] in self.nouns)
        return (
            _productive(before, Counter(word[0] for word in words), least=_MADE_BEFORE),
            _productive(behind, Counter(word[-1] for word in words), least=_MADE_BEHIND),
        )

    def _count_shape(self, word: str) -> int:
        """Return how many nouns of two syllables begin, or end, as a word of two does."""
        first, last = self.shapes
        return min(first[word[0]], last[word[1]]) if len(word) == 2 else 0

    @cached_property
    def shapes(self) -> tuple[Counter[str], Counter[str]]:
        """Return how many nouns of two syllables begin and end with each."""
        pairs = [noun for noun in self.nouns if len(noun) == 2]
        return Counter(noun[0] for noun in pairs), Counter(noun[1] for noun in pairs)

    def _is_predicate(self, word: str) -> bool:
        if _SHORT.fullmatch(word) or (len(word) > 2 and _JOINS.search(word)):
            return True
        begin = word[:2]
        is_known = begin in self.predicates or _without_ending(begin) in self.predicates
        stem = strip_particle(word)
        return is_known and (
            len(stem) <= _SHORT_PREDICATE or _ends_predicate(stem) or _ends_predicate(word)
        )

    def _is_made_of_nouns(self, word: str, known: frozenset[str], parts: int = 0) -> bool:
        if not word:
            return True
        if parts and _AFTER_NOUN.fullmatch(word):
            return True
        if parts >= _MAX_PARTS:
            return False
        if not parts and word[0] in _BEFORE_NOUN and len(word) > 2:
            rest = word[1:]
            if self._is_made_of_nouns(rest, known, 0):
                return True
        return any(
            (word[:length] in self.nouns or word[:length] in known)
            and self._is_made_of_nouns(word[length:], known, parts + 1)
            for length in range(min(len(word), 8), 1, -1)
        )


def _productive(made: Counter[str], standing: Counter[str], *, least: int) -> frozenset[str]:
    return frozenset(
        syllable
        for syllable, count in made.items()
        if count >= least and count >= _SHARE_MADE * standing[syllable]
    )


def _ends_predicate(word: str) -> bool:
    if _CLAUSE_END.search(word):
        return True
    return word[-1] in _LAST_OF_PREDICATES or word[-1] != _without_ending(word)[-1]


def _without_ending(syllables: str) -> str:
    """Return 밝히 for 밝힘 and 밝힌: such endings are one letter below the stem."""
    last = unicodedata.normalize("NFD", syllables[-1])
    return syllables[:-1] + unicodedata.normalize("NFC", last.rstrip(_ENDINGS))


@cache
def load_common_words() -> CommonWords:
    """Read the words: about 20 ms, once."""
    packed = resources.files("bot.text").joinpath(DATA_FILE).read_bytes()
    english, nouns, predicates = lzma.decompress(packed).decode().split("\n\n")
    return CommonWords(_read_levels(english), _read_levels(nouns), frozenset(predicates.split()))


def dump_common_words(words: CommonWords) -> bytes:
    """Return what `load_common_words` reads, the same bytes for the same words."""
    parts = [
        _write_levels(words.english),
        _write_levels(words.nouns),
        " ".join(sorted(words.predicates)),
    ]
    return lzma.compress("\n\n".join(parts).encode(), preset=9)


def _read_levels(text: str) -> dict[str, int]:
    return {word: level for level, line in enumerate(text.split("\n")) for word in line.split()}


def _write_levels(levels: Mapping[str, int]) -> str:
    lines: list[list[str]] = [[] for _ in range(max(levels.values()) + 1)]
    for word, level in sorted(levels.items()):
        lines[level].append(word)
    # A line without words must not end the part.
    return "\n".join(" ".join(line) or " " for line in lines)
