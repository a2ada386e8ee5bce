"""Use case: have a language model write the parts of a daily digest's topics."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.digests import Analysis, Digest, DigestSection, Statement
from bot.domain.judging_prose import Draft, Told
from bot.prompts.digests import TOKENS_A_TOPIC, AnalysedTopic, ask_to_analyse
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
from bot.text.token_counts import count_tokens
from bot.texts import Say

_FENCES = 45
_FIELDS = ("economy", "society", "science")


async def analyse_topics(errand: Errand, digest: Digest, *, say: Say) -> Digest:
    """Let it write the parts of each topic, but for those that people wrote."""
    items = {each.item.link: each for each in sources_of(digest)}
    topics: dict[int, list[Told]] = {}
    for number, section in enumerate(digest.sections, 1):
        told = [items[item.link] for item in section.items if item.link in items]
        if told and not (section.analysis and section.analysis.origin):
            topics[number] = told
    analyses: dict[int, Analysis] = {}
    async with asyncio.TaskGroup() as group:
        for pack in _pack_topics(topics, room_of(errand)):
            group.create_task(_analyse(errand, digest, pack, analyses, say=say))
    sections = tuple(
        replace(section, analysis=analyses.get(number, section.analysis))
        for number, section in enumerate(digest.sections, 1)
    )
    return replace(digest, sections=sections)


async def _analyse(
    errand: Errand,
    digest: Digest,
    topics: dict[int, list[Told]],
    analyses: dict[int, Analysis],
    *,
    say: Say,
) -> None:
    items = [each for told in topics.values() for each in told]
    numbers = {topic: [each.number for each in told] for topic, told in topics.items()}
    question = ask_to_analyse(
        items,
        workspace=errand.workspace,
        links=[each.item.link for each in items],
        topics=numbers,
        language=digest.language,
        tokens_each=TOKENS_EACH,
        digest=errand.digest,
    )
    answer = await ask_twice(errand, question)
    if answer is None:
        return
    prose = Prose(judge_of(items, question, digest))
    first: dict[int, AnalysedTopic] = {}
    for said in answer.topics:
        if said.topic in topics:
            first.setdefault(said.topic, said)

    def judge() -> None:
        for topic, said in first.items():
            drafts = [
                draft
                for part in ("subjects", "events", *_FIELDS, "conclusion")
                for draft in drafts_of(getattr(said, part), part, topic)
            ]
            prose.add(drafts, of=numbers[topic])

    await asyncio.to_thread(judge)
    await mend_prose(
        errand,
        prose,
        items,
        of=lambda draft: numbers[_topic_of(draft)],
        language=digest.language,
        say=say,
    )
    fields = {name: say(f"digest.impact.{name}") for name in _FIELDS}
    for topic in first:
        section = digest.sections[topic - 1]
        analyses[topic] = _join(errand, prose, section, topic, topics[topic], fields)


def _pack_topics(topics: dict[int, list[Told]], room: int) -> Iterator[dict[int, list[Told]]]:
    packed: dict[int, list[Told]] = {}
    left = room
    for topic, told in topics.items():
        sent = (min(TOKENS_EACH, count_tokens(f"{each.title} {each.text}")) for each in told)
        needed = TOKENS_A_TOPIC + sum(tokens + _FENCES for tokens in sent)
        if packed and needed > left:
            yield packed
            packed, left = {}, room
        packed[topic] = told
        left -= needed
    if packed:
        yield packed


def _topic_of(draft: Draft) -> int:
    return int(str(draft.place[1]))


def _join(
    errand: Errand,
    prose: Prose,
    section: DigestSection,
    topic: int,
    told: Sequence[Told],
    fields: dict[str, str],
) -> Analysis:
    """Return the parts as they are told: where all of a part was refused, as without a model."""
    before = section.analysis or Analysis()
    local = _numbers_in(section)
    number_of = {each.number: local[each.item.link] for each in told}

    def part(name: str) -> tuple[Statement, ...]:
        return tuple(
            Statement(each.text, tuple(sorted(number_of[n] for n in each.sources)))
            for each in take_place(errand, prose, name, topic)
        )

    def was_refused(name: str) -> bool:
        return any(draft.place == (name, topic) for draft in prose.drafts)

    impact = [(fields[name], statements) for name in _FIELDS if (statements := part(name))]
    all_refused = not impact and any(map(was_refused, _FIELDS))
    conclusion = part("conclusion")
    return Analysis(
        subjects=part("subjects") or before.subjects,
        events=part("events") or before.events,
        impact=before.impact if all_refused else tuple(impact),
        conclusion=before.conclusion
        if not conclusion and was_refused("conclusion")
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
