"""Feeds read from a server on loopback, friendly and hostile ones."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.client import Download, Limits
from adapters.fetching.feed_documents import read_feed
from adapters.fetching.feeds import HttpFeedReader
from bot.domain.feeds import FeedDocument, FeedEntry
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.factories import make_feed
from tests.servers.local_web import HANG, LocalWeb, answer, open_web, redirect

QUICK = Limits(connect_s=2.0, total_s=0.5, size_bytes=1_000_000)

RSS = """<?xml version="1.0"?><rss version="2.0"><channel>
<title>들판 기술 블로그</title><link>https://blog.example/</link>
<item><title>Older &amp; wiser</title><link>https://blog.example/1?utm_source=rss</link>
<guid isPermaLink="false">one</guid><pubDate>Mon, 03 Mar 2025 09:00:00 +0900</pubDate></item>
<item><title>&lt;b&gt;작은&lt;/b&gt; 모델</title><link>/2</link>
<pubDate>Tue, 04 Mar 2025 09:00:00 +0900</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://lab.example/notes/">
<title type="html">Lab &lt;i&gt;notes&lt;/i&gt;</title>
<link rel="alternate" href="https://lab.example/"/><link rel="self" href="https://lab.example/f"/>
<entry><id>urn:1</id><title>Queues</title><link rel="alternate" href="queues"/>
<updated>2025-03-04T00:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://old.example/"><title>Old</title>
<link>https://old.example/</link></channel><item rdf:about="https://old.example/a">
<title>A</title><link>https://old.example/a</link></item></rdf:RDF>"""
ATOM_TYPE = "application/atom+xml"
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Small things",
    "home_page_url": "https://small.example/",
    "items": [
        {"id": "1", "url": "https://small.example/1", "date_published": "2025-03-04T09:00:00Z"},
        {"id": 2, "external_url": "https://other.example/2", "title": "Two"},
        {"id": "3", "content_text": "no address"},
        "no entry",
    ],
}


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


@pytest.fixture
async def reader(web: LocalWeb) -> AsyncIterator[HttpFeedReader]:
    reader = HttpFeedReader({f"127.0.0.1:{web.port}"}, limits=QUICK)
    yield reader
    await reader.aclose()


def asked_of(web: LocalWeb) -> list[str]:
    """Return the paths that were asked for, without that of the site's rules."""
    paths = [request.split()[1] for request in web.requests]
    return [path for path in paths if path != "/robots.txt"]


async def find_reason(reader: HttpFeedReader, url: str) -> str:
    with pytest.raises(FetchFailed) as caught:
        await reader.find(url)
    for language in LANGUAGES:
        assert Texts.load().get(language, f"feeds.trouble.{caught.value.reason}")
    return caught.value.reason


def parse(body: str | bytes) -> FeedDocument | None:
    data = body.encode() if isinstance(body, str) else body
    return read_feed(Download("https://blog.example/feed", "application/xml", "", data))


# What is read


