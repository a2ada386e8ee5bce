"""Use case: ask the language model within what may be spent, and pay for nothing twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.domain.asking_models import ModelAnswer, Prices, Question, Spending, Stage, Usage, Wanted
from bot.domain.models import WorkspaceId
from bot.errors import CapReached, ModelFailed
from bot.text.token_counts import count_tokens

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.ports import Clock, LanguageModel, Meter, ModelStore


class Accounts:
    """What each workspace spends, by calendar months of one zone."""

    def __init__(
        self,
        store: ModelStore,
        *,
        clock: Clock,
        zone: ZoneInfo,
        model: str = "",
        cap: int = 0,
        prices: Prices | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._model = model
        self._prices = prices
        self.cap = cap

    async def look(self, workspace: WorkspaceId | None = None) -> Spending:
        month = self._month()
        stages = await self._store.list_spent(workspace, month=month)
        most = await self._store.count_tokens(workspace, month=month)
        return Spending(month, tuple(stages), cap=self.cap, most=most, model=self._model)

    async def count_tokens(self, workspace: WorkspaceId) -> int:
        return await self._store.count_tokens(workspace, month=self._month())

    async def book(self, question: Question[Wanted], usage: Usage, *, model: str) -> None:
        await self.book_stage(
            question.workspace, question.stage, usage, model=model, digest=question.digest
        )

    async def book_stage(
        self,
        workspace: WorkspaceId,
        stage: Stage,
        usage: Usage,
        *,
        model: str,
        digest: str = "",
        is_priced: bool = True,
    ) -> None:
        """Book what is no question to the language model. Not `is_priced`: at no known price."""
        cost = self._prices.cost(usage) if self._prices and is_priced else None
        await self._store.add_usage(
            workspace,
            usage,
            month=self._month(),
            stage=stage,
            model=model,
            digest=digest,
            cost=cost,
        )

    def _month(self) -> str:
        return f"{self._clock.now().astimezone(self._zone):%Y-%m}"


class SpendingModel:
    """A `LanguageModel` that keeps its answers, books what they cost and stops at the cap.

    What is being asked for counts as spent until it is known. Only over several nodes a
    workspace can go beyond its cap, by what they ask for at one time.
    """

    def __init__(
        self,
        model: LanguageModel,
        store: ModelStore,
        accounts: Accounts,
        *,
        clock: Clock,
        meter: Meter,
    ) -> None:
        self._model = model
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._meter = meter
        self._asked_for = Counter[WorkspaceId]()
        self._under_way: dict[tuple[WorkspaceId, str], asyncio.Lock] = {}

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def context_tokens(self) -> int:
        return self._model.context_tokens

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        key = question.key(self._model.name)
        async with self._alone(question.workspace, key):
            kept = await self._store.find_answer(question.workspace, key)
            if kept is not None:
                # What passes no longer: its rules changed, and its prompt's version did not.
                with suppress(ValidationError):
                    value = question.wanted.model_validate_json(kept)
                    return ModelAnswer(value, kept, is_kept=True)
            with self._reserve(question, await self._accounts.count_tokens(question.workspace)):
                return await self._pay(question, key)

    async def _pay(self, question: Question[Wanted], key: str) -> ModelAnswer[Wanted]:
        try:
            answer = await self._model.ask(question)
        except ModelFailed as failure:
            await self._book(question, Usage(failure.tokens_in, failure.tokens_out))
            raise
        await self._store.keep_answer(
            question.workspace,
            key,
            text=answer.text,
            at=self._clock.now(),
            links=question.links,
        )
        await self._book(question, answer.usage)
        return answer

    async def _book(self, question: Question[Wanted], usage: Usage) -> None:
        if usage.tokens:
            await self._accounts.book(question, usage, model=self._model.name)
            self._meter.tokens_spent(question.stage, usage)

    @contextmanager
    def _reserve(self, question: Question[Wanted], spent: int) -> Iterator[None]:
        asked = sum(count_tokens(each.text) for each in question.prompt.messages)
        most = asked + question.tokens_out
        cap = self._accounts.cap
        if cap and spent + self._asked_for[question.workspace] + most > cap:
            raise CapReached(cap)
        self._asked_for[question.workspace] += most
        try:
            yield
        finally:
            self._asked_for[question.workspace] -= most

    @asynccontextmanager
    async def _alone(self, workspace: WorkspaceId, key: str) -> AsyncIterator[None]:
        """Let who asks the very same wait for the answer, rather than pay for it as well."""
        lock = self._under_way.setdefault((workspace, key), asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():
                self._under_way.pop((workspace, key), None)
