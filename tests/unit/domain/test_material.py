from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digests import Period
from bot.domain.material import (
    Reach,
    address_of,
    clickable,
    credit_of,
    gather,
    instants,
    make_item,
    reach_before,
    title_of,
)
from bot.domain.models import ChannelId, Kind, LinkId, LinkRecord, Place
from bot.domain.periods import parse_period, period_between
from bot.domain.selection import select_stories
from bot.domain.stories import Story
from tests.link_records import MONDAY_NOON, make_link, make_save

NEW_YORK = ZoneInfo("America/New_York")
WEEK = Period("2025-W10", date(2025, 3, 3), date(2025, 3, 10))


def test_the_day_on_which_clocks_change_lasts_as_long_as_it_does() -> None:
    since, until = instants(Period("d", date(2025, 3, 9), date(2025, 3, 10)), NEW_YORK)

    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=23)


def test_saves_outside_the_period_are_dropped_and_links_without_any_left() -> None:
    earlier, later = MONDAY_NOON - timedelta(days=7), MONDAY_NOON + timedelta(days=7)
    saves = [make_save("sora", at=earlier), make_save("mina"), make_save("joon", at=later)]
    thrice = make_link("thrice", saves=saves)
    gone = make_link("gone", saves=[make_save(at=later)])

    material = gather(WEEK, NEW_YORK, links=[thrice, gone])

    assert [(link.id, link.saves) for link in material.links] == [("link-thrice", (saves[1],))]


HOUR = timedelta(hours=1)
SINCE, UNTIL = MONDAY_NOON, MONDAY_NOON + timedelta(days=7)


def _told(*links: LinkRecord, **reach: Any) -> list[str]:
    material = gather(WEEK, NEW_YORK, links=links, reach=Reach(since=SINCE, until=UNTIL, **reach))
    return [link.id.removeprefix("link-") for link in material.links]


def _saved(name: str, *, at: datetime = SINCE, **more: Any) -> LinkRecord:
    return make_link(name, saves=[make_save(at=at)], **more)


def test_a_span_is_told_from_its_first_instant_until_before_its_last() -> None:
    instants_of = {"before": SINCE - HOUR, "first": SINCE, "last": UNTIL - HOUR, "after": UNTIL}
    links = [_saved(name, at=at) for name, at in instants_of.items()]

    assert _told(*links) == ["first", "last"]


def test_only_what_was_chosen_is_told() -> None:
    news = _saved("news", kind=Kind.NEWS)
    paper = _saved("paper", kind=Kind.PAPER, topics=("llm", "data"))
    elsewhere = make_link("far", saves=[make_save(place=Place(ChannelId("random")))])

    assert _told(news, paper, kinds=(Kind.PAPER,)) == ["paper"]
    assert _told(news, paper, topics=("data", "web")) == ["paper"]
    assert _told(paper, elsewhere, sources=(ChannelId("random"),)) == ["far"]


def test_what_the_last_digest_told_is_left_out_and_what_came_late_for_it_is_told() -> None:
    told, late, new = _saved("told"), _saved("late", at=SINCE - HOUR), _saved("new")
    told_before = _saved("told-before", at=SINCE - HOUR)
    reach = Reach(
        since=SINCE,
        until=UNTIL,
        told=frozenset({told.id, told_before.id}),
        late_since=SINCE - 2 * HOUR,
    )

    material = gather(WEEK, NEW_YORK, links=[told, late, new, told_before], reach=reach)

    assert [link.id for link in material.links] == [late.id, new.id]
    assert material.left_out == (told.id,)


def test_what_the_last_digest_left_out_is_not_late() -> None:
    left_out = {"late_since": SINCE - 2 * HOUR, "left_out": frozenset({LinkId("link-popular")})}

    assert _told(_saved("popular", at=SINCE - HOUR), **left_out) == []
    assert _told(_saved("popular", at=SINCE), **left_out) == ["popular"]


def test_a_span_is_called_by_its_days() -> None:
    nine = datetime(2025, 3, 3, 9, tzinfo=NEW_YORK)
    week, day = timedelta(days=7), timedelta(days=1)

    assert period_between(nine, nine + week, NEW_YORK) == Period(
        "2025-03-03/2025-03-10", WEEK.first, WEEK.end
    )
    assert period_between(nine, nine + day, NEW_YORK).name == "2025-03-03"
    assert period_between(nine, nine + HOUR, NEW_YORK).end == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("hour", "minute", "called"),
    [(9, 0, 3), (11, 59, 3), (12, 0, 4), (15, 1, 4), (23, 45, 4), (0, 0, 3)],
)
def test_a_day_is_called_by_the_date_that_holds_most_of_it(
    hour: int, minute: int, called: int
) -> None:
    until = datetime(2025, 3, 4, hour, minute, tzinfo=NEW_YORK)

    period = period_between(until - timedelta(days=1), until, NEW_YORK)

    assert period.name == date(2025, 3, called).isoformat()
    assert period.end - period.first == timedelta(days=1)


def test_the_day_of_25_hours_is_a_day() -> None:
    nine = [datetime(2025, 11, day, 9, tzinfo=NEW_YORK) for day in (1, 2)]

    assert period_between(nine[0], nine[1], NEW_YORK).name == "2025-11-01"
    assert nine[1].astimezone(UTC) - nine[0].astimezone(UTC) == timedelta(hours=25)


