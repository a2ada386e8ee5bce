"""One paper, however its address is written, from answers in arXiv's form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.readers.arxiv import ArxivReader
from bot.domain.models import Kind, PagePart
from bot.errors import FetchFailed
from tests.fakes.site_tools import SLOW_DOWN, SiteTools, a_page

URL = "https://arxiv.org/abs/2401.01234"
API = "https://export.arxiv.org/api/query?id_list={}&max_results=1"
ENTRY = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">ArXiv Query: id_list=2401.01234</title>
  <entry>
    <id>http://arxiv.org/abs/2401.01234v2</id>
    <updated>2024-03-02T10:00:00Z</updated>
    <published>2024-01-02T17:59:00Z</published>
    <title>Small Queues,
      Long Waits</title>
    <summary>  We measure how long
 people wait.  </summary>
    <author><name>Ada Byron</name></author>
    <author><name>한여름</name></author>
    <author><name>C. Third</name></author>
    <author><name>D. Fourth</name></author>
    <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages</arxiv:comment>
  </entry>
</feed>"""
NOTHING = '<feed xmlns="http://www.w3.org/2005/Atom"><title>none</title></feed>'
WRONG_ID = """<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title>
<summary>incorrect id format</summary></entry></feed>"""
FULL_TEXT = """<html><body><article class="ltx_document">
<h1 class="ltx_title ltx_title_document">Small Queues</h1>
<div class="ltx_abstract"><p class="ltx_p">We measure.</p></div>
<section class="ltx_section" id="S1">
  <h2 class="ltx_title ltx_title_section"><span class="ltx_tag">1 </span>Introduction</h2>
  <div class="ltx_para"><p class="ltx_p">People wait for <math alttext="t^{2}"><mi>t</mi></math>
  seconds<span class="ltx_note ltx_note_outer">a note</span>.</p></div>
  <section class="ltx_subsection">
    <h3 class="ltx_title ltx_title_subsection"><span class="ltx_tag">1.1 </span>Why</h3>
    <div class="ltx_para"><p class="ltx_p">Because.</p></div></section>
</section>
<section class="ltx_bibliography"><h2>References</h2><li>Somebody 1999</li></section>
</article></body></html>"""
ABSTRACT_PAGE = """<html><head>
<meta name="citation_title" content="Small Queues, Long Waits" />
<meta name="citation_author" content="Byron, Ada" /><meta name="citation_author" content="한여름" />
<meta name="citation_date" content="2024/01/02" />
<meta name="citation_abstract" content="We measure how long people wait." />
</head><body></body></html>"""
ATOM = "application/atom+xml"


def arxiv(number: str = "2401.01234", body: object = ENTRY) -> SiteTools:
    return SiteTools().add(API.format(number), body, content_type=ATOM)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://www.arxiv.org/pdf/2401.01234.pdf",
        "https://arxiv.org/html/2401.01234",
        "https://alphaxiv.org/abs/2401.01234",
        "https://ar5iv.labs.arxiv.org/html/2401.01234",
        "https://doi.org/10.48550/arXiv.2401.01234",
        "https://huggingface.co/papers/2401.01234",
    ],
)
async def test_every_address_of_a_paper_is_that_paper(url: str) -> None:
    page = await ArxivReader().read(url, arxiv())

    assert ArxivReader().reads(url)
    assert page.identity == URL
    assert page.title == "Small Queues, Long Waits"
    assert (page.kind, page.site, page.url) == (Kind.PAPER, "arXiv", url)


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/list/cs.CL/recent",
        "https://arxiv.org/a/byron_a_1",
        "https://arxiv.org/",
        "https://huggingface.co/papers",
        "https://example.org/abs/2401.01234",
        "no address",
    ],
)
def test_a_listing_is_no_paper(url: str) -> None:
    assert not ArxivReader().reads(url)


async def test_authors_are_shortened_and_the_date_is_of_the_first_version() -> None:
    page = await ArxivReader().read(URL, arxiv())

    assert page.author == "Ada Byron, 한여름, and 2 others"
    assert page.published_at == datetime(2024, 1, 2, 17, 59, tzinfo=UTC)


async def test_the_full_text_is_parted_by_its_sections() -> None:
    tools = arxiv().add("https://arxiv.org/html/2401.01234", FULL_TEXT)

    page = await ArxivReader().read(URL, tools)

    assert [each.heading for each in page.parts] == ["Abstract", "1 Introduction", "About"]
    assert page.parts[0].text == "We measure how long people wait."
    assert page.parts[1].text == "People wait for t^{2} seconds.\n\n### 1.1 Why\n\nBecause."
    assert page.gaps == ()
    assert page.text == "\n\n".join(each.text for each in page.parts)


async def test_without_html_the_pages_of_the_pdf_are_read() -> None:
    pdf = a_page("https://arxiv.org/pdf/2401.01234", "One.", parts=(PagePart("p. 1", "One."),))

    page = await ArxivReader().read(URL, arxiv().add_page(pdf))

    assert PagePart("p. 1", "One.") in page.parts
    assert page.gaps == ()


async def test_without_either_the_abstract_is_saved_and_the_gap_told() -> None:
    page = await ArxivReader().read(URL, arxiv())

    assert page.gaps == ("full_text",)
    assert "how long people wait" in page.text


async def test_the_version_that_was_shared_is_read() -> None:
    tools = arxiv("2401.01234v2")

    page = await ArxivReader().read("https://arxiv.org/pdf/2401.01234v2", tools)

    assert tools.asked[0] == API.format("2401.01234v2")
    assert "https://arxiv.org/html/2401.01234v2" in tools.asked
    assert page.identity == URL


async def test_an_old_id_is_asked_for_with_its_archive() -> None:
    page = await ArxivReader().read("https://arxiv.org/abs/hep-th/9901001", arxiv("hep-th/9901001"))

    assert page.identity == "https://arxiv.org/abs/hep-th/9901001"


@pytest.mark.parametrize("answer", [SLOW_DOWN, NOTHING, WRONG_ID, "<html>busy", "", b"\x00\xff"])
async def test_where_the_api_fails_the_page_names_the_paper(answer: object) -> None:
    tools = arxiv(body=answer).add(URL, ABSTRACT_PAGE)

    page = await ArxivReader().read(URL, tools)

    assert (page.title, page.author) == ("Small Queues, Long Waits", "Ada Byron, 한여름")
    assert page.published_at == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("answer", [NOTHING, WRONG_ID])
async def test_a_paper_that_is_not_there_is_not_found(answer: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        await ArxivReader().read(URL, arxiv(body=answer))

    assert caught.value.reason == "not_found"


async def test_a_busy_api_and_an_unreadable_page_are_tried_again() -> None:
    tools = arxiv(body=SLOW_DOWN).add(URL, "<html>other</html>")

    with pytest.raises(FetchFailed) as caught:
        await ArxivReader().read(URL, tools)

    assert caught.value.may_pass


async def test_an_entry_with_an_entity_of_its_own_reads_no_file() -> None:
    hostile = ENTRY.replace(
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        '<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<feed xmlns="http://www.w3.org/2005/Atom">',
    ).replace("We measure", "&x; We measure")

    page = await ArxivReader().read(URL, arxiv(body=hostile))

    assert "root:" not in page.text
