"""PDFs as notes: their pages can be cited, and a hostile one hangs nobody."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.importers import ArchiveReaders
from adapters.importers.pdf import read_pdf
from adapters.importers.pdf_pages import MAX_PAGES, read_pages
from adapters.parsing import Download, ParsingLimits
from bot.errors import UserError
from bot.texts import LANGUAGES, Texts
from tests.fakes.pdf import lock_pdf, make_pdf

READERS = ArchiveReaders()


def test_every_page_with_text_is_a_part_with_its_number() -> None:
    pdf = make_pdf("Ducks sleep at night.", "", "Geese do not.", title="Birds")

    (note,) = READERS.read("birds.pdf", pdf).notes

    assert note.title == "Birds"
    assert [(part.heading, part.text) for part in note.sections] == [
        ("p. 1", "Ducks sleep at night."),
        ("p. 3", "Geese do not."),
    ]


def test_printed_lines_are_paragraphs_again_without_what_runs_along() -> None:
    lines = "Birds\n{} sleep at night, and when it is cold they dream of wa-\nter for {}.\n{}"
    birds = ("Ducks", "Geese", "Swans")
    pages = [lines.format(bird, bird, number) for number, bird in enumerate(birds, 1)]

    (note,) = READERS.read("birds.pdf", make_pdf(*pages)).notes

    assert [part.text for part in note.sections] == [
        f"{bird} sleep at night, and when it is cold they dream of water for {bird}."
        for bird in birds
    ]


@pytest.mark.parametrize("title", ["", "Microsoft Word - draft_final2.doc"])
def test_a_pdf_without_a_title_of_its_own_is_named_after_its_file(title: str) -> None:
    (note,) = READERS.read("ducks 2031-05-02.pdf", make_pdf("Quack.", title=title)).notes

    assert note.title == "ducks 2031-05-02"
    assert note.day is not None


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (lock_pdf(make_pdf("Secret."), "duck"), "import.pdf_locked"),
        (make_pdf("", ""), "import.pdf_scanned"),
        (b"%PDF-1.4\nnothing of the kind", "import.pdf_broken"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_refused_in_a_sentence(data: bytes, key: str) -> None:
    with pytest.raises(UserError) as refused:
        READERS.read("a.pdf", data)

    assert refused.value.message_key == key
    for language in LANGUAGES:
        assert Texts.load().get(language, key, **refused.value.values)
        assert Texts.load().get(language, key.replace("import.", "file."), **refused.value.values)


def test_a_pdf_that_is_locked_without_a_password_is_read() -> None:
    (note,) = READERS.read("a.pdf", lock_pdf(make_pdf("Open to all."), "")).notes

    assert note.sections[0].text == "Open to all."


def test_the_pages_of_a_very_long_one_are_left_out_and_said_so() -> None:
    archive = READERS.read("a.pdf", make_pdf(*["Quack."] * (MAX_PAGES + 2)))

    assert len(archive.notes[0].sections) == MAX_PAGES
    assert [(each.line, each.reason) for each in archive.refusals] == [
        (MAX_PAGES + 1, "pages_left_out")
    ]


def test_one_that_takes_too_long_is_given_up() -> None:
    started = time.perf_counter()

    with pytest.raises(UserError) as refused:
        read_pdf("a.pdf", make_pdf("Quack."), limits=ParsingLimits(wall_s=0.01))

    assert refused.value.message_key == "import.pdf_slow"
    assert time.perf_counter() - started < 30  # by default it may take a minute


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_one_gives_text_or_a_reason_and_never_breaks(data: st.DataObject) -> None:
    whole = bytearray(make_pdf("Ducks sleep.", "Geese do not.", title="Birds"))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    said = read_pages(Download("a.pdf", "application/pdf", "", bytes(whole)))

    assert said.problem in ("", "locked", "broken")
    assert not (said.problem and said.pages)
