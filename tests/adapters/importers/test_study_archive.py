from datetime import date

import pytest

from adapters.importers.study_archive import parse
from bot.domain.archives import Archive, Mark
from bot.domain.models import Concept, Kind, Point

ARCHIVE = """\
📜: Paper
🧑🏻💻: Blog & GitHub
🗞️: News
🤪: Interesting

---
# What we read in 2031

## 🌱 March
<details>
  <summary>1st week</summary>

  - 📜 [Lake Lab, Hill School] [Counting ducks (again)](https://example.org/ducks_(bird))
    - 오리를 세는 새 방법
      - 안개 속에서도 셀 수 있음
      → 겨울에도 가능
    - [Github](https://example.org/ducks/code), [Demo](https://example.org/ducks/demo)
    - 📜 [Hill School] [Geese too](example.org/geese)
      - 거위 편
      <details>
          <summary>중요 개념</summary>

        - **개체수(population)**: 한 곳에 사는 수
          - 예: 오리 열 마리
        - **Transect (TS)** : a line to count along
      </details>
      <details>
        <summary>한계</summary>

        - 밤에는 안 됨
      </details>
  - 🧑‍💻 [Kim님 blog][정규식 [기초]](https://example.com/regex?utm_source=x)
</details>
<details>
  <summary>2nd week</summary>

- 🤪 [Fun](https://example.net/fun)
- 🗞️ Nothing to click

---
<details>
  <summary>What we read in 2030</summary>

## December
<details>
<summary>5th week</summary>

* 🗞 **[Paper Daily] [Old | news](https://example.net/old "a title")**
</details>
</details>
"""


@pytest.fixture
def archive() -> Archive:
    return parse(ARCHIVE)


def test_entries_come_in_order_with_kind_who_and_address_as_written(archive: Archive) -> None:
    assert [(link.kind, link.who, link.title, link.url) for link in archive.links] == [
        (
            Kind.PAPER,
            "Lake Lab, Hill School",
            "Counting ducks (again)",
            "https://example.org/ducks_(bird)",
        ),
        (Kind.DEV, "Kim님 blog", "정규식 [기초]", "https://example.com/regex?utm_source=x"),
        (Kind.FUN, "", "Fun", "https://example.net/fun"),
        (Kind.NEWS, "", "Nothing to click", ""),
        (Kind.NEWS, "Paper Daily", "Old | news", "https://example.net/old"),
    ]


def test_entries_keep_their_label_and_get_the_monday_of_their_week(archive: Archive) -> None:
    assert [(link.label, link.day) for link in archive.links] == [
        ("2031 · March · 1st week", date(2031, 3, 3)),
        ("2031 · March · 1st week", date(2031, 3, 3)),
        ("2031 · March · 2nd week", date(2031, 3, 10)),
        ("2031 · March · 2nd week", date(2031, 3, 10)),
        # December 2030 has four Thursdays: the week that people call the fifth is its last.
        ("2030 · December · 5th week", date(2030, 12, 23)),
    ]


def test_links_below_an_entry_are_related_to_it(archive: Archive) -> None:
    related = archive.links[0].related

    assert [(link.kind, link.who, link.title, link.url) for link in related] == [
        (None, "", "Github", "https://example.org/ducks/code"),
        (None, "", "Demo", "https://example.org/ducks/demo"),
        (Kind.PAPER, "Hill School", "Geese too", "https://example.org/geese"),
    ]
    assert related[2].points == (
        Point("거위 편"),
        Point("한계", (Point("밤에는 안 됨"),), is_fold=True),
    )


def test_bullets_keep_their_nesting_and_arrows_are_points(archive: Archive) -> None:
    assert archive.links[0].points == (
        Point(
            "오리를 세는 새 방법",
            (Point("안개 속에서도 셀 수 있음", (Point("→ 겨울에도 가능"),)),),
        ),
    )


def test_key_terms_have_both_names_and_an_abbreviation_is_no_other_name(archive: Archive) -> None:
    assert archive.links[0].concepts == (
        Concept("개체수", "한 곳에 사는 수", "population", (Point("예: 오리 열 마리"),)),
        Concept("Transect (TS)", "a line to count along"),
    )


