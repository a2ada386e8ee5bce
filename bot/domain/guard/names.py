"""Names in prose, and which of them no source has.

Latin names show by their capitals. Korean ones do not: what is neither in a source, nor grammar,
nor made of common nouns, nor a translation or the sound of something in a source, is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.guard.evidence import (
    LATIN,
    NUMBERED,
    Evidence,
    spell_numbered,
    squeeze,
    stem,
)
from bot.domain.guard.terms import Terms, makers
from bot.text.common_words import load_common_words
from bot.text.dates import find_dates
from bot.text.languages import Language
from bot.text.particles import strip_particle
from bot.text.tokens import STOP_WORDS

_TOKEN = re.compile(
    r"(?<![A-Za-zÀ-ɏ0-9])[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ0-9]|[-'.&+/_](?=[A-Za-zÀ-ɏ0-9]))*(?:\+\+|#)?"
)
_SPACE = re.compile(r"[ \t]?")
_STARTS = re.compile(r"(?:^|[.!?:;•·\"“‘(\[]\s*|[-–—*]\s+)[\"“‘'(\[]*$")
_POSSESSIVE = re.compile(r"'(?:s|S)?$")
# What names nothing of its own, in any text about computers.
_GENERIC = frozenset(
    """ai api cpu gpu url pdf ui ux os it tv pc id ok app apps web email vs etc ceo cto faq sdk
    http html json sql usb ram am pm mr mrs ms dr prof i ii iii iv""".split()  # noqa: SIM905 - reads better than quoted
)
_UNITS = frozenset(
    [
        "kb",
        "mb",
        "gb",
        "tb",
        "pb",
        "ms",
        "ns",
        "ghz",
        "mhz",
        "khz",
        "hz",
        "kg",
        "km",
        "cm",
        "mm",
        "nm",
        "kw",
        "mw",
        "gw",
        "wh",
        "fps",
        "qps",
        "tps",
        "rps",
        "tflops",
        "bps",
    ]
)
_DERIVED = re.compile(
    r"[a-z]{3}(?:tions?|ing|ed|ly|ness|ity|ities|ments?|isms?|ive|ous|ics|sis|ises?|izes?|ers|able|ible|ances?|ences?)$"
)
_ROLE = re.compile(
    r"(?P<name>[가-힣]{2,4})\s?(?P<role>교수|박사|대표|씨|연구원|회장|장관|의원|기자|감독|총리|대통령|사장|팀장"
    r"|부사장|이사|작가|변호사|선수|연구소장|소장|센터장|원장|총장|수석|책임|CEO|CTO|CFO|COO)"
    r"(?=[가-힣]{0,3}(?:\s|[.,!?)]|$))"
)
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
# What hangs on digits or Latin letters is a unit or grammar: 256개로.
_HANGUL_WORD = re.compile(r"(?<![A-Za-z0-9가-힣])[가-힣]+")
# Of words as short as a loanword's stem, what is foreign to a translated text is mostly a term.
_SYLLABLES_OF_NAME = 3
# What Korean hangs on a loanword: 인스턴스화, 체크섬인, 디버그하기.
_BUILT_ON = re.compile(r"(?<=..)(?:화|인|일|이?면|[하되한된할될][가-힣]{0,2})$")
_TITLE_CASE_WORDS = 4
_TITLE_CASE_SHARE = 0.7
_LONG_WORD = 4
_ACRONYM = re.compile(r"[A-Z]{2,}s?")
_SURE_ACRONYM = 4


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    is_first: bool  # of a sentence, a list or a quotation: its capital tells nothing

    @property
    def is_capitalised(self) -> bool:
        return self.text != self.text.lower()

    @property
    def is_sure(self) -> bool:
        """Tell whether its spelling is a name's wherever it stands: LoRA, BERT, H100."""
        if self.text.isupper() and len(self.text) > _SURE_ACRONYM and _is_common(self.text):
            return False  # BACKGROUND
        return any(each.isupper() for each in self.text[1:]) or any(map(str.isdigit, self.text))


