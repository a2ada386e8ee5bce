"""Search on PostgreSQL gives what it gives on SQLite, and looks only where it must."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.domain.models import LOCAL, ChannelId, Passage, Place, SearchHit
from bot.domain.visibility import OPERATOR, Audience
from bot.text.ranking import rank
from storage import SqlStorage, open_storage
from storage.databases.database import Database, open_database
from storage.search import postgresql as search_postgresql
from storage.search.postgresql import PostgresqlFullText
from storage.search.reading import read_statistics
from storage.search.words import CANDIDATES, Looks, Question
from tests.factories import make_page, make_save, make_understanding
from tests.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

HIDDEN = Place(ChannelId("secret"), is_private=True)
WORDS = [
    *("색인은", "밤마다", "만든다", "모델이", "GPT-4", "C++", "3.5", "model", "index", "walrus"),
    *(f"word{number}" for number in range(40)),
]
FREQUENCIES = range(len(WORDS), 0, -1)
ODD = [
    "walrus " * 700 + "index",
    "'walrus' \\ \"index\" :1A,2B & | ! <-> (queues):*",
    "\U00010000" * 3000 + " index",
    "1.1" * 200,
    " ",
]
QUESTIONS = ["walrus", "index of 모델", "색인은 언제 만드나요?", "GPT-4 and C++ 3.5", *WORDS[-20:]]


async def read(storage: SqlStorage, url: str, parts: Sequence[Passage], place: Place) -> None:
    saved = await storage.links.save(make_save(url, place=place, message=url))
    page = make_page(url, title=place.channel)
    await storage.links.store_page(LOCAL, saved.link.id, page, make_understanding(), parts)


async def fill(storage: SqlStorage) -> None:
    """Save links whose passages hold frequent and rare words; fewer than are ranked at once."""
    choose = random.Random(7)
    await storage.workspaces.ensure(LOCAL, name="Local")
    for number in range(28):
        said = [
            " ".join(
                choose.choices(WORDS, weights=range(len(WORDS), 0, -1), k=choose.randint(1, 60))
            )
            for _ in range(3)
        ]
        place = HIDDEN if number % 3 == 0 else Place(ChannelId("general"))
        parts = [Passage(each, heading=choose.choice(WORDS)) for each in said]
        await read(storage, f"https://example.org/{number}", parts, place)
    await read(storage, "https://example.org/odd", list(map(Passage, ODD)), HIDDEN)


def known(hits: Sequence[SearchHit]) -> list[tuple[str, str, str, str, float]]:
    return [(hit.url, hit.title, hit.heading, hit.text, hit.score) for hit in hits]


@pytest.mark.parametrize("audience", [OPERATOR, Audience()])
async def test_both_databases_give_the_same_hits_with_the_same_scores(
    audience: Audience, postgres_url: str, tmp_path: Path
) -> None:
    sqlite_url = f"sqlite:///{tmp_path / 'jubo.db'}"
    async with open_storage(postgres_url) as one, open_storage(sqlite_url) as other:
        for storage in (one, other):
            await fill(storage)

        for question in QUESTIONS:
            ours, theirs = [
                await storage.search.search(LOCAL, question, limit=200, audience=audience)
                for storage in (one, other)
            ]
            assert known(ours) == known(theirs)
            assert ours


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    async with open_storage(postgres_url) as storage:
        await fill(storage)
    async with open_database(postgres_url) as opened:
        yield opened


async def find(
    database: Database, full_text: PostgresqlFullText, words: Sequence[str], audience: Audience
) -> list[int]:
    def ask(connection: Connection) -> list[int]:
        scope, statistics = read_statistics(connection, LOCAL, words)
        question = Question(LOCAL, scope, dict.fromkeys(words, 1.0), statistics, audience)
        found = full_text.find_candidates(connection, question)
        return [id_ for id_, _ in rank(found.candidates, question.weights, statistics=statistics)]

    return await database.read_aside(ask)


# Looks one word up: the rarest.
ONE_WORD = PostgresqlFullText(Looks(most_rows=0, enough_rows=0))


async def test_a_frequent_word_chooses_none_but_counts(database: Database) -> None:
    """A hundred passages hold the rarer word already, so those with the other alone stay out."""
    texts = ["zebra"] * 120 + ["zebra lion"] * 20 + ["lion"] * 300
    await read(SqlStorage(database), "https://example.org/z", list(map(Passage, texts)), HIDDEN)

    found = await find(database, ONE_WORD, ["zebra", "lion"], OPERATOR)
    everything = await find(database, PostgresqlFullText(), ["zebra", "lion"], OPERATOR)

    assert found == everything
    assert len(found) == CANDIDATES


async def test_a_visible_passage_is_found_though_only_hidden_ones_hold_the_rarer_word(
    database: Database,
) -> None:
    await read(SqlStorage(database), "https://example.org/z", [Passage("zebra index")], HIDDEN)

    found = await find(database, ONE_WORD, ["zebra", "index"], Audience())

    assert found == await find(database, PostgresqlFullText(), ["index"], Audience())
    assert found


async def test_the_migrated_index_is_the_one_that_search_expects(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    fresh = postgres_server.create()
    async with open_database(fresh) as database, database.write() as connection:
        await connection.execute(text("CREATE TABLE passages (id BIGINT PRIMARY KEY)"))
        for statement in search_postgresql.DDL:
            await connection.execute(text(statement))

    assert await describe(postgres_url) == await describe(fresh)
    postgres_server.drop(fresh)


async def describe(url: str) -> list[str]:
    """Return everything of the index as PostgreSQL tells it."""
    async with open_database(url) as database, database.read() as connection:
        return list(await connection.scalars(text(_EVERYTHING)))


_EVERYTHING = """
    SELECT told FROM (
        SELECT pg_get_functiondef(oid) AS told FROM pg_proc WHERE proname LIKE 'passages_%'
        UNION ALL
        SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'passages_%'
        UNION ALL
        SELECT indexdef FROM pg_indexes
        WHERE tablename IN ('passages_fts', 'passages_fts_words', 'search_scopes')
        UNION ALL
        SELECT concat_ws(' ', relname, reloptions, attname, format_type(atttypid, atttypmod),
            attnotnull, attidentity, attcollation, pg_get_expr(adbin, adrelid))
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relname IN ('passages_fts', 'passages_fts_words', 'search_scopes')
    ) AS described
    ORDER BY told
"""
