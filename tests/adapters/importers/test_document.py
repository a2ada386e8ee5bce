"""Any text as one note: its headings are its parts, and nothing of it is lost."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from adapters.importers import ArchiveReaders
from adapters.importers.document import parse

MINUTES = """\
Before the title.

# Duck watch 2031-05-02

Present: three of us.

## Decisions

- red lanterns, **not** white
  - see [the measurements](https://example.org/lanterns)

Next time [here](https://example.org/next).

## Open

### Geese
"""


def test_a_document_is_one_note_with_its_headings_as_parts() -> None:
    (note,) = parse(MINUTES).notes

    assert (note.title, note.day) == ("Duck watch 2031-05-02", date(2031, 5, 2))
    assert [(part.heading, part.text) for part in note.sections] == [
        ("", "Before the title."),
        ("", "Present: three of us."),
        (
            "Decisions",
            "- red lanterns, not white\n"
            "  - see the measurements (https://example.org/lanterns)\n\n"
            "Next time here (https://example.org/next).",
        ),
        ("Open", "Open"),
        ("Open › Geese", "Geese"),
    ]


def test_a_link_is_saved_for_nobody_and_listed() -> None:
    archive = parse(MINUTES)

    assert archive.links == ()
    assert [(each.line, each.reason) for each in archive.refusals] == [
        (10, "link_in_prose"),
        (12, "link_in_prose"),
    ]


def test_plain_text_is_named_after_its_file() -> None:
    (note,) = ArchiveReaders().read("lanterns.txt", b"Red is best.", form="document").notes

    assert note.title == "lanterns"
    assert [(part.heading, part.text) for part in note.sections] == [("", "Red is best.")]


WORDS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["# ", "## ", "- ", "  - ", "", "\n"]), WORDS)))
def test_every_word_is_kept(lines: list[tuple[str, str]]) -> None:
    archive = parse("\n".join(f"{mark}{word}" for mark, word in lines))

    kept = " ".join(
        f"{note.title} {part.heading} {part.text}"
        for note in archive.notes
        for part in note.sections
    )
    assert all(word in kept for _, word in lines)
