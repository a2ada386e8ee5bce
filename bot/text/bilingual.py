"""Terms that a text gives in both languages: 의미 검색(semantic search), LoRA(저랭크 적응)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import Stemmer

from bot.text.particles import is_inflected, strip_particle
from bot.text.transliteration import sounds_alike

_DEGREE = re.compile(r"(?:ness|ity|ency|ancy|acy|ence|ance|th|score|level|degree|rate)$")


@dataclass(frozen=True, slots=True)
class TermPair:
    korean: str
    english: str


_MAX_WORDS = 6
_MAX_LEFT_CHARS = 120

# Bounded, so that a page of brackets costs no more than a page of text.
_REMARK = re.compile(r"\(([^()\n]{2,80})\)")
_BOUNDARY = re.compile(r"[*_`\"“”‘’'「」『』\[\](){},:;.!?|→<>=~·—–]|\s[-+&/]\s|^\s*[-+#]+\s")
_HANGUL = re.compile(r"[가-힣]")
_KOREAN_TERM = re.compile(r"[가-힣A-Za-z0-9][가-힣A-Za-z0-9 /·-]*")
_ENGLISH_TERM = re.compile(r"[A-Za-z][A-Za-z'’/& -]*[A-Za-z]")
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’.+#-]*")
_WORD_BORDER = re.compile(r"[\s/&-]+")
_ACRONYM = re.compile(r"(?:[A-Z]{2,}s?/?)+")
_MIXED_CASE = re.compile(r"[a-z]+[A-Z]|[A-Z]{2,}[a-z]{2,}|[A-Z][a-z]+[A-Z]")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:e\.?g|i\.?e|see|cf|vs|via|by|from|in|for|feat|at|on|with)\b", re.IGNORECASE
)

# Words that point, count or compare, and particles cut off by a bracket before them: they
# stand beside a term and are no part of it.
_BESIDE_A_TERM = frozenset(
    """이 그 저 각 및 또는 혹은 등 즉 더 덜 매우 가장 여러 다른 새 한 두 세 첫 해당 모든 주요
    개별 기존 최신 실제 특정 일부 전체 저희 우리 다음 이런 그런 어떤 그리고 하지만 또한 특히
    소위 이른바 일명 바로 따라서 현재 향후 종종 예를 들어 들면 같이 함께 위 아래 내 외 수 것 때
    약 훨씬 점점 다시 과 와 을 를 은 는 이란 의 로 에 도 라는 인""".split()  # noqa: SIM905 - reads better than eighty quoted words
)
# Heads that say too little alone to be what an English word means: 구성 요소(component).
_SAYS_LITTLE = frozenset(["요소", "흐름", "세트", "기법", "방식"])
# Remarks in Korean that tell about a name rather than translate it.
_TELLS_ABOUT = re.compile(
    r"미국|중국|한국|일본|유럽|영국|독일|프랑스|국내|해외|예정|참고|참조|링크|논문|영상|예시|무료|유료"
    r"|출처|이하|공동|저자|현재|추정|업데이트|필수|선택|기타|기준|포함|관련|활용|적용|사용"
    r"|(?:등|외|전|후|시|급)$"
)
# From this many times on, a word that always stands before another is part of the term.
_COMPANION_TIMES = 2

_stem = Stemmer.Stemmer("english").stemWord


def harvest_term_pairs(text: str) -> list[TermPair]:
    """Return the pairs in order of first occurrence, each once.

    Plural, case and inflection of the English name make no second pair, and neither does a
    describing word before the Korean one. It cannot tell a label from a translation, so
    영상(YouTube) would pass.
    """
    found = [pair for line in text.splitlines() for pair in _pairs_of_line(line)]
    return _merge(_complete(found, text))


def _pairs_of_line(line: str) -> Iterator[TermPair]:
    for match in _REMARK.finditer(line):
        left = _words_before(line, match.start())
        inside = match[1].strip(" *_`\"'“”")
        if not left:
            continue
        translate = _translate_english if _HANGUL.search(inside) else _translate_korean
        if pair := translate(left, inside):
            yield pair


def _words_before(line: str, end: int) -> list[str]:
    """Return the words before a bracket, back to where a term surely begins."""
    left = line[max(0, end - _MAX_LEFT_CHARS) : end].rstrip(" *_`\"'”’")
    start = max((match.end() for match in _BOUNDARY.finditer(left)), default=0)
    return left[start:].split()


def _translate_korean(left: list[str], inside: str) -> TermPair | None:
    """Find the Korean words on the left that the English ones inside explain."""
    english = _ARTICLE.sub("", _without_acronym(inside))
    if not _ENGLISH_TERM.fullmatch(english) or _ABOUT.match(english):
        return None
    parts = _parts(english)
    if len(parts) > _MAX_WORDS or not _is_explained_by(left[-1], english, parts):
        return None
    is_title = _ARTICLE.match(inside) and len(left) <= len(parts) + 1
    words = left if is_title else _korean_extent(left, parts)
    last = words[-1] if _names_degree(words[-1], english) else strip_particle(words[-1])
    korean = " ".join([*words[:-1], last])
    if not _HANGUL.search(korean) or not _KOREAN_TERM.fullmatch(korean):
        return None
    return TermPair(korean, english)


def _names_degree(word: str, english: str) -> bool:
    """Tell 충실도(faithfulness) from a noun with the particle 도."""
    return word.endswith("도") and _DEGREE.search(english) is not None


def _without_acronym(english: str) -> str:
    """Cut "chain of thought, CoT" at its comma; any other list is no name and stays a list."""
    name, _, acronym = english.partition(", ")
    return name if acronym and acronym[0].lower() == name[:1].lower() else english


def _parts(english: str) -> list[str]:
    """Split into what one Korean word each may stand for: words, or an acronym's letters."""
    if _ACRONYM.fullmatch(english):
        return re.findall(r"[A-Z]", english)
    return _WORD_BORDER.split(english)


