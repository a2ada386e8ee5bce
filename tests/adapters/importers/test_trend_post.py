from datetime import date

from adapters.importers import ArchiveReaders
from bot.domain.models import Kind, Point

POST = """\
---
title: "Pond trends #3"
date: 2031-05-20 00:00:00
tags: [pond]
---

> 2031년 4월의 연못 소식입니다.
{: .prompt-info }

## 💡 **News**
### 오리 행진 [^ref-n-1]
- 오리 **백 마리**가 걸었다.
- 모두 웃었다. 그러나
  아무도 멈추지 않았다.

![fig](march.webp){: width="500"}
_한 줄로 걷는 오리_

### Quiet geese [^ref-n-2]
- still quiet

----

## 📰 **Papers**
### No source here
- lost?

## References
[^ref-n-1]: [The march](https://example.org/march)

[^ref-n-2]: [Quiet geese](https://example.org/geese)
[^ref-n-9]: [Alone](https://example.org/alone)
"""


def test_items_are_joined_to_their_footnotes() -> None:
    archive = ArchiveReaders().read("post.md", POST.encode())

    assert archive.form == "trend_post"
    assert archive.title == "Pond trends #3"
    assert [(link.title, link.url, link.label, link.day, link.line) for link in archive.links] == [
        ("The march", "https://example.org/march", "News", date(2031, 5, 20), 11),
        ("Quiet geese", "https://example.org/geese", "News", date(2031, 5, 20), 19),
        ("Alone", "https://example.org/alone", "News", date(2031, 5, 20), 32),
    ]


def test_a_section_of_one_kind_says_the_kind_of_its_items() -> None:
    march, geese, alone = ArchiveReaders().read("post.md", POST.encode()).links

    assert [march.kind, geese.kind] == [Kind.NEWS, Kind.NEWS]
    assert alone.kind is None  # no item speaks for it


def test_an_item_keeps_its_heading_sentences_and_caption() -> None:
    march, geese, _ = ArchiveReaders().read("post.md", POST.encode()).links

    assert march.points == (
        Point("오리 행진"),
        Point("오리 **백 마리**가 걸었다."),
        Point("모두 웃었다. 그러나 아무도 멈추지 않았다."),
        Point("한 줄로 걷는 오리"),
    )
    assert geese.points == (Point("still quiet"),)


def test_what_does_not_match_is_listed_and_its_text_kept() -> None:
    archive = ArchiveReaders().read("post.md", POST.encode())

    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [
        (25, "item_without_source"),
        (32, "source_without_item"),
    ]
    assert [(section.heading, section.text) for section in archive.notes[0].sections] == [
        ("", "2031년 4월의 연못 소식입니다."),
        ("Papers", "No source here\nlost?"),
    ]


def test_a_post_that_was_read_in_a_wrong_code_page_comes_out_right() -> None:
    damaged = POST.encode().decode("cp1254", "ignore").replace("\xad", "")

    archive = ArchiveReaders().read("post.md", damaged.encode())

    assert archive.links[0].points[0] == Point("오리 행진")
    assert archive.repaired_chars > 30
    assert archive.lost_chars == 0
