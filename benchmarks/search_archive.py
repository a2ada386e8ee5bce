"""A corpus as a workspace of its own in a temporary database, asked through what people use."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, text

from bot.domain.answers import Answer
from bot.domain.models import LOCAL, LinkId, SearchHit
from bot.domain.visibility import OPERATOR, Audience
from bot.services.answering import AnsweringService
from storage import SqlStorage
from storage.databases.database import Database, open_database
from storage.migrations import migrate
from storage.schema import links, saves
from storage.search.index import PassageRow, add_passages

_THEN = datetime(2025, 1, 6, tzinfo=UTC)


class SearchArchive:
    """Every document is one link with one passage. Close it: it holds a folder and a loop.

    In a file of its own, or in the database at an address, which has to be empty.
    """

    def __init__(
        self,
        corpus: Sequence[dict[str, Any]],
        database_url: str | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._stack = AsyncExitStack()
        self._runner = asyncio.Runner()
        self.run = self._runner.run
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self._runner.run(self._fill(corpus, database_url or f"sqlite:///{folder}/corpus.db"))

    def search(self, query: str, limit: int, *, audience: Audience = OPERATOR) -> list[SearchHit]:
        found = self.storage.search.search(LOCAL, query, limit=limit, audience=audience)
        return list(self._runner.run(found))

    def read(self, statement: str) -> Any:
        """Return the first value of what only this database understands."""

        async def ask() -> Any:
            async with self._database.read() as connection:
                return await connection.scalar(text(statement))

        return self._runner.run(ask())

    def answer(self, question: str) -> Answer:
        return self._runner.run(self._answering.answer(LOCAL, question, audience=OPERATOR))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _fill(self, corpus: Sequence[dict[str, Any]], database_url: str) -> None:
        database = await self._stack.enter_async_context(open_database(database_url))
        await migrate(database)
        self._database = database
        self.storage = SqlStorage(database)
        self._answering = AnsweringService(self.storage.search, self.storage.links)
        await self.storage.workspaces.ensure(LOCAL, name="corpus")
        self.indexing_s = await _store(database, corpus, self._clock)


async def _store(
    database: Database, corpus: Sequence[dict[str, Any]], clock: Callable[[], float]
) -> float:
    """Return how long it took to put passages into the index, by the clock."""
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
        await connection.execute(insert(saves), [_save(document) for document in corpus])
        began = clock()
        await add_passages(connection, LOCAL, [_passage(document) for document in corpus])
        return clock() - began


def _save(document: dict[str, Any]) -> dict[str, Any]:
    """Say in public that the document is there, so that whoever may read anything may read it."""
    return {
        "id": document["id"],
        "workspace": LOCAL,
        "link_id": document["id"],
        "member": "mina",
        "channel": "general",
        "is_private": False,
        "message": document["id"],
        "emoji": "",
        "url": f"https://example.org/{document['id']}",
        "saved_at": _THEN,
        "marks": (),
    }


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
