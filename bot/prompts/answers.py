"""The question in which a language model answers from passages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel

from bot.domain.asking_models import Question, Stage
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.quoting import Quotable, quote_sources
from bot.prompts.files import fill_prompt
from bot.text.token_counts import cut_to_tokens

MOST_CLAIMS = 5
_TOKENS_A_CLAIM = 100
_TOKENS_ASKED = 300  # of a question: who pastes a page asks with its beginning


class ToldClaim(BaseModel):
    text: str
    sources: list[int]


class ToldAnswer(BaseModel):
    claims: list[ToldClaim]


def ask_for_answer(
    asked: str,
    sources: Sequence[Quotable],
    *,
    workspace: WorkspaceId,
    links: Sequence[LinkId],
    language: str,
    tokens_each: int,
) -> Question[ToldAnswer]:
    prompt = fill_prompt(
        "answer_question",
        language=language,
        sources=quote_sources(sources, tokens_each=tokens_each),
        question=json.dumps(cut_to_tokens(asked, _TOKENS_ASKED), ensure_ascii=False),
        count=len(sources),
    )
    return Question(
        workspace=workspace,
        stage=Stage.ANSWER,
        prompt=prompt,
        wanted=ToldAnswer,
        tokens_out=_TOKENS_A_CLAIM * MOST_CLAIMS,
        links=tuple(links),
    )