def test_an_entry_without_address_is_kept_marked_and_listed(archive: Archive) -> None:
    assert archive.links[3].marks == (Mark.NO_LINK,)
    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [(38, "no_link")]


def test_an_entry_without_address_takes_the_first_link_below_it_and_is_listed() -> None:
    archive = parse(
        "# 2031\n- 📜 [A](https://a.org)\n"
        "- 📜 Ducks in fog\n  - They count.\n  - [Paper](https://p.org)\n  - [Code](https://c.org)\n"
    )

    entry = archive.links[1]
    assert (entry.title, entry.url, entry.marks) == ("Ducks in fog", "https://p.org", ())
    assert entry.points == (Point("They count."),)
    assert [link.url for link in entry.related] == ["https://c.org"]
    assert [(r.line, r.reason) for r in archive.refusals] == [(3, "no_link")]


def test_the_title_is_the_first_heading(archive: Archive) -> None:
    assert archive.title == "What we read in 2031"


def test_two_glued_addresses_become_an_entry_and_a_related_link() -> None:
    archive = parse("# 2031\n- 📜 [Lab] [T](https://a.org/x](https://b.org/y))\n  - fine")

    (entry,) = archive.links
    assert (entry.title, entry.url) == ("T", "https://a.org/x")
    assert [link.url for link in entry.related] == ["https://b.org/y"]
    assert entry.points == (Point("fine"),)
    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [(2, "glued")]


@pytest.mark.parametrize(
    ("line", "title", "url"),
    [
        ("- [T](https://a.org)", "T", "https://a.org"),
        ("-📜 [T](https://a.org)", "T", "https://a.org"),
        ("+ [x] **T**: https://a.org/b.", "T", "https://a.org/b"),
        ("- [x] [T](https://a.org)", "T", "https://a.org"),
        ("12. [T]( <https://a.org/b c> )", "T", "https://a.org/b"),
        ("- 📜 [Lab [T](https://a.org/(b)(c))", "T", "https://a.org/(b)(c)"),
        ("- 📜 [T] (https://a.org/b)", "T", "https://a.org/b"),
        ("- 📜 [T](https://a.org/b", "T", "https://a.org/b"),
        ('- 🗞️ <a href="https://a.org/?b&amp;c"><b>T</b></a>', "T", "https://a.org/?b&c"),
        ("* 05/17 - **T** <br> ([News](https://a.org)), ", "T", "https://a.org"),
        ("\t-\t📜 [T](www.a.org)\r", "T", "www.a.org"),
        ("## [T](https://a.org)", "T", "https://a.org"),
        ("https://a.org", "", "https://a.org"),
        ("| 📜 | [T](https://a.org) |", "T", "https://a.org"),
    ],
)
def test_entries_are_read_however_they_are_written(line: str, title: str, url: str) -> None:
    (entry,) = parse(line).links

    assert (entry.title, entry.url) == (title, url)


def test_what_people_say_beside_a_link_is_kept() -> None:
    (entry,) = parse("- [T](https://a.org): 무척 [재미있는](https://b.org) 글").links

    assert entry.points == (Point("무척 글"),)
    assert [(link.title, link.url) for link in entry.related] == [("재미있는", "https://b.org")]


def test_links_below_a_bullet_that_only_names_a_group_are_entries() -> None:
    archive = parse(
        "# 2031\n## May\n- Tools\n  - [A](https://a.org)\n    - nice\n  - [B](https://b.org)"
    )

    assert [(link.title, link.label) for link in archive.links] == [
        ("A", "2031 · May · Tools"),
        ("B", "2031 · May · Tools"),
    ]


def test_an_entry_takes_the_address_below_it() -> None:
    (entry,) = parse("- 📜 [Lab] T\n  - https://a.org\n  - good").links

    assert (entry.who, entry.title, entry.url) == ("Lab", "T", "https://a.org")
    assert entry.points == (Point("good"),)


