"""What was asked last, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.exchanges import Exchange
from bot.domain.models import ChannelId, MemberId, MessageId, WorkspaceId

_Head = tuple[WorkspaceId, ChannelId, MessageId | None]
_Kept = tuple[datetime, MessageId | None, Exchange]


@dataclass
class FakeExchanges:
    rows: dict[_Head, _Kept] = field(default_factory=dict)

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
        del member
        for head in heads:
            key = (workspace, channel, head)
            if key not in self.rows or self.rows[key][0] <= at:
                self.rows[key] = (at, question, exchange)

    async def recall(
        self, workspace: WorkspaceId, channel: ChannelId, heads: Sequence[MessageId | None]
    ) -> Exchange | None:
        keys = [(workspace, channel, head) for head in heads]
        return next((self.rows[key][2] for key in keys if key in self.rows), None)

    async def withdraw(
        self, workspace: WorkspaceId, channel: ChannelId, question: MessageId
    ) -> None:
        self._drop(
            key
            for key, kept in self.rows.items()
            if key[:2] == (workspace, channel) and kept[1] == question
        )

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        return self._drop(
            key for key, kept in self.rows.items() if key[0] == workspace and kept[0] < before
        )

    def _drop(self, keys: Iterable[_Head]) -> int:
        gone = list(keys)
        for key in gone:
            del self.rows[key]
        return len(gone)
