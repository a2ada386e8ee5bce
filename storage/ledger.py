"""The port `PostLedger`: what was posted under which key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.models import MessageId, WorkspaceId
from bot.ports import Began
from storage.databases.database import Database
from storage.forgetting import forget_rows
from storage.rows import change_each, insert_new
from storage.schema import posts

_BEGIN = insert_new(posts)
_IS_THIS = (posts.c.workspace == bindparam("of"), posts.c.key == bindparam("under"))
_FIND = select(posts.c.began_at, posts.c.message).where(*_IS_THIS)
_FINISH = update(posts).where(*_IS_THIS).values(message=bindparam("sent"))


class SqlPostLedger:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, workspace: WorkspaceId, key: str, *, at: datetime) -> Began:
        """Return how it first began: the same key again changes nothing."""
        row = {"workspace": workspace, "key": key, "began_at": at}
        return await self._database.write_jointly(_begin, row, key=(workspace, key))

    async def find(self, workspace: WorkspaceId, key: str) -> Began | None:
        return await self._database.read_briefly(
            lambda connection: _find(connection, workspace, key)
        )

    async def finish(self, workspace: WorkspaceId, key: str, message: MessageId) -> None:
        values = {"of": workspace, "under": key, "sent": message}
        # Who begins again after a power cut looks for the message before it is sent again.
        await self._database.write_jointly(_finish, values, key=(workspace, key), is_synced=False)

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        return await forget_rows(
            self._database,
            posts,
            posts.c.workspace == workspace,
            posts.c.began_at < before,
            posts.c.message.is_not(None),
        )


def _begin(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[Began]:
    are_new = change_each(connection, _BEGIN, rows)
    return [
        Began(since=row["began_at"], is_first=True) if is_new else _began(connection, row)
        for row, is_new in zip(rows, are_new, strict=True)
    ]


def _began(connection: Connection, row: Mapping[str, Any]) -> Began:
    found = _find(connection, row["workspace"], row["key"])
    return found or Began(since=row["began_at"], is_first=False)


def _finish(connection: Connection, posted: Sequence[Mapping[str, Any]]) -> Sequence[None]:
    connection.execute(_FINISH, posted)
    return [None] * len(posted)


def _find(connection: Connection, workspace: WorkspaceId, key: str) -> Began | None:
    row = connection.execute(_FIND, {"of": workspace, "under": key}).one_or_none()
    if row is None:
        return None
    message = None if row.message is None else MessageId(row.message)
    return Began(since=row.began_at, is_first=False, message=message)
