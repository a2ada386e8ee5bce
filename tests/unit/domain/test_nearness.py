"""Bare titles that may report one happening: the later steps back, and says behind which."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.models import Kind, LinkRecord
from bot.domain.selection import Selection, select_stories
from bot.domain.stories import group_stories
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary


def _report(name: str, title: str, *, hours: int = 0, **others: Any) -> LinkRecord:
    saves = others.pop("saves", [make_save(at=MONDAY_NOON + timedelta(hours=hours))])
    return make_link(name, title=title, saves=saves, **others)


COURT = _report("court", "Harbour Labs before the court")
MISSION = _report("mission", "Why the mission of Harbour is under fire again", hours=1)
CHESS = _report("chess", "Engines learn endgames from scratch", hours=2)


def _select(*links: LinkRecord) -> Selection:
    return select_stories(group_stories(links))


def _stepped_back(selection: Selection) -> dict[str, str]:
    return {
        choice.main.title: choice.why_not.name
        for choice in selection.brief
        if choice.why_not and choice.why_not.key == "why_not.near"
    }


def test_the_later_of_two_titles_that_alone_say_a_word_is_a_one_liner() -> None:
    chosen = _select(MISSION, COURT, CHESS)

    assert _stepped_back(chosen) == {MISSION.title: COURT.title}
    assert {choice.main for choice in chosen.highlights} == {COURT, CHESS}


def test_of_three_reports_in_a_chain_the_first_is_told() -> None:
    third = _report("third", "A mission statement rewritten", hours=3)

    assert _stepped_back(_select(COURT, MISSION, third)) == {
        MISSION.title: COURT.title,
        third.title: COURT.title,
    }


def test_titles_in_two_languages_are_near_by_the_terms_of_both() -> None:
    korean = _report("korean", "벡터 데이터베이스 회사 매각")
    english = _report("english", "Who bought the vector database", hours=1)

    assert _stepped_back(_select(korean, english)) == {english.title: korean.title}


@pytest.mark.parametrize(
    "other",
    [
        _report("later", MISSION.title, hours=40),
        _report("paper", MISSION.title, kind=Kind.PAPER),
        _report("told", MISSION.title, summary=make_summary("What it says")),
        _report("read", MISSION.title, text="The keepers of the lamps met in the town hall."),
        _report("saved", MISSION.title, saves=[make_save("mina"), make_save("joon")]),
        _report("else", "Why the mission of Lantern is under fire again"),
        _report("part", "Harbour 2.1 is out"),
    ],
    ids=lambda link: str(link.id),
)
def test_what_has_more_than_a_title_or_is_another_thing_stays(other: LinkRecord) -> None:
    first = _report("first", "Harbour 2.0 before the court", summary=make_summary("A point"))

    assert not _stepped_back(_select(first, other, CHESS))


def test_a_word_that_several_titles_say_brings_none_together() -> None:
    third = _report("third", "Harbour opens its weights to everyone", hours=2)

    assert not _stepped_back(_select(COURT, MISSION, third))


def test_everyday_words_bring_none_together() -> None:
    links = [_report("a", "The first harbour in Orrin"), _report("b", "Lamps come first")]

    assert not _stepped_back(_select(*links))
