"""A trend post as Jekyll publishes it: its front matter, its footnotes, and its way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import lxml.html
import pytest

from adapters.documents import Documents
from adapters.importers import trend_post
from bot.domain.digests import Digest, DigestFormat, Style, Tally
from bot.domain.styles import STYLES
from bot.posts import Post
from bot.texts import Texts

GOLDEN = Path(__file__).parent / "golden" / "monthly.md"
HOSTILE = 'Bars | and "quotes": [a](b) `{{ x }}` {% y %} <b> --- #'


@pytest.fixture
def month(digest: Digest) -> Digest:
    """Return the sample digest as a trend post, one of its titles a hostile one."""
    (section,) = digest.sections
    (item,) = section.brief
    papers = replace(section, heading="논문", emoji="📰", key="papers", brief=())
    programming = replace(
        section,
        heading="프로그래밍",
        emoji="💻",
        key="programming",
        items=(replace(item, title=HOSTILE),),
        brief=(),
    )
    return replace(
        digest,
        style=Style.MONTHLY,
        title='기술 동향 · 2025년 1월: "첫 호"',
        sections=(papers, programming),
        savers=(Tally("미나", 2),),
        topics=(Tally("검색과 RAG", 3, 1), Tally("에이전트와 도구", 2, 2)),
    )


@pytest.fixture
def whole(month: Digest) -> Post:
    return STYLES[Style.MONTHLY].write_document(month, Texts.load().bind("ko"), picture=b"")


def _fields(document: str) -> dict[str, object]:
    _, front, _ = document.split("---\n", 2)
    lines = (line.partition(": ") for line in front.splitlines())
    return {name: json.loads(value) for name, _, value in lines}


def test_a_trend_post_is_what_was_agreed(month: Digest, whole: Post) -> None:
    written = Documents().write(month, whole, form=DigestFormat.MARKDOWN)

    assert written == GOLDEN.read_text(encoding="utf-8")


def test_the_date_is_that_of_the_newest_link(month: Digest, whole: Post) -> None:
    fields = _fields(Documents().write(month, whole, form=DigestFormat.MARKDOWN))

    assert fields["date"] == "2025-01-08 00:00:00"
    assert fields["title"] == '기술 동향 · 2025년 1월: "첫 호"'
    assert fields["tags"] == ["검색과 RAG", "에이전트와 도구"]


def test_a_post_without_a_chart_names_no_picture(month: Digest) -> None:
    bare = replace(month, chart=None, sections=())

    written = Documents().write(bare, Post((), language="ko"), form=DigestFormat.MARKDOWN)

    assert "media_subpath" not in _fields(written)
    assert _fields(written)["date"] == f"{date(2025, 1, 6)} 00:00:00"


def test_it_can_be_imported_again(month: Digest, whole: Post) -> None:
    written = Documents().write(month, whole, form=DigestFormat.MARKDOWN)

    archive = trend_post.parse(written)

    assert trend_post.recognise(written) > 0.9
    told = [source for section in month.sections for source in section.sources]
    assert next(link.title for link in archive.links) == told[0][0]
    assert {link.label for link in archive.links} == {"논문", "프로그래밍"}
    assert len(archive.links) + sum(len(link.related) for link in archive.links) >= len(told)


def test_on_a_page_a_number_leads_to_its_reference_and_back(month: Digest, whole: Post) -> None:
    page = lxml.html.document_fromstring(Documents().write(month, whole, form=DigestFormat.HTML))

    marks = page.xpath("//sup/a")
    assert [mark.text for mark in marks] == ["[1]", "[2]", "[3]"]
    for mark in marks:
        (note,) = page.xpath(f"//li[@id='{mark.get('href')[1:]}']")
        assert note.xpath(".//a/@href")[-1] == f"#{mark.get('id')}"
