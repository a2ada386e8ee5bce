"""What machines are answered: alive, ready, measured."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.watching import PrometheusMeter, open_watch
from bot.domain.asking_models import Stage, Usage
from bot.domain.deliveries import DeliveryState
from bot.domain.jobs import JobKind, JobState
from bot.domain.models import PageState
from bot.domain.status import Counts, Status, Worker
from bot.errors import ConfigError, StorageUnavailable

STATUS = Status(
    workers=(Worker("one", ("web",), 0.5, is_alive=True), Worker("two", (), 90.0, is_alive=False)),
    counts=Counts(events=3, pages={PageState.READ: 7}, unreadable={"not_found": 2}),
    jobs={(JobKind.READ, JobState.FAILED): 4},
)


class Watched:
    """A bot as the watch sees it; a test sets what is wrong."""

    def __init__(self) -> None:
        self.meter = PrometheusMeter()
        self.is_away = False
        self.trouble = ""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"

    async def look(self) -> Status:
        if self.is_away:
            raise StorageUnavailable("away")
        return STATUS


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    bot = Watched()
    async with open_watch(
        bot.listen, meter=bot.meter, look=bot.look, find_trouble=lambda: bot.trouble
    ):
        yield bot


async def ask(watched: Watched, path: str) -> tuple[int, str]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"http://{watched.listen}{path}")
        return answer.status_code, answer.text


async def test_a_process_that_answers_is_alive_whatever_else_is_wrong(watched: Watched) -> None:
    watched.is_away, watched.trouble = True, "lease"

    assert await ask(watched, "/healthz") == (200, "ok\n")


async def test_a_process_is_ready_with_its_lease_and_its_database(watched: Watched) -> None:
    assert await ask(watched, "/readyz") == (200, "ok\n")
    watched.is_away = True
    assert await ask(watched, "/readyz") == (503, "database\n")
    watched.trouble = "lease"
    assert await ask(watched, "/readyz") == (503, "lease\n")


async def test_metrics_tell_what_stands_and_what_happened(watched: Watched) -> None:
    watched.meter.acknowledged("slack", seconds=0.02)
    watched.meter.delivered(DeliveryState.DELIVERED, late_s=2.0)
    watched.meter.delivered(DeliveryState.FAILED, late_s=50_000.0)
    watched.meter.page_read("")
    watched.meter.tokens_spent(Stage.LINK, Usage(300, 40))

    status, text = await ask(watched, "/metrics")

    lines = set(text.splitlines())
    assert status == 200
    assert {
        "jubo_nodes_alive 1.0",
        "jubo_events_open 3.0",
        'jubo_jobs{kind="read",state="failed"} 4.0',
        'jubo_links{state="read"} 7.0',
        'jubo_links_unreadable{reason="not_found"} 2.0',
        'jubo_acknowledge_seconds_bucket{le="0.025",platform="slack"} 1.0',
        'jubo_deliveries_total{outcome="failed"} 1.0',
        "jubo_delivery_late_seconds_count 1.0",
        'jubo_pages_total{reason="read"} 1.0',
        'jubo_tokens_total{direction="in",stage="link"} 300.0',
        'jubo_tokens_total{direction="out",stage="link"} 40.0',
    } <= lines


async def test_what_stands_no_more_is_told_no_more(watched: Watched) -> None:
    await ask(watched, "/metrics")

    later = watched.meter.write(Status(workers=(), counts=Counts(), jobs={})).decode()

    assert "jubo_jobs{" not in later
    assert "jubo_nodes_alive 0.0" in later


async def test_a_database_that_is_away_gives_no_numbers(watched: Watched) -> None:
    watched.is_away = True

    assert (await ask(watched, "/metrics"))[0] == 503


async def test_a_port_that_is_taken_is_said(watched: Watched) -> None:
    with pytest.raises(ConfigError, match=r"watch\.cannot_listen|listen"):
        async with open_watch(
            watched.listen, meter=watched.meter, look=watched.look, find_trouble=str
        ):
            pass