def _is_explained_by(last: str, english: str, parts: list[str]) -> bool:
    if last in _BESIDE_A_TERM or is_inflected(last):
        return False
    if not _HANGUL.search(last):
        # 트랜스포머 LLM(Transformer LLMs), but not GPT(Generative Pre-trained Transformer).
        return singular(last).lower() in {singular(part).lower() for part in parts}
    # A product's spelling after a common noun names an example: 논문(arXiv).
    return not _MIXED_CASE.search(english) or sounds_alike(last, english)


def _korean_extent(left: list[str], parts: list[str]) -> list[str]:
    """Take about as many Korean words as there are English ones, and none across grammar."""
    if len(parts) == 1 and sounds_alike(strip_particle(left[-1]), singular(parts[0])):
        return left[-1:]
    is_acronym = len(parts) > 1 and all(len(part) == 1 for part in parts)
    if len(left) == len(parts) and not is_acronym and not any(map(_is_apart, left[:-1])):
        return left  # 낮은 정밀도(low precision): the adjective is translated too
    run = _noun_run(left[-_MAX_WORDS - 2 :])
    first = next((i for i, word in enumerate(run) if sounds_alike(word, parts[0])), None)
    if first is not None and len(parts) > 1 and len(run) - first <= len(parts) + 1:
        return run[first:]  # 모델 버전 관리(model versioning): begins where the English does
    wanted = len(parts)
    if (is_acronym and len(run) == wanted + 1) or (wanted == 1 and run[-1] in _SAYS_LITTLE):
        wanted += 1
    return run[-wanted:]


def _noun_run(words: list[str]) -> list[str]:
    """Return the last words as far back as no grammar parts them."""
    for index in range(len(words) - 2, -1, -1):
        if _is_apart(words[index]) or is_inflected(words[index]):
            return words[index + 1 :]
    return words


def _is_apart(word: str) -> bool:
    return word in _BESIDE_A_TERM or strip_particle(word) != word


def _translate_english(left: list[str], korean: str) -> TermPair | None:
    """Find the English words on the left that the Korean ones inside explain."""
    words = korean.split()
    if not _KOREAN_TERM.fullmatch(korean) or len(words) > _MAX_WORDS:
        return None
    if re.search(r"\d", korean) or _TELLS_ABOUT.search(korean):
        return None
    if is_inflected(words[-1]) or any(map(_is_apart, words)):
        return None
    run = _english_run(left)
    if not run:
        return None
    if len(words) == 1 and sounds_alike(korean, singular(run[-1])):
        run = run[-1:]
    elif len(run) > len(words) + 2:
        run = run[-len(words) :]
    return TermPair(korean, _ARTICLE.sub("", " ".join(run)))


