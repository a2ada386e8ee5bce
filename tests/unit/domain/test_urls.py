"""Finding links in text and the identity of a link."""

import time
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.urls import (
    InvalidUrl,
    address_to_read,
    canonicalise,
    display_url,
    find_urls,
    host_of,
)

PIECES = """
    https:// HTTP:// www. arxiv.org/abs/2401.00001 github.com/A/b.git m. youtu.be/ 한국 .kr / // ..
    /./ ? & = # #! % %2f %41 %ea%b0%80 utm_source=x a B 1 :443 :80 @ [::1] \u202e /tree/main .git
        doi.org/10.1000/ huggingface.co/a/b 를 ( ) ] [ < > | … * /amp amp. 2024-x .amp.html
    /index.html amp=1     google.com/amp/s/ google.com/url?q= web.archive.org/web/2020/
    cdn.ampproject.org/c/s/ #:~:text=     slack-redir.net/link?url= x.com/A/status/1 /photo/1
    reddit.com/r/A/comments/b gitlab.com/A/b /-/tree/main     dl.acm.org/doi/pdf/10.1000/
    v1.full.pdf .pdf openreview.net/pdf?id=abcde aclanthology.org/P18-1001
    raw.githubusercontent.com/A/b/main/ youtube.com/redirect?q= v.daum.net/v/ .m.wikipedia.org %3A
    %2F
"""
LINK_PIECES = st.sampled_from([*PIECES.split(), " ", "\\"])
LINK_LIKE = st.lists(LINK_PIECES, max_size=14).map("".join)
WEB_ADDRESSES = LINK_LIKE.map(lambda rest: f"https://example.org/{rest}")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.io/b를 읽어 보세요", ["https://a.io/b"]),
        ("https://a.io/b입니다!", ["https://a.io/b"]),
        ("https://a.io에서 봤어요", ["https://a.io"]),
        ("링크https://a.io/bㅋㅋㅋ", ["https://a.io/b"]),
        ("https://a.io/b👀 https://a.io/c→다음", ["https://a.io/b", "https://a.io/c"]),
        ("https://ko.wikipedia.org/wiki/한국어", ["https://ko.wikipedia.org/wiki/한국어"]),
        (
            "See https://a.io/b, https://a.io/c; and https://a.io/d.",
            [f"https://a.io/{x}" for x in "bcd"],
        ),
        ("(https://a.io/b) [https://a.io/c]", ["https://a.io/b", "https://a.io/c"]),
        ("https://en.wikipedia.org/wiki/A_(b)", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("(see https://en.wikipedia.org/wiki/A_(b))", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("[제목](https://a.io/x_(y))를", ["https://a.io/x_(y)"]),
        ('[t](https://a.io/b "title") **https://a.io/c**', ["https://a.io/b", "https://a.io/c"]),
        ("_https://a.io/b_", ["https://a.io/b"]),
        ("git clone git@github.com:a/b.git를", ["https://github.com/a/b.git"]),
        ("<git@gitlab.com:g/sub/b.git>", ["https://gitlab.com/g/sub/b.git"]),
        ("ssh://git@codeberg.org:22/a/b", ["https://codeberg.org/a/b"]),
        ("git@github.com:a/b https://github.com/A/b", ["https://github.com/a/b"]),
        ("git@unknown.example:a/b and mail git@github.com, x.git@github.com:a", []),
        ("[https://a.io/lon…](https://a.io/longer)", ["https://a.io/longer"]),
        ("[github.com/a/b](https://github.com/a/b/c)", ["https://github.com/a/b/c"]),
        (
            "<https://a.io/b|https://a.io/label> <https://a.io/c>",
            ["https://a.io/b", "https://a.io/c"],
        ),
        ("'https://a.io/b','https://a.io/c'", ["https://a.io/b", "https://a.io/c"]),
        ("https://a.io/bhttps://c.io/d", ["https://a.io/b", "https://c.io/d"]),
        ("https://a.io/b,https://c.io/d", ["https://a.io/b", "https://c.io/d"]),
        (
            "https://web.archive.org/web/2020/https://a.io/b",
            ["https://web.archive.org/web/2020/https://a.io/b"],
        ),
        ("https://a.io/go?url=https://c.io/d", ["https://a.io/go?url=https://c.io/d"]),
        (
            "arxiv.org/abs/2401.00001와 www.example.com/a",
            ["https://arxiv.org/abs/2401.00001", "https://www.example.com/a"],
        ),
        ("file.txt e.g. node.js me@github.com/x notarxiv.org/abs/1", []),
        ("https:// http:///x https://…", []),
    ],
)
def test_links_are_found_as_people_write_them(text: str, links: list[str]) -> None:
    assert find_urls(text) == links


