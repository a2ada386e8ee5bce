"""Vectors of passages: kept in a table, compared exactly, with numpy, in this process's memory."""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, func, select

from bot.domain.embeddings import Meaning, Vector
from bot.domain.models import LinkFilter, LinkId, PassageId, WorkspaceId
from bot.domain.visibility import Audience
from storage.databases.database import Database
from storage.rows import BATCH, batches, insert_all
from storage.schema import passage_vectors as vectors
from storage.schema import passages
from storage.search.filters import restrict
from storage.search.words import CANDIDATES
from storage.visible import is_visible_passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# Of the nearest so many are asked for at once whether they pass and may be seen.
_LOOKED_AT = 500
_LIKE_TYPE = "<f2"
# A report says what happened at its beginning.
_FIRST_PASSAGES = 3


class SqlVectorStore:
    """The port `VectorStore`, and the nearest of a workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spaces: dict[tuple[WorkspaceId, str, int], _Space] = {}
        self._lock = Lock()

    async def list_lacking(
        self, workspace: WorkspaceId, model: str, dimension: int | None, *, limit: int
    ) -> Sequence[tuple[PassageId, str]]:
        is_kept = and_(vectors.c.passage_id == passages.c.id, vectors.c.model == model)
        if dimension is not None:
            is_kept = and_(is_kept, vectors.c.dimension == dimension)
        wanted = (
            select(passages.c.id, passages.c.title, passages.c.heading, passages.c.text)
            .where(passages.c.workspace == workspace)
            .where(~select(vectors.c.number).where(is_kept).exists())
            .order_by(passages.c.id.desc())
            .limit(limit)
        )
        rows = await self._database.read_aside(lambda connection: connection.execute(wanted).all())
        return [
            (PassageId(row.id), "\n".join(filter(None, (row.title, row.heading, row.text))))
            for row in rows
        ]

    async def count_lacking(self, workspace: WorkspaceId | None, model: str) -> int:
        def count(connection: Connection) -> int:
            all_, having = (
                select(func.count()).select_from(passages),
                select(func.count()).where(vectors.c.model == model),
            )
            if workspace is not None:
                all_ = all_.where(passages.c.workspace == workspace)
                having = having.where(vectors.c.workspace == workspace)
            return (connection.scalar(all_) or 0) - (connection.scalar(having) or 0)

        return await self._database.read_aside(count)

    async def keep(
        self, workspace: WorkspaceId, model: str, vectors: Mapping[PassageId, Vector]
    ) -> None:
        rows = await asyncio.to_thread(lambda: list(_rows(workspace, model, vectors)))
        await self._database.write_briefly(
            lambda connection: _replace(connection, rows), takes_turn=True
        )

    async def list_of(
        self, workspace: WorkspaceId, model: str, links: Collection[LinkId], audience: Audience
    ) -> Mapping[LinkId, Vector]:
        def read(connection: Connection) -> dict[LinkId, Vector]:
            return _mean_of_each(_read_first(connection, workspace, model, links, audience))

        return await self._database.read_aside(read)

    def find_nearest(
        self,
        connection: Connection,
        workspace: WorkspaceId,
        meaning: Meaning,
        audience: Audience,
        which: LinkFilter,
    ) -> dict[int, str]:
        """Return the nearest passages that pass and may be seen, nearest first, each's source."""
        space = self._space(workspace, meaning)
        near = space.order(connection, meaning.vector)
        found: dict[int, str] = {}
        for start in range(0, len(near), _LOOKED_AT):
            some = near[start : start + _LOOKED_AT]
            sources = _read_sources(connection, workspace, some, audience, which)
            found |= {each: sources[each] for each in some if each in sources}
            if len(found) >= CANDIDATES:
                break
        return dict(list(found.items())[:CANDIDATES])

    def _space(self, workspace: WorkspaceId, meaning: Meaning) -> _Space:
        key = (workspace, meaning.model, len(meaning.vector))
        with self._lock:
            # Of a model that is asked no more nothing is held.
            for old in [each for each in self._spaces if each[0] == workspace and each != key]:
                del self._spaces[old]
            return self._spaces.setdefault(key, _Space(*key))


