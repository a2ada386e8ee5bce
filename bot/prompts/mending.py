"""The one question in which a language model may mend what was refused of its answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from bot.domain.asking_models import Question, Stage
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.quoting import Quotable, quote_sources
from bot.prompts.files import fill_prompt

_TOKENS_A_STATEMENT = 90
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Refused:
    """`why`: the reasons, in the language of the statement."""

    number: int
    text: str
    sources: tuple[int, ...]
    why: tuple[str, ...]


class MendedStatement(BaseModel):
    number: int
    text: str


class MendedStatements(BaseModel):
    statements: list[MendedStatement]


def ask_to_mend(
    refused: Sequence[Refused],
    sources: Sequence[Quotable],
    *,
    workspace: WorkspaceId,
    links: Sequence[LinkId],
    language: str,
    tokens_each: int,
    digest: str = "",
) -> Question[MendedStatements]:
    told = [
        {
            "number": each.number,
            "about_sources": list(each.sources),
            "statement": each.text[:_SHOWN_CHARS],
            "refused_because": list(each.why),
        }
        for each in refused
    ]
    prompt = fill_prompt(
        "mend_statements",
        language=language,
        sources=quote_sources(sources, tokens_each=tokens_each),
        refused="\n".join(json.dumps(each, ensure_ascii=False) for each in told),
        count=len(refused),
    )
    return Question(
        workspace=workspace,
        stage=Stage.REPAIR,
        prompt=prompt,
        wanted=MendedStatements,
        tokens_out=_TOKENS_A_STATEMENT * len(refused),
        digest=digest,
        links=tuple(links),
    )
