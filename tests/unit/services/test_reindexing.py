"""A search index is made anew step by step, by hand or as jobs, and finds the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.jobs import JobKind
from bot.domain.models import LOCAL
from bot.domain.visibility import OPERATOR
from bot.ports import Storage
from bot.services import reindexing
from bot.services.reindexing import ReindexingService
from storage import open_storage
from tests.factories import make_archive, make_note
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import MemoryJobs

NOTES = 2 * reindexing.AT_ONCE + 50


@pytest.fixture(scope="module")
def archive() -> object:
    notes = (make_note(f"Lantern {n} hangs low.", title=f"Talk {n}") for n in range(NOTES))
    return make_archive(notes=tuple(notes))


@pytest.fixture
async def storage(tmp_path: Path, archive: object) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        await opened.archives.import_archive(LOCAL, archive)  # type: ignore[arg-type]  # made above
        yield opened


async def test_jobs_go_through_all_of_it(storage: Storage) -> None:
    jobs = MemoryJobs(clock=FakeClock())
    service = ReindexingService(storage.search, jobs)
    before = await storage.search.search(LOCAL, "lantern 7", limit=5, audience=OPERATOR)

    is_new = [await service.ask(LOCAL), await service.ask(LOCAL)]
    ran = await jobs.run_due({JobKind.REINDEX: service.handle})

    after = await storage.search.search(LOCAL, "lantern 7", limit=5, audience=OPERATOR)
    assert is_new == [True, False]
    assert ran == 4  # the last finds nothing left
    assert before == after
    assert before


async def test_by_hand_it_tells_each_step(storage: Storage) -> None:
    service = ReindexingService(storage.search, MemoryJobs(clock=FakeClock()))
    told: list[None] = []

    await service.reindex(LOCAL, told=lambda: told.append(None))

    assert len(told) == 4
    assert await service.count_steps(LOCAL) in (3, 4)
