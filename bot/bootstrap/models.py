"""The language model of the settings, if they name one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.bootstrap.installing import reveal
from bot.domain.asking_models import ModelAnswer, Prices, Question, Wanted
from bot.services.embedding import EmbeddingService
from bot.services.spending import Accounts, SpendingModel

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.embeddings import Embedded
    from bot.ports import Clock, Embedder, LanguageModel, Meter, ModelStore, Storage


class LateModel:
    """Loads the client with the first question: that takes a second, and most commands ask none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: LanguageModel | None = None
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    @property
    def name(self) -> str:
        return self._settings.openai_model

    @property
    def context_tokens(self) -> int:
        return self._settings.model_context

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._open()
        return await self._opened.ask(question)

    async def _open(self) -> LanguageModel:
        await asyncio.to_thread(_load)
        from adapters.language_models import open_model

        settings = self._settings
        model = open_model(
            settings.openai_model,
            key=reveal(settings.openai_key),
            url=settings.openai_url,
            context_tokens=settings.model_context,
            timeout_s=settings.model_timeout_s,
            parallel=settings.model_parallel,
        )
        return await self._stack.enter_async_context(model)

    async def aclose(self) -> None:
        await self._stack.aclose()


class LateEmbedder:
    """Loads the client with the first text, as `LateModel`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: Embedder | None = None
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    @property
    def name(self) -> str:
        return self._settings.embedding_model

    async def embed(self, texts: Sequence[str], *, timeout_s: float) -> Embedded:
        async with self._opening:
            if self._opened is None:
                await asyncio.to_thread(_load)
                from adapters.language_models.embeddings import open_embedder

                settings = self._settings
                embedder = open_embedder(
                    settings.embedding_model,
                    key=embedding_key(settings),
                    url=settings.embedding_server,
                    timeout_s=settings.model_timeout_s,
                )
                self._opened = await self._stack.enter_async_context(embedder)
        return await self._opened.embed(texts, timeout_s=timeout_s)

    async def aclose(self) -> None:
        await self._stack.aclose()


def embedding_key(settings: Settings) -> str:
    """Return the key for that server: that of the language model is for no other."""
    is_same = settings.embedding_url in ("", settings.openai_url)
    return reveal(settings.openai_key) if is_same else ""


@asynccontextmanager
async def open_embedding(
    settings: Settings, storage: Storage, accounts: Accounts, *, meter: Meter
) -> AsyncIterator[EmbeddingService | None]:
    """Open what compares by meaning; None where the settings name no model for it."""
    if not settings.has_embeddings:
        yield None
        return
    late = LateEmbedder(settings)
    try:
        yield EmbeddingService(
            late,
            storage.vectors,
            storage.workspaces,
            storage.jobs,
            accounts=accounts,
            meter=meter,
        )
    finally:
        await late.aclose()


def _load() -> None:
    """Import it where nobody waits; afterwards it is there."""
    import adapters.language_models  # noqa: F401 - for what is loaded


def accounts_of(settings: Settings, store: ModelStore, *, clock: Clock) -> Accounts:
    prices = None
    if settings.price_in is not None and settings.price_out is not None:
        prices = Prices(settings.price_in, settings.price_out)
    return Accounts(
        store,
        clock=clock,
        zone=settings.tzinfo,
        model=settings.openai_model if settings.has_model else "",
        cap=settings.token_cap,
        prices=prices,
    )


@asynccontextmanager
async def open_spending(
    settings: Settings, store: ModelStore, accounts: Accounts, *, clock: Clock, meter: Meter
) -> AsyncIterator[LanguageModel | None]:
    """Open the model of the settings within its cap; None where they name none."""
    if not settings.has_model:
        yield None
        return
    late = LateModel(settings)
    try:
        yield SpendingModel(late, store, accounts, clock=clock, meter=meter)
    finally:
        await late.aclose()