def test_one_thing_is_found_once_and_order_is_kept() -> None:
    text = "https://b.io https://arxiv.org/pdf/2401.00001v2 https://a.io arxiv.org/abs/2401.00001 https://b.io/"

    assert find_urls(text) == ["https://b.io", "https://arxiv.org/pdf/2401.00001v2", "https://a.io"]


@pytest.mark.parametrize(
    "hostile",
    [
        "https://a" * 10_000,
        "github.com/)" * 10_000,
        "<https://a|" * 10_000,
        "(" * 30_000 + "https://a.io" + ")" * 30_000,
        "https://a.io/" + "ㅋ" * 30_000 + "x",
        "https://a.io/" + "를" * 30_000 + "x",
        "https://a.io/" + "x입니다" * 20_000 + "-",
        "www." * 20_000,
        "https://" + "a." * 30_000 + "가x",
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    started = time.process_time()

    find_urls(hostile)

    assert time.process_time() - started < 5  # the quadratic way takes minutes


@given(st.one_of(st.text(), LINK_LIKE))
def test_found_links_lie_in_the_text(text: str) -> None:
    for link in find_urls(text):
        assert link in text or link.removeprefix("https://") in text


@pytest.mark.parametrize(
    ("identity", "addresses"),
    [
        (
            "https://arxiv.org/abs/2401.00001",
            "http://arxiv.org/abs/2401.00001v3 https://www.arxiv.org/pdf/2401.00001.pdf#page=2"
            " arxiv.org/abs/2401.00001 https://export.arxiv.org/abs/2401.00001 https://arxiv.org/html/2401.00001v1/"
            " https://alphaxiv.org/abs/2401.00001 https://doi.org/10.48550/arXiv.2401.00001"
            " https://ar5iv.labs.arxiv.org/html/2401.00001",
        ),
        (
            "https://arxiv.org/abs/cs/0102001",
            "https://arxiv.org/abs/cs.CL/0102001v2 https://arxiv.org/pdf/cs/0102001",
        ),
        (
            "https://huggingface.co/o/Model",
            "https://huggingface.co/o/Model/tree/main https://hf.co/o/Model/",
        ),
        (
            "https://doi.org/10.1000/ab.c",
            "https://dx.doi.org/10.1000/AB.C https://doi.org/10.1000%2Fab.c",
        ),
        (
            "https://www.youtube.com/watch?v=abcDEF_-123",
            "https://youtu.be/abcDEF_-123?si=q&t=9 https://m.youtube.com/watch?t=1&v=abcDEF_-123"
            " https://youtube.com/shorts/abcDEF_-123 https://www.youtube-nocookie.com/embed/abcDEF_-123?rel=0",
        ),
        (
            "https://www.youtube.com/@lab",
            "https://youtube.com/@lab/ https://m.youtube.com/@lab?si=1",
        ),
        (
            "https://github.com/owner/repo.js",
            "https://www.github.com/Owner/Repo.js.git https://github.com/owner/repo.js/tree/main"
            " https://github.com/owner/repo.js?tab=readme-ov-file#usage",
        ),
        ("https://github.com/o/r/issues/7", "https://github.com/O/R/issues/7#issuecomment-1"),
        ("https://github.com/o/r/tree/main/Docs", "https://github.com/o/R/tree/main/Docs/"),
        ("https://docs.github.com/en/Rest/repos", "https://docs.github.com/en/Rest/repos"),
        (
            "https://x.com/a/status/1",
            "https://mobile.twitter.com/a/status/1?s=20&t=abc twitter.com/a/status/1",
        ),
        (
            "https://n.news.naver.com/article/001/0012345678",
            "https://n.news.naver.com/mnews/article/001/0012345678?sid=105"
            " https://news.naver.com/main/read.naver?mode=LSD&oid=001&aid=0012345678",
        ),
        (
            "https://blog.naver.com/someone/223",
            "https://m.blog.naver.com/someone/223 https://blog.naver.com/PostView.naver?blogId=someone&logNo=223",
        ),
        (
            "https://ko.wikipedia.org/wiki/%EA%B0%80",
            "https://ko.m.wikipedia.org/wiki/가 https://ko.wikipedia.org/wiki/%ea%b0%80#x",
        ),
        (
            "https://a.io/p?id=2&b=1",
            "http://www.a.io:80/p/?utm_source=n&id=2&fbclid=x&b=1 https://A.IO./p?id=2&b=1&linkId=9&ref=news.b.dev#top",
        ),
        ("https://a.io/p?ref=main", "https://a.io/p?ref=main"),
        ("https://a.io/", "https://a.io http://a.io/#intro"),
        ("https://a.io/#/route", "https://a.io#/route"),
        ("https://a.io:8443/~x/y%20z", "https://a.io:8443/%7Ex/./w/../y%20z"),
        ("https://xn--3e0b707e.kr/", "https://한국.kr"),
        ("https://[::1]/x", "http://[0:0::1]:80/x"),
    ],
)
def test_addresses_of_one_thing_share_an_identity(identity: str, addresses: str) -> None:
    for address in addresses.split():
        assert canonicalise(address) == identity, address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "ftp://a.io/x",
        "javascript:alert(1)",
        "mailto:me@a.io",
        "https://",
        "https:///path",
        "https://user:secret@a.io/",
        "https://a.io\\@evil.io/",
        "https://a..io/",
        "https://a b.io/",
        "https://-a.io/",
        "https://a.io:99999/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://a.io/x\ny",
        "https://a.io/\x00",
        "https://a.io/\ud800",
        "https://" + "a" * 64 + ".io",
        "https://a.io/" + "x" * 9000,
    ],
)
def test_what_cannot_be_saved_is_refused(text: str) -> None:
    with pytest.raises(InvalidUrl):
        canonicalise(text)


