"""What all prose of a digest has in common: it is asked for, judged, mended once, and placed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.asking_models import Question, Wanted
from bot.domain.digests import Digest, Statement
from bot.domain.judging_links import clean
from bot.domain.judging_prose import Draft, ProseJudge, Told, accepted
from bot.domain.styles.rules import highlights_of
from bot.errors import NoAnswer
from bot.prompts.digests import ToldSentence
from bot.prompts.mending import Refused, ask_to_mend
from bot.services.errands import Errand
from bot.texts import Say

# A summary of four Korean bullets with its title. Longer ones are people's and begin with the gist.
TOKENS_EACH = 200
_INSTRUCTIONS = 900
_USABLE_SHARE = 0.9  # of a model's context: our estimate may be a tenth too small


@dataclass(slots=True)
class Prose:
    """What was asked for together: its sources, and what came of it."""

    judge: ProseJudge
    drafts: list[Draft] = field(default_factory=list)

    def add(self, said: Sequence[Draft], *, of: Collection[int]) -> None:
        self.judge.judge(said, of=of)
        self.drafts += said


async def ask_twice(errand: Errand, question: Question[Wanted]) -> Wanted | None:
    for _ in range(2):
        try:
            answer = await errand.ask(question)
        except NoAnswer:
            continue
        return None if answer is None else answer.value
    errand.miss()
    return None


async def mend_prose(
    errand: Errand,
    prose: Prose,
    items: Sequence[Told],
    *,
    of: Callable[[Draft], Collection[int]],
    language: str,
    say: Say,
) -> None:
    known = {each.number for each in items}
    refused = [
        draft for draft in prose.drafts if draft.refusals and known.intersection(draft.sources)
    ]
    if not refused:
        return
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
        tokens_each=TOKENS_EACH,
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


def sources_of(digest: Digest) -> list[Told]:
    """Return the highlights that say something that nobody doubts, by their numbers."""
    found = [Told(number, item) for number, item in enumerate(highlights_of(digest), 1)]
    return [each for each in found if each.text and not each.item.doubts]


def judge_of(items: Sequence[Told], question: Question[Wanted], digest: Digest) -> ProseJudge:
    prompt = question.prompt.messages[0].text
    return ProseJudge(items, language=digest.language, prompt=prompt)


def room_of(errand: Errand) -> int:
    return round(errand.context_tokens * _USABLE_SHARE) - _INSTRUCTIONS


def drafts_of(said: Sequence[ToldSentence], *place: object) -> Iterator[Draft]:
    for each in said:
        yield Draft(place, clean(each.text), tuple(dict.fromkeys(each.sources)))


def take_place(errand: Errand, prose: Prose, *place: object) -> list[Statement]:
    """Return what may be told there, and count it, or that all of it was refused."""
    told = list(accepted(prose.drafts, *place))
    if told:
        errand.tell()
    elif any(draft.place == place for draft in prose.drafts):
        errand.refuse()
    return told
