"""How prose is written, whatever it says: thinking aloud, the prompt, another language, the end."""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

from bot.text.common_words import load_common_words
from bot.text.languages import Language, detect_language
from bot.text.particles import strip_particle
from bot.text.tokens import STOP_WORDS

_THINKS = re.compile(
    r"</?(?:think|thinking|thought|reasoning|analysis|scratchpad|reflection|plan|answer|output|result)>"
    r"|^\W*(?:okay|ok|alright|hmm+|wait|sure|certainly|of course|absolutely|got it|great)\b\s*[,.!:—-]"
    r"|\b(?:let me|let's|let us|i'll|i will|i need to|i have to|i should|i must|i can|i could|i want to|i am going to|i'm going to|i think|i was asked"
    r"|we need to|we should|we must|we have to|we'll|now i|my task|my job|my (?:summary|answer|response))\b[^.]{0,80}"
    r"\b(?:summar\w+|bullets?|sources?|sentences?|the (?:text|article|page|passage|document|user|prompt|question)|answer|output|json|respon\w+|cite|citation\w*|think|check|see|start|begin|first|now|read|make sure|verify|count|draft|rewrite|translate|look|re-?check|figure)\b"
    r"|^\W*(?:let me|let's|first,? (?:i|we|let)|next,? (?:i|we|let)|now,? (?:i|we|let)|to (?:answer|summari[sz]e) (?:this|the)|i'll|i need to|i should|i have to|we need to|we should|step \d|thinking|thought|reasoning|analysis|draft|plan|final answer|check(?:ing)?|note to self|actually)\b\s*[,:—]?"
    r"|\bthe user(?:'s)?\b[^.]{0,40}\b(?:want|ask|need|request|query|question|is looking|said|says|provided|gave|message|would like)\w*"
    r"|\b(?:system prompt|the prompt (?:says|asks|wants)|the instructions? (?:say|ask|require|state)\w*|as requested|as instructed|per the instructions?|the task (?:is|requires|says)|word limit|(?:in|as) json|json (?:format|object|output))\b"
    r"|\b(?:the|my|our|final)\s+(?:answer|summary|response|bullets?|output)\s+(?:should|must|needs? to|has to|will)\b"
    r"|\bmy (?:reasoning|thoughts?|thinking|plan|understanding|instructions|draft|final)\b"
    r"|\bas an? (?:ai|artificial|large language|language) (?:assistant|model|language|intelligence)\b"
    r"|\b(?:i'm|i am) (?:sorry|unable|afraid|not able|an ai|just an)\b|\bi (?:cannot|can't|can not|do not have access|don't have access|apologi[sz]e)\b"
    r"|\bhere(?:'s| is| are)\s+(?:the|a|an|your|my|some)\s+(?:\w+\s+){0,3}(?:summar\w+|bullets?|answers?|points?|overview|translation|response|output|draft|json|result)\b"
    r"|\b(?:hope this helps|let me know if|feel free to (?:ask|reach|contact|let)|is there anything else|happy to help|would you like me)\b"
    r"|^\W*(?:먼저|우선|일단|자|음|흠|좋아|좋습니다|네|예|알겠습니다|그럼|이제|그러면|잠깐|아니)\s?[,.!…]"
    r"|(?:^|\s)(?:먼저|우선|이제|그럼|다음으로)[^.]{0,60}(?:요약|사용자|출처|본문|답변|답|정리|불릿|문장|핵심|요청|원문|기사)[^.]{0,40}(?:해야|하자|보자|보겠|하겠|겠다|겠습니다)|(?:^|\s)(?:생각해|살펴|정리해|확인해)\s?보자"
    r"|사용자(?:가|는|의|께서|님이)[^.]{0,40}(?:요청|원하|원함|질문(?:했|하|은|을|이)|물었|물어|묻|지시|요구했|요구하는\s?것|바라)"
    r"|(?:요약|답변|정리|작성|번역|분석|설명)(?:을|를|해|하여|해서)?\s?(?:해\s?)?(?:드리|보|하)겠(?:습니다|다|음|어)|(?:요약|답변|정리)해\s?(?:보자|볼게|드릴게|야\s?(?:겠|한다|합니다|함|해))"
    r"|(?:시스템\s?프롬프트|주어진\s?(?:텍스트|본문|글|지시|출처|자료)(?:를|을|에서|에\s?따르)|지시\s?사항|출력\s?형식|불릿|글자\s?수\s?제한|JSON\s?(?:형식|으로))"
    r"|(?:^|\s)(?:다음은|아래는|여기)[^.]{0,40}(?:요약|정리|답변|결과|번역)(?:입니다|이다|임|한\s?것|본|한\s?내용|해)"
    r"|(?:저는|나는|제가|내가)[^.]{0,30}(?:AI|인공지능|언어\s?모델|어시스턴트|요약|정리|답변)"
    r"|죄송(?:합니다|하지만)|도움이\s?(?:되(?:었|셨|시|길)|필요하)|물론(?:입니다|이죠)|말씀해\s?주세요|더\s?궁금하|(?:생각|사고)\s?과정|단계별로\s?(?:생각|살펴)",
    re.IGNORECASE,
)
# What a page may be about, and what only the task is about.
_SUBJECTS = re.compile(
    r"user|사용자|json|프롬프트|prompt|instruction|지시|plan|analysis", re.IGNORECASE
)
_TASK = re.compile(
    r"summar|bullet|source|want|asked|answer|요약|정리|답변|출처|원하|원함|요청했|불릿|형식",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"\b(?:I(?:'m|'ll|'ve|'d)?|[Mm]y|[Mm]e)\b(?![.:-])|(?:^|\s)(?:저는|제가|나는|내가|저의|저희는)(?=\s)"
)
_QUOTATION = re.compile(r"[\"“「『‘][^\"”」』’]{1,400}[\"”」』’]")
_FENCE = re.compile(r"```|^\s*[{\[]\s*\"|\"\s*:\s*[\[{\"]|\\n|\\u[0-9a-f]{4}")

