"""Use case: answer a question with quotes from what a workspace saved, or refuse to."""

from __future__ import annotations

import asyncio

from bot.domain.answers import HITS_CONSIDERED, Answer, compose_answer
from bot.domain.models import WorkspaceId
from bot.domain.visibility import Audience
from bot.ports import SearchIndex
from bot.text.queries import weigh_words


class AnsweringService:
    def __init__(self, search: SearchIndex) -> None:
        self._search = search

    async def answer(self, workspace: WorkspaceId, question: str, *, audience: Audience) -> Answer:
        """Quote what this audience may see; never raises for the question's sake."""
        hits = await self._search.search(
            workspace, question, limit=HITS_CONSIDERED, audience=audience
        )
        names = await self._search.find_other_names(workspace, question, audience=audience)
        words = weigh_words(question).keys() | {word for one in names for word in one.translation}
        statistics = await self._search.measure(workspace, words)
        return await asyncio.to_thread(
            compose_answer, question, hits, statistics=statistics, names=names
        )
