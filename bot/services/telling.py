"""Use case: have a language model write a digest's prose, from the summaries that it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from bot.domain.digests import Digest, DigestItem, Style
from bot.domain.judging_links import clean
from bot.domain.judging_prose import Draft, Told, accepted
from bot.domain.quoting import pack_sources
from bot.domain.styles import newsletter
from bot.prompts.digests import TOKENS_A_STORY, ask_to_tell
from bot.services.analysing import analyse_topics
from bot.services.errands import Errand
from bot.services.prose import (
    TOKENS_EACH,
    Prose,
    ask_twice,
    drafts_of,
    judge_of,
    mend_prose,
    room_of,
    sources_of,
    take_place,
)
from bot.texts import Say

_FEWEST_FOR_OPENING = 3  # less is seen at a glance
_MOST_IN_OPENING = 3
_FEWEST_SENTENCES = 2  # of a story; with one the summary says more
_LEAST_SHARE = 0.5


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
    room = room_of(errand) - TOKENS_A_STORY * (1 + len(long))
    items = next(pack_sources(items, tokens_each=TOKENS_EACH, tokens=max(room, 0)), [])
    told = [each.number for each in items if each.item.link in long]
    question = ask_to_tell(
        items,
        workspace=errand.workspace,
        links=[each.item.link for each in items],
        told=told,
        language=digest.language,
        tokens_each=TOKENS_EACH,
        digest=errand.digest,
    )
    answer = await ask_twice(errand, question)
    if answer is None:
        return digest
    prose = Prose(judge_of(items, question, digest))

    def judge() -> None:
        numbers = [each.number for each in items]
        opening = list(drafts_of(answer.opening[:_MOST_IN_OPENING], "opening"))
        prose.add(opening, of=numbers)
        for said in answer.items:
            if said.source in told:
                told.remove(said.source)  # once
                only = (said.source,)
                story = [Draft(only, clean(text), only) for text in said.sentences]
                prose.add(story, of=only)

    await asyncio.to_thread(judge)
    await mend_prose(
        errand,
        prose,
        items,
        of=lambda draft: _own(draft, items),
        language=digest.language,
        say=say,
    )
    digest = replace(digest, opening=tuple(take_place(errand, prose, "opening")))
    stories = {
        each.item.link: _story(errand, prose, each.number)
        for each in items
        if each.item.link in long
    }
    return _with_items(digest, lambda item: replace(item, prose=stories.get(item.link, item.prose)))


def _own(draft: Draft, items: Sequence[Told]) -> Collection[int]:
    return draft.sources if draft.place != ("opening",) else [each.number for each in items]


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
