"""The four parts of a daily section without a model: all of it is what the sources say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.domain.digests import Analysis, Statement
from bot.domain.impact import field_names, find_impact
from bot.domain.models import Summary
from bot.domain.points import sentences_of
from bot.text.keyphrases import find_key_phrases
from bot.text.languages import detect_language
from bot.text.page_prose import prose_of
from bot.text.standing_alone import points_at_figure, points_back, without_joint
from bot.text.tokens import tokenise
from bot.texts import Say

SUBJECTS = 6
_TERMS = 2
_SUBJECT_SOURCES = 20  # highlights come first; a year of a topic has hundreds
_MIN_NAME_CHARS = 3
_SAME_STEM_CHARS = 4
_SHORT_TITLE_WORDS = 3
PER_FIELD = 2
_MIN_EVENTS = 3
CONCLUSION = 2
# Of fewer sentences or sources a "final summary" would be a matter of chance.
_MIN_LEFT = 5
_MIN_SOURCES = 3
_MIN_CHARS = 12
_MAX_CHARS = 240
# LLM, LoRA, GPT-4; not the capital letter that every word of an English headline has.
_NAME_SHAPE = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}|-")
_WHOLE = re.compile(r"(?:[.!]|[다요])[\"'”’)]*$")
_OF_ITS_PAGE = re.compile(
    r"(?:살펴보|알아보|다루|소개하|정리하|설명하|[해어아] ?보)(?:겠|려|고자)"
    r"|이번 (?:글|포스|장)|이 (?:글|포스트|포스팅|장)(?:에서|에선|은)"
    r"|\b(?:in this (?:post|article|section|tutorial|guide)|we will (?:see|look|learn|cover))\b",
    re.IGNORECASE,
)
_LANGUAGE_CHARS = 2_000
_MAX_PAGE_SENTENCES = 60  # a page says early what follows from it; the rest is comments and menus


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source of a section. `sentences`: its summary in its order, then its page."""

    number: int
    title: str
    sentences: tuple[str, ...]
    terms: tuple[str, ...] = ()  # key concepts that somebody explained
    is_highlight: bool = True


def read_source(
    number: int,
    title: str,
    *,
    summary: Summary | None,
    text: str,
    terms: Sequence[str] = (),
    is_highlight: bool = True,
) -> Source:
    """Take the sentences of a summary and of the page's beginning; fragments are passed over."""
    sentences = list(sentences_of(summary)) if summary else []
    prose = islice(prose_of(text, detect_language(text[:_LANGUAGE_CHARS])), _MAX_PAGE_SENTENCES)
    sentences += [without_joint(each) for each in prose if _stands_alone(each)]
    whole = (_clean(sentence) for sentence in sentences)
    kept = dict.fromkeys(sentence for sentence in whole if _is_readable(sentence))
    return Source(number, title, tuple(kept), tuple(terms), is_highlight)


def analyse(sources: Sequence[Source], say: Say) -> Analysis:
    """Return the parts that the sources have something to say for; no sentence appears twice."""
    told = _Told()
    events = tuple(_events(sources, told, say))
    impact = tuple(_impact(sources, told, say))
    return Analysis(
        subjects=tuple(_subjects(sources[:_SUBJECT_SOURCES])),
        events=events,
        impact=impact,
        conclusion=tuple(_conclusion(sources, told)),
    )


@dataclass(slots=True)
class _Told:
    """What a section has said already; the same words with other marks count as the same."""

    sentences: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, sentence: str) -> bool:
        """Return False if it was told before."""
        key = tuple(tokenise(sentence))
        is_new = key not in self.sentences
        self.sentences.add(key)
        return is_new

    def __contains__(self, sentence: str) -> bool:
        return tuple(tokenise(sentence)) in self.sentences


def _clean(sentence: str) -> str:
    return " ".join(sentence.split()).lstrip("-*•·→ ")


def _stands_alone(sentence: str) -> bool:
    """Tell a sentence that another place may take from one that speaks of its own page."""
    return not (
        points_back(sentence) or points_at_figure(sentence) or _OF_ITS_PAGE.search(sentence)
    )


def _is_readable(sentence: str) -> bool:
    return _MIN_CHARS <= len(sentence) <= _MAX_CHARS and not sentence.endswith((":", "?", "…"))


def _events(sources: Sequence[Source], told: _Told, say: Say) -> Iterator[Statement]:
    """Yield the first sentence of each highlight, and of so many others that there are a few."""
    for place, source in enumerate(sources):
        lead = next((each for each in source.sentences if each not in told), None)
        if lead is None or not (source.is_highlight or place < _MIN_EVENTS):
            continue
        told.add(lead)
        yield Statement(_with_title(source.title, lead, say), (source.number,))


