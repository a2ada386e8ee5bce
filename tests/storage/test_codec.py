"""Values survive being kept, and damaged ones are not taken for values."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import Point
from bot.events import (
    ButtonPressed,
    CommandCalled,
    Event,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.posts import Bullets, Button, Buttons, Fold, Item, Picture, Post, Text, paragraph
from storage.codec import decode, encode

INSTANTS = st.datetimes(timezones=st.just(UTC))
KINDS = (MessagePosted, ReactionAdded, ReactionRemoved, CommandCalled, ButtonPressed)
EVENTS = st.sampled_from(KINDS).flatmap(lambda kind: st.builds(kind, at=INSTANTS))


@given(EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(encode(event), Event) == event


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


def test_a_field_at_its_default_is_not_written() -> None:
    assert encode(Point("short")) == '{"is":"Point","text":"short"}'


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