class _Space:
    """All vectors of a workspace by one model, in step with the table."""

    def __init__(self, workspace: WorkspaceId, model: str, dimension: int) -> None:
        import numpy as np

        self._all = and_(
            vectors.c.workspace == workspace,
            vectors.c.model == model,
            vectors.c.dimension == dimension,
        )
        self._numbers = np.zeros(0, np.int64)
        self._passages = np.zeros(0, np.int64)
        self._matrix: Matrix = np.zeros((0, dimension), np.float32)
        self._lock = Lock()

    def order(self, connection: Connection, vector: Vector) -> list[int]:
        """Return all passages, the nearest first; equally near by number."""
        import numpy as np

        with self._lock:
            self._catch_up(connection)
            ids, matrix = self._passages, self._matrix
        likeness = matrix @ _unit(np.asarray([vector], np.float32))[0]
        return [int(each) for each in ids[np.lexsort((ids, -likeness))]]

    def _catch_up(self, connection: Connection) -> None:
        import numpy as np

        last = int(self._numbers.max(initial=0))
        counted = select(func.count(), func.max(vectors.c.number)).where(self._all)
        if tuple(connection.execute(counted).one()) == (len(self._numbers), last or None):
            return
        listed = select(vectors.c.number).where(self._all).order_by(vectors.c.number)
        there = np.fromiter(connection.scalars(listed), np.int64)
        stays = np.isin(self._numbers, there)
        new = [int(each) for each in there[~np.isin(there, self._numbers)]]
        numbers, ids, parts = [self._numbers[stays]], [self._passages[stays]], [self._matrix[stays]]
        for start in range(0, len(new), BATCH):
            wanted = select(vectors.c.number, vectors.c.passage_id, vectors.c.vector).where(
                vectors.c.number.in_(new[start : start + BATCH])
            )
            rows = connection.execute(wanted).all()
            if rows:
                numbers.append(np.asarray([row.number for row in rows], np.int64))
                ids.append(np.asarray([row.passage_id for row in rows], np.int64))
                raw = b"".join(row.vector for row in rows)
                parts.append(np.frombuffer(raw, _LIKE_TYPE).reshape(len(rows), -1).astype("f4"))
        self._numbers, self._passages = np.concatenate(numbers), np.concatenate(ids)
        self._matrix = np.concatenate(parts)


def _unit(matrix: Matrix) -> Matrix:
    import numpy as np

    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Matrix = matrix / np.maximum(lengths, np.float32(1e-12))
    return unit


def _rows(
    workspace: WorkspaceId, model: str, made: Mapping[PassageId, Vector]
) -> Iterator[dict[str, Any]]:
    import numpy as np

    matrix = _unit(np.asarray(list(made.values()), np.float32)).astype(_LIKE_TYPE)
    for passage, vector in zip(made, matrix, strict=True):
        yield {
            "passage_id": passage,
            "workspace": workspace,
            "model": model,
            "dimension": len(vector),
            "vector": vector.tobytes(),
        }


def _replace(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    ids = [row["passage_id"] for row in rows]
    kept = set(connection.scalars(select(passages.c.id).where(passages.c.id.in_(ids))))
    connection.execute(delete(vectors).where(vectors.c.passage_id.in_(ids)))
    if added := [row for row in rows if row["passage_id"] in kept]:
        insert_all(connection, vectors, added)


def _read_sources(
    connection: Connection,
    workspace: WorkspaceId,
    ids: Sequence[int],
    audience: Audience,
    which: LinkFilter,
) -> dict[int, str]:
    wanted = select(passages.c.id, passages.c.link_id, passages.c.note_id).where(
        passages.c.workspace == workspace, passages.c.id.in_(ids)
    )
    if (bounds := restrict(workspace, audience, which)) is not None:
        wanted = wanted.where(bounds)
    return {row.id: row.link_id or row.note_id for row in connection.execute(wanted)}


def _read_first(
    connection: Connection,
    workspace: WorkspaceId,
    model: str,
    links: Collection[LinkId],
    audience: Audience,
) -> Iterator[tuple[LinkId, bytes]]:
    wanted = (
        select(passages.c.link_id, vectors.c.vector)
        .join(vectors, vectors.c.passage_id == passages.c.id)
        .where(vectors.c.workspace == workspace, vectors.c.model == model)
        .where(passages.c.workspace == workspace, passages.c.position < _FIRST_PASSAGES)
        .where(is_visible_passage(audience))
        .order_by(passages.c.link_id, passages.c.id)
    )
    for some in batches(sorted(links)):
        for row in connection.execute(wanted.where(passages.c.link_id.in_(some))):
            yield LinkId(row.link_id), row.vector


def _mean_of_each(rows: Iterator[tuple[LinkId, bytes]]) -> dict[LinkId, Vector]:
    """Return means of the vectors that are as long as most: a model may change its length."""
    import numpy as np

    of_each: defaultdict[LinkId, list[bytes]] = defaultdict(list)
    sizes: Counter[int] = Counter()
    for link, raw in rows:
        of_each[link].append(raw)
        sizes[len(raw)] += 1
    size = max(sizes, key=lambda each: (sizes[each], each), default=0)
    means: dict[LinkId, Vector] = {}
    for link, raws in of_each.items():
        if whole := [raw for raw in raws if len(raw) == size]:
            matrix = np.frombuffer(b"".join(whole), _LIKE_TYPE).reshape(len(whole), -1)
            means[link] = array("f", matrix.astype(np.float32).mean(axis=0).tobytes())
    return means
