"""What a member means as the text of a page, and of which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.models import (
    ChannelId,
    Kind,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    PagePart,
    PageState,
    Place,
    Save,
    SaveId,
)
from bot.domain.pasting import (
    LONG_CHARS,
    GivenText,
    choose_link,
    choose_save,
    cut_text,
    find_reply,
    may_be_text,
    page_of,
    takers,
)
from tests.factories import NOON

PROSE = "Sparse indexes answer rare words well. " * 9


@pytest.mark.parametrize(
    ("said", "before", "text"),
    [
        ("https://a.example/ text: Lanterns\nare red.", "https://a.example/", "Lanterns\nare red."),
        ("https://a.example/ 본문: 등불은 붉다", "https://a.example/", "등불은 붉다"),
        ("https://a.example/ TEXT:", "https://a.example/", ""),
        ("https://a.example/?context:1", "https://a.example/?context:1", None),
        ("text: one text: two", "", "one text: two"),
    ],
)
def test_a_text_is_all_that_follows_its_mark(said: str, before: str, text: str | None) -> None:
    assert cut_text(said) == (before, text)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("text: Lanterns are red.", "Lanterns are red."),
        ("본문：등불은 붉다", "등불은 붉다"),
        ("what does it say about lanterns?", None),
        ("x" * (LONG_CHARS - 1), None),
        ("x" * LONG_CHARS, "x" * LONG_CHARS),
        (f"/save https://a.example/ text: {PROSE}", None),
    ],
)
def test_a_reply_is_a_text_if_it_says_so_or_is_long(said: str, text: str | None) -> None:
    assert find_reply(said) == text


def test_a_file_of_text_may_be_one_a_picture_is_not() -> None:
    assert may_be_text("", ["Paper.PDF"])
    assert not may_be_text("here", ["photo.png"])


def make_record(url: str) -> LinkRecord:
    place = Place(ChannelId("general"))
    save = Save(SaveId("1"), MemberId("mina"), "Mina", place, MessageId("m"), "🔖", NOON)
    return LinkRecord(
        id=LinkId(url),
        url=url,
        url_as_saved=url,
        title=url,
        kind=Kind.NEWS,
        topics=(),
        state=PageState.UNREADABLE,
        reason="login",
        language="",
        saves=(save,),
    )


ONE, TWO = make_record("https://one.example/a"), make_record("https://two.example/b")


def test_a_text_is_of_the_only_link_or_of_the_one_that_it_names() -> None:
    both = {1: ONE, 3: TWO}
    assert choose_link("3 lanterns are red", {3: TWO}) == (TWO, "3 lanterns are red")
    assert choose_link("lanterns are red", both) == (None, "lanterns are red")
    assert choose_link("2 lanterns are red", both) == (None, "2 lanterns are red")
    assert choose_link("3 lanterns are red", both) == (TWO, "lanterns are red")
    assert choose_link("3.\nlanterns", both) == (TWO, "lanterns")
    assert choose_link("https://two.example/b lanterns", both) == (TWO, "lanterns")
    assert choose_link("https://one.example/a", {1: ONE}) == (ONE, "")


def test_a_text_that_names_no_link_is_of_the_only_one_that_has_none() -> None:
    given = replace(ONE, state=PageState.READ, gaps=("pasted:Mina",))
    late = replace(TWO, state=PageState.WAITING, reason="timeout")
    read = replace(TWO, state=PageState.READ, reason="")

    assert choose_link("lanterns", {1: given, 2: TWO}) == (TWO, "lanterns")
    assert choose_link("lanterns", {1: given, 2: late}) == (late, "lanterns")
    assert choose_link("lanterns", {1: given, 2: read}) == (None, "lanterns")
    assert choose_link("1 lanterns", {1: given, 2: TWO}) == (given, "lanterns")


def test_those_without_a_text_and_those_that_were_given_one_take_one() -> None:
    given = replace(ONE, state=PageState.READ, gaps=("pasted:Mina",))
    read = replace(ONE, state=PageState.READ, reason="")

    assert takers([read, TWO, given], is_meant=True) == {2: TWO, 3: given}
    assert takers([read, TWO], is_meant=False) == {2: TWO}
    assert takers([read, given], is_meant=True) == {2: given}
    assert takers([read], is_meant=True) == {1: read}
    assert takers([read, given], is_meant=False) == {}


def test_a_text_belongs_to_the_giver_s_own_save_of_the_message_else_to_the_first() -> None:
    message = MessageId("m")
    (save,) = ONE.saves
    saves = tuple(
        replace(save, id=SaveId(name), member=MemberId(name), message=MessageId(place))
        for name, place in (("a", "other"), ("b", message), ("c", message))
    )
    link = replace(ONE, saves=saves)

    chosen = [choose_save(link, message, member) for member in ("a", "b", "c", "d")]

    assert [each and each.id for each in chosen] == ["b", "b", "c", "b"]
    assert choose_save(link, MessageId("none"), "a") is None


def test_a_page_is_called_as_the_link_is_else_by_its_first_line() -> None:
    named = replace(ONE, title="As Mina calls it")
    bare = replace(ONE, title=ONE.url_as_saved)
    text = GivenText("# Harbour lanterns\n\nThey are red at night.")

    assert page_of(named, text, by="Mina").title == "As Mina calls it"
    found = page_of(bare, text, by="Mina")
    assert (found.title, found.text) == ("Harbour lanterns", "They are red at night.")
    assert (found.author, found.gaps) == ("", ("pasted:Mina",))
    assert page_of(bare, GivenText(PROSE), by="Mina").title == ONE.url_as_saved


def test_a_file_brings_its_title_and_the_names_of_its_parts() -> None:
    parts = (PagePart("p. 1", "one"), PagePart("p. 2", "two"))
    bare = replace(ONE, title=ONE.url_as_saved)

    page = page_of(bare, GivenText("one\n\ntwo", "A paper", parts), by="Mina")

    assert (page.title, page.text, page.parts) == ("A paper", "one\n\ntwo", parts)
