"""Names in Latin letters, which show by their capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
from bot.text.common_words import load_common_words
from bot.text.dates import find_dates
from bot.text.languages import Language
from bot.text.tokens import STOP_WORDS

_TOKEN = re.compile(
    r"(?<![A-Za-zÀ-ɏ0-9])[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ0-9]|[-'.&+/_](?=[A-Za-zÀ-ɏ0-9]))*(?:\+\+|#)?"
)
_STARTS = re.compile(r"(?:^|[.!?:;•·\"“‘(\[]\s*|[-–—*]\s+)[\"“‘'(\[]*$")
_POSSESSIVE = re.compile(r"'(?:s|S)?$")
# What names nothing of its own, in any text about computers.
_GENERIC = frozenset(
    """ai api cpu gpu url pdf ui ux os it tv pc id ok app apps web email vs etc ceo cto faq sdk
    http html json sql usb ram am pm mr mrs ms dr prof i ii iii iv""".split()  # noqa: SIM905 - reads better than quoted
)
_UNITS = frozenset(
    """kb mb gb tb pb ms ns ghz mhz khz hz kg km cm
    mm nm kw mw gw wh fps qps tps rps tflops bps""".split()  # noqa: SIM905 - reads better than quoted
)
_DERIVED = re.compile(
    r"[a-z]{3}(?:tions?|ing|ed|ly|ness|ity|ities|ments?|isms?|ive|ous|ics|sis|ises?|izes?|ers|able|ible|ances?|ences?)$"
)
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


class LatinNames:
    def __init__(self, evidence: Sequence[Evidence], translated: Sequence[str]) -> None:
        self._evidence = evidence
        self._translated = frozenset(translated)
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
        if squeeze(folded) in self._translated:
            return True
        if any(_has_word(each, text) for each in self._evidence):
            return True
        parts = LATIN.findall(text)
        if len(parts) > 1 and all(self._is_known_part(part) for part in parts):
            return True
        return self._is_korean and any(each.sounds_like(text) for each in self._evidence)

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
