"""What becomes of a job that failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import (
    RULES,
    STORAGE_PAUSE,
    TOOK_TOO_LONG,
    Job,
    JobId,
    JobKind,
    JobState,
    Rule,
    judge_end,
    judge_failure,
    pause_after,
)
from bot.errors import FetchFailed, RateLimited, StorageUnavailable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = Rule(at_once=1, most_tries=3, first_pause=MINUTE, longest_pause=5 * MINUTE, most_s=1.0)

chances = st.floats(0, 1)


def job(*, tries: int = 1) -> Job:
    return Job(
        id=JobId(1),
        kind=JobKind.READ,
        key="read:1",
        arguments={},
        state=JobState.RUNNING,
        tries=tries,
        run_at=NOW,
    )


@given(tries=st.integers(1, 10_000), chance=chances)
def test_a_pause_grows_to_its_longest(tries: int, chance: float) -> None:
    pause = pause_after(RULE, tries=tries, chance=chance)

    assert RULE.first_pause / 2 <= pause <= RULE.longest_pause
    assert pause <= pause_after(RULE, tries=tries + 1, chance=chance)


def test_what_failed_together_does_not_return_together() -> None:
    soonest, latest = (pause_after(RULE, tries=1, chance=chance) for chance in (0.0, 1.0))

    assert (soonest, latest) == (MINUTE / 2, MINUTE)


@given(tries=st.integers(1, 10), chance=chances)
def test_a_job_is_set_aside_after_its_last_try(tries: int, chance: float) -> None:
    failure = judge_failure(job(tries=tries), ValueError(), rule=RULE, now=NOW, chance=chance)

    assert (failure.run_at is None) == (tries >= RULE.most_tries)
    assert failure.counts


def test_a_reason_tells_no_words_of_pages_or_people() -> None:
    error = FetchFailed("blocked", detail="https://wiki.example/secret")

    failure = judge_failure(job(), error, rule=RULE, now=NOW, chance=0.0)

    assert failure.reason == "FetchFailed"


@pytest.mark.parametrize(("asked_s", "pause_s"), [(1, 60), (3600, 3600)])
def test_who_is_asked_to_wait_does_not_come_sooner(asked_s: float, pause_s: float) -> None:
    failure = judge_failure(job(), RateLimited(asked_s), rule=RULE, now=NOW, chance=1.0)

    assert failure.run_at == NOW + timedelta(seconds=pause_s)
    assert failure.counts


@given(tries=st.integers(1, 10), chance=chances)
def test_a_database_that_is_away_sets_nothing_aside(tries: int, chance: float) -> None:
    error = StorageUnavailable("away")

    failure = judge_failure(job(tries=tries), error, rule=RULE, now=NOW, chance=chance)

    assert failure.run_at is not None
    assert NOW + STORAGE_PAUSE <= failure.run_at <= NOW + 2 * STORAGE_PAUSE
    assert not failure.counts


def test_a_run_that_was_cut_short_is_a_try_like_others() -> None:
    failure = judge_end(job(tries=2), TOOK_TOO_LONG, rule=RULE, now=NOW, chance=1.0)

    assert (failure.reason, failure.run_at) == (TOOK_TOO_LONG, NOW + 2 * MINUTE)


def test_every_kind_has_its_rule() -> None:
    assert set(RULES) == set(JobKind)