@given(st.one_of(st.text(), LINK_LIKE, WEB_ADDRESSES))
@example("https://github.com/a/b.git.git")
@example("https://huggingface.co/a/tree/main/tree/main")
@example("https://doi.org/10.1000%2F..%2Fx")
@example("https://www.www.a.io//..//%2e%2E/")
def test_canonicalising_twice_equals_once_or_is_refused(text: str) -> None:
    try:
        once = canonicalise(text)
    except InvalidUrl:
        return

    assert canonicalise(once) == once
    assert once.isascii()
    assert host_of(once)


def test_the_host_comes_without_www() -> None:
    assert host_of("https://WWW.Example.co.kr/a") == "example.co.kr"
    assert host_of("https://youtube.com/@lab") == "youtube.com"


def test_korean_addresses_are_shown_in_hangul() -> None:
    shown = display_url("https://xn--3e0b707e.kr/%EA%B8%80%20%2F?q=%EA%B0%80")

    assert shown == "https://한국.kr/글%20%2F?q=가"


def test_doubles_of_latin_letters_in_a_host_stay_encoded() -> None:
    spoof = canonicalise("https://аррӏе.com/")  # Cyrillic letters

    assert display_url(spoof) == spoof


@given(st.one_of(st.text(), WEB_ADDRESSES))
def test_shown_addresses_are_one_visible_word(url: str) -> None:
    shown = display_url(url)

    assert all(unicodedata.category(character)[0] not in "CZ" for character in shown)
    assert not set(shown) & set('<>"`| ')


@given(WEB_ADDRESSES)
def test_a_shown_address_leads_to_the_same_place(url: str) -> None:
    try:
        identity = canonicalise(url)
    except InvalidUrl:
        return

    assert canonicalise(display_url(identity)) == identity


EXAMPLES = [
    line.split()
    for line in Path(__file__).with_name("address_examples.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("addresses", EXAMPLES, ids=[line[0] for line in EXAMPLES])
def test_addresses_on_one_line_are_one_thing(addresses: list[str]) -> None:
    assert {address: canonicalise(address) for address in addresses} == dict.fromkeys(
        addresses, canonicalise(addresses[0])
    )


def test_addresses_on_different_lines_are_different_things() -> None:
    identities = [canonicalise(addresses[0]) for addresses in EXAMPLES]

    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.google.com/url?q=https://a.io/x", "https://a.io/x"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.io%2Fx%3Futm_source%3Db",
            "https://a.io/x?utm_source=b",
        ),
        (
            "https://slack-redir.net/link?url=https%3A%2F%2Fslack-redir.net%2Flink%3Furl%3Dhttps%3A%2F%2Fa.io",
            "https://a.io",
        ),
        # The original may be gone.
        (
            "https://web.archive.org/web/2020/https://a.io/x",
            "https://web.archive.org/web/2020/https://a.io/x",
        ),
        (
            "https://slack-redir.net/link?url=https%3A%2F%2Fu%3Ap%40a.io",
            "https://slack-redir.net/link?url=https%3A%2F%2Fu%3Ap%40a.io",
        ),
        ("https://a.io/x/amp", "https://a.io/x/amp"),
        ("no address", "no address"),
    ],
)
def test_a_page_is_read_where_a_shim_leads(url: str, found: str) -> None:
    assert address_to_read(url) == found


@pytest.mark.parametrize(
    "piece",
    [
        "web.archive.org/web/2020/https://",
        "slack-redir.net/link?url=https://",
        "google.com/amp/s/",
        "paper.example/1/amp/",
        "dl.acm.org/doi/10.1000/",
        "a.",
        "v1.full",
        "/index.html",
        "%2525",
        "amp.",
        "&amp=1",
    ],
)
def test_an_address_of_any_length_is_understood_at_once(piece: str) -> None:
    started = time.process_time()

    for start in ("", "dl.acm.org/doi/10.1000/", "web.archive.org/web/2020/", "a.io/x?"):
        with suppress(InvalidUrl):
            canonicalise(f"https://{start}{piece * (8000 // len(piece))}")

    assert time.process_time() - started < 2
