"""Use case: have a language model answer from passages, and keep what they carry."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from bot.domain.answers import Answer
from bot.domain.claims import CitedPassage, JudgedAnswer
from bot.domain.guard import Statement
from bot.domain.models import WorkspaceId
from bot.errors import NoAnswer
from bot.ports import LanguageModel
from bot.prompts.answers import MOST_CLAIMS, ask_for_answer
from bot.services.errands import Errand
from bot.services.mending import Faulty, mend
from bot.texts import Texts

# Somebody waits, with the quotes before their eyes.
PATIENCE_S = 30.0
MOST_TOKENS = 8_000
_TOKENS_EACH = 500  # a passage is no longer


class ClaimingService:
    def __init__(
        self, model: LanguageModel, *, texts: Texts, patience_s: float = PATIENCE_S
    ) -> None:
        self._model = model
        self._texts = texts
        self._patience_s = patience_s

    @property
    def model(self) -> str:
        return self._model.name

    async def claim(
        self, workspace: WorkspaceId, asked: str, quotes: Answer, *, language: str
    ) -> Answer:
        """Return claims in a language, else the quotes and why they stay."""
        errand = Errand(
            self._model,
            workspace,
            digest="",
            most_tokens=MOST_TOKENS,
            patience_s=self._patience_s,
        )
        sources = quotes.sources
        question = ask_for_answer(
            asked,
            [CitedPassage(each) for each in sources],
            workspace=workspace,
            links=[each.link for each in sources if each.link],
            language=language,
            tokens_each=_TOKENS_EACH,
        )
        try:
            answer = await errand.ask(question)
        except NoAnswer:
            return replace(quotes, writer=self.model, without="no_answer")
        if answer is None:
            gone = errand.writing
            return replace(quotes, writer=self.model, without=gone.without, value=gone.value)
        said = [
            Statement(each.text, tuple(each.sources)) for each in answer.value.claims[:MOST_CLAIMS]
        ]
        if not said:
            return replace(quotes, writer=self.model, without="found_none")
        judged = await asyncio.to_thread(
            JudgedAnswer,
            said,
            sources,
            language=language,
            prompt=question.prompt.messages[0].text,
        )
        await self._mend(errand, judged, quotes, language=language)
        claimed = judged.answer(quotes, writer=self.model)
        return claimed or replace(quotes, writer=self.model, without="unsupported")

    async def _mend(
        self, errand: Errand, judged: JudgedAnswer, quotes: Answer, *, language: str
    ) -> None:
        cited = {number for each in judged.refused.values() for number in each.statement.sources}
        sources = [each for each in quotes.sources if each.n in cited]
        await mend(
            errand,
            [
                Faulty(
                    each.statement.text,
                    each.statement.sources,
                    each.refusals,
                    partial(judged.mend, place),
                )
                for place, each in judged.refused.items()
            ],
            [CitedPassage(each) for each in sources],
            links=[each.link for each in sources if each.link],
            language=language,
            tokens_each=_TOKENS_EACH,
            say=self._texts.bind(language),
        )
