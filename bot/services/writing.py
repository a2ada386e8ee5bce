"""Use case: have a language model write a digest, as far as it can, in bounded time."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.digests import Digest, Period, Style
from bot.domain.models import Engine, LinkId, LinkRecord, WorkspaceId
from bot.domain.styles.rules import highlights_of
from bot.domain.writing import Progress, count_written, is_to_write, name_writer
from bot.ports import ConceptStore, LanguageModel, LinkStore
from bot.prompts import version_of
from bot.services.errands import MOST_TOKENS, PATIENCE_S, Errand
from bot.services.summarising import SummarisingService
from bot.services.telling import tell
from bot.texts import Texts

log = logging.getLogger(__name__)

_PROMPT = "summarise_links"


class WritingService:
    def __init__(
        self,
        model: LanguageModel,
        links: LinkStore,
        concepts: ConceptStore,
        *,
        texts: Texts,
        most_tokens: int = MOST_TOKENS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._model = model
        self._summarising = SummarisingService(links, concepts, texts=texts)
        self._texts = texts
        self._most_tokens = most_tokens
        self._patience_s = patience_s

    def begin(
        self,
        workspace: WorkspaceId,
        period: Period,
        *,
        style: Style,
        language: str,
        progress: Progress | None = None,
    ) -> Errand:
        return Errand(
            self._model,
            workspace,
            digest=f"{style} {period.name} {language}",
            most_tokens=self._most_tokens,
            patience_s=self._patience_s,
            progress=progress,
        )

    def unwritten(
        self, digest: Digest, links: Sequence[LinkRecord], *, but: Collection[LinkId] = ()
    ) -> list[LinkRecord]:
        """Return what the digest tells at length and neither a person nor this model summed up."""
        told = {item.link for item in highlights_of(digest)}.difference(but)
        writer = self._writer(digest.language)
        return [link for link in links if link.id in told and is_to_write(link, writer)]

    async def read(self, errand: Errand, links: Sequence[LinkRecord], *, language: str) -> None:
        """Ask what is in these links; what their texts carry is kept as their summaries."""
        try:
            await self._summarising.summarise(
                errand, links, language=language, writer=self._writer(language)
            )
        except Exception:  # whatever a model makes us stumble over, there is a digest without it
            log.exception("links were not summed up by the model")
            errand.miss()

    async def tell(self, errand: Errand, digest: Digest) -> Digest:
        """Return the digest with its prose, and with what is to be known of who wrote it."""
        told = digest
        errand.progress.expect(1)
        try:
            told = await tell(errand, digest, say=self._texts.bind(digest.language))
        except Exception:
            log.exception("prose was not written by the model")
            errand.miss()
        errand.progress.finish(1)
        summed_up = count_written([item.summary for item in highlights_of(told)])
        writing = replace(errand.writing, told=errand.writing.told + summed_up)
        engine = str(Engine.MODEL) if writing.told else told.engine
        return replace(told, writing=writing, engine=engine)

    def _writer(self, language: str) -> str:
        version = version_of(_PROMPT)
        return name_writer(self._model.name, prompt=_PROMPT, version=version, language=language)
