"""Values survive being kept, and damaged ones are not taken for values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backfills import Backfill
from bot.domain.emoji import SaveEmoji
from bot.domain.models import LOCAL, ChannelId, MemberId, Place, Point
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from bot.events import CommandCalled, Event
from bot.posts import Bullets, Button, Buttons, Fold, Item, Picture, Post, Text, paragraph
from storage.codec import decode, encode

INSTANTS = st.datetimes(timezones=st.just(UTC))
KINDS = get_args(Event)
EVENTS = st.sampled_from(KINDS).flatmap(lambda kind: st.builds(kind, at=INSTANTS))


@given(EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(encode(event), Event) == event


KEPT = (Backfill, Subscription, WorkspaceSettings)


@given(st.sampled_from(KEPT).flatmap(lambda kind: st.builds(kind, **_instants(kind))))
def test_what_a_workspace_keeps_comes_back_as_it_was(
    value: Backfill | Subscription | WorkspaceSettings,
) -> None:
    assert decode(encode(value), type(value)) == value


def _instants(kind: type) -> dict[str, st.SearchStrategy[datetime]]:
    return {name: INSTANTS for name in ("since", "asked_at", "made_at") if hasattr(kind, name)}


@given(st.lists(st.text(), max_size=5), st.binary(), st.booleans())
def test_a_post_comes_back_as_it_was(words: list[str], data: bytes, is_ordered: bool) -> None:
    items = tuple(Item((Text(word, strong=True),), (paragraph(word),)) for word in words)
    post = Post(
        (
            Bullets(items, is_ordered=is_ordered),
            Fold((Text("more"),), (Buttons((Button("Open", "open", "1"),)),)),
            Picture("chart.png", "bars", data),
        ),
        thread=(Post((paragraph(*words),), language="ko"),),
        is_ephemeral=True,
    )

    assert decode(encode(post), Post) == post


POINTS = st.recursive(
    st.builds(Point, st.text(), is_fold=st.booleans()),
    lambda points: st.builds(Point, st.text(), st.lists(points, max_size=3).map(tuple)),
    max_leaves=8,
)


@given(st.lists(POINTS, max_size=4).map(tuple))
def test_nested_points_come_back_as_they_were(points: tuple[Point, ...]) -> None:
    assert decode(encode(points), tuple[Point, ...]) == points


@given(st.dates())
def test_a_day_comes_back_as_it_was(day: date) -> None:
    assert decode(encode((day,)), tuple[date, ...]) == (day,)


def test_a_field_at_its_default_is_not_written() -> None:
    assert encode(Point("short")) == '{"is":"Point","text":"short"}'
    assert encode(WorkspaceSettings(emoji=SaveEmoji())) == '{"is":"WorkspaceSettings"}'


def test_an_event_that_an_older_program_wrote_is_read_with_defaults() -> None:
    text = (
        '{"is":"CommandCalled","id":"1","workspace":"local","place":'
        '{"is":"Place","channel":"general"},"member":"mina","at":0,"name":"digest"}'
    )

    assert decode(text, Event) == CommandCalled(
        id="1",
        workspace=LOCAL,
        place=Place(ChannelId("general")),
        member=MemberId("mina"),
        at=datetime(1970, 1, 1, tzinfo=UTC),
        name="digest",
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{", Point),
        ("[]", Point),
        ('{"is":"Item","text":"x"}', Point),
        ('{"is":"Point"}', Point),
        ('{"is":"Point","text":"x","colour":"red"}', Point),
        ('{"is":"Point","text":1}', Point),
        ('{"is":"Point","text":"x","is_fold":1}', Point),
        ('{"is":"Unheard","id":"1"}', Event),
        ('"no base64!"', bytes),
        ("true", int),
    ],
)
def test_what_is_not_of_the_type_is_refused(text: str, kind: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each reason has its own words
        decode(text, kind)


def test_an_object_of_no_known_kind_is_not_written() -> None:
    with pytest.raises(TypeError):
        encode(object())


def test_half_a_character_is_replaced_for_no_database_takes_it() -> None:
    written = encode(Text("half \ud83d, 전체"))

    assert decode(written.encode().decode(), Text) == Text("half ?, 전체")