def _with_title(title: str, sentence: str, say: Say) -> str:
    # Summaries often begin with the name of what they are about: "phi-4: …".
    name, mark, _ = sentence.partition(":")
    names_it = (
        bool(mark) and len(_letters(name)) >= _MIN_NAME_CHARS and _letters(name) in _letters(title)
    )
    if names_it or sentence.casefold().startswith(title.casefold()):
        return sentence
    return say("digest.event", title=title, sentence=sentence)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _impact(
    sources: Sequence[Source], told: _Told, say: Say
) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    found: dict[str, list[tuple[int, Source, str]]] = defaultdict(list)
    for source in sources:
        for sentence in source.sentences:
            evidence = None if sentence in told else find_impact(sentence)
            if evidence:
                found[evidence.field].append((evidence.hits, source, sentence))
    for name in field_names():
        best = sorted(found[name], key=lambda each: -each[0])  # stable: then as the sources stand
        chosen = tuple(islice(_one_per_source(best, told), PER_FIELD))
        if chosen:
            yield say(f"digest.impact.{name}"), chosen


def _one_per_source(
    candidates: Iterable[tuple[int, Source, str]], told: _Told
) -> Iterator[Statement]:
    seen: set[int] = set()
    for _, source, sentence in candidates:
        if source.number not in seen and told.add(sentence):
            seen.add(source.number)
            yield Statement(sentence, (source.number,))


def _conclusion(sources: Sequence[Source], told: _Told) -> Iterator[Statement]:
    """Yield the most central of what is left, in the order of the sources.

    Only whole sentences: a bullet torn from its entry does not sum up a topic.
    """
    left = [
        (source, sentence)
        for source in sources
        for sentence in source.sentences
        if _WHOLE.search(sentence) and _stands_alone(sentence) and told.add(sentence)
    ]
    if len(left) < _MIN_LEFT or len({source.number for source, _ in left}) < _MIN_SOURCES:
        return
    titles = " ".join(source.title for source in sources)
    chosen = set(_most_central(left, titles))
    for source, sentence in left:
        if (source.number, sentence) in chosen:
            yield Statement(sentence, (source.number,))


def _most_central(left: Sequence[tuple[Source, str]], titles: str) -> Iterator[tuple[int, str]]:
    """Yield the most central sentence, then the most central of the other sources."""
    from bot.text.extractive import select_sentences  # numpy with it, which most do without

    for _ in range(CONCLUSION):
        sentences = [sentence for _, sentence in left]
        language = detect_language(" ".join(sentences))
        for index in select_sentences(titles, sentences, language=language, limit=1):
            best = left[index][0].number
            yield best, sentences[index]
            left = [each for each in left if each[0].number != best]


def _subjects(sources: Sequence[Source]) -> Iterator[Statement]:
    """Yield what most sources are about first, then by turns what each is about.

    A phrase inside a chosen one, or around it, adds nothing.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    names: dict[str, tuple[int, str]] = {}
    for source in sources:
        for place, phrase in enumerate(_phrases_of(source)):
            key = phrase.casefold()
            names[key] = min(names.get(key, (place, phrase)), (place, phrase))
            holders[key].append(source.number)
    ranked = sorted(holders, key=lambda key: (-len(holders[key]), names[key][0]))
    chosen: list[str] = []
    for key in ranked:
        if not any(_adds_nothing(key, other) for other in chosen):
            chosen.append(key)
    for key in chosen[:SUBJECTS]:
        yield Statement(names[key][1], tuple(holders[key]))


def _adds_nothing(phrase: str, chosen: str) -> bool:
    """Whether one is inside the other, or is the same word with another ending."""
    is_word = " " not in phrase and len(phrase) > _SAME_STEM_CHARS
    is_inflected = is_word and chosen.startswith(phrase[:_SAME_STEM_CHARS])
    return phrase in chosen or chosen in phrase or is_inflected


def _phrases_of(source: Source) -> list[str]:
    """Return the terms that people explained, then key phrases that name something."""
    text = "\n".join(source.sentences)
    if not text:
        return []
    language = detect_language(text)
    phrases = find_key_phrases(text, title=source.title, language=language, limit=SUBJECTS)
    telling = [phrase for phrase in phrases if _names_something(phrase, source.title)]
    by_name: dict[str, str] = {}
    for phrase in (*source.terms[:_TERMS], *telling):
        by_name.setdefault(phrase.casefold(), phrase)
    return list(by_name.values())


def _names_something(phrase: str, title: str) -> bool:
    """Tell "Cosmic ray" and LoRA from single words ("model", "file") that say nothing alone.

    A title of several words is told with what happened.
    """
    folded, title_folded = phrase.casefold(), title.casefold()
    if " " in phrase:
        return folded != title_folded
    if len(phrase) < _MIN_NAME_CHARS or folded not in title_folded:
        return False
    is_whole_title = len(title.split()) <= _SHORT_TITLE_WORDS
    if is_whole_title or title_folded.startswith(f"{folded}:") or "가" <= phrase[0] <= "힣":
        return True
    return not title.isupper() and bool(_NAME_SHAPE.search(phrase))