_OTHER_SCRIPT = re.compile(
    r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u0900-\u097f\u0590-\u05ff\u0370-\u03ff]{2,}"
)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?")
_HANGUL_WORD = re.compile(r"[가-힣]{2,}")
_LETTERS = re.compile(r"[^\W\d_]+")
# English prose of this many words has one of its function words; French or Turkish hardly does.
_WORDS_OF_PROSE = 8
_LEAST_FUNCTION_WORDS = 0.12
# Names and terms stay as they are, so few Latin words in a row tell nothing.
_TELLING_WORDS = 4

_OPEN_AT_END = re.compile(r"(?:[,;:&/(\[{“‘「『《<=]|(?<![A-Za-z+])\+|\s[-–—]|[가-힣A-Za-z][-–—])$")
_DANGLING = frozenset(
    """the a an of to in for with and or but by from which who whose as at on into its their
    his her our your is are was were be been than such between among while when where because
    if so nor via per about both either has have had can could may
    might will would should must does""".split()  # noqa: SIM905 - reads better than quoted
)
_DANGLING_KO = re.compile(
    r"(?:^|\s)(?:및|또는|혹은|그리고|하지만|그러나|또한|특히|위한|대한|통한|따른|관한|위해|통해|대해|의해|등의|등을|등이"
    r"|[가-힣]{1,10}(?:하는|되는|있는|없는|하며|되며|하고|되고|하여|되어|해서|면서|지만|는데|도록|려는|던|하던|했던|으며|이며|이자))$"
)
_DANGLING_PARTICLES = frozenset(
    "을 를 의 에서 에게 와 과 은 는 으로 로서 로써 으로써 부터 에는 에서는 으로는 이 가 에".split()  # noqa: SIM905 - reads better than quoted
)
_ENDED = re.compile(r"[.!?。…][\"'”’」』)\]\s]*$")
_ENDED_KO = re.compile(r"[다요죠까][\"'”’」』)\]]*$")
_NOUN_ENDING = "\u11b7"  # ㅁ, which makes a noun of a Korean verb: 공개함, 높임
_BRACKETS = {"(": ")", "[": "]", "{": "}", "“": "”", "「": "」", "『": "』", "《": "》"}


def thinks_aloud(sentence: str) -> str:
    """Return what shows that a model talks about its task rather than does it; "" if nothing."""
    found = _THINKS.search(sentence) or _FENCE.search(sentence)
    return found[0].strip() if found else ""


