"""Judges statements against their sources. Sources are indexed once, when they are first cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from bot.domain.guard.addresses import find_foreign_addresses
from bot.domain.guard.breaking_off import breaks_off
from bot.domain.guard.carrying import is_carried, tells_anything
from bot.domain.guard.contradictions import find_contradicted
from bot.domain.guard.evidence import Evidence, normalise, squeeze
from bot.domain.guard.facts import (
    find_foreign_dates,
    find_foreign_numbers,
    find_foreign_quotations,
)
from bot.domain.guard.instructions import calls_people, lures, tells_a_model, tells_the_reader
from bot.domain.guard.manners import (
    PromptText,
    ends_with_full_stop,
    is_cut_off,
    is_in_language,
    repeats_itself,
    speaks_of_itself,
    subject_of,
    thinks_aloud,
)
from bot.domain.guard.names import find_foreign_names
from bot.domain.guard.terms import Terms
from bot.domain.guard.verdicts import Fault, Judgement, Refusal, Source, Statement, Verdict
from bot.text.bilingual import TermPair, harvest_term_pairs
from bot.text.dates import find_dates
from bot.text.languages import Language
from bot.text.sentences import split_sentences
from bot.text.tokens import tokenise

_SHOWN_CHARS = 80
# Of characters: what nobody reads as a statement is not judged, which would take long.
_LONGEST = 4_000
# Nothing else needs to be read of a sentence that is no prose of this project's any more.
_HOPELESS = frozenset((Fault.LANGUAGE, Fault.REASONING, Fault.PROMPT, Fault.REPEATED))
# One sentence of these may be an accident; when most are, nothing of the output is a summary.
_OF_THE_WHOLE = (Fault.LANGUAGE, Fault.REASONING, Fault.PROMPT, Fault.INSTRUCTION, Fault.REPEATED)
_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s?,\s?\d{1,3})*)\]")
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)])\s+")
# Shorter than this, a sentence of a source is not known again for sure.
_LEAST_VERBATIM = 8
# "So, let me explain" is the author's where the source goes on so.
_AROUND = 20
_IN_OTHER_LANGUAGE = {"사용자": "user", "프롬프트": "prompt", "지시": "instruction"}
_NARRATOR = re.compile(r"\b(?:I|i|I'm|my)\b|(?:^|\s)(?:저는|제가|나는|내가|필자)")


class Guard:
    """`prompt`: what the model was told beside the sources; `pairs`: the workspace's terms."""

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        language: Language,
        prompt: str = "",
        pairs: Iterable[TermPair] = (),
    ) -> None:
        self._evidence = {source.number: Evidence(source) for source in sources}
        self._language = language
        self._prompt = prompt
        self._pairs = tuple(pairs)

    def judge(self, statements: Sequence[Statement], *, was_cut: bool = False) -> Judgement:
        """Judge each statement and all of them; `was_cut`: the server stopped at its limit."""
        said: set[str] = set()
        verdicts = []
        for index, statement in enumerate(statements):
            is_last = index == len(statements) - 1
            others_end = (
                is_last and index > 0 and all(map(_ends_with_full_stop, statements[:index]))
            )
            found = list(self._judge(statement, others_end=others_end))
            if squeeze(statement.text) in said:
                found.insert(0, Refusal(Fault.REPEATED))
            said.add(squeeze(statement.text))
            verdicts.append(Verdict(statement, tuple(dict.fromkeys(found))))
        whole = tuple(self._judge_whole(verdicts, was_cut=was_cut))
        return Judgement(tuple(verdicts), whole)

    def _judge_whole(self, verdicts: Sequence[Verdict], *, was_cut: bool) -> Iterator[Refusal]:
        if not any(verdict.statement.text.strip() for verdict in verdicts):
            yield Refusal(Fault.EMPTY)
        if was_cut:
            yield Refusal(Fault.CUT_OFF)
        for fault in _OF_THE_WHOLE:
            having = sum(any(each.fault is fault for each in one.refusals) for one in verdicts)
            if having * 2 > len(verdicts):
                yield Refusal(fault)

    def _judge(self, statement: Statement, *, others_end: bool) -> Iterator[Refusal]:
        if len(statement.text) > _LONGEST:
            yield Refusal(Fault.TOO_LONG)
            return
        unknown = [number for number in statement.sources if number not in self._evidence]
        if not statement.sources:
            yield Refusal(Fault.NO_SOURCE)
        for number in unknown:
            yield Refusal(Fault.UNKNOWN_SOURCE, str(number))
        text = self._without_marks(_BULLET.sub("", normalise(statement.text))).strip()
        if not re.search(r"\w", text):
            yield Refusal(Fault.EMPTY)
            return
        cited = [self._evidence[each] for each in statement.sources if each in self._evidence]
        yield from self._judge_manners(text, cited, written=statement.text, others_end=others_end)
        if cited:
            for sentence in split_sentences(text):
                yield from self._judge_sentence(sentence, cited)

    def _without_marks(self, text: str) -> str:
        """Drop [1] and [2, 3] where they name sources; [5] of a page is left to be judged."""

        def drop(match: re.Match[str]) -> str:
            numbers = map(int, re.findall(r"\d+", match[1]))
            return "" if all(number in self._evidence for number in numbers) else match[0]

        return _MARK.sub(drop, text)

    def _judge_manners(
        self, text: str, cited: Sequence[Evidence], *, written: str, others_end: bool
    ) -> Iterator[Refusal]:
        if repeats_itself(text):
            yield Refusal(Fault.REPEATED)
        if self._prompt_text.is_in(text) and not _is_said(text, cited):
            yield Refusal(Fault.PROMPT)
        parts = (text, *split_sentences(text))
        if not all(is_in_language(each, self._language) for each in parts) and not (
            _is_said(text, [each for each in cited if each.language is self._language])
        ):
            yield Refusal(Fault.LANGUAGE)
        is_whole = _is_sentence(text, cited) or _is_sentence(written, cited)
        is_cut = is_cut_off(text, others_end=others_end) or breaks_off(text, cited)
        if is_cut and not is_whole:
            yield Refusal(Fault.CUT_OFF, _shorten(text[-_SHOWN_CHARS // 2 :]))

    def _judge_sentence(self, sentence: str, cited: Sequence[Evidence]) -> Iterator[Refusal]:
        if (
            tells_a_model(sentence)
            or calls_people(sentence)
            or lures(sentence)
            or any(_is_ordered(sentence, each) for each in cited)
        ):
            yield Refusal(Fault.INSTRUCTION, _shorten(sentence))
        for address in find_foreign_addresses(sentence, cited):
            yield Refusal(Fault.LINK, _shorten(address))
        if _is_said(sentence, cited):
            return  # word for word, so that nothing else can be wrong with it
        if tells_the_reader(sentence):
            yield Refusal(Fault.INSTRUCTION, _shorten(sentence))
        thought = thinks_aloud(sentence)
        if thought and not _is_of_source(thought, sentence, cited):
            yield Refusal(Fault.REASONING, _shorten(thought))
        elif (self_word := speaks_of_itself(sentence)) and not _has_narrator(cited):
            yield Refusal(Fault.REASONING, self_word)
        yield from self._judge_facts(sentence, cited)

    def _judge_facts(self, sentence: str, cited: Sequence[Evidence]) -> Iterator[Refusal]:
        dates = find_dates(sentence)
        for number in find_foreign_numbers(sentence, cited, dates=dates):
            yield Refusal(Fault.NUMBER, number)
        for date in find_foreign_dates(dates, cited):
            yield Refusal(Fault.DATE, date)
        for quotation in find_foreign_quotations(sentence, cited):
            yield Refusal(Fault.QUOTATION, _shorten(quotation))
        names = find_foreign_names(sentence, cited, terms=self._terms, language=self._language)
        for name in names:
            yield Refusal(Fault.NAME, _shorten(name))
        if contradicted := find_contradicted(sentence, [each.carriers for each in cited]):
            yield Refusal(Fault.OPPOSITE, _shorten(contradicted))
        if not tells_anything(sentence):
            yield Refusal(Fault.EMPTY)
        elif not is_carried(sentence, cited, terms=self._terms, language=self._language):
            yield Refusal(Fault.NOT_CARRIED, _shorten(sentence))

    @cached_property
    def _prompt_text(self) -> PromptText:
        return PromptText(self._prompt)

    @cached_property
    def _terms(self) -> Terms:
        harvested = (
            pair for each in self._evidence.values() for pair in harvest_term_pairs(each.body)
        )
        return Terms((*self._pairs, *harvested))


def _ends_with_full_stop(statement: Statement) -> bool:
    return ends_with_full_stop(statement.text)


def _is_ordered(sentence: str, evidence: Evidence) -> bool:
    """Tell whether a sentence is rather what a page orders than what it says."""
    words = set(tokenise(sentence))
    ordered = len(words & evidence.ordered)
    return ordered * 2 >= len(words) and ordered > len(words & evidence.tokens) and bool(words)


def _has_narrator(cited: Sequence[Evidence]) -> bool:
    """Tell whether a source itself says "I": then its summary may, too."""
    return any(_NARRATOR.search(each.text) for each in cited)


def _is_said(text: str, cited: Sequence[Evidence]) -> bool:
    squeezed = squeeze(text)
    return len(squeezed) >= _LEAST_VERBATIM and any(squeezed in each.squeezed for each in cited)


def _is_of_source(thought: str, sentence: str, cited: Sequence[Evidence]) -> bool:
    """Tell whether a source speaks so: in these words, or of users and plans itself."""
    at = sentence.find(thought)
    if _is_said(sentence[max(0, at - _AROUND) : at + len(thought) + _AROUND], cited):
        return True
    subject = subject_of(thought)
    words = {subject, _IN_OTHER_LANGUAGE.get(subject, subject)} - {""}
    return any(word in each.folded for word in words for each in cited)


def _is_sentence(text: str, cited: Sequence[Evidence]) -> bool:
    return any(squeeze(text) in each.sentences for each in cited)


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"
