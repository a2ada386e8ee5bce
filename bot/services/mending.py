"""What the guard refused of a model's answer: it is asked once to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.guard import Refusal
from bot.domain.models import LinkId
from bot.domain.quoting import Quotable
from bot.errors import NoAnswer
from bot.prompts.mending import MendedStatements, Refused, ask_to_mend
from bot.services.errands import Errand
from bot.texts import Say


@dataclass(frozen=True, slots=True)
class Faulty:
    """`put`: judges a text in its place, and keeps it there if it is carried."""

    text: str
    sources: tuple[int, ...]
    refusals: tuple[Refusal, ...]
    put: Callable[[str], None]


async def mend(
    errand: Errand,
    faulty: Sequence[Faulty],
    sources: Sequence[Quotable],
    *,
    links: Sequence[LinkId],
    language: str,
    tokens_each: int,
    say: Say,
    leaving: int = 0,
) -> None:
    """Put what the model writes in their places; where it fails, they stay refused."""
    if not faulty:
        return
    refused = [
        Refused(
            number,
            each.text,
            each.sources,
            tuple(say(why.key, **why.values) for why in each.refusals),
        )
        for number, each in enumerate(faulty, 1)
    ]
    question = ask_to_mend(
        refused,
        sources,
        workspace=errand.workspace,
        links=links,
        language=language,
        tokens_each=tokens_each,
        digest=errand.digest,
    )
    try:
        answer = await errand.ask(question, leaving=leaving)
    except NoAnswer:
        return
    if answer is not None:
        await asyncio.to_thread(_put, faulty, answer.value)


def _put(faulty: Sequence[Faulty], mended: MendedStatements) -> None:
    waiting = dict(enumerate(faulty, 1))
    for said in mended.statements:
        if each := waiting.pop(said.number, None):
            each.put(said.text)
