"""What is new in a feed, and when it is read again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feeds import (
    EVERY,
    LONGEST_PAUSE,
    FeedEntry,
    all_keys,
    failed,
    feed_id,
    keys_of,
    pause_after,
    recovered,
    select_new,
)
from tests.factories import NOON, make_feed

ENTRIES = st.lists(
    st.builds(
        FeedEntry,
        st.sampled_from(["https://a.example/1", "https://a.example/2", "https://a.example/3", ""]),
        st.just(""),
        st.sampled_from(["", "one", "two", "three"]),
    )
)


@given(ENTRIES)
def test_what_was_taken_in_is_not_new_again(entries: list[FeedEntry]) -> None:
    new = select_new(entries, known=())

    assert select_new(entries, known=all_keys(entries)) == []
    assert len({entry.url for entry in new}) == len(new)
    assert all(entry in entries and entry.url for entry in new)


def test_an_entry_is_known_by_its_name_or_its_address() -> None:
    known = keys_of(FeedEntry("https://a.example/1", guid="one"))

    moved = FeedEntry("https://a.example/1-with-a-better-title", guid="one")
    renamed = FeedEntry("https://www.a.example/1?utm_source=rss", guid="another")
    new = FeedEntry("https://a.example/2", guid="two")

    assert select_new([moved, renamed, new], known=known) == [new]


def test_a_name_is_no_address() -> None:
    assert keys_of(FeedEntry("https://a.example/1")).isdisjoint(
        keys_of(FeedEntry("https://a.example/2", guid="https://a.example/1"))
    )


def test_the_same_entry_has_the_same_message() -> None:
    feed = make_feed("f")

    first = feed.message_of(FeedEntry("https://a.example/1", guid="one"))
    again = feed.message_of(FeedEntry("https://a.example/1#top", guid="two"))

    assert first == again
    assert first.startswith("feed:f/")
    assert feed.member == "feed:f"


@given(st.text())
def test_an_id_is_short_and_lasting(event: str) -> None:
    assert feed_id(event) == feed_id(event)
    assert len(feed_id(event)) == 12


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_pauses_grow_to_a_day_at_most(failures: int, chance: float) -> None:
    pause = pause_after(failures, chance=chance)

    assert EVERY * 0.9 <= pause <= LONGEST_PAUSE * 1.1


def test_pauses_double() -> None:
    hours = [pause_after(failures, chance=0.5) / timedelta(hours=1) for failures in range(8)]

    assert hours == [1, 1, 2, 4, 8, 16, 24, 24]


def test_a_failing_feed_keeps_when_it_began_until_it_recovers() -> None:
    later, due = NOON + EVERY, NOON + 2 * EVERY
    once = failed(make_feed(), at=NOON, due_at=later, reason="timeout")
    twice = failed(once, at=later, due_at=due, reason="server_error")
    well = recovered(twice, at=due, due_at=due + EVERY)

    assert (twice.failing_since, twice.failures, twice.reason) == (NOON, 2, "server_error")
    assert (well.failing_since, well.failures, well.reason) == (None, 0, "")
    assert well.checked_at == due
