"""Outputs as a model that keeps to its sources writes them: people's own summaries and
translations, sentences of the page, and sentences of the page said otherwise.
"""

# ruff: noqa: E501 - a pattern or a made-up text is read best on one line

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kiwipiepy import Kiwi

from benchmarks.guard.pages import Page, is_prose
from bot.domain.guard import Source, Statement
from bot.text.glossary import load_glossary
from bot.text.languages import Language
from bot.text.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Output:
    kind: str
    language: Language
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]

    @property
    def page(self) -> Source:
        return self.sources[0]


_ENGLISH_OTHERWISE = (
    ("show", "demonstrate"), ("shows", "demonstrates"), ("propose", "introduce"), ("proposes", "introduces"),
    ("(?<!the )(?<!of )(?<!in )use", "employ"), ("uses", "employs"), ("said", "stated"),
    ("(?<!how )(?<!so )(?<!as )many", "numerous"), ("big", "large"), ("help", "assist"), ("begin", "start"),
    ("method", "approach"), ("methods", "approaches"), ("results", "findings"), ("improve", "enhance"),
    ("improves", "enhances"), ("important", "significant"), ("problem", "issue"), ("company", "firm"),
    ("people", "individuals"), ("difficult", "hard"),
    ("often", "frequently"), (r"about(?= \d)", "roughly"), ("novel", "new"), ("percent", "%"), ("per cent", "%"),
    ("announced", "revealed"), ("because", "since"), ("large", "big"), ("fast", "quick"),
    ("reduce", "lower"), ("several", "various"), ("need(?! to)", "require"),
    ("build", "construct"), ("provide", "offer"),
)  # fmt: skip
_KOREAN_OTHERWISE = (
    ("사용", "활용"), ("방법", "방식"), ("만들었", "개발했"), ("만든 ", "개발한 "), ("문제", "이슈"), ("발표했", "공개했"), ("개선", "향상"),
    ("그러나", "다만"), ("하지만", "반면"), ("매우", "상당히"), ("많은", "다수의"), ("중요한", "핵심적인"),
    ("연구진", "연구팀"), ("설명", "소개"), ("필요하다", "요구된다"), ("필요합니다", "요구됩니다"), ("빠르게", "신속히"),
    ("여러", "다양한"), ("그리고", "또한"), ("말했", "밝혔"), ("이용", "사용"), ("확인", "점검"), ("쉽게", "간편하게"),
)  # fmt: skip
_NOUN_ENDINGS = tuple(
    (re.compile(rf"{verb}\.?$"), noun)
    for verb, noun in (
        ("(?:했습니다|하였습니다|했다|하였다|합니다|한다|했어요|해요)", "함"),
        ("(?:됐습니다|되었습니다|됐다|되었다|됩니다|된다)", "됨"),
        ("(?:이었다|였다|입니다|이다|이에요|예요)", "임"),
        ("(?:있습니다|있었다|있다|있어요)", "있음"),
        ("(?:없습니다|없었다|없다)", "없음"),
        ("(?:않습니다|않았다|않는다|않다)", "않음"),
        ("밝혔다", "밝힘"),
        ("보인다", "보임"),
        ("보여준다", "보여줌"),
        ("나타났다", "나타남"),
        ("높였다", "높임"),
        ("줄였다", "줄임"),
        ("이뤘다", "이룸"),
        ("한다고 한다", "한다고 함"),
    )
)
_OPENED_BY = re.compile(
    r"(?:For instance|For example|On the other hand|In addition|In contrast|In particular|In general|In fact)\b"
)
_BRACKETED = re.compile(r"(?<! of)(?<! in)(?<! to)(?<! as)(?<! with)\s\([^()]{1,60}\)")
_OPENING = re.compile(
    r"^((?:In|On|At|With|After|Before|For|By|From|To|During|Since)\s[^,]{4,60}), (\w)(.+?)([.!?])$"
)
_CLAUSE = re.compile(
    r", (?:which|who|where|although|while|whereas|despite|including)\b[^,.;]{5,100}(?=[,.;])"
)
_ADVERB = re.compile(
    r"\b(?:very|really|quite|actually|simply|clearly|recently|typically|often|also|significantly|substantially|however),? ",
    re.I,
)
_KOREAN_ADVERB = re.compile(
    r"(?:^|(?<=\s))(?:매우|아주|정말|사실|특히|또한|그러나|하지만|그리고|따라서|한편|먼저|다시|가장|이러한|이런|그런) "
)
_THOUSANDS = re.compile(r"\b(\d{1,3}),(\d{3})\b(?![,.\d])")
_ENGLISH_DATE = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|June|July|August|September|October|November|December)\b(?! \d)"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_NAMED = re.compile(
    r"(?<=[a-z,;가-힣(] )?[a-z]*[A-Z]+[A-Za-z]*[A-Z]\w*|(?<=[a-z,;가-힣] )[A-Z][A-Za-z]+"
)
# Latin letters with a line under them are of a program: num_rows.
_OF_PROGRAM = re.compile(r"[A-Za-z]\w*_\w+")
_QUOTATION = re.compile(r"(?:[\"“‘「『]|(?<!\w)')([^\"”’」』']+)[\"”’」』']")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()]+[\w/]")
_QUOTED = re.compile(r"[\"“”‘’「『]|(?<!\w)'")
_MADE = ("said otherwise", "of the page")


