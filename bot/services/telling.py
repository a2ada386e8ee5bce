"""Use case: have a language model write a digest's prose, from the summaries that it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.asking_models import Question, Wanted
from bot.domain.digests import Analysis, Digest, DigestItem, DigestSection, Statement, Style
from bot.domain.judging_links import clean
from bot.domain.judging_prose import Draft, ProseJudge, Told, accepted
from bot.domain.quoting import pack_sources
from bot.domain.styles import newsletter
from bot.domain.styles.rules import highlights_of
from bot.errors import NoAnswer
from bot.prompts.digests import (
    TOKENS_A_STORY,
    TOKENS_A_TOPIC,
    AnalysedTopic,
    ToldSentence,
    ask_to_analyse,
    ask_to_tell,
)
from bot.prompts.mending import Refused, ask_to_mend
from bot.services.errands import Errand
from bot.text.token_counts import count_tokens
from bot.texts import Texts

# A summary of four Korean bullets with its title. Longer ones are people's and begin with the gist.
_TOKENS_EACH = 200
_FENCES = 45
_INSTRUCTIONS = 900
_USABLE_SHARE = 0.9  # of a model's context: our estimate may be a tenth too small
_FEWEST_FOR_OPENING = 3  # less is seen at a glance
_MOST_IN_OPENING = 3
_FEWEST_SENTENCES = 2  # of a story; with one the summary says more
_LEAST_SHARE = 0.5
_FIELDS = ("economy", "society", "science")


@dataclass(slots=True)
class _Prose:
    """What was asked for together: its sources, and what came of it. `cites`: who may be cited."""

    judge: ProseJudge
    drafts: list[Draft] = field(default_factory=list)

    def add(self, said: Sequence[Draft], *, of: Collection[int]) -> None:
        self.judge.judge(said, of=of)
        self.drafts += said


class TellingService:
    def __init__(self, *, texts: Texts) -> None:
        self._texts = texts

    async def tell(self, errand: Errand, digest: Digest) -> Digest:
        """Return the digest with the prose of its style; where none is accepted, as it was."""
        if digest.style is Style.DAILY:
            return await self._analyse(errand, digest)
        return await self._open(errand, digest)

    async def _open(self, errand: Errand, digest: Digest) -> Digest:
        """Let it write the opening, and the stories of a newsletter."""
        items = _sources_of(digest)
        long = {
            item.link
            for section in digest.sections
            if digest.style is Style.NEWSLETTER and section.key == newsletter.LONG
            for item in section.items
        }
        if len(items) < _FEWEST_FOR_OPENING and not long:
            return digest
        room = _room(errand) - TOKENS_A_STORY * (1 + len(long))
        items = next(pack_sources(items, tokens_each=_TOKENS_EACH, tokens=max(room, 0)), [])
        told = [each.number for each in items if each.item.link in long]
        question = ask_to_tell(
            items,
            workspace=errand.workspace,
            links=[each.item.link for each in items],
            told=told,
            language=digest.language,
            tokens_each=_TOKENS_EACH,
            digest=errand.digest,
        )
        answer = await _ask_twice(errand, question)
        if answer is None:
            return digest
        prose = _Prose(_judge_of(items, question, digest))

        def judge() -> None:
            numbers = [each.number for each in items]
            opening = list(_drafts(answer.opening[:_MOST_IN_OPENING], "opening"))
            prose.add(opening, of=numbers)
            for said in answer.items:
                if said.source in told:
                    told.remove(said.source)  # once
                    only = (said.source,)
                    story = [Draft(only, clean(text), only) for text in said.sentences]
                    prose.add(story, of=only)

        await asyncio.to_thread(judge)
        await self._mend(errand, prose, items, digest.language, of=lambda draft: _own(draft, items))
        digest = replace(digest, opening=tuple(_place(errand, prose, "opening")))
        stories = {
            each.item.link: _story(errand, prose, each.number)
            for each in items
            if each.item.link in long
        }
        return _with_items(
            digest, lambda item: replace(item, prose=stories.get(item.link, item.prose))
        )

    async def _analyse(self, errand: Errand, digest: Digest) -> Digest:
        """Let it write the parts of each topic, but for those that people wrote."""
        items = {each.item.link: each for each in _sources_of(digest)}
        topics: dict[int, list[Told]] = {}
        for number, section in enumerate(digest.sections, 1):
            told = [items[item.link] for item in section.items if item.link in items]
            if told and not (section.analysis and section.analysis.origin):
                topics[number] = told
        analyses: dict[int, Analysis] = {}
        async with asyncio.TaskGroup() as group:
            for pack in _pack_topics(topics, _room(errand)):
                group.create_task(self._analyse_some(errand, digest, pack, analyses))
        sections = tuple(
            replace(section, analysis=analyses.get(number, section.analysis))
            for number, section in enumerate(digest.sections, 1)
        )
        return replace(digest, sections=sections)

    async def _analyse_some(
        self,
        errand: Errand,
        digest: Digest,
        topics: dict[int, list[Told]],
        analyses: dict[int, Analysis],
    ) -> None:
        items = [each for told in topics.values() for each in told]
        numbers = {topic: [each.number for each in told] for topic, told in topics.items()}
        question = ask_to_analyse(
            items,
            workspace=errand.workspace,
            links=[each.item.link for each in items],
            topics=numbers,
            language=digest.language,
            tokens_each=_TOKENS_EACH,
            digest=errand.digest,
        )
        answer = await _ask_twice(errand, question)
        if answer is None:
            return
        prose = _Prose(_judge_of(items, question, digest))
        first: dict[int, AnalysedTopic] = {}
        for said in answer.topics:
            if said.topic in topics:
                first.setdefault(said.topic, said)

        def judge() -> None:
            for topic, said in first.items():
                drafts = [
                    draft
                    for part in ("subjects", "events", *_FIELDS, "conclusion")
                    for draft in _drafts(getattr(said, part), part, topic)
                ]
                prose.add(drafts, of=numbers[topic])

        await asyncio.to_thread(judge)
        await self._mend(
            errand, prose, items, digest.language, of=lambda draft: numbers[_topic_of(draft)]
        )
        say = self._texts.bind(digest.language)
        fields = {name: say(f"digest.impact.{name}") for name in _FIELDS}
        for topic in first:
            section = digest.sections[topic - 1]
            analyses[topic] = _join(errand, prose, section, topic, topics[topic], fields)

    async def _mend(
        self,
        errand: Errand,
        prose: _Prose,
        items: Sequence[Told],
        language: str,
        *,
        of: Callable[[Draft], Collection[int]],
    ) -> None:
        known = {each.number for each in items}
        refused = [
            draft for draft in prose.drafts if draft.refusals and known.intersection(draft.sources)
        ]
        if not refused:
            return
        say = self._texts.bind(language)
        cited = prose.judge.cited(refused)
        question = ask_to_mend(
            [
                Refused(
                    number,
                    draft.text,
                    draft.sources,
                    tuple(say(why.key, **why.values) for why in draft.refusals),
                )
                for number, draft in enumerate(refused, 1)
            ],
            cited,
            workspace=errand.workspace,
            links=[each.item.link for each in cited],
            language=language,
            tokens_each=_TOKENS_EACH,
            digest=errand.digest,
        )
        try:
            answer = await errand.ask(question)
        except NoAnswer:
            return
        if answer is None:
            return

        def put() -> None:
            for said in answer.value.statements:
                if 1 <= said.number <= len(refused):
                    draft = refused[said.number - 1]
                    if draft.refusals:
                        prose.judge.mend(draft, said.text, of=of(draft))

        await asyncio.to_thread(put)


async def _ask_twice(errand: Errand, question: Question[Wanted]) -> Wanted | None:
    for _ in range(2):
        try:
            answer = await errand.ask(question)
        except NoAnswer:
            continue
        return None if answer is None else answer.value
    errand.miss()
    return None


def _sources_of(digest: Digest) -> list[Told]:
    """Return the highlights that say something that nobody doubts, by their numbers."""
    found = [Told(number, item) for number, item in enumerate(highlights_of(digest), 1)]
    return [each for each in found if each.text and not each.item.doubts]


def _judge_of(items: Sequence[Told], question: Question[Wanted], digest: Digest) -> ProseJudge:
    prompt = question.prompt.messages[0].text
    return ProseJudge(items, language=digest.language, prompt=prompt)


def _room(errand: Errand) -> int:
    return round(errand.context_tokens * _USABLE_SHARE) - _INSTRUCTIONS


def _pack_topics(topics: dict[int, list[Told]], room: int) -> Iterator[dict[int, list[Told]]]:
    packed: dict[int, list[Told]] = {}
    left = room
    for topic, told in topics.items():
        sent = (min(_TOKENS_EACH, count_tokens(f"{each.title} {each.text}")) for each in told)
        needed = TOKENS_A_TOPIC + sum(tokens + _FENCES for tokens in sent)
        if packed and needed > left:
            yield packed
            packed, left = {}, room
        packed[topic] = told
        left -= needed
    if packed:
        yield packed


def _drafts(said: Sequence[ToldSentence], *place: object) -> Iterator[Draft]:
    for each in said:
        yield Draft(place, clean(each.text), tuple(dict.fromkeys(each.sources)))


def _own(draft: Draft, items: Sequence[Told]) -> Collection[int]:
    return draft.sources if draft.place != ("opening",) else [each.number for each in items]


def _topic_of(draft: Draft) -> int:
    return int(str(draft.place[1]))


def _place(errand: Errand, prose: _Prose, *place: object) -> list[Statement]:
    """Return what may be told there, and count it, or that all of it was refused."""
    told = list(accepted(prose.drafts, *place))
    if told:
        errand.tell()
    elif any(draft.place == place for draft in prose.drafts):
        errand.refuse()
    return told


def _story(errand: Errand, prose: _Prose, number: int) -> tuple[str, ...]:
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


def _join(
    errand: Errand,
    prose: _Prose,
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
            for each in _place(errand, prose, name, topic)
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
