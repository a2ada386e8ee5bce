"""Stories of a digest where an embedding model is set up: over a real store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digests import DigestItem, Style
from bot.domain.embeddings import Vector
from bot.domain.jobs import Job, JobId, JobKind, JobState
from bot.domain.models import LOCAL, LinkFilter, LinkId, Passage, WorkspaceId
from bot.domain.periods import parse_period
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import StorageUnavailable
from bot.ports import NoMeter, Storage, VectorStore
from bot.services.digesting import DigestingService
from bot.services.embedding import EmbeddingService
from bot.services.spending import Accounts
from bot.texts import Texts
from storage import open_storage
from tests.factories import make_page, make_save, make_understanding
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder

UTC = ZoneInfo("UTC")
FIRST = "Lighthouse keepers sue over lamps at Cape Orrin"
AGAIN = "A court hears who tends the lamps of Orrin"
OTHERS = (
    "Chess engines learn endgames from scratch",
    "Which bread rises without yeast",
    "Tram drivers get new timetables",
    "Bees find home by the sun",
    "Paper maps sell again",
    "How violins are tuned in winter",
    "Glass roofs that clean themselves",
    "Deserts bloom after rare rain",
)
MEANINGS = [f"{a.lower()} {b.lower()}" for a, b in [(FIRST, AGAIN), *((o, "") for o in OTHERS)]]


class LostVectors:
    """A store of which reading vectors fails."""

    def __init__(self, vectors: VectorStore) -> None:
        self.list_lacking, self.keep = vectors.list_lacking, vectors.keep
        self.count_lacking = vectors.count_lacking

    async def list_of(
        self, workspace: WorkspaceId, model: str, links: Collection[LinkId], audience: Audience
    ) -> Mapping[LinkId, Vector]:
        raise StorageUnavailable("busy")


def _embedding(storage: Storage, vectors: VectorStore) -> EmbeddingService:
    accounts = Accounts(storage.models, clock=FakeClock(), zone=UTC, cap=0)
    return EmbeddingService(
        FakeEmbedder(*MEANINGS),
        vectors,
        storage.workspaces,
        storage.jobs,
        accounts=accounts,
        meter=NoMeter(),
    )


async def _read(storage: Storage, *titles: str) -> None:
    for number, title in enumerate(titles):
        url = f"https://site{number}.example/{number}"
        saved = await storage.links.save(make_save(url, message=url))
        page = make_page(url, title=title, text="")
        await storage.links.store_page(
            LOCAL, saved.link.id, page, make_understanding(), [Passage(title)]
        )


async def _embed(embedding: EmbeddingService) -> None:
    job = Job(
        id=JobId(1),
        kind=JobKind.EMBED,
        key="embed",
        arguments={"workspace": LOCAL},
        state=JobState.RUNNING,
        tries=1,
        run_at=FakeClock().now(),
    )
    while await embedding.handle(job) is not None:
        pass


async def _items(
    storage: Storage, style: Style, embedding: EmbeddingService | None
) -> list[DigestItem]:
    digesting = DigestingService(
        storage.links, storage.notes, storage.signals, texts=Texts.load(), embedding=embedding
    )
    links = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    day = links[0].saved_at.date()
    digest = await digesting.compile(
        LOCAL,
        parse_period(f"{day:%Y-%m}", today=date(2026, 1, 1)),
        style=style,
        language="en",
        zone=UTC,
        audience=OPERATOR,
    )
    return [item for section in digest.sections for item in section.items]


@pytest.mark.parametrize("style", list(Style))
async def test_two_headlines_of_one_event_are_one_story(tmp_path: Path, style: Style) -> None:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        await _read(storage, FIRST, AGAIN, *OTHERS)
        embedding = _embedding(storage, storage.vectors)
        lost = _embedding(storage, LostVectors(storage.vectors))

        unread = await _items(storage, style, embedding)
        await _embed(embedding)
        together = await _items(storage, style, embedding)
        by_words = await _items(storage, style, None)
        while_away = await _items(storage, style, lost)

    assert len(together) == len(OTHERS) + 1
    assert [len(item.also) for item in together if item.also] == [1]
    assert len(by_words) == len(OTHERS) + 2
    assert unread == while_away == by_words