def make_clean(page: Page, chance: random.Random) -> Iterator[Output]:
    """Yield the outputs that a page gives, of one to four statements each."""
    if page.written and page.written_language is page.language:
        for kept in _written(page, chance):
            yield _output(page, "written by people", kept, page.language)
    elif page.written and (kept := _translated(page, chance)):
        yield _output(page, "translated by people", kept, Language.KO)
    for kind in _MADE:
        count = chance.randint(1, min(4, len(page.sentences)))
        chosen = chance.sample(page.sentences, count)
        if kind == "said otherwise":
            chosen = [say_otherwise(each, page.language, chance) for each in chosen]
        yield _output(page, kind, chosen, page.language)


def _written(page: Page, chance: random.Random) -> Iterator[list[str]]:
    """Yield people's summaries, but for sentences with numbers and names that the page lacks."""
    for summary in page.written:
        if page.kind in ("en_bbc", "ko_scinews"):
            return  # chosen sentences, not written ones
        sentences = [each for each in split_sentences(summary) if _has_its_facts(each, page)]
        if sentences:
            start = chance.randrange(max(1, len(sentences) - 2))
            yield sentences[start : start + 3]


def _translated(page: Page, chance: random.Random) -> list[str]:
    sentences = [
        each
        for each in dict.fromkeys(split_sentences(page.written[0]))
        if is_prose(each, Language.KO)
        and _has_its_facts(each, page)
        and not _QUOTED.search(each)  # a translated quotation is none, word for word
    ]
    return sentences if len(sentences) < 3 else chance.sample(sentences, 2)


@cache
def _load_analyser() -> Kiwi:
    return Kiwi(num_workers=1)


def _korean_names(sentence: str) -> Iterator[str]:
    """Yield what a morphological analyser, which the guard does not use, takes for names."""
    for token in _load_analyser().tokenize(sentence):
        if token.tag == "NNP":
            yield token.form


def _has_its_facts(sentence: str, page: Page) -> bool:
    text = f"{page.title}\n{page.text}".casefold()
    facts = [
        *_DIGITS.findall(sentence),
        *_NAMED.findall(sentence),
        *_OF_PROGRAM.findall(sentence),
        *_LINK.findall(sentence),
    ]
    if page.language is Language.KO:
        facts += _korean_names(sentence)
    if page.language is page.written_language:
        facts += _QUOTATION.findall(sentence)
    return len(sentence) > 25 and all(_has(text, fact.casefold()) for fact in facts)


def _has(text: str, fact: str) -> bool:
    """Tell whether a text has a fact, and Latin ones not inside a longer word: RL of world."""
    if not (fact.isascii() and fact.isalpha()):
        return fact in text
    return re.search(rf"(?<![a-z]){fact}(?![a-z]{{3}})", text) is not None


def say_otherwise(sentence: str, language: Language, chance: random.Random) -> str:
    """Say a sentence with other words, in another order, without what may be left out."""
    return (_otherwise_ko if language is Language.KO else _otherwise_en)(sentence, chance)


def _otherwise_en(sentence: str, chance: random.Random) -> str:
    said = sentence
    if re.search('["“]', said):
        return said
    said = _CLAUSE.sub("", _BRACKETED.sub("", said))
    if not _OPENED_BY.match(said) and (opening := _OPENING.match(said)):
        rest = f"{opening[2].upper()}{opening[3]}"
        said = f"{rest}, {opening[1][0].lower()}{opening[1][1:]}{opening[4]}"
    said = _ADVERB.sub("", said)
    said = _THOUSANDS.sub(r"\1\2", said) if chance.random() < 0.5 else said
    said = _ENGLISH_DATE.sub(r"\2 \1", said)
    for word, other in chance.sample(_ENGLISH_OTHERWISE, len(_ENGLISH_OTHERWISE)):
        if chance.random() < 0.8:
            said = re.sub(rf"\b{word}\b", other, said, count=1)
    if chance.random() < 0.3:
        said = said.rstrip(".")
    return said[0].upper() + said[1:] if said else sentence


def _otherwise_ko(sentence: str, chance: random.Random) -> str:
    said = sentence
    if not re.search(r"[\"“‘']", said):
        said = _KOREAN_ADVERB.sub("", _BRACKETED.sub("", said))
        for word, other in chance.sample(_KOREAN_OTHERWISE, 12):
            said = said.replace(word, other, 1)
        for korean, english in chance.sample(load_glossary(), 60):
            if korean in said and chance.random() < 0.5:
                said = said.replace(korean, f"{korean}({english})", 1)
    for verb, noun in _NOUN_ENDINGS:
        said, count = verb.subn(noun, said.rstrip())
        if count:
            break
    return said


def _output(page: Page, kind: str, texts: list[str], language: Language) -> Output:
    texts = [text for text in texts if text.strip()]
    if len({text.endswith(".") for text in texts}) > 1 or kind == _MADE[0]:
        texts = [text.rstrip(". ") for text in texts]  # bullets end alike
    source = Source(1, page.text, title=page.title, url="https://pages.example/read")
    return Output(kind, language, (source,), tuple(Statement(text, (1,)) for text in texts))
