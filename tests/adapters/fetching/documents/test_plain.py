"""Text files, feeds and what nobody can look into."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.documents.plain import read_plain
from adapters.fetching.documents.unknown import in_units, read_unknown
from adapters.parsing.download import Download
from bot.domain.models import PageText
from tests.fetch_failures import fails_as

RSS = """<?xml version="1.0"?><rss version="2.0"><channel>
<title>들판 소식</title><link>https://example.org/</link>
<item><title>첫 글</title><link>https://example.org/1</link>
<pubDate>Mon, 06 May 2024 07:08:09 GMT</pubDate></item>
<item><title>둘째 글</title><link>https://example.org/2</link></item></channel></rss>"""


def read(text: str, content_type: str = "text/plain", name: str = "notes.txt") -> PageText:
    return read_plain(Download(f"https://example.org/{name}", content_type, "utf-8", text.encode()))


def test_front_matter_is_told_and_is_no_text() -> None:
    page = read(
        '---\ntitle: "검색을 다시 만들다"\ndate: 2024-05-06\nauthor: 가람\ntags: [a]\n---\n\n'
        "# 머리말\n\n본문이다.\n",
        "text/markdown",
    )

    assert (page.title, page.author) == ("검색을 다시 만들다", "가람")
    assert page.published_at == datetime(2024, 5, 6, tzinfo=UTC)
    assert page.text == "# 머리말\n\n본문이다."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Queues\n\nThey wait.", "Queues"),
        ("Queues\n======\n\nThey wait.", "Queues"),
        ("+++\ntitle = 'Queues'\n+++\nThey wait.", "Queues"),
        ("They wait.\nThey always do.", "They wait."),
        ("They wait. " * 40, "notes.txt"),
        ("---\nno head of a site", "---"),
    ],
)
def test_prose_has_its_heading_or_its_first_line_as_title(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("application/json", "a.json"),
        ("text/csv", "a.csv"),
        ("text/x-python", "a.py"),
        ("text/plain", "a.py"),
        ("application/xml", "a.xml"),
    ],
)
def test_data_and_source_files_have_their_name_as_title(content_type: str, name: str) -> None:
    assert read('{"a": 1}', content_type, name).title == name


def test_a_feed_tells_its_title_and_its_newest_entries() -> None:
    page = read(RSS, "application/rss+xml", "feed")

    assert page.title == "들판 소식"
    assert "- 첫 글\n- 둘째 글" in page.text
    assert page.published_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_a_file_of_blanks_is_empty() -> None:
    with fails_as("empty"):
        read(" \n\n ")


def test_a_file_too_long_to_keep_says_so() -> None:
    page = read("A word. " * 100_000)

    assert len(page.text) <= 600_000
    assert page.gaps == ("full_text",)


def test_of_an_unknown_file_what_its_server_says_is_told() -> None:
    changed_at = datetime(2024, 5, 6, tzinfo=UTC)
    page = read_unknown(
        Download(
            "https://example.org/x?id=3",
            "application/zip",
            "",
            b"PK",
            is_cut=True,
            length=12_345_678,
            filename="모음.zip",
            last_modified=changed_at,
        )
    )

    assert page.title == "모음.zip"
    assert page.text == "모음.zip · application/zip · 12 MB · 2024-05-06"
    assert (page.published_at, page.gaps) == (changed_at, ("content",))


@pytest.mark.parametrize(("size", "text"), [(7, "7 B"), (1_500, "1.5 kB"), (10**16, "10000 TB")])
def test_sizes_are_written_as_people_do(size: int, text: str) -> None:
    assert in_units(size) == text