def _english_run(words: list[str]) -> list[str]:
    for index in range(len(words) - 1, -1, -1):
        if not _ENGLISH_WORD.fullmatch(words[index]):
            return words[index + 1 :]
    return words


def _complete(pairs: list[TermPair], text: str) -> list[TermPair]:
    """Add the word that always stands before a term of one word: 정규 표현식, not 표현식."""
    words = [strip_particle(word) for word in re.findall(r"[가-힣]+", text)]
    times = Counter(words)
    before: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for previous, word in pairwise(words):
        before[word][previous] += 1
    return [_with_companion(pair, times[pair.korean], before[pair.korean]) for pair in pairs]


def _with_companion(pair: TermPair, times: int, before: Counter[str]) -> TermPair:
    if " " in pair.korean or times < _COMPANION_TIMES or before.total() < times:
        return pair
    ((companion, together),) = before.most_common(1)
    if together < times or companion in _BESIDE_A_TERM or is_inflected(companion):
        return pair
    if sounds_alike(pair.korean, singular(pair.english)):
        return pair
    return TermPair(f"{companion} {pair.korean}", pair.english)


def _merge(pairs: Sequence[TermPair]) -> list[TermPair]:
    groups: defaultdict[str, list[TermPair]] = defaultdict(list)
    names = {(pair.korean, _stems(pair.english)): singular(pair.english) for pair in pairs}
    for pair in pairs:
        # 미세 조정(fine-tune) joins 미세 조정(fine-tuning); token and tokenizer, of one stem
        # but not of one Korean name, stay apart.
        groups[names[pair.korean, _stems(pair.english)].lower()].append(pair)
    places = {pair.korean: place for place, pair in reversed(list(enumerate(pairs)))}
    merged = dict.fromkeys(pair for group in groups.values() for pair in _merge_group(group))
    return sorted(merged, key=lambda pair: places[pair.korean])


def _merge_group(group: list[TermPair]) -> Iterator[TermPair]:
    """Keep one spelling of the English name; of 대형 언어 모델 and 언어 모델 the commoner."""
    english = _choose_spelling([pair.english for pair in group])
    counts = Counter(pair.korean for pair in group)
    kept: list[str] = []
    for korean in sorted(counts, key=lambda korean: _preference(korean, counts[korean])):
        if not any(korean.endswith(other) or other.endswith(korean) for other in kept):
            kept.append(korean)
    yield from (TermPair(korean, english) for korean in kept)


def _preference(korean: str, times: int) -> tuple[int, bool, int]:
    # One word holds nothing that merely describes, so there the longer one is the fuller term.
    is_phrase = " " in korean
    return -times, is_phrase, len(korean) if is_phrase else -len(korean)


def _choose_spelling(spellings: Sequence[str]) -> str:
    counts = Counter(map(singular, spellings))
    lower = [spelling for spelling in counts if spelling.islower()]
    return max(lower or counts, key=lambda spelling: counts[spelling])


def _stems(english: str) -> str:
    return " ".join(_stem(part.lower()) for part in _WORD_BORDER.split(singular(english)))


def singular(term: str) -> str:
    """Put the last word of a term into the singular, where spelling tells it safely."""
    for plural, singular in _SINGULARS:
        if plural.search(term):
            return plural.sub(singular, term)
    return term


_SINGULARS = (
    (re.compile(r"(?<=[A-Z])s$"), ""),
    (re.compile(r"(?:ss|us|is|ics|as|os|news|series)$"), r"\g<0>"),
    (re.compile(r"matrices$"), "matrix"),
    (re.compile(r"indices$"), "index"),
    (re.compile(r"(?<=[b-df-hj-np-tv-z])ies$"), "y"),
    (re.compile(r"(?<=[xz])es$|(?<=ch|sh|ss)es$"), ""),
    (re.compile(r"(?<=[a-z]{2})s$"), ""),
)
