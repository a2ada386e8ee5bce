from datetime import date

from adapters.importers import ArchiveReaders
from adapters.importers.daily_report import parse

REPORT = """\
# Pond daily![Chart](news_2031-05-02.png)

## 🩵 Ducks & geese

**요약:**

1. **주요 주제**:
   - 오리 (열 마리)
   - 거위
2. **영향 분석**:
   - **경제**: 빵값이 올랐다.

**출처:**

 - 오리는 왜 걷나? (https://example.org/ducks_(bird))
 - [Geese](https://example.org/geese)
 - 주소 없는 글


## 🌞 Fish

**Summary:**

**1. Main subjects:**

Fish swim.

**Sources:**

- Why fish swim (https://example.org/fish)
"""


def test_sources_are_links_under_their_category() -> None:
    archive = ArchiveReaders().read("today.md", REPORT.encode())

    assert archive.form == "daily_report"
    assert archive.title == "Pond daily"
    assert [(link.title, link.url, link.label, link.day) for link in archive.links] == [
        (
            "오리는 왜 걷나?",
            "https://example.org/ducks_(bird)",
            "Ducks & geese",
            date(2031, 5, 2),
        ),
        ("Geese", "https://example.org/geese", "Ducks & geese", date(2031, 5, 2)),
        ("Why fish swim", "https://example.org/fish", "Fish", date(2031, 5, 2)),
    ]


def test_the_analysis_of_a_category_is_a_note_with_its_parts() -> None:
    ducks, fish = parse(REPORT).notes

    assert (ducks.title, ducks.day) == ("Ducks & geese", date(2031, 5, 2))
    assert [(section.heading, section.text) for section in ducks.sections] == [
        ("Ducks & geese › 주요 주제", "- 오리 (열 마리)\n- 거위"),
        ("Ducks & geese › 영향 분석", "- 경제: 빵값이 올랐다."),
    ]
    assert [(section.heading, section.text) for section in fish.sections] == [
        ("Fish › Main subjects", "Fish swim.")
    ]


def test_a_source_without_address_is_listed() -> None:
    assert [(refusal.line, refusal.reason) for refusal in parse(REPORT).refusals] == [
        (17, "no_link")
    ]


def test_the_day_may_stand_in_the_title() -> None:
    archive = parse(
        "# News of the day · Friday, May 2, 2031\n## A\n**Sources**\n1. [c](https://c.org)"
    )

    assert [link.day for link in archive.links] == [date(2031, 5, 2)]


def test_parts_may_be_headings() -> None:
    archive = parse(
        "# D 2031-05-03\n## A\n### 요약\n#### Main events\n- b\n### 출처\n- [c](https://c.org)"
    )

    assert [section.heading for section in archive.notes[0].sections] == ["A › Main events"]
    assert [(link.url, link.label) for link in archive.links] == [("https://c.org", "A")]


def test_a_part_may_stand_in_the_line_that_names_it_and_be_numbered() -> None:
    archive = parse(
        "# D 2031-05-03\n## A\n**요약:**\n1. **주요 주제:** 오리\n2. **영향 분석:**\n"
        "   - 경제: 빵값\n4. **최종 요약:** 오리가 늘었다.\n**출처:**\n- c (https://c.org)\n"
        "## B\n#### 1. Main events\n- geese\n**Sources**\n- d (https://d.org)"
    )

    sections = [each for note in archive.notes for each in note.sections]
    assert [(section.heading, section.text) for section in sections] == [
        ("A › 주요 주제", "오리"),
        ("A › 영향 분석", "- 경제: 빵값"),
        ("A › 최종 요약", "오리가 늘었다."),
        ("B › Main events", "- geese"),
    ]
