"""Use case: have a language model write a digest's prose, from the summaries that it tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.digests import Digest, DigestItem, Style
from bot.domain.judging_links import clean
from bot.domain.judging_prose import Draft, accepted
from bot.domain.quoting import pack_sources
from bot.domain.styles import newsletter
from bot.prompts.digests import TOKENS_A_STORY, ToldDigest, ToldItem, ask_to_tell
from bot.services.analysing import analyse_topics
from bot.services.errands import Errand
from bot.services.prose import TOKENS_EACH, Prose, drafts_of, sources_of, write
from bot.texts import Say

_FEWEST_FOR_OPENING = 3  # less is seen at a glance
_MOST_IN_OPENING = 3
_FEWEST_SENTENCES = 2  # of a story; with one the summary says more
_LEAST_SHARE = 0.5
_OPENING = "opening"


async def tell(errand: Errand, digest: Digest, *, say: Say) -> Digest:
    """Return the digest with the prose of its style; where none is accepted, as it was."""
    if digest.style is Style.DAILY:
        return await analyse_topics(errand, digest, say=say)
    return await _open(errand, digest, say=say)


async def _open(errand: Errand, digest: Digest, *, say: Say) -> Digest:
    """Let it write the opening, and the stories of a newsletter."""
    items = sources_of(digest)
    long = {
        item.link
        for section in digest.sections
        if digest.style is Style.NEWSLETTER and section.key == newsletter.LONG
        for item in section.items
    }
    if len(items) < _FEWEST_FOR_OPENING and not long:
        return digest
    room = errand.room - TOKENS_A_STORY * (1 + len(long))
    items = next(pack_sources(items, tokens_each=TOKENS_EACH, tokens=max(room, 0)), [])
    told = [each.number for each in items if each.item.link in long]
    numbers = [each.number for each in items]
    read = partial(_read, numbers=numbers, told=told)
    prose = await write(errand, digest, items, partial(ask_to_tell, told=told), read, say=say)
    if prose is None:
        return digest
    digest = replace(digest, opening=tuple(prose.place(errand, _OPENING)))
    stories = {
        each.item.link: _story(errand, prose, each.number)
        for each in items
        if each.item.link in long
    }
    return _with_items(digest, lambda item: replace(item, prose=stories.get(item.link, item.prose)))


def _read(
    answer: ToldDigest, *, numbers: Collection[int], told: Collection[int]
) -> Iterator[Sequence[Draft]]:
    opening = answer.opening[:_MOST_IN_OPENING]
    yield list(drafts_of(opening, _OPENING, may_cite=numbers))
    first: dict[int, ToldItem] = {}
    for said in answer.items:
        first.setdefault(said.source, said)
    for number, said in first.items():
        if number in told:
            only = (number,)
            yield [Draft(only, clean(text), only, only) for text in said.sentences]


def _story(errand: Errand, prose: Prose, number: int) -> tuple[str, ...]:
    written = sum(draft.place == (number,) for draft in prose.drafts)
    told = [each.text for each in accepted(prose.drafts, number)]
    if len(told) >= max(_FEWEST_SENTENCES, written * _LEAST_SHARE):
        errand.tell()
        return tuple(told)
    if written:
        errand.refuse()
    return ()


def _with_items(digest: Digest, change: Callable[[DigestItem], DigestItem]) -> Digest:
    sections = (
        replace(section, items=tuple(map(change, section.items))) for section in digest.sections
    )
    return replace(digest, sections=tuple(sections))
