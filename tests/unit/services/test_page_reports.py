"""How links stand, in words: short, with the reason, the next try and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.emoji import DONE, LOOKING, TROUBLE
from bot.domain.models import (
    ChannelId,
    Engine,
    Kind,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Place,
    Point,
    Save,
    SaveId,
    Summary,
)
from bot.posts import Post
from bot.services.marking import mark_of
from bot.services.page_reports import (
    SHOWN,
    Wording,
    board_blocks,
    is_trouble,
    reading_of,
    result_blocks,
)
from bot.services.reading import Reading
from bot.texts import LANGUAGES
from tests.factories import NOON
from tests.fakes.platform import words_of
from tests.fakes.talking import TEXTS

SAVE = Save(
    SaveId("1"), MemberId("mina"), "Mina", Place(ChannelId("c")), MessageId("m"), "🔖", NOON
)
READ = LinkRecord(
    id=LinkId("1"),
    url="https://one.example/",
    url_as_saved="https://one.example/",
    title="One",
    kind=Kind.DEV,
    topics=(),
    state=PageState.READ,
    reason="",
    language="en",
    saves=(SAVE,),
)
SOON = NOON + timedelta(minutes=20)
FAILED = replace(READ, state=PageState.UNREADABLE, reason="login")
WAITING = replace(READ, state=PageState.WAITING, reason="timeout", retry_at=SOON)
FRESH = replace(READ, state=PageState.WAITING)


def wording(language: str = "en") -> Wording:
    return Wording(TEXTS.bind(language), ZoneInfo("Asia/Seoul"), NOON)


def told(*readings: Reading) -> str:
    return words_of(Post(board_blocks(readings, wording())))


def test_a_time_says_its_day_unless_it_is_today() -> None:
    assert wording().time(SOON) == "21:20 (Asia/Seoul)"
    assert wording().time(NOON + timedelta(hours=3)) == "2024-11-05 00:00 (Asia/Seoul)"


def test_every_state_is_told_with_its_reason() -> None:
    said = wording()

    assert said.state(FRESH) == "waiting to be read"
    assert said.state(replace(FRESH, state=PageState.READING)) == "being read"
    assert said.state(FAILED) == "could not be read: The page asks for a log-in"
    assert "did not arrive in time. I'll try again by myself at 21:20" in said.state(WAITING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_cause_and_says_what_helps(language: str) -> None:
    said = wording(language)

    for reason, sentence in TEXTS.table(language, "unreadable").items():
        assert 0 < len(said.cause(reason)) < len(sentence)


def test_what_is_read_needs_no_words_unless_something_is_missing() -> None:
    lacking = replace(READ, gaps=("transcript", "pasted:Mina: the elder"))

    assert not is_trouble(Reading(READ))
    assert is_trouble(Reading(FAILED, "login"))
    assert is_trouble(Reading(lacking))
    assert "the transcript could not be had" in told(Reading(lacking))
    assert "pasted by Mina: the elder" in told(Reading(lacking))


def test_trouble_is_told_beside_how_many_others_are_fine() -> None:
    said = told(*map(reading_of, (FAILED, WAITING, READ, READ)))

    assert "could not be read: The page asks for a log-in." in said
    assert "try again by myself at 21:20" in said
    assert "other links of this message were read: 2." in said


def test_of_many_links_the_first_are_told_and_the_others_counted() -> None:
    blocks = result_blocks([reading_of(FAILED)] * 200, wording())

    assert len(words_of(Post(blocks))) < 4_000
    assert f"… and {200 - SHOWN} more" in words_of(Post(blocks))


def test_what_could_not_be_read_anew_says_that_the_old_stays() -> None:
    kept = Reading(READ, "not_found", is_kept=True)

    assert "could not be read anew: The site says that there is no such page" in told(kept)
    assert mark_of([kept]) == DONE


def test_a_message_shows_that_work_goes_on_before_how_it_ended() -> None:
    assert mark_of([reading_of(READ)]) == DONE
    assert mark_of([reading_of(READ), reading_of(FAILED)]) == TROUBLE
    assert mark_of([reading_of(READ), reading_of(FAILED), reading_of(WAITING)]) == LOOKING
    assert mark_of([reading_of(FRESH)]) == LOOKING


def test_a_summary_that_is_the_title_is_not_said_again() -> None:
    points = (Point("One"), Point("It waits."))
    post = Post(
        result_blocks(
            [Reading(replace(READ, summary=Summary(points, Engine.EXTRACTIVE)))], wording()
        )
    )

    assert words_of(post).count("One") == 1
    assert "It waits." in words_of(post)


def test_what_lacks_is_told_in_whole_sentences() -> None:
    lacking = replace(READ, gaps=("description", "transcript"))

    assert wording("ko").gaps(lacking) == (
        "영상 설명은 가져오지 못했어요. 자막(스크립트)은 가져오지 못했어요"
    )
    assert " had, the transcript" in wording().gaps(lacking)


def test_who_mistyped_a_name_is_told_so_while_it_is_tried_again() -> None:
    waits = replace(WAITING, reason="unknown_host")

    said = [wording(language).state(waits) for language in ("en", "ko")]

    assert "check the address" in said[0]
    assert "오타" in said[1]