def test_missing_and_surplus_closing_tags_move_no_entry() -> None:
    archive = parse(
        "## 2031 May\n<details><summary>1st week</summary>\n- 📜 [A](https://a.org)\n"
        "<details><summary>중요 개념</summary>\n\n- **a**: b\n"
        "- 📜 [B](https://b.org)\n</details>\n</details>\n</details>\n"
        "<details><summary>2nd week</summary>\n- 📜 [C](https://c.org)\n"
    )

    assert [(link.title, link.label, len(link.concepts)) for link in archive.links] == [
        ("A", "2031 May · 1st week", 1),
        ("B", "2031 May · 1st week", 0),
        ("C", "2031 May · 2nd week", 0),
    ]


def test_weeks_may_be_headings_in_korean() -> None:
    archive = parse(
        "## 2025년 1월 2주차\n- 📜 [A](https://a.org)\n## 2025 · February · 1st week\n- 📜 [B](https://b.org)"
    )

    assert [(link.label, link.day) for link in archive.links] == [
        ("2025년 1월 2주차", date(2025, 1, 6)),
        ("2025 · February · 1st week", date(2025, 2, 3)),
    ]


def test_prose_outside_entries_becomes_a_note_and_its_links_are_listed() -> None:
    archive = parse("# Pond\n\nWrite to [us](https://us.org) first.\n\n- [A](https://a.org)\n")

    assert [section.text for section in archive.notes[0].sections] == ["Write to us first."]
    assert [(r.line, r.reason, r.excerpt) for r in archive.refusals] == [
        (3, "link_in_prose", "https://us.org")
    ]


def test_a_legend_needs_no_colon_at_the_top() -> None:
    archive = parse(
        "# Log\n📜 Papers\n🤪 웃긴 것\n\n## 2031 May\n- 📜 [A](https://a.org)\n- 🤪 A joke"
    )

    assert [link.title for link in archive.links] == ["A", "A joke"]
    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [(7, "no_link")]


def test_one_line_with_an_emoji_at_the_top_is_no_legend() -> None:
    archive = parse("# Log\n📝 Written by hand\n- 📜 [A](https://a.org)")

    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [(2, "no_link")]


def test_lines_in_bold_name_weeks_and_groups() -> None:
    archive = parse(
        "# 2031\n## May\n**2nd week**\n\n- 📜 [A](https://a.org)\n    - good\n**뉴스**\n"
        "- [B](https://b.org)\n\n**3rd week**\n- 📜 [C](https://c.org)\n  **why**: d\n  **e**\n"
    )

    assert [(link.title, link.label, link.day) for link in archive.links] == [
        ("A", "2031 · May · 2nd week", date(2031, 5, 5)),
        ("B", "2031 · May · 2nd week · 뉴스", date(2031, 5, 5)),
        ("C", "2031 · May · 3rd week", date(2031, 5, 12)),
    ]
    assert [link.points for link in archive.links[:2]] == [(Point("good"),), ()]


def test_rows_of_a_table_are_entries() -> None:
    (entry,) = parse("| what | link |\n|---|---|\n| paper | [T](https://a.org) | Ann |").links

    assert (entry.title, entry.url) == ("T", "https://a.org")
    assert entry.points == (Point("paper Ann"),)


def test_tags_that_only_arrange_are_no_points() -> None:
    (entry,) = parse("- 📜 [A](https://a.org)\n<p>\n  - good\n</p></div>").links

    assert entry.points == (Point("good"),)


def test_lines_in_bold_inside_a_fold_of_an_entry_stay_in_its_summary() -> None:
    (entry,) = parse(
        "- 📜 [A](https://a.org)\n<details><summary>Results</summary>\n\n"
        "**Speed**\n- fast\n</details>"
    ).links

    assert [point.text for point in entry.points] == ["Results"]
    assert [point.text for point in entry.points[0].points] == ["**Speed**", "fast"]


def test_entries_without_any_link_are_no_legend() -> None:
    assert [link.title for link in parse("# Log\n- 📜 One\n- 🤪 Two").links] == ["One", "Two"]