def test_a_day_is_counted_where_the_workspace_lives() -> None:
    midnight = datetime(2025, 3, 4, 3, tzinfo=UTC)  # still Monday evening in New York
    link = make_link(saves=[make_save(at=midnight)])

    assert gather(WEEK, NEW_YORK, links=[link]).day_of(link) == date(2025, 3, 3)


@pytest.mark.parametrize(
    ("written", "clicked"),
    [
        ("arxiv.org/abs/2503.01234", "https://arxiv.org/abs/2503.01234"),
        ("http://old.example/", "http://old.example/"),
        ("", ""),
    ],
)
def test_an_address_is_clicked_as_it_was_written_with_a_scheme(written: str, clicked: str) -> None:
    assert clickable(written) == clicked


def test_what_has_no_title_is_called_by_its_address() -> None:
    link = make_link(title="  ")

    assert title_of(link) == address_of(link) == link.url


def test_a_title_without_an_end_is_cut() -> None:
    assert len(title_of(make_link(title="word " * 10_000))) <= 301


@pytest.mark.parametrize(
    ("author", "credit"),
    [
        ("Elm Ash", "Elm Ash"),
        ("Elm Ash, Oak Birch, Fir Pine, Yew Willow, Bay Laurel", "Elm Ash et al."),
        ("the whole of the department of trees and of shrubs", "Forest Weekly"),
        ("", "Forest Weekly"),
    ],
)
def test_of_many_authors_the_first_is_named(author: str, credit: str) -> None:
    assert credit_of(make_link(author=author, site="Forest Weekly")) == credit
    assert credit_of(make_link(author=author, who="Trees")) == "Trees"


def test_other_links_of_a_story_are_called_by_title_and_site() -> None:
    story = Story(
        (
            make_link("a", title="Harbour opens its weights to everyone"),
            make_link("b", title="Harbour opens its weights to everyone | Byte", site="Byte"),
            make_link("c", title="What the open weights of Harbour can do", site="Byte"),
            make_link("d", title="What the open weights of Harbour can do"),
            make_link("e", title="https://e.example/page"),
        )
    )
    (choice,) = select_stories([story]).highlights

    item = make_item(choice, gather(WEEK, NEW_YORK, links=[]))

    assert item.also == (
        ("Byte", "https://b.example/page"),
        ("What the open weights of Harbour can do · Byte", "https://c.example/page"),
        ("d.example", "https://d.example/page"),
        ("https://e.example/page", "https://e.example/page"),
    )


SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("name", "first", "end"),
    [
        ("2025-03-03", date(2025, 3, 2), date(2025, 3, 3)),
        ("2025-W10", date(2025, 2, 24), date(2025, 3, 3)),
        ("2025-03", date(2025, 2, 1), date(2025, 3, 1)),
        ("3d", date(2025, 3, 4), date(2025, 3, 7)),
    ],
)
def test_a_period_is_compared_with_the_one_of_the_calendar_before(
    name: str, first: date, end: date
) -> None:
    before = reach_before(parse_period(name, today=date(2025, 3, 9)), SEOUL, None)

    assert before is not None
    assert (before.since, before.until) == instants(Period("before", first, end), SEOUL)


def _nine(year: int, month: int, day: int, zone: ZoneInfo = SEOUL) -> datetime:
    return datetime(year, month, day, 9, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        (_nine(2025, 3, 3), _nine(2025, 3, 10), _nine(2025, 2, 24)),
        (_nine(2025, 3, 1), _nine(2025, 4, 1), _nine(2025, 2, 1)),
        (_nine(2025, 3, 3), _nine(2025, 3, 4), _nine(2025, 3, 2)),
    ],
)
def test_from_nine_to_nine_is_compared_with_nine_to_nine(
    since: datetime, until: datetime, before: datetime
) -> None:
    period = period_between(since, until, SEOUL)
    reach = Reach(since=since, until=until, kinds=(Kind.NEWS,), topics=("llm",))

    compared = reach_before(period, SEOUL, reach)

    assert compared == Reach(since=before, until=since, kinds=(Kind.NEWS,), topics=("llm",))


def test_before_a_night_of_25_hours_it_was_nine_too() -> None:
    since, until = _nine(2025, 11, 3, NEW_YORK), _nine(2025, 11, 4, NEW_YORK)

    compared = reach_before(
        period_between(since, until, NEW_YORK), NEW_YORK, Reach(since=since, until=until)
    )

    assert compared is not None
    assert compared.since == _nine(2025, 11, 2, NEW_YORK)


def test_half_a_day_is_compared_with_nothing() -> None:
    since = _nine(2025, 3, 3)
    reach = Reach(since=since, until=since + 12 * HOUR)

    assert reach_before(period_between(since, reach.until, SEOUL), SEOUL, reach) is None


def test_what_was_told_or_left_out_counts_for_the_time_before() -> None:
    reach = Reach(since=SINCE, until=UNTIL, told=frozenset({LinkId("link-a")}), late_since=SINCE)

    compared = reach_before(WEEK, NEW_YORK, reach)

    assert compared is not None
    assert (compared.told, compared.left_out, compared.late_since) == (
        frozenset(),
        frozenset(),
        None,
    )
