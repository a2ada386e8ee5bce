"""Which address a page is known by, and what is not believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import find_identity
from bot.domain.models import PageText
from bot.domain.urls import canonicalise


def read_at(asked: str, *, ended: str = "", lasting: str = "", says: str = "") -> str | None:
    """Return the identity of a page: asked for, found where `ended`, calling itself `says`."""
    found = ended or lasting or asked
    page = PageText(
        url=found, title="", text="", language="en", lasting_url=lasting or asked, identity=says
    )
    return find_identity(asked, page)


@pytest.mark.parametrize(
    ("asked", "says", "identity"),
    [
        ("https://a.io/x?from_id=", "https://a.io/x", None),
        ("https://a.io/post?source=mail&lang=ko", "https://a.io/post", "https://a.io/post"),
        ("https://m.a.io/x", "https://www.a.io/x", "https://a.io/x"),
        ("https://a.io/x/amp", "https://a.io/x", "https://a.io/x"),
        ("https://a.io/x/comments", "https://a.io/x", "https://a.io/x"),
        ("https://a.io/x/index.php", "https://a.io/x", "https://a.io/x"),
        ("https://a.io/?p=123", "https://a.io/2024/a-title", "https://a.io/2024/a-title"),
        ("https://a.io/q/1", "https://a.io/q/1/how-to", "https://a.io/q/1/how-to"),
        ("https://a.io/view?id=5&src=x", "https://a.io/view?id=5", "https://a.io/view?id=5"),
        ("https://a.io/x", "https://a.io/x", None),
        ("https://a.io/x", "http://www.a.io/x/#top", None),
        ("https://a.io/", "https://a.io/index.html?a=1", "https://a.io/index.html?a=1"),
        ("https://medium.com/@a/x", "https://medium.com/@a/x-1", "https://medium.com/@a/x-1"),
    ],
)
def test_a_page_may_say_how_it_is_called_on_its_site(
    asked: str, says: str, identity: str | None
) -> None:
    assert read_at(asked, says=says) == identity


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        # Another site, or perhaps a stranger's.
        ("https://evil.io/x", "https://bank.io/x"),
        ("https://a.github.io/x", "https://b.github.io/x"),
        ("https://a.github.io/x", "https://github.io/x"),
        ("https://evil.co.kr/x", "https://news.co.kr/x"),
        ("https://a.io:8080/x", "https://a.io/x"),
        ("https://medium.com/@evil/x", "https://medium.com/@good/x"),
        ("https://m.tumblr.com/x", "https://tumblr.com/good/x"),
        ("https://sites.google.com/view/evil/x", "https://sites.google.com/view/good/x"),
        ("https://s3.amazonaws.com/evil/x", "https://s3.amazonaws.com/good/x"),
        ("https://s3.eu-west-1.amazonaws.com/a/x", "https://s3.eu-west-1.amazonaws.com/b/x"),
        ("https://storage.googleapis.com/evil/x", "https://storage.googleapis.com/good/x"),
        ("https://ipfs.io/ipfs/QmEvil/x", "https://ipfs.io/ipfs/QmGood/x"),
        ("https://uni.edu/~evil/paper", "https://uni.edu/~good/paper"),
        ("https://uni.edu/~evil/paper", "https://uni.edu/paper"),
        # Less than what was asked.
        ("https://a.io/x", "https://a.io/"),
        ("https://a.io/x", "https://a.io/ko"),
        ("https://a.io/x", "https://a.io/index.html"),
        ("https://a.io/news/5", "https://a.io/news"),
        ("https://a.io/news/view/5", "https://a.io/blog"),
        ("https://a.io/view?id=5", "https://a.io/view"),
        ("https://a.io/view?id=5", "https://a.io/view?id=6"),
        ("https://a.io/board.php?table=x&no=3", "https://a.io/board.php?table=x"),
        ("https://a.io/app#/one", "https://a.io/app"),
        # Another page of a list.
        ("https://a.io/list?page=2", "https://a.io/list"),
        ("https://a.io/list?page=2", "https://a.io/all"),
        ("https://a.io/tag/x/page/3", "https://a.io/tag/x"),
        ("https://a.io/tag/x/page/3", "https://a.io/tag/x/page/2"),
        # A detour.
        ("https://a.io/x", "https://a.io/login"),
        ("https://a.io/x", "https://a.io/users/sign_in?next=/x"),
        ("https://a.io/x", "https://a.io/404.html"),
        ("https://a.io/x", "https://a.io/error"),
        # No address.
        ("https://a.io/x", "javascript:alert(1)"),
        ("https://a.io/x", "https://user:pass@a.io/y"),
        ("https://a.io/x", "//"),
    ],
)
def test_a_page_is_not_believed_about_anything_else(asked: str, says: str) -> None:
    assert read_at(asked, says=says) is None


@pytest.mark.parametrize(
    ("asked", "lasting", "identity"),
    [
        ("https://a.io/old", "https://a.io/new-title", "https://a.io/new-title"),
        ("https://old.io/2024/a-post", "https://new.io/a-post", "https://new.io/a-post"),
        ("https://a.io/x", "https://www.a.io/x/", None),
        ("https://m.a.io/x", "https://a.io/x", "https://a.io/x"),
        ("https://a.io/x", "https://a.io/", None),
        ("https://a.io/x", "https://sold.io/", None),
        ("https://a.io/x", "https://a.io/login?next=/x", None),
        ("https://a.io/x", "https://accounts.a.io/x", None),
        ("https://a.io/x/y", "https://a.io/x", None),
        ("https://a.io/2024/x", "https://a.io/closed", None),
        ("https://a.io/view?id=5", "https://a.io/view", None),
        ("https://a.io/login", "https://a.io/users/login", "https://a.io/users/login"),
    ],
)
def test_a_redirect_for_good_is_believed_unless_it_leads_to_less(
    asked: str, lasting: str, identity: str | None
) -> None:
    assert read_at(asked, lasting=lasting) == identity


def test_a_redirect_for_now_is_no_identity_nor_what_is_said_there() -> None:
    latest = "https://a.io/latest"

    assert read_at(latest, ended="https://a.io/posts/5") is None
    assert read_at(latest, ended="https://a.io/posts/5", says="https://a.io/posts/5") is None
    assert read_at(latest, ended="https://b.io/x", says="https://a.io/posts/5") is None


@pytest.mark.parametrize(
    "carrier",
    [
        "https://www.google.com/url?q=https%3A%2F%2Fgood.io%2Fx&url=https%3A%2F%2Fevil.io%2Fy",
        "https://slack-redir.net/link?url=https%3A%2F%2Fgood.io%2Fx",
        "https://evil-io.cdn.ampproject.org/c/s/good.io/x",
        "https://archive.ph/o/abcde/https://good.io/x",
    ],
)
def test_what_only_carries_an_address_has_to_lead_there(carrier: str) -> None:
    assert read_at("https://evil.io/a1", lasting=carrier, ended="https://evil.io/y") is None
    there = read_at("https://evil.io/a1", lasting=carrier, ended="https://good.io/x")
    assert there == "https://good.io/x"


def test_what_is_said_where_a_redirect_for_good_ends_counts_there() -> None:
    old, new = "https://a.io/old", "https://b.io/new?source=x"

    assert read_at(old, lasting=new, says="https://b.io/new") == "https://b.io/new"
    assert read_at(old, lasting=new, says="https://a.io/other") == "https://b.io/new?source=x"


@pytest.mark.parametrize(
    ("ended", "says", "identity"),
    [
        ("https://a.io/x?utm_source=t", "", "https://a.io/x"),
        ("https://a.io/x?src=t", "https://a.io/x", "https://a.io/x"),
        ("https://a.io/x", "https://bank.io/x", "https://a.io/x"),
        ("https://arxiv.org/pdf/2401.00001v2", "", "https://arxiv.org/abs/2401.00001"),
        ("https://a.io/", "", None),
        ("https://a.io/login", "", None),
        ("https://consent.youtube.com/m?continue=x", "", None),
    ],
)
def test_a_short_link_is_the_page_where_it_ends(
    ended: str, says: str, identity: str | None
) -> None:
    assert read_at("https://t.co/abc", ended=ended, says=says) == identity


ADDRESSES = st.builds(
    "https://{}{}{}".format,
    st.sampled_from(["a.io", "www.a.io", "m.a.io", "b.io", "t.co", "a.github.io"]),
    st.sampled_from(["/", "/x", "/x/y", "/x/5", "/login", "/~u/x", "/list/page/2", "/index.html"]),
    st.sampled_from(["", "?id=1", "?page=2", "?src=x", "?id=2&src=x", "#/r"]),
)


@given(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES)
def test_an_identity_is_canonical_and_says_nothing_that_nobody_said(
    asked: str, ended: str, lasting: str, says: str
) -> None:
    identity = read_at(asked, ended=ended, lasting=lasting, says=says)

    assert identity != canonicalise(asked)
    if identity is not None:
        assert identity == canonicalise(identity)
        assert identity in map(canonicalise, (ended, lasting, says))


@given(ADDRESSES, ADDRESSES)
def test_what_was_found_to_be_its_name_needs_no_other(asked: str, says: str) -> None:
    identity = read_at(asked, says=says)

    if identity is not None:
        assert read_at(identity, says=says) is None


@given(ADDRESSES, ADDRESSES)
def test_no_page_takes_an_address_of_another_site(asked: str, says: str) -> None:
    identity = read_at(asked, says=says)

    if identity is not None:
        hosts = [url.split("/")[2].removeprefix("m.") for url in (identity, canonicalise(asked))]
        assert hosts[0] == hosts[1]
