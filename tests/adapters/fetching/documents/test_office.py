"""What is taken out of documents of office programs, each made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.documents.office import read_office
from adapters.parsing.download import Download
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed
from tests.fakes.office import (
    make_docx,
    make_epub,
    make_hwpx,
    make_odf,
    make_pptx,
    make_xlsx,
    make_zip,
)

DAY = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def read(body: bytes, name: str = "file.bin") -> PageText:
    return read_office(Download(f"https://example.org/files/{name}", "application/zip", "", body))


def reason(body: bytes) -> str:
    with pytest.raises(FetchFailed) as caught:
        read(body)
    return caught.value.reason


def test_a_text_document_keeps_its_headings_lists_and_tables() -> None:
    page = read(
        make_docx(
            "# 검색을 다시 만들다",
            "색인은 글자 두 개씩 만든다.",
            "- 첫째",
            "- 둘째",
            "## Numbers",
            "p95|40 ms",
            title="검색 보고서",
            author="가람",
            created="2024-05-06T07:08:09Z",
        )
    )

    assert page.text == (
        "# 검색을 다시 만들다\n\n색인은 글자 두 개씩 만든다.\n\n- 첫째\n- 둘째\n\n"
        "## Numbers\n\n| p95 | 40 ms |"
    )
    assert (page.title, page.author, page.published_at) == ("검색 보고서", "가람", DAY)
    assert page.language == "ko"


def test_a_document_without_a_title_has_its_first_heading_or_its_name() -> None:
    assert read(make_docx("# Retries", "They wait.")).title == "Retries"
    assert read(make_docx("They wait."), "a%20b.docx").title == "a b.docx"


def test_slides_are_parts_in_the_order_of_the_presentation() -> None:
    page = read(
        make_pptx(("Goals", ["fast", "small"], "say why"), ("결과", ["두 배 빨라졌다"], ""))
    )

    assert page.parts == (
        PagePart("slide 1", "## Goals\n\n- fast\n- small\n\nsay why"),
        PagePart("slide 2", "## 결과\n\n두 배 빨라졌다"),
    )
    assert page.text == "\n\n".join(part.text for part in page.parts)
    assert page.title == "Goals"


def test_sheets_are_parts_and_days_are_days() -> None:
    page = read(make_xlsx(Costs=[["month", "cost"], ["May", 45418.0]], 비용=[["합계", "12"]]))

    assert page.parts == (
        PagePart("Costs", "| month | cost |\n| May | 2024-05-06 |"),
        PagePart("비용", "| 합계 | 12 |"),
    )


def test_open_documents_are_read() -> None:
    text = make_odf(
        "text",
        '<text:h text:outline-level="1">Queues</text:h>'
        "<text:p>They <text:span>keep</text:span> order<text:s/>always.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p></text:list-item>"
        "<text:list-item><text:p>two</text:p></text:list-item></text:list>",
        title="On queues",
        author="가람",
        date="2024-05-06T07:08:09",
    )
    slides = make_odf(
        "presentation", "<draw:page><draw:frame><text:p>First</text:p></draw:frame></draw:page>"
    )
    sheets = make_odf(
        "spreadsheet",
        '<table:table table:name="Costs"><table:table-row>'
        '<table:table-cell table:number-columns-repeated="2"><text:p>7</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>',
    )

    page = read(text)

    assert page.text == "# Queues\n\nThey keep order always.\n\n- one\n- two"
    assert (page.title, page.author, page.published_at) == ("On queues", "가람", DAY)
    assert read(slides).parts == (PagePart("slide 1", "First"),)
    assert read(sheets).parts == (PagePart("Costs", "| 7 | 7 |"),)


def test_a_korean_document_is_read() -> None:
    page = read(
        make_hwpx("첫 문단이다.", "둘째 문단이다.", title="회의록", table=[["안건", "결정"]])
    )

    assert page.text == "첫 문단이다.\n\n둘째 문단이다.\n\n| 안건 | 결정 |"
    assert (page.title, page.author, page.published_at) == ("회의록", "가람", DAY)


def test_chapters_of_a_book_are_parts() -> None:
    page = read(
        make_epub(
            "<h1>Opening</h1><p>It&nbsp;rains.</p><ul><li>a</li></ul>",
            "<div><p>끝.</p></div>",
            title="Rain",
        )
    )

    assert page.parts == (PagePart("Opening", "It rains.\n\n- a"), PagePart("chapter 2", "끝."))
    assert (page.title, page.author) == ("Rain", "A. Writer")


def test_an_old_document_is_saved_with_what_its_server_says() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

    page = read_office(Download("https://example.org/a.hwp", "application/x-hwp", "", old))

    assert (page.title, page.gaps) == ("a.hwp", ("content",))


def test_what_cannot_be_read_has_its_reason() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")

    assert reason(locked) == "locked"
    assert reason(make_docx("text")[:-40]) == "damaged"
    assert reason(make_zip({"word/document.xml": "<w:document"})) == "damaged"
    assert reason(make_docx()) == "empty"


def test_a_document_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = make_zip({"word/document.xml": bytes(40_000_000)})

    assert len(bomb) < 100_000
    assert reason(bomb) == "too_large"


def test_entities_are_not_expanded() -> None:
    entities = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'

    assert reason(make_zip({"word/document.xml": f"{entities}<w>&a;&b;</w>"})) == "damaged"


def test_a_package_of_something_else_is_saved_with_what_its_server_says() -> None:
    assert read(make_zip({"a.txt": "x"}), "a.zip").gaps == ("content",)
