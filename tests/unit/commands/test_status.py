"""How the bot stands, told to people."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.commands.status_lines import tell_status
from bot.domain.asking_models import Spending, Spent, Stage, Usage
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.jobs import JobKind, JobState
from bot.domain.models import LOCAL, ChannelId, PageState, Place
from bot.domain.status import Counts, Status, Worker
from bot.texts import LANGUAGES, Texts
from tests.factories import NOON

SEOUL = ZoneInfo("Asia/Seoul")
ALIVE = Worker("host:1", ("web", "worker"), 1.0, is_alive=True)
FAILED = Delivery(
    id="d1",
    workspace=LOCAL,
    subscription="s1",
    place=Place(ChannelId("general")),
    due_at=NOON,
    since=NOON - timedelta(days=7),
    until=NOON,
    planned_at=NOON,
    state=DeliveryState.FAILED,
)


def tell(status: Status, language: str = "en", *, shows_nodes: bool = True) -> str:
    say = Texts.load().bind(language)
    return "\n".join(tell_status(status, say, zone=SEOUL, shows_nodes=shows_nodes))


def test_all_is_well_where_somebody_works_and_nothing_failed() -> None:
    told = tell(Status((ALIVE,), Counts(pages={PageState.READ: 3}), {}))

    assert told.startswith("All is well.")
    assert "host:1 (web, worker)" in told
    assert "Links read: 3" in told


def test_nobody_at_work_needs_a_look_and_says_how_to_start() -> None:
    told = tell(Status((), Counts(), {}))

    assert told.startswith("Something needs a look.")
    assert "jubo serve" in told


@pytest.mark.parametrize("shows_nodes", [True, False])
def test_processes_that_only_listen_need_a_look(shows_nodes: bool) -> None:
    web = Worker("host:1", ("web",), 1.0, is_alive=True)
    gone = Worker("host:2", ("worker",), 30.0, is_alive=False)

    told = tell(Status((web, gone), Counts(), {}), shows_nodes=shows_nodes)

    assert told.startswith("Something needs a look.")
    assert "jubo serve --only worker" in told


def test_what_is_just_being_answered_is_no_news() -> None:
    asked, waiting = Counts(events=1), Counts(events=1, oldest_event_s=90.0)

    assert "Events under way" not in tell(Status((ALIVE,), asked, {}))
    assert "Events under way: 1" in tell(Status((ALIVE,), waiting, {}))


def test_why_links_cannot_be_read_is_told_without_what_to_do() -> None:
    told = tell(Status((ALIVE,), Counts(unreadable={"unreachable": 2}), {}))

    assert "The site could not be reached: 2" in told
    assert "Save the link again" not in told


def test_what_is_tried_again_by_itself_is_told_apart_from_what_cannot_be_read() -> None:
    told = tell(Status((ALIVE,), Counts(retrying={"timeout": 3}, unreadable={"login": 1}), {}))

    assert "tried again by themselves: 3 (The page did not arrive in time: 3)" in told
    assert "cannot be read: 1 (The page asks for a log-in: 1)" in told


def test_what_failed_is_told_in_the_zone_of_who_reads() -> None:
    told = tell(Status((ALIVE,), Counts(failed=(FAILED,)), {}))

    assert told.startswith("Something needs a look.")
    assert "2024-11-04 21:00 for general" in told


def test_jobs_that_were_set_aside_say_where_to_look() -> None:
    told = tell(Status((ALIVE,), Counts(), {(JobKind.READ, JobState.FAILED): 2}))

    assert "2 set aside" in told
    assert "jubo jobs" in told


@pytest.mark.parametrize(("seconds", "shown"), [(40, "40 s"), (600, "10 min"), (3 * 3600, "3 h")])
def test_durations_are_round(seconds: float, shown: str) -> None:
    counts = Counts(deliveries={DeliveryState.PLANNED: 1}, late_s=seconds)

    assert f"was due {shown} ago" in tell(Status((ALIVE,), counts, {}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_members_hear_nothing_of_machines(language: str) -> None:
    status = Status((ALIVE,), Counts(), {(JobKind.READ, JobState.WAITING): 2})

    told = tell(status, language, shows_nodes=False)

    assert "host:1" not in told
    assert "jubo" not in told


def test_without_a_language_model_nothing_is_said_of_one() -> None:
    told = tell(Status((ALIVE,), Counts(), {}, Spending("2026-03", cap=1_000)))

    assert "model" not in told.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_are_told_by_stage_with_the_cap_and_what_is_known_of_the_cost(language: str) -> None:
    stages = (
        Spent(Stage.DIGEST, 2, Usage(1_000, 500), cost=Decimal("1.25")),
        Spent(Stage.LINK, 9, Usage(20_000, 4_000), unpriced=9),
    )
    spending = Spending("2026-03", stages, cap=100_000, most=25_500, model="tiny-model")

    told = tell(Status((ALIVE,), Counts(), {}, spending), language, shows_nodes=False)

    for part in ("tiny-model", "2026-03", "25,500", "100,000", "1,500", "24,000", "1.25"):
        assert part in told
    assert "⚠️" not in told


def test_a_used_up_cap_is_said() -> None:
    spending = Spending("2026-03", cap=1_000, most=995, model="tiny-model")

    assert "JUBO_TOKEN_CAP" in tell(Status((ALIVE,), Counts(), {}, spending))