def find_foreign_names(
    sentence: str, evidence: Sequence[Evidence], *, terms: Terms, language: Language
) -> list[str]:
    """Return the names of a sentence that no source has, as they are written, each once."""
    translated = terms.translate(sentence, evidence)
    known = [name for name, is_known in translated.items() if is_known]
    names = _LatinNames(evidence, known)
    found = [*names.find(sentence, is_korean=language is Language.KO)]
    found += _find_korean(sentence, evidence, known)
    return list(dict.fromkeys(found))


class _LatinNames:
    def __init__(self, evidence: Sequence[Evidence], translated: Sequence[str]) -> None:
        self._evidence = evidence
        self._translated = translated
        self._is_korean = any(each.language is Language.KO for each in evidence)

    def find(self, sentence: str, *, is_korean: bool) -> Iterator[str]:
        dates = find_dates(sentence)
        words = [
            word
            for word in _read_words(sentence)
            if not any(date.start <= word.start < date.end for date in dates)
        ]
        if is_korean:
            yield from (word.text for word in words if self._is_foreign_in_korean(word))
            return
        is_title = _is_title_case(words)
        for phrase in _phrases(sentence, words):
            yield from self._judge(phrase, is_title=is_title)

    def _judge(self, phrase: Sequence[_Word], *, is_title: bool) -> Iterator[str]:
        missing = [word for word in phrase if not self._is_known(word)]
        if is_title:
            missing = [word for word in missing if word.is_sure or not _is_common(word.text)]
        elif len(phrase) == 1 or len(missing) < len(phrase):
            missing = [
                word
                for word in missing
                if word.is_sure or not (word.is_first and _is_noun(word.text))
            ]
        if missing or (not is_title and len(phrase) > 1 and not self._are_one_name(phrase)):
            yield " ".join(word.text for word in phrase)

    def _are_one_name(self, phrase: Sequence[_Word]) -> bool:
        """Tell whether words that a source has apart may be one name.

        Words that it writes small and nowhere side by side were made into a name.
        """
        words = [word.text.casefold() for word in phrase[phrase[0].is_first :]]
        parts = [part for word in words for part in LATIN.findall(word)]
        if len(parts) < 2:
            return True
        for each in self._evidence:
            neighbours = {part for pair in pairwise(parts) if pair in each.pairs for part in pair}
            if all(
                part in neighbours or part in each.capitalised or part not in each.words
                for part in parts
            ):
                return True
        return False

    def _is_foreign_in_korean(self, word: _Word) -> bool:
        bare = word.text.lower()
        if not word.is_sure and (len(bare) < 3 or _is_common(bare)) and not word.is_capitalised:
            return False
        if bare in _UNITS:
            return False
        return not self._is_known(word) and not (
            not word.is_sure and _is_common(bare) and word.text[1:].islower()
        )

    def _is_known(self, word: _Word) -> bool:
        text = _POSSESSIVE.sub("", word.text)
        if any(map(str.isdigit, text)):
            return any(_has_numbered(each, text) for each in self._evidence)
        folded = text.casefold()
        if text[-1:] in ("+", "#"):
            return any(folded in each.folded for each in self._evidence)
        if len(text) == 1 or folded in _GENERIC or folded in STOP_WORDS:
            return True
        if squeeze(folded) in self._translated_parts:
            return True
        if any(_has_word(each, text) for each in self._evidence):
            return True
        parts = LATIN.findall(text)
        if len(parts) > 1 and all(self._is_known_part(part) for part in parts):
            return True
        return self._is_korean and any(each.sounds_like(text) for each in self._evidence)

    @property
    def _translated_parts(self) -> frozenset[str]:
        return frozenset(self._translated)

    def _is_known_part(self, part: str) -> bool:
        folded = part.casefold()
        return (
            len(part) == 1
            or folded in STOP_WORDS
            or (part.islower() and _is_common(part))
            or any(_has_word(each, part) for each in self._evidence)
        )


def _has_word(evidence: Evidence, word: str) -> bool:
    folded = word.casefold()
    if folded in evidence.words or stem(folded) in evidence.stems:
        return True
    squeezed = squeeze(folded)
    if len(squeezed) > 3 and (squeezed in evidence.squeezed_url or _is_glued(word, evidence)):
        return True
    letters = folded.removesuffix("s") if word.endswith("s") else folded
    return bool(_ACRONYM.fullmatch(word)) and letters in evidence.acronyms


