"""A list of links is about the words that were asked for."""

from __future__ import annotations

import pytest

from bot.domain.matching import keep_matching
from bot.domain.models import LinkId, PassageId, SearchHit
from bot.text.queries import OtherName


def hit(number: int, text: str, title: str = "") -> SearchHit:
    return SearchHit(
        passage=PassageId(number),
        text=text,
        heading="",
        title=title,
        score=1.0,
        link=LinkId(str(number)),
    )


DUCK, MAP = hit(1, "오리가 강을 건넌다"), hit(2, "정확한 지도가 있다", title="Maps")


@pytest.mark.parametrize("query", ["정확한없는단어", "unheard of"])
def test_sharing_a_syllable_is_no_match(query: str) -> None:
    assert keep_matching([DUCK, MAP], query, names=[]) == []


@pytest.mark.parametrize("query", ["오리", "오리는", "오리 논문", "강 오리", "the 오리"])
def test_what_says_half_of_the_words_is_kept(query: str) -> None:
    assert keep_matching([MAP, DUCK], query, names=[]) == [DUCK]


def test_a_title_counts_and_the_order_stays() -> None:
    assert keep_matching([MAP, DUCK], "maps 오리", names=[]) == [MAP, DUCK]


def test_the_other_name_counts() -> None:
    english = hit(3, "the duck crosses the river")
    names = [OtherName(said=frozenset({"오리"}), translation={"duck": 1.0})]

    assert keep_matching([english], "오리", names=names) == [english]
