"""What is taken out of a PDF."""

from __future__ import annotations

import pytest

from adapters.fetching.documents.pdf import read_pdf
from adapters.parsing.download import Download
from adapters.parsing.pdf_lines import join_lines, without_running_lines
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed
from tests.fakes.pdf import lock_pdf, make_pdf


def read(body: bytes, name: str = "paper.pdf") -> PageText:
    return read_pdf(Download(f"https://example.org/{name}", "application/pdf", "", body))


def reason(body: bytes) -> str:
    with pytest.raises(FetchFailed) as caught:
        read(body)
    return caught.value.reason


def test_pages_are_parts_with_their_numbers() -> None:
    page = read(make_pdf("Queues keep order.", "", "They wait.", title="On queues"))

    assert page.parts == (PagePart("p. 1", "Queues keep order."), PagePart("p. 3", "They wait."))
    assert page.text == "Queues keep order.\n\nThey wait."
    assert page.title == "On queues"


@pytest.mark.parametrize(
    "title", ["", "Microsoft Word - a.doc", "paper_final.docx", "untitled", "/tmp/a b.tex"]
)
def test_a_title_that_a_program_wrote_gives_way_to_the_first_line(title: str) -> None:
    assert read(make_pdf("Queues keep order", title=title)).title == "Queues keep order"


def test_what_cannot_be_read_has_its_reason() -> None:
    assert reason(lock_pdf(make_pdf("secret"), "1234")) == "locked"
    assert reason(make_pdf("", "")) == "scanned"
    assert reason(b"%PDF-1.7 and nothing else") == "damaged"


def test_a_pdf_that_asks_for_no_password_is_read() -> None:
    assert read(lock_pdf(make_pdf("Open words."), "")).text == "Open words."


def test_lines_become_paragraphs_again() -> None:
    lines = [
        "1 Introduction",
        "A queue keeps the order in which its messages came, and a work-",
        "er takes them one by one as long as nobody else has taken the one",
        "that it wants.",
        "It is not always so. Some queues know better than those who fill",
        "them, and let the urgent go first.",
        "• first item of a list",
        "• second item",
    ]

    assert join_lines(lines).split("\n\n") == [
        "1 Introduction",
        "A queue keeps the order in which its messages came, and a worker takes them one by one "
        "as long as nobody else has taken the one that it wants.",
        "It is not always so. Some queues know better than those who fill them, and let the "
        "urgent go first.",
        "• first item of a list",
        "• second item",
    ]


def test_a_full_line_is_as_wide_in_either_language() -> None:
    lines = [
        "A queue keeps the order in which its messages came from here.",
        "다음 문단은 한국어로 쓰였고, 긴 줄을 채우기 위해 더 길게",
        "적어 둔다.",
    ]

    assert join_lines(lines).split("\n\n")[-1].endswith("더 길게 적어 둔다.")


def test_what_stands_on_every_page_is_dropped() -> None:
    pages = [
        ["On queues, 2024", f"Text of its own {word}.", f"- {n} -"] for n, word in enumerate("abcd")
    ]

    assert without_running_lines(pages) == [[f"Text of its own {word}."] for word in "abcd"]


def test_a_page_is_never_dropped_whole() -> None:
    assert without_running_lines([["Step 1"], ["Step 2"], ["Step 3"]]) == [
        ["Step 1"],
        ["Step 2"],
        ["Step 3"],
    ]