def _is_glued(word: str, evidence: Evidence) -> bool:
    """Tell whether a source writes a name with spaces or signs in it: Hugging Face, e-mail."""
    return not word.islower() and squeeze(word) in evidence.squeezed


def _has_numbered(evidence: Evidence, name: str) -> bool:
    simple = NUMBERED.fullmatch(name)
    if simple:
        return spell_numbered(simple) in evidence.numbered
    return squeeze(name) in evidence.squeezed


def _read_words(sentence: str) -> list[_Word]:
    return [
        _Word(
            match[0].rstrip(".-'/&_"),
            match.start(),
            match.end(),
            _STARTS.search(sentence, 0, match.start()) is not None,
        )
        for match in _TOKEN.finditer(sentence)
    ]


def _phrases(sentence: str, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Yield capitalised words that stand side by side."""
    phrase: list[_Word] = []
    for word in words:
        if phrase and not (
            word.is_capitalised and sentence[phrase[-1].end : word.start] in (" ", " & ")
        ):
            yield phrase
            phrase = []
        if word.is_capitalised and not (word.is_first and word.text.lower() in STOP_WORDS):
            phrase.append(word)
    if phrase:
        yield phrase


def _is_title_case(words: Sequence[_Word]) -> bool:
    """Tell whether capitals tell nothing, as in a heading."""
    long = [word for word in words if len(word.text) >= _LONG_WORD and not word.is_first]
    capitals = sum(word.is_capitalised for word in long)
    return len(long) >= _TITLE_CASE_WORDS and capitals >= _TITLE_CASE_SHARE * len(long)


def _is_common(word: str) -> bool:
    words = load_common_words()
    return all(part.lower() in STOP_WORDS or words.is_english(part) for part in LATIN.findall(word))


def _is_noun(word: str) -> bool:
    """Tell a word that has its capital from its place from a name."""
    return _is_common(word) or _DERIVED.search(word) is not None


def _find_korean(
    sentence: str, evidence: Sequence[Evidence], translated: Sequence[str]
) -> Iterator[str]:
    for match in _ROLE.finditer(sentence):
        name = match["name"]
        is_person = name[0] in _SURNAMES and len(name) == _SYLLABLES_OF_NAME
        if is_person and not _has_korean(name, evidence) and name not in load_common_words().nouns:
            yield match[0]
    is_translated = any(each.language is not Language.KO for each in evidence)
    is_known: Callable[[str], bool] = load_common_words().is_korean
    words = _HANGUL_WORD.findall(sentence)
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        noun = strip_particle(word)
        noun = noun.removesuffix("들") if len(noun) > 2 else noun
        is_maker = noun in makers() and noun not in translated
        is_common = len(word) < 2 or (not is_maker and is_known(word))
        if is_common or _has_korean(word, evidence):
            continue
        if is_translated and len(noun) < _SYLLABLES_OF_NAME and not is_maker:
            continue
        if not is_maker and any(
            term in noun or noun in term for term in translated if len(term) > 1
        ):
            continue
        if _is_made_of_source(noun, evidence):
            continue
        # What English writes as one word may be two, and the other way round: 서브 클래싱.
        spellings = (noun, _BUILT_ON.sub("", noun), before + noun, noun + strip_particle(after))
        if any(each.sounds_like(spelling) for each in evidence for spelling in spellings):
            continue
        yield noun


def _has_korean(word: str, evidence: Sequence[Evidence]) -> bool:
    noun = strip_particle(word)
    return any(noun in each.squeezed or word in each.squeezed for each in evidence)


def _is_made_of_source(noun: str, evidence: Sequence[Evidence]) -> bool:
    """Tell whether a word is one of a source and a common one: 트렐리스 + 서버, 깃 + 사용자."""
    words = load_common_words()
    for each in evidence:
        longest = next(
            (size for size in range(len(noun) - 1, 1, -1) if noun[:size] in each.squeezed), 0
        )
        if longest and words.is_korean(noun, known=(noun[:longest],)):
            return True
        rest = noun[longest:]
        if longest and len(rest) > 1 and (rest in each.squeezed or words.is_korean(rest)):
            return True
    return False
