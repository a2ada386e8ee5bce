"""What all prose of a digest has in common: it is asked for, judged, mended once, and placed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.domain.asking_models import Question, Wanted
from bot.domain.digests import Digest, Statement
from bot.domain.judging_links import clean
from bot.domain.judging_prose import Draft, ProseJudge, SourceItem, accepted
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.quoting import Quotable
from bot.domain.styles.rules import highlights_of
from bot.errors import NoAnswer
from bot.prompts.digests import ToldSentence
from bot.services.errands import Errand
from bot.services.mending import Faulty, mend
from bot.texts import Say

# A summary of four Korean bullets with its title. Longer ones are people's and begin with the gist.
TOKENS_EACH = 200


class Ask(Protocol[Wanted]):
    """Makes the question for prose; see `bot.prompts.digests`."""

    def __call__(
        self,
        sources: Sequence[Quotable],
        *,
        workspace: WorkspaceId,
        links: Sequence[LinkId],
        language: str,
        tokens_each: int,
        digest: str,
    ) -> Question[Wanted]: ...


@dataclass(frozen=True, slots=True)
class Prose:
    """What came of one question, and what the guard said of it."""

    drafts: Sequence[Draft]

    def was_written(self, *place: object) -> bool:
        return any(draft.place == place for draft in self.drafts)

    def place(self, errand: Errand, *place: object) -> list[Statement]:
        """Return what may be told there, and count it, or that all of it was refused."""
        told = list(accepted(self.drafts, *place))
        if told:
            errand.tell()
        elif self.was_written(*place):
            errand.refuse()
        return told


async def write(
    errand: Errand,
    digest: Digest,
    items: Sequence[SourceItem],
    ask: Ask[Wanted],
    read: Callable[[Wanted], Iterable[Sequence[Draft]]],
    *,
    say: Say,
) -> Prose | None:
    """Return what the model writes of these items; None where it has no answer.

    `read`: finds the drafts in an answer, those of one text together.
    """
    question = ask(
        items,
        workspace=errand.workspace,
        links=[each.item.link for each in items],
        language=digest.language,
        tokens_each=TOKENS_EACH,
        digest=errand.digest,
    )
    answer = await _ask_twice(errand, question)
    if answer is None:
        return None
    prompt = question.prompt.messages[0].text
    judge = ProseJudge(items, language=digest.language, prompt=prompt)
    texts = [list(drafts) for drafts in read(answer)]

    def judge_all() -> None:
        for drafts in texts:
            judge.judge(drafts)

    await asyncio.to_thread(judge_all)
    prose = Prose([draft for drafts in texts for draft in drafts])
    await _mend(errand, prose, judge, items, language=digest.language, say=say)
    return prose


async def _ask_twice(errand: Errand, question: Question[Wanted]) -> Wanted | None:
    for _ in range(2):
        try:
            answer = await errand.ask(question)
        except NoAnswer:
            continue
        return None if answer is None else answer.value
    errand.miss()
    return None


async def _mend(
    errand: Errand,
    prose: Prose,
    judge: ProseJudge,
    items: Sequence[SourceItem],
    *,
    language: str,
    say: Say,
) -> None:
    known = {each.number for each in items}
    refused = [
        draft for draft in prose.drafts if draft.refusals and known.intersection(draft.sources)
    ]
    cited = judge.cited(refused)
    await mend(
        errand,
        [
            Faulty(draft.text, draft.sources, draft.refusals, partial(judge.mend, draft))
            for draft in refused
        ],
        cited,
        links=[each.item.link for each in cited],
        language=language,
        tokens_each=TOKENS_EACH,
        say=say,
    )


def sources_of(digest: Digest) -> list[SourceItem]:
    """Return the highlights that say something that nobody doubts, by their numbers."""
    found = [SourceItem(number, item) for number, item in enumerate(highlights_of(digest), 1)]
    return [each for each in found if each.text and not each.item.doubts]


def drafts_of(
    said: Sequence[ToldSentence], *place: object, may_cite: Collection[int]
) -> Iterator[Draft]:
    for each in said:
        yield Draft(place, clean(each.text), tuple(dict.fromkeys(each.sources)), may_cite)
