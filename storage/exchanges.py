"""The port `ExchangeStore`: what was asked last in each thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.domain.exchanges import Exchange
from bot.domain.models import ChannelId, MemberId, MessageId, WorkspaceId
from storage.databases.database import Database
from storage.forgetting import forget_rows
from storage.rows import upsert
from storage.schema import exchanges

_WHOLE = ""  # the head that stands for all of a direct channel
_new = upsert(exchanges)
_REMEMBER = _new.on_conflict_do_update(
    index_elements=list(exchanges.primary_key.columns),
    set_={name: _new.excluded[name] for name in ("question", "member", "exchange", "asked_at")},
    where=exchanges.c.asked_at <= _new.excluded.asked_at,
)


class SqlExchangeStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        exchange: Exchange,
        *,
        heads: Sequence[MessageId | None],
        question: MessageId | None,
        member: MemberId,
        at: datetime,
    ) -> None:
        rows = [
            {
                "workspace": workspace,
                "channel": channel,
                "head": head,
                "question": question,
                "member": member,
                "exchange": exchange,
                "asked_at": at,
            }
            for head in sorted({head or _WHOLE for head in heads})
        ]

        def keep(connection: Connection) -> None:
            connection.execute(_REMEMBER, rows)

        await self._database.write_briefly(keep)

    async def recall(
        self, workspace: WorkspaceId, channel: ChannelId, heads: Sequence[MessageId | None]
    ) -> Exchange | None:
        wanted = [head or _WHOLE for head in heads]
        query = select(exchanges.c.head, exchanges.c.exchange).where(
            exchanges.c.workspace == workspace,
            exchanges.c.channel == channel,
            exchanges.c.head.in_(wanted),
        )
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        found: dict[str, Exchange] = {row.head: row.exchange for row in rows}
        return next((found[head] for head in wanted if head in found), None)

    async def withdraw(
        self, workspace: WorkspaceId, channel: ChannelId, question: MessageId
    ) -> None:
        gone = delete(exchanges).where(
            exchanges.c.workspace == workspace,
            exchanges.c.channel == channel,
            exchanges.c.question == question,
        )

        def drop(connection: Connection) -> None:
            connection.execute(gone)

        await self._database.write_briefly(drop)

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        return await forget_rows(
            self._database,
            exchanges,
            exchanges.c.workspace == workspace,
            exchanges.c.asked_at < before,
        )