async def test_an_rss_feed_is_read_newest_first(web: LocalWeb, reader: HttpFeedReader) -> None:
    url = web.add("/feed", answer(RSS, content_type="application/rss+xml", headers=['ETag: "v1"']))

    document = await reader.find(url)

    assert document == FeedDocument(
        url=url,
        title="들판 기술 블로그",
        site="https://blog.example/",
        etag='"v1"',
        entries=(
            FeedEntry(web.url("/2"), "작은 모델", "", datetime(2025, 3, 4, tzinfo=UTC)),
            FeedEntry(
                "https://blog.example/1?utm_source=rss",
                "Older & wiser",
                "one",
                datetime(2025, 3, 3, tzinfo=UTC),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("301 Moved Permanently", "308 Permanent Redirect", "/there"),
        ("302 Found", "301 Moved Permanently", "/asked"),
        ("307 Temporary Redirect", "302 Found", "/asked"),
        ("301 Moved Permanently", "302 Found", "/between"),
    ],
)
async def test_a_feed_is_followed_elsewhere_only_if_it_moved_for_good(
    web: LocalWeb, reader: HttpFeedReader, first: str, second: str, kept: str
) -> None:
    asked = web.add("/asked", redirect("/between", status=first))
    web.add("/between", redirect("/there", status=second))
    web.add("/there", answer(RSS, content_type="application/rss+xml"))

    assert (await reader.find(asked)).url == web.url(kept)


async def test_an_atom_feed_is_read(web: LocalWeb, reader: HttpFeedReader) -> None:
    document = await reader.find(web.add("/feed", answer(ATOM, content_type="text/xml")))

    assert (document.title, document.site) == ("Lab notes", "https://lab.example/")
    assert document.entries == (
        FeedEntry(
            "https://lab.example/notes/queues", "Queues", "urn:1", datetime(2025, 3, 4, tzinfo=UTC)
        ),
    )


async def test_an_rdf_feed_is_read(web: LocalWeb, reader: HttpFeedReader) -> None:
    document = await reader.find(web.add("/feed", answer(RDF, content_type="application/rdf+xml")))

    assert [entry.url for entry in document.entries] == ["https://old.example/a"]


async def test_a_json_feed_is_read(web: LocalWeb, reader: HttpFeedReader) -> None:
    body = json.dumps(JSON_FEED)

    document = await reader.find(web.add("/f", answer(body, content_type="application/feed+json")))

    assert (document.title, document.site) == ("Small things", "https://small.example/")
    assert [(entry.url, entry.title, entry.guid) for entry in document.entries] == [
        ("https://small.example/1", "", "1"),
        ("https://other.example/2", "Two", ""),
    ]


@pytest.mark.parametrize("declared", ["header", "document"])
async def test_an_old_korean_encoding_is_read(
    web: LocalWeb, reader: HttpFeedReader, declared: str
) -> None:
    body = RSS.replace('"1.0"?', '"1.0" encoding="euc-kr"?') if declared == "document" else RSS
    charset = "; charset=euc-kr" if declared == "header" else ""
    said = answer(body.encode("euc-kr"), content_type=f"application/rss+xml{charset}")

    document = await reader.find(web.add("/feed", said))

    assert document.title == "들판 기술 블로그"
    assert document.entries[0].title == "작은 모델"


async def test_a_broken_feed_is_read_as_far_as_it_goes(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    broken = RSS.replace("&amp;", "& &nbsp;").replace("</channel></rss>", "")

    document = await reader.find(web.add("/feed", answer(broken, content_type="text/plain")))

    assert len(document.entries) == 2


async def test_the_feed_that_a_page_names_is_found(web: LocalWeb, reader: HttpFeedReader) -> None:
    page = """<html><head><link rel="stylesheet" href="/a.css"><link rel="alternate" hreflang="ko"
    href="/ko"><LINK REL="Alternate home" TYPE="application/rss+xml; charset=utf-8" HREF="feed?a=1">
    <link rel=alternate type=application/atom+xml href=/other></head><body>A blog</body>"""
    web.add("/blog/", answer(page))
    web.add("/blog/feed?a=1", answer(RSS, content_type="application/xml"))

    document = await reader.find(web.url("/blog/"))

    assert document.url == web.url("/blog/feed?a=1")
    assert len(document.entries) == 2
    assert document.others == (web.url("/other"),)


async def test_comments_are_not_what_a_site_is_followed_for(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    page = """<link rel=alternate type=application/rss+xml title="Blog » Comments Feed" href=/c>
    <link rel=alternate type=application/rss+xml href=/posts>"""
    web.add("/posts", answer(RSS, content_type="application/xml"))

    document = await reader.find(web.add("/", answer(page)))

    assert (document.url, document.others) == (web.url("/posts"), (web.url("/c"),))


async def test_a_page_that_names_no_feed_is_tried_where_programs_put_it(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    web.add("/rss.xml", answer(RSS, content_type="application/xml"))

    document = await reader.find(web.add("/about/me", answer("<p>Nothing about feeds</p>")))

    assert document.url == web.url("/rss.xml")
    assert asked_of(web) == ["/about/me", "/feed", "/rss", "/rss.xml"]


async def test_the_known_feed_of_a_site_comes_before_its_page(web: LocalWeb) -> None:
    known = web.add("/known.xml", answer(ATOM, content_type="application/atom+xml"))
    page = web.add("/page", answer("A page that tells programs nothing", status="403 Forbidden"))
    reader = HttpFeedReader({f"127.0.0.1:{web.port}"}, known=lambda _: [web.url("/gone"), known])

    document = await reader.find(page)

    assert document.url == known
    assert asked_of(web) == ["/gone", "/known.xml"]
    await reader.aclose()


FORBIDDEN = answer("User-agent: *\nDisallow: /", content_type="text/plain")


async def test_a_feed_that_a_member_names_is_read_whatever_its_site_asks_of_crawlers(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    web.add("/robots.txt", FORBIDDEN)
    url = web.add("/feed", answer(RSS, content_type="application/xml"))
    page = web.add("/blog", answer(f'<link rel="alternate" type="{ATOM_TYPE}" href="{url}">'))

    found = [await reader.find(each) for each in (url, page)]
    read = await reader.read(make_feed(url=url))

    assert read is not None
    assert [document.url for document in found] == [url, url]
    assert [request.split()[1] for request in web.requests] == ["/feed", "/blog", "/feed", "/feed"]


async def test_a_feed_that_nobody_named_is_not_looked_for_where_crawlers_may_not(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    web.add("/robots.txt", FORBIDDEN)
    web.add("/feed", answer(RSS, content_type="application/xml"))

    assert await find_reason(reader, web.add("/blog", answer("<p>No feed named</p>"))) == "robots"
    assert asked_of(web) == ["/blog"]


async def test_where_a_guess_led_its_site_is_asked_too(web: LocalWeb) -> None:
    async with open_web() as there:
        there.add("/robots.txt", FORBIDDEN)
        there.add("/feed", answer(RSS, content_type="application/xml"))
        both = {f"127.0.0.1:{web.port}", f"127.0.0.1:{there.port}"}
        reader = HttpFeedReader(both, limits=QUICK)
        web.add("/feed", redirect(there.url("/feed")))

        assert await find_reason(reader, web.add("/", answer("<p>Blog</p>"))) == "robots"
        await reader.aclose()


# Asking again


async def test_an_unchanged_feed_is_not_sent_again(web: LocalWeb, reader: HttpFeedReader) -> None:
    url = web.add("/feed", answer("", status="304 Not Modified", content_type=""))

    assert await reader.read(make_feed(url=url, etag='W/"v1"')) is None
    assert 'if-none-match: W/"v1"' in web.requests[-1].replace("If-None-Match", "if-none-match")


async def test_without_a_known_version_nothing_is_unchanged(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    url = web.add("/feed", answer("", status="304 Not Modified", content_type=""))

    with pytest.raises(FetchFailed):
        await reader.read(make_feed(url=url))


async def test_a_changed_feed_is_read_with_its_new_version(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    modified = "Tue, 04 Mar 2025 00:00:00 GMT"
    said = answer(RSS, content_type="text/xml", headers=[f"Last-Modified: {modified}"])

    document = await reader.read(make_feed(url=web.add("/feed", said), etag='"v1"'))

    assert document is not None
    assert (document.etag, document.last_modified) == ("", modified)


async def test_a_page_in_the_place_of_a_feed_is_told(web: LocalWeb, reader: HttpFeedReader) -> None:
    page = '<link rel=alternate type=application/rss+xml href="/other">'

    with pytest.raises(FetchFailed) as caught:
        await reader.read(make_feed(url=web.add("/feed", answer(page))))

    assert (caught.value.reason, asked_of(web)) == ("not_a_feed", ["/feed"])


# What is refused


@pytest.mark.parametrize(
    "said",
    [
        answer("<html><body>Nothing here</body></html>"),
        answer('<link rel=alternate type=application/rss+xml href="http://[::1">'),
        answer(""),
        answer('{"items": []}', content_type="application/json"),
        answer("[" * 100_000, content_type="application/json"),
        answer('{"a":' * 100_000, content_type="application/json"),
        answer(b"\x89PNG\0\0", content_type="image/png"),
        answer(b"PK\0\0", content_type="application/octet-stream"),
        answer("<rss-like>no</rss-like>", content_type="text/xml"),
    ],
)
async def test_what_is_no_feed_is_refused(
    web: LocalWeb, reader: HttpFeedReader, said: bytes
) -> None:
    assert await find_reason(reader, web.add("/", said)) == "not_a_feed"


async def test_a_page_that_names_itself_as_its_feed_ends(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    page = '<link rel=alternate type=application/rss+xml href="/">'

    assert await find_reason(reader, web.add("/", answer(page))) == "not_a_feed"
    assert asked_of(web) == ["/", "/"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer("", status="404 Not Found"), "not_found"),
        (answer("", status="503 Busy"), "server_error"),
        ([b"HTTP/1.1 200 OK\r\n", HANG], "timeout"),
        (answer("<rss>" + " " * 1_000_000), "too_large"),
        (redirect("file:///etc/passwd"), "bad_scheme"),
    ],
)
async def test_a_server_that_gives_nothing_has_a_reason(
    web: LocalWeb, reader: HttpFeedReader, said: bytes, expected: str
) -> None:
    assert await find_reason(reader, web.add("/", said)) == expected


async def test_inside_addresses_are_refused_also_where_a_page_names_them(web: LocalWeb) -> None:
    closed = HttpFeedReader(limits=QUICK)
    half_open = HttpFeedReader({f"127.0.0.1:{web.port}"}, limits=QUICK)
    inside = f"http://localhost:{web.port}/feed"
    page = f'<link rel=alternate type=application/rss+xml href="{inside}">'
    web.add("/feed", answer(RSS, content_type="text/xml"))
    web.add("/", answer(page))

    assert await find_reason(closed, web.url("/feed")) == "private_address"
    assert await find_reason(half_open, web.url("/")) == "private_address"
    assert asked_of(web) == ["/"]
    await closed.aclose()
    await half_open.aclose()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
async def test_a_feed_of_entities_is_refused(
    web: LocalWeb, reader: HttpFeedReader, codec: str
) -> None:
    bomb = RSS.replace("<rss", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]><rss', 1)
    bomb = bomb.replace("Older", "&l9;")

    said = answer(bomb.encode(codec), content_type="application/xml")

    assert await find_reason(reader, web.add("/", said)) == "broken"


async def test_a_file_of_this_machine_is_not_put_into_a_feed(
    web: LocalWeb, reader: HttpFeedReader
) -> None:
    taking = '<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/hostname">]><rss'
    said = answer(RSS.replace("<rss", taking, 1).replace("Older", "&secret;"))

    assert await find_reason(reader, web.add("/", said)) == "broken"


@pytest.mark.parametrize(
    "markup",
    ["<item/>" * 250_000, "<item " + "".join(f' a{n}="b"' for n in range(2_000)) + "/>&bad;"],
    ids=["tags", "attributes"],
)
def test_more_markup_than_is_safe_is_refused(markup: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        parse(f'<rss version="2.0"><channel>{markup}</channel></rss>')

    assert caught.value.reason == "too_large"


def test_whole_articles_in_a_feed_are_no_harm() -> None:
    article = f"<![CDATA[{'<p>' * 100_000}]]>"
    item = f"<item><link>https://blog.example/1</link><description>{article}</description></item>"

    document = parse(f'<rss version="2.0"><channel>{item * 3}</channel></rss>')

    assert document is not None
    assert len(document.entries) == 3


def test_of_thousands_of_entries_the_newest_are_kept() -> None:
    items = "".join(
        f"<item><link>https://blog.example/{n}</link>"
        f"<pubDate>Tue, 04 Mar 2025 00:{n // 60:02}:{n % 60:02} GMT</pubDate></item>"
        for n in range(3_000)
    )
    document = parse(f'<rss version="2.0"><channel>{items}</channel></rss>')

    assert document is not None
    assert len(document.entries) == 1_000
    assert document.entries[0].url == "https://blog.example/2999"


def test_entries_without_an_address_to_save_are_left_out() -> None:
    links = ("javascript:alert(1)", "mailto:a@b.example", "http://", "https://a:b@c.example/", "")
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)

    document = parse(f'<rss version="2.0"><channel><title/>{items}</channel></rss>')

    assert document is not None
    assert document.entries == ()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('<guid isPermaLink="false">https://blog.example/7</guid>', "https://blog.example/7"),
        (
            '<guid isPermaLink="false">7</guid><enclosure url="/7.mp3" type="audio/mpeg"/>',
            "https://blog.example/7.mp3",
        ),
    ],
)
def test_an_entry_without_a_page_has_the_address_that_names_it(entry: str, expected: str) -> None:
    document = parse(f'<rss version="2.0"><channel><item>{entry}</item></channel></rss>')

    assert document is not None
    assert [each.url for each in document.entries] == [expected]


def test_entities_that_stand_for_characters_are_read() -> None:
    defined = '<!DOCTYPE rss [\n<!ENTITY nbsp "&#160;">\n<!ENTITY our "Field notes">\n]><rss'
    document = parse(RSS.replace("<rss", defined, 1).replace("Older", "&our;&nbsp;older"))

    assert document is not None
    assert document.entries[1].title == "Field notes older & wiser"


def test_a_title_is_one_plain_line() -> None:
    hostile = (
        "&lt;script&gt;x&lt;/script&gt;\u202e one\n\ttwo &amp;lt;!channel&amp;gt; " + "long " * 200
    )
    item = f"<item><title>{hostile}</title><link>https://blog.example/1</link></item>"

    document = parse(f'<rss version="2.0"><channel>{item}</channel></rss>')

    assert document is not None
    title = document.entries[0].title
    assert title.startswith("x one two")
    assert len(title) <= 300
    assert "\u202e" not in title
    assert document.title == "blog.example"


def test_a_long_author_holds_nobody_up() -> None:
    # Without care this is half a minute in which nothing else of the program runs.
    item = f"<item><author>{'a' * 100_000}</author><link>https://blog.example/1</link></item>"
    before = time.process_time()

    document = parse(f'<rss version="2.0"><channel>{item}</channel></rss>')

    assert document is not None
    assert len(document.entries) == 1
    assert time.process_time() - before < 5


PIECES = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "<link>", "https://a.example/", "</link>", "<title>", "&amp;",
     "</item>", "<![CDATA[", "]]>", "<feed>", "<entry>", "<!DOCTYPE x>", "<?xml?>", "{", "<", "\0"]
)  # fmt: skip


@given(st.one_of(st.binary(), st.lists(PIECES).map("".join).map(str.encode)))
def test_any_bytes_are_a_feed_or_none(body: bytes) -> None:
    try:
        document = parse(body)
    except FetchFailed:
        return
    assert document is None or document.title


async def test_parsing_opens_no_file_and_no_connection(web: LocalWeb) -> None:
    schema = f'<!DOCTYPE rss SYSTEM "{web.url("/a.dtd")}"><rss'
    sheet = f'<?xml-stylesheet href="{web.url("/a.xsl")}"?><rss'

    for start in (schema, sheet):
        document = parse(RSS.replace("<rss", start, 1))
        assert document is not None
        assert len(document.entries) == 2
    named = parse(f"{web.url('/feed')} <rss>")
    assert named is not None
    assert named.entries == ()
    assert parse("/etc/hostname") is None
    assert web.requests == []
