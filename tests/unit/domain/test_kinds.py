"""The kind of a link by address and title, on known sites and invented ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.kinds import link_kind
from bot.domain.link_features import known_group, known_hosts, link_features
from bot.domain.models import Kind
from bot.domain.urls import InvalidUrl, canonicalise

EXAMPLES = Path(__file__).with_name("link_examples.txt").read_text(encoding="utf-8")
LINKS = [line.split(" | ", 2) for line in EXAMPLES.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("kind", "url", "title"), LINKS)
def test_the_kind_is_told_by_address_and_title(kind: str, url: str, title: str) -> None:
    assert link_kind(url, title) == kind


@pytest.mark.parametrize(("kind", "url", "title"), LINKS)
def test_every_address_of_a_link_has_the_same_kind(kind: str, url: str, title: str) -> None:
    assert link_kind(canonicalise(url), title) == link_kind(f"{url}#part", title) == kind


def test_papers_posts_and_repositories_need_no_title() -> None:
    assert link_kind("https://arxiv.org/pdf/1706.03762v7", "") is Kind.PAPER
    assert link_kind("https://twitter.com/someone/status/20", "") is Kind.FUN
    assert link_kind("https://github.com/someone/something", "") is Kind.DEV


def test_a_link_of_which_nothing_is_known_is_dev() -> None:
    assert link_kind("", "") is Kind.DEV
    assert link_kind("not a link", "제목") is Kind.DEV


@given(st.text(), st.text())
def test_any_text_has_a_kind(url: str, title: str) -> None:
    assert link_kind(url, title) in Kind


@given(st.text(alphabet="abc/.-:?#%1", max_size=30), st.text(max_size=20))
def test_the_kind_belongs_to_the_identity(rest: str, title: str) -> None:
    url = f"https://example.org/{rest}"
    try:
        identity = canonicalise(url)
    except InvalidUrl:
        return

    assert link_kind(url, title) == link_kind(identity, title)


def test_features_are_present_once() -> None:
    features = link_features("https://news.news.example.kr/news/2024/01/02/a", "says says")

    assert len(features) == len(set(features))
    assert "path=dated" in features


def test_the_longest_known_address_wins() -> None:
    assert known_group("nature.com", "/articles/s41586-1") == "paper"
    assert known_group("nature.com", "/articles/d41586-1") == "news"
    assert known_group("huggingface.co", "/papers/2401.00001") == "paper"
    assert known_group("huggingface.co", "/google/gemma") == "code"
    assert known_group("blog.naver.com", "/someone") == "blog"
    assert known_group("example.org", "/") == "unknown"


def test_no_address_is_in_two_lists() -> None:
    twice = {
        host
        for host, pairs in known_hosts().items()
        if len({beginning for beginning, _ in pairs}) < len(pairs)
    }

    assert not twice
