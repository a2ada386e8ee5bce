"""What is asked of a language model, and where answers and costs are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from bot.domain.asking_models import (
    ModelAnswer,
    Question,
    Spent,
    Stage,
    Usage,
    Wanted,
)
from bot.domain.models import LinkId, WorkspaceId


class LanguageModel(Protocol):
    """Whoever asks goes on without it on any `ModelFailed`, and says so with its `message_key`.

    There is always the extractive text.
    """

    @property
    def name(self) -> str:
        """Who writes, as people are told: the model's name on its server."""

    @property
    def context_tokens(self) -> int:
        """How much a question and its answer may hold, by `bot.text.token_counts`."""

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        """Return the answer, of the form that was wanted. What it says is not checked.

        It may wait for its turn, and for a server that asks to wait, for minutes in all.

        Raises:
            ModelUnavailable: it does not answer now; later it may.
            ModelRefused: the server does not take the question; asking again changes nothing.
            NoAnswer: what came is cut off, empty or not of the wanted form.
            CapReached: the workspace may spend no more tokens this month; nothing was asked.

        """


class ModelStore(Protocol):
    """Answers that were paid for, and what was paid."""

    async def find_answer(self, workspace: WorkspaceId, key: str) -> str | None:
        """Return the kept text of an answer, None if there is none."""

    async def keep_answer(
        self,
        workspace: WorkspaceId,
        key: str,
        *,
        text: str,
        at: datetime,
        links: Sequence[LinkId] = (),
    ) -> None:
        """Keep an answer for as long as all links live whose texts it is made of.

        Where one of them is gone already, nothing is kept.
        """

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
        """Book one call. `cost` is None where nobody knows the price."""

    async def count_tokens(self, workspace: WorkspaceId | None = None, *, month: str) -> int:
        """Return what a workspace spent in the month, in and out.

        Of all, it is that of the one that spent most.
        """

    async def list_spent(
        self, workspace: WorkspaceId | None = None, *, month: str, digest: str | None = None
    ) -> Sequence[Spent]:
        """Return what was spent by stage, of one workspace or all, of one digest or all."""
