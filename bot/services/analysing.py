"""Use case: have a language model write the parts of a daily digest's topics."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.domain.digests import Analysis, Digest, DigestSection, Statement
from bot.domain.judging_prose import Draft, SourceItem
from bot.domain.quoting import count_quoted
from bot.prompts.digests import TOKENS_A_TOPIC, AnalysedTopic, AnalysedTopics, ask_to_analyse
from bot.services.errands import Errand
from bot.services.prose import TOKENS_EACH, Prose, drafts_of, sources_of, write
from bot.texts import Say

_FIELDS = ("economy", "society", "science")
_PARTS = ("subjects", "events", *_FIELDS, "conclusion")


async def analyse_topics(errand: Errand, digest: Digest, *, say: Say) -> Digest:
    """Let it write the parts of each topic, but for those that people wrote."""
    items = {each.item.link: each for each in sources_of(digest)}
    topics: dict[int, list[SourceItem]] = {}
    for number, section in enumerate(digest.sections, 1):
        told = [items[item.link] for item in section.items if item.link in items]
        if told and not (section.analysis and section.analysis.origin):
            topics[number] = told
    analyses: dict[int, Analysis] = {}
    async with asyncio.TaskGroup() as group:
        for pack in _pack_topics(topics, errand.room):
            group.create_task(_analyse(errand, digest, pack, analyses, say=say))
    sections = tuple(
        replace(section, analysis=analyses.get(number, section.analysis))
        for number, section in enumerate(digest.sections, 1)
    )
    return replace(digest, sections=sections)


async def _analyse(
    errand: Errand,
    digest: Digest,
    topics: dict[int, list[SourceItem]],
    analyses: dict[int, Analysis],
    *,
    say: Say,
) -> None:
    items = [each for told in topics.values() for each in told]
    numbers = {topic: [each.number for each in told] for topic, told in topics.items()}
    ask = partial(ask_to_analyse, topics=numbers)
    prose = await write(errand, digest, items, ask, partial(_read, numbers=numbers), say=say)
    if prose is None:
        return
    fields = {name: say(f"digest.impact.{name}") for name in _FIELDS}
    for topic, told in topics.items():
        if any(prose.was_written(part, topic) for part in _PARTS):
            section = digest.sections[topic - 1]
            analyses[topic] = _join(errand, prose, section, topic, told, fields)


def _read(
    answer: AnalysedTopics, *, numbers: Mapping[int, Collection[int]]
) -> Iterator[list[Draft]]:
    first: dict[int, AnalysedTopic] = {}
    for said in answer.topics:
        first.setdefault(said.topic, said)
    for topic, said in first.items():
        if topic in numbers:
            yield [
                draft
                for part in _PARTS
                for draft in drafts_of(getattr(said, part), part, topic, may_cite=numbers[topic])
            ]


def _pack_topics(
    topics: dict[int, list[SourceItem]], room: int
) -> Iterator[dict[int, list[SourceItem]]]:
    packed: dict[int, list[SourceItem]] = {}
    left = room
    for topic, told in topics.items():
        quoted = sum(count_quoted(each, tokens_each=TOKENS_EACH) for each in told)
        needed = TOKENS_A_TOPIC + quoted
        if packed and needed > left:
            yield packed
            packed, left = {}, room
        packed[topic] = told
        left -= needed
    if packed:
        yield packed


def _join(
    errand: Errand,
    prose: Prose,
    section: DigestSection,
    topic: int,
    told: Sequence[SourceItem],
    fields: dict[str, str],
) -> Analysis:
    """Return the parts as they are told: where all of a part was refused, as without a model."""
    before = section.analysis or Analysis()
    local = _numbers_in(section)
    number_of = {each.number: local[each.item.link] for each in told}

    def part(name: str) -> tuple[Statement, ...]:
        return tuple(
            Statement(each.text, tuple(sorted(number_of[n] for n in each.sources)))
            for each in prose.place(errand, name, topic)
        )

    impact = [(fields[name], statements) for name in _FIELDS if (statements := part(name))]
    all_refused = not impact and any(prose.was_written(name, topic) for name in _FIELDS)
    conclusion = part("conclusion")
    return Analysis(
        subjects=part("subjects") or before.subjects,
        events=part("events") or before.events,
        impact=before.impact if all_refused else tuple(impact),
        conclusion=before.conclusion
        if not conclusion and prose.was_written("conclusion", topic)
        else conclusion,
    )


def _numbers_in(section: DigestSection) -> dict[str, int]:
    """Return the number of each entry among the section's sources."""
    numbers: dict[str, int] = {}
    number = 1
    for item in (*section.items, *section.brief):
        numbers[item.link] = number
        number += 1 + len(item.also)
    return numbers
