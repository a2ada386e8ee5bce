"""Stories: which links report one happening, so that a digest tells it once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from bot.domain.models import LinkRecord
from bot.text.sentences import split_sentences
from bot.text.tokens import tokenise

# Two headlines of one event share most of their words. Set by hand: below it, two chapters
# of one tutorial count as one story.
_MIN_TITLE_OVERLAP = 0.6
# Short titles ("Introduction", "Release notes") are equal without being one story.
_MIN_TITLE_TOKENS = 4
# What very many have joins nothing, and comparing all of them would be quadratic.
_MAX_HOLDERS = 40
# Of whole sentences: a repost keeps most; somebody else's report of the event has its own.
_MIN_TEXT_OVERLAP = 0.6
_MIN_SHARED_SENTENCES = 3
_MIN_SENTENCE_CHARS = 20
_COMPARED_CHARS = 3000

_ARXIV = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?![\d.])")
# Hosts that show a paper under its arXiv number.
_PAPER_HOSTS = re.compile(r"//(?:[\w-]+\.)*(?:arxiv|huggingface|alphaxiv|paperswithcode|ar5iv)\.")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
# "Acme News | Title" and "Title - Acme": the site's name is no part of the story.
_SITE_SUFFIX = re.compile(r"\s+[|·–—-]\s+[^|·–—]{1,24}$")


@dataclass(frozen=True, slots=True)
class Story:
    """Links of one happening: those that were saved first come first. Never empty."""

    links: tuple[LinkRecord, ...]


def group_stories(links: Sequence[LinkRecord]) -> list[Story]:
    """Return every link in exactly one story, whatever order they come in; oldest stories first."""
    ordered = sorted(links, key=link_order)
    leaders = list(range(len(ordered)))
    for left, right in _same_pairs(ordered):
        _join(leaders, left, right)
    members: dict[int, list[LinkRecord]] = defaultdict(list)
    for index, link in enumerate(ordered):
        members[_leader(leaders, index)].append(link)
    return [Story(tuple(group)) for group in members.values()]


def link_order(link: LinkRecord) -> tuple[object, ...]:
    """Return a total order: the first save, then the id: later links have later ids."""
    return link.saved_at, link.id


@dataclass(frozen=True, slots=True)
class _Headline:
    tokens: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, title: str) -> _Headline:
        bare = _SITE_SUFFIX.sub("", title)
        return cls(frozenset(tokenise(bare)), frozenset(_NUMBER.findall(bare)))


def _title_of(link: LinkRecord) -> str:
    """Return a title that somebody wrote: two addresses of one site are no story."""
    return "" if link.title in (link.url, link.url_as_saved) else link.title


def _are_alike(left: _Headline, right: _Headline) -> bool:
    # Another number is another version, part or year: "Part 1" and "Part 2" are two stories.
    if left.numbers != right.numbers:
        return False
    if min(len(left.tokens), len(right.tokens)) < _MIN_TITLE_TOKENS:
        return False
    shared = len(left.tokens & right.tokens)
    return shared >= _MIN_TITLE_OVERLAP * len(left.tokens | right.tokens)


def _same_pairs(links: Sequence[LinkRecord]) -> Iterator[tuple[int, int]]:
    yield from _pairs_of_one_paper(links)
    headlines = [_Headline.of(_title_of(link)) for link in links]
    for left, right in _pairs_sharing([headline.tokens for headline in headlines]):
        if _are_alike(headlines[left], headlines[right]):
            yield left, right
    texts = [_sentences_of(link) for link in links]
    for left, right in _pairs_sharing(texts):
        shared = len(texts[left] & texts[right])
        least = min(len(texts[left]), len(texts[right]))
        if shared >= max(_MIN_SHARED_SENTENCES, _MIN_TEXT_OVERLAP * least):
            yield left, right


def _pairs_of_one_paper(links: Sequence[LinkRecord]) -> Iterator[tuple[int, int]]:
    by_paper: dict[str, list[int]] = defaultdict(list)
    for index, link in enumerate(links):
        number = _ARXIV.search(link.url) if _PAPER_HOSTS.search(link.url) else None
        if number:
            by_paper[number[1]].append(index)
    for indexes in by_paper.values():
        yield from pairwise(indexes)


def _sentences_of(link: LinkRecord) -> frozenset[str]:
    sentences = split_sentences(link.text[:_COMPARED_CHARS])
    return frozenset(each for each in sentences if len(each) >= _MIN_SENTENCE_CHARS)


def _pairs_sharing(features: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Return the pairs that share a word or sentence which very many do not have, in order."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(features):
        for feature in each:
            holders[feature].append(index)
    return sorted(
        {
            pair
            for indexes in holders.values()
            if len(indexes) <= _MAX_HOLDERS
            for pair in combinations(indexes, 2)
        }
    )


def _leader(leaders: list[int], index: int) -> int:
    while leaders[index] != index:
        leaders[index] = leaders[leaders[index]]
        index = leaders[index]
    return index


def _join(leaders: list[int], left: int, right: int) -> None:
    first, second = sorted((_leader(leaders, left), _leader(leaders, right)))
    leaders[second] = first  # the oldest link leads, so the order of the pairs does not matter
