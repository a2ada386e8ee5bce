"""Answers and accounts in memory; links never go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.domain.asking_models import Spent, Stage, Usage
from bot.domain.models import LinkId, WorkspaceId


class FakeModelStore:
    def __init__(self) -> None:
        self.answers: dict[tuple[WorkspaceId, str], str] = {}
        self._booked: list[tuple[WorkspaceId, str, str, Spent]] = []

    async def find_answer(self, workspace: WorkspaceId, key: str) -> str | None:
        return self.answers.get((workspace, key))

    async def keep_answer(
        self,
        workspace: WorkspaceId,
        key: str,
        *,
        text: str,
        at: datetime,
        links: Sequence[LinkId] = (),
    ) -> None:
        self.answers.setdefault((workspace, key), text)

    async def add_usage(
        self,
        workspace: WorkspaceId,
        usage: Usage,
        *,
        month: str,
        stage: Stage,
        model: str,
        digest: str = "",
        cost: Decimal | None = None,
    ) -> None:
        spent = Spent(stage, 1, usage, cost=cost or Decimal(0), unpriced=int(cost is None))
        self._booked.append((workspace, month, digest, spent))

    async def count_tokens(self, workspace: WorkspaceId | None = None, *, month: str) -> int:
        spent: defaultdict[WorkspaceId, int] = defaultdict(int)
        for of, when, _, each in self._booked:
            if when == month and workspace in (None, of):
                spent[of] += each.usage.tokens
        return max(spent.values(), default=0)

    async def list_spent(
        self, workspace: WorkspaceId | None = None, *, month: str, digest: str | None = None
    ) -> Sequence[Spent]:
        stages: dict[Stage, Spent] = {}
        for of, when, part_of, each in self._booked:
            if when != month or workspace not in (None, of) or digest not in (None, part_of):
                continue
            so_far = stages.get(each.stage, Spent(each.stage, 0, Usage()))
            stages[each.stage] = Spent(
                each.stage,
                so_far.calls + 1,
                Usage(
                    so_far.usage.tokens_in + each.usage.tokens_in,
                    so_far.usage.tokens_out + each.usage.tokens_out,
                ),
                so_far.cost + each.cost,
                so_far.unpriced + each.unpriced,
            )
        return [stages[stage] for stage in sorted(stages)]
