"""What every search index counts: what is there, whoever wrote, deleted or indexed it anew."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.domain.models import LOCAL, LinkId, MessageId, Passage, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.text.ranking import Fields, Statistics
from bot.text.tokens import tokenise
from storage import SqlStorage, open_storage
from storage.databases.database import open_database
from tests.factories import MINA, make_page, make_save, make_understanding

WORDS = ["색인은", "밤마다", "만든다", "index", "queues", "GPT-4", "walrus", "été"]
ALL_WORDS = sorted({word for each in WORDS for word in tokenise(each)})
TEXTS = st.lists(st.sampled_from(WORDS), min_size=0, max_size=6).map(" ".join)
PAGES = st.lists(TEXTS, min_size=1, max_size=3)
# Each act names one of a few links: it is saved and read, or its save is taken back.
ACTS = st.lists(st.tuples(st.integers(0, 3), st.none() | PAGES | st.just("again")), max_size=12)
TITLE = "walrus index"

_numbers = itertools.count()


async def read(
    storage: SqlStorage, url: str, texts: Sequence[str], *, workspace: WorkspaceId = LOCAL
) -> LinkId:
    saved = await storage.links.save(make_save(url, workspace=workspace, message=url))
    page = make_page(url, title=TITLE)
    parts = [Passage(each, "밤마다") for each in texts]
    await storage.links.store_page(workspace, saved.link.id, page, make_understanding(), parts)
    return saved.link.id


async def reindex(storage: SqlStorage, workspace: WorkspaceId = LOCAL, *, limit: int = 2) -> int:
    """Return in how many steps."""
    after, steps = 0, 0
    while (last := await storage.search.reindex(workspace, after=after, limit=limit)) is not None:
        after, steps = last, steps + 1
    return steps


def count(texts: Sequence[str]) -> Statistics:
    """Count what the index should have counted."""
    fields = [[tokenise(TITLE), tokenise("밤마다"), tokenise(each)] for each in texts]
    holding = Counter(word for each in fields for word in set(itertools.chain(*each)))
    if not texts:
        return Statistics(0, Fields(0, 0, 0), {})
    averages = (sum(len(each[n]) for each in fields) / len(fields) for n in range(3))
    return Statistics(len(fields), Fields(*averages), dict(holding))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_what_is_counted_is_what_is_there(
    acts: list[tuple[int, list[str] | str | None]], database_url: str
) -> None:
    workspace = WorkspaceId(f"slack:T{next(_numbers)}")

    async def play() -> tuple[Statistics, Statistics]:
        kept: dict[str, Sequence[str]] = {}
        async with open_storage(database_url) as storage:
            await storage.workspaces.ensure(workspace, name="Ours")
            for number, act in acts:
                url = f"https://example.org/{number}"
                if isinstance(act, list):
                    await read(storage, url, act, workspace=workspace)
                    kept[url] = act
                elif act is None:
                    await storage.links.undo_saves(
                        workspace, member=MINA, message=MessageId(url), emoji="📜"
                    )
                    kept.pop(url, None)
                else:
                    await reindex(storage, workspace)
            expected = count([each for texts in kept.values() for each in texts])
            return await storage.search.measure(workspace, ALL_WORDS), expected

    measured, expected = asyncio.run(play())

    assert measured.passages == expected.passages
    assert measured.average_words == pytest.approx(expected.average_words)
    assert dict(measured.passages_with) == dict(expected.passages_with)


async def test_nodes_that_write_at_once_lose_no_count(database_url: str) -> None:
    urls = [f"https://example.org/{number}" for number in range(24)]
    async with open_storage(database_url) as ours, open_storage(database_url) as theirs:
        async with asyncio.TaskGroup() as group:
            for url, storage in zip(urls, itertools.cycle([ours, theirs]), strict=False):
                group.create_task(read(storage, url, ["색인은 walrus", "index"]))
        async with asyncio.TaskGroup() as group:
            for url, storage in zip(urls[:8], itertools.cycle([ours, theirs]), strict=False):
                undone = storage.links.undo_saves(
                    LOCAL, member=MINA, message=MessageId(url), emoji="📜"
                )
                group.create_task(undone)
            for url in urls[8:16]:
                group.create_task(read(theirs, url, ["queues"]))

        measured = await ours.search.measure(LOCAL, ["walrus", "색인", "queue"])

    assert measured.passages == 8 + 8 * 2
    assert dict(measured.passages_with) == {"walrus": 24, "색인": 8, "queue": 8}


async def lose_index(database_url: str) -> None:
    """Leave the passages alone, as if they came from another database."""
    async with open_database(database_url) as database, database.write() as connection:
        for table in ("passages_fts", "search_scopes"):
            await connection.execute(text(f"DELETE FROM {table}"))


async def test_passages_that_came_without_an_index_are_found_after_reindexing(
    database_url: str,
) -> None:
    async with open_storage(database_url) as storage:
        for number in range(5):
            await read(storage, f"https://example.org/{number}", ["색인은 밤마다", "walrus"])
        before = await storage.search.search(LOCAL, "walrus", limit=9, audience=OPERATOR)
        await lose_index(database_url)
        lost = await storage.search.search(LOCAL, "walrus", limit=9, audience=OPERATOR)

        steps = await reindex(storage, limit=4)

        after = await storage.search.search(LOCAL, "walrus", limit=9, audience=OPERATOR)
    assert (lost, steps) == ([], 3)
    assert after == before != []


async def test_reindexing_goes_on_around_what_others_write_and_delete(database_url: str) -> None:
    async with open_storage(database_url) as storage:
        for number in range(4):
            await read(storage, f"https://example.org/{number}", ["색인은"])
        first = await storage.search.reindex(LOCAL, after=0, limit=2)
        assert first is not None
        await read(storage, "https://example.org/new", ["walrus"])
        for number in (0, 3):
            await storage.links.undo_saves(
                LOCAL,
                member=MINA,
                message=MessageId(f"https://example.org/{number}"),
                emoji="📜",
            )

        last = await storage.search.reindex(LOCAL, after=first, limit=9)

        assert last is not None
        assert await storage.search.reindex(LOCAL, after=last, limit=9) is None
        measured = await storage.search.measure(LOCAL, ["색인"])
        assert (measured.passages, dict(measured.passages_with)) == (3, {"색인": 2})


async def test_reindexing_stays_in_its_workspace(database_url: str) -> None:
    other = WorkspaceId("slack:T1")
    async with open_storage(database_url) as storage:
        await storage.workspaces.ensure(other, name="Other")
        await read(storage, "https://example.org/a", ["색인은"], workspace=other)

        assert await storage.search.reindex(LOCAL, after=0, limit=9) is None