def subject_of(thought: str) -> str:
    """Return what a page may speak of, too, in these words; "" if only a model's task is so."""
    found = _SUBJECTS.search(thought)
    return found[0].casefold() if found and not _TASK.search(thought) else ""


def speaks_of_itself(sentence: str) -> str:
    """Return the first word in which a writer speaks as "I", outside quotations; "" if none."""
    found = _SELF.search(_QUOTATION.sub(" ", sentence))
    return found[0].strip() if found else ""


def is_in_language(text: str, wanted: Language) -> bool:
    """Accept what has too few words to tell, and terms of another language inside prose."""
    latin, hangul = _LATIN_WORD.findall(text), _HANGUL_WORD.findall(text)
    letters = sum(map(len, _LETTERS.findall(text)))
    other = sum(map(len, _OTHER_SCRIPT.findall(text)))
    if other * 5 > letters:
        return False
    if wanted is Language.KO:
        has_foreign_prose = len(latin) >= _TELLING_WORDS or (latin and not hangul)
        return not has_foreign_prose or detect_language(text) is Language.KO
    if hangul and (detect_language(text) is Language.KO or len(hangul) > len(latin)):
        return False
    return not _is_other_latin(latin)


def _is_other_latin(words: Sequence[str]) -> bool:
    if len(words) < _WORDS_OF_PROSE:
        return False
    telling = sum(word.lower() in STOP_WORDS for word in words)
    if telling >= len(words) * _LEAST_FUNCTION_WORDS:
        return False
    common = load_common_words()
    return sum(map(common.is_english, words)) * 2 < len(words)


def is_cut_off(text: str, *, others_end: bool = False) -> bool:
    """Tell whether a sentence breaks off. `others_end`: the ones beside it end with a full stop."""
    end = text.rstrip()
    if _OPEN_AT_END.search(end) or _has_open_bracket(end):
        return True
    if ends(end):
        return False
    last = end.split()[-1] if end else ""
    if last.lower() in _DANGLING or _DANGLING_KO.search(end):
        return True
    stem = strip_particle(last)
    return last[len(stem) :] in _DANGLING_PARTICLES or others_end


def ends_with_full_stop(text: str) -> bool:
    """Tell what others beside it should do, too, from what ends as it asks or calls."""
    bare = text.rstrip()
    return ends(bare) and (bare[-1].isalpha() or bare.endswith((".", "。")))


def ends(text: str) -> bool:
    bare = text.rstrip()
    return bool(_ENDED.search(bare) or _ENDED_KO.search(bare)) or (
        unicodedata.normalize("NFD", bare[-1:]).endswith(_NOUN_ENDING)
    )


def _has_open_bracket(text: str) -> bool:
    if text.count('"') % 2:
        return True
    return any(text.count(opening) > text.count(closing) for opening, closing in _BRACKETS.items())


def repeats_itself(text: str) -> bool:
    """Tell whether few words are said over and over."""
    words = text.casefold().split()
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    most = max(triples.values(), default=0)
    return most >= 4 or (most >= 3 and most * 3 * 2 > len(words))


def shingle(text: str, size: int) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return list(zip(*(words[start:] for start in range(size)), strict=False))


_LEAKED_WORDS = 7
_LEAKED_KO_WORDS = 4
_LEAKED_SHARE = 0.6


class PromptText:
    """What the prompt says, to know it again."""

    def __init__(self, prompt: str) -> None:
        self._runs = frozenset(shingle(prompt, _LEAKED_WORDS))
        self._korean_runs = frozenset(shingle(prompt, _LEAKED_KO_WORDS))
        self._pairs = frozenset(shingle(prompt, 2))

    def is_in(self, text: str) -> bool:
        """Tell whether a text repeats the prompt: a long run of it, or most of what it says."""
        if not self._pairs:
            return False
        is_korean = detect_language(text) is Language.KO
        runs, size = (
            (self._korean_runs, _LEAKED_KO_WORDS) if is_korean else (self._runs, _LEAKED_WORDS)
        )
        if _any_in(shingle(text, size), runs):
            return True
        pairs = shingle(text, 2)
        return len(pairs) >= 3 and sum(pair in self._pairs for pair in pairs) > _LEAKED_SHARE * len(
            pairs
        )


def _any_in(found: Sequence[tuple[str, ...]], known: Collection[tuple[str, ...]]) -> bool:
    return any(each in known for each in found)
