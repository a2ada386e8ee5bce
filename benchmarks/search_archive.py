"""A corpus as a workspace of its own in a temporary database, asked through what people use."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.domain.answers import Answer
from bot.domain.models import LOCAL, LinkId, SearchHit
from bot.domain.visibility import OPERATOR
from bot.services.answering import AnsweringService
from storage import SqlStorage
from storage.database import Database, open_database
from storage.migrations import migrate
from storage.schema import links
from storage.search_index import PassageRow, add_passages

_THEN = datetime(2025, 1, 6, tzinfo=UTC)


class SearchArchive:
    """Every document is one link with one passage. Close it: it holds a folder and a loop."""

    def __init__(self, corpus: Sequence[dict[str, Any]]) -> None:
        self._stack = AsyncExitStack()
        self._runner = asyncio.Runner()
        self._runner.run(self._fill(corpus))

    def search(self, query: str, limit: int) -> list[SearchHit]:
        found = self._storage.search.search(LOCAL, query, limit=limit, audience=OPERATOR)
        return list(self._runner.run(found))

    def answer(self, question: str) -> Answer:
        return self._runner.run(self._answering.answer(LOCAL, question, audience=OPERATOR))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _fill(self, corpus: Sequence[dict[str, Any]]) -> None:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        database = await self._stack.enter_async_context(
            open_database(f"sqlite:///{Path(folder, 'corpus.db')}")
        )
        await migrate(database)
        self._storage = SqlStorage(database)
        self._answering = AnsweringService(self._storage.search)
        await self._storage.workspaces.ensure(LOCAL, name="corpus")
        await _store(database, corpus)


async def _store(database: Database, corpus: Sequence[dict[str, Any]]) -> None:
    async with database.write() as connection:
        await connection.execute(
            insert(links),
            [
                {
                    "id": document["id"],
                    "workspace": LOCAL,
                    "url": f"https://example.org/{document['id']}",
                    "created_at": _THEN,
                }
                for document in corpus
            ],
        )
        await add_passages(connection, LOCAL, [_passage(document) for document in corpus])


def _passage(document: dict[str, Any]) -> PassageRow:
    return PassageRow(
        link_id=LinkId(document["id"]),
        note_id=None,
        save_id=None,
        position=0,
        heading="",
        title=document["title"] or "",
        text=document["text"],
    )
