"""Opens a database; hands out its transactions."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import Delete, Engine, Insert, Select, Update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigError
from storage.databases import postgresql, sqlite
from storage.databases.driver import TURN, About, Engines, driver_errors
from storage.databases.grouping import GroupWriter, Item, JointWork
from storage.databases.side import Result, SideConnection, Work


class UnknownDatabase(ConfigError):
    message_key = "storage.unknown_database"


class NewerDatabase(ConfigError):
    message_key = "storage.newer_database"


class Database:
    """One transaction for each block: committed at its end, rolled back on an error.

    What is small and frequent goes the brief way: a function over a plain connection, which runs
    on a thread and costs a fifth. Such writes share a transaction, see `GroupWriter`.

    Who looks first and writes then takes turns, over all nodes: `write` always does. Where only
    one can write at a time, everybody does.
    """

    def __init__(self, engines: Engines) -> None:
        self.about: About = engines.about
        self._reader = engines.long.execution_options(**engines.reading)
        self._writer = engines.long.execution_options(**{TURN: True})
        # Waiting here is fair and wakes at once; SQLite's busy handler polls.
        self._turn = asyncio.Lock()
        reader = engines.brief.execution_options(**engines.reading)
        self._brief_reader = SideConnection(reader, name="jubo-reads")
        self._aside = reader
        takes_turns = {TURN: True}
        self._in_turn = _group(
            engines.brief.execution_options(**takes_turns),
            engines.unsynced.execution_options(**takes_turns),
            turn=self._turn,
        )
        self._beside = (
            self._in_turn
            if engines.has_one_writer
            else _group(engines.brief, engines.unsynced, turn=asyncio.Lock())
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        with driver_errors():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        with driver_errors():
            async with self._turn, self._writer.begin() as connection:
                yield connection

    async def read_briefly(self, work: Work[Result]) -> Result:
        return await self._brief_reader.run(work)

    async def read_aside(self, work: Work[Result]) -> Result:
        """As `read_briefly`, for what asks more or longer: nobody waits for it."""
        return await asyncio.to_thread(self._read_aside, work)

    def _read_aside(self, work: Work[Result]) -> Result:
        with driver_errors(), self._aside.connect() as connection:
            return work(connection)

    async def write_briefly(
        self, work: Work[Result], *, is_synced: bool = True, takes_turn: bool = False
    ) -> Result:
        """Return after the commit. The work may run twice: it does nothing but ask the database.

        Not `is_synced`: a power cut may undo it, though no crash. That is a quarter of the price,
        for what is done again at no harm.
        `takes_turn`: for work that writes what follows from what it read. A single statement, such
        as an insert that tolerates what is there, needs no turn and waits for nobody's.
        """
        group = self._in_turn if takes_turn else self._beside
        return await group.write(work, is_synced=is_synced)

    async def write_jointly(
        self, work: JointWork[Item, Result], item: Item, *, key: Hashable, is_synced: bool = True
    ) -> Result:
        """Do briefly to all items at once what many callers want done to one each."""
        return await self._beside.write_jointly(work, item, key=key, is_synced=is_synced)

    async def list(self, query: Select[Result]) -> Sequence[Result]:
        """Return the first column of every row, briefly."""
        return await self.read_briefly(lambda connection: connection.scalars(query).all())

    async def find(self, query: Select[Result]) -> Result | None:
        """Return the first column of the first row, briefly; None if there is none."""
        return await self.read_briefly(lambda connection: connection.scalar(query))

    async def change(self, statement: Insert | Update | Delete) -> int:
        """Return how many rows that changed, briefly."""
        return await self.write_briefly(lambda connection: connection.execute(statement).rowcount)

    async def close(self) -> None:
        await self._in_turn.close()
        if self._beside is not self._in_turn:
            await self._beside.close()
        await self._brief_reader.close()


def _group(synced: Engine, unsynced: Engine, *, turn: asyncio.Lock) -> GroupWriter:
    return GroupWriter(
        SideConnection(synced, name="jubo-synced"),
        SideConnection(unsynced, name="jubo-unsynced"),
        turn=turn,
    )


@asynccontextmanager
async def open_database(database_url: str) -> AsyncIterator[Database]:
    """Open `sqlite:///path`, or `postgresql://user:password@host/name`.

    Raises:
        ConfigError: an address of no known kind, or a database that cannot be used.

    """
    async with AsyncExitStack() as stack:
        database = Database(await _open_engines(stack, database_url))
        stack.push_async_callback(database.close)
        yield database


async def _open_engines(stack: AsyncExitStack, database_url: str) -> Engines:
    if (path := sqlite.find_path(database_url)) is not None:
        return sqlite.open_engines(stack, path)
    if (url := postgresql.find_url(database_url)) is not None:
        return await postgresql.open_engines(stack, url)
    raise UnknownDatabase(url=_without_password(database_url))


def _without_password(database_url: str) -> str:
    """Hide it in what may be no address at all; behind a "?" there may be one, too."""
    return re.sub(r"(:/*).*@", r"\1***@", database_url).partition("?")[0]
