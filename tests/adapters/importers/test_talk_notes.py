from datetime import date

from adapters.importers import ArchiveReaders
from adapters.importers.talk_notes import parse

NOTES = """\
# Pond Day 2031-05-02

## Ducks at night
- lanterns?? -> too bright
    - red light instead
        - or none

### Questions
- why so loud

## 거위의 하루
### 아침
### 저녁
느긋함
- see https://example.org/geese
"""


def test_every_talk_is_a_note_and_every_heading_can_be_cited() -> None:
    archive = parse(NOTES)

    assert [
        (note.title, note.day, [section.heading for section in note.sections])
        for note in archive.notes
    ] == [
        ("Pond Day 2031-05-02", date(2031, 5, 2), ["Pond Day 2031-05-02"]),
        ("Ducks at night", date(2031, 5, 2), ["Ducks at night", "Ducks at night › Questions"]),
        (
            "거위의 하루",
            date(2031, 5, 2),
            ["거위의 하루", "거위의 하루 › 아침", "거위의 하루 › 저녁"],
        ),
    ]


def test_bullets_keep_their_nesting() -> None:
    (section, _) = parse(NOTES).notes[1].sections

    assert section.text == "- lanterns?? -> too bright\n  - red light instead\n    - or none"
    assert section.line == 3


def test_a_heading_with_nothing_below_it_says_its_own_name() -> None:
    (talk, morning, evening) = parse(NOTES).notes[2].sections

    assert (talk.text, morning.text) == ("거위의 하루", "아침")
    assert evening.text.startswith("느긋함\n- see")


def test_a_link_in_notes_is_an_entry_under_its_heading() -> None:
    (link,) = parse(NOTES).links

    assert (link.url, link.label) == ("https://example.org/geese", "거위의 하루 › 저녁")


def test_notes_are_recognised_and_named_after_their_file_when_they_have_no_title() -> None:
    archive = ArchiveReaders().read("2031-05-03 walk.md", "뭐라도\n\n## 끝\n- 안녕".encode())

    assert archive.form == "talk_notes"
    assert [(note.title, note.day) for note in archive.notes] == [
        ("2031-05-03 walk", date(2031, 5, 3)),
        ("끝", date(2031, 5, 3)),
    ]
