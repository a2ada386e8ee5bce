"""Whatever stands in the place of a field: a page comes of it, or a reason, never an error."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.fetching.readers import READERS
from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.adapters.fetching.readers import test_arxiv as arxiv
from tests.adapters.fetching.readers import test_github as github
from tests.adapters.fetching.readers import test_github_files as files
from tests.adapters.fetching.readers import test_github_threads as threads
from tests.adapters.fetching.readers import test_hugging_face as hugging_face
from tests.adapters.fetching.readers import test_naver_blog as naver
from tests.adapters.fetching.readers import test_threads as discussions
from tests.adapters.fetching.readers import test_video_sites as videos
from tests.adapters.fetching.readers import test_walled as walled
from tests.adapters.fetching.readers import test_youtube as youtube
from tests.fakes.site_tools import SiteTools, a_page

PAGE: TypeAdapter[PageText] = TypeAdapter(PageText)
TEXTS = Texts.load()

GIST = {"files": {"a.ipynb": {"content": json.dumps(files.NOTEBOOK)}}, "comments": 1}
COMMIT = {"commit": {"message": "Stop\n\nNow."}, "files": [{"filename": "a", "additions": 1}]}
LOBSTERS = {"short_id": "abc123", "title": "x", "comments": [{"comment": "<p>x", "depth": 0}]}
REDDIT = [
    {"data": {"children": [{"data": discussions.POST}]}},
    {"data": {"children": [{"data": {"author": "a", "body": "b", "replies": {"data": {}}}}]}},
]

# What readers are asked, and which answer to which question is tampered with.
ANSWERS: dict[str, tuple[str, str, Any]] = {
    "repository": (github.URL, github.API, github.REPOSITORY),
    "release": (github.URL, f"{github.API}/releases/latest", github.RELEASE),
    "readme": (github.URL, f"{github.API}/readme", {"download_url": "https://raw.example/x"}),
    "issue": (threads.ISSUE_URL, f"{threads.API}/issues/7", threads.ISSUE),
    "comments": (threads.ISSUE_URL, threads.COMMENTS, threads.SAID),
    "releases": (f"{github.URL}/releases", f"{github.API}/releases", [github.RELEASE]),
    "commit": (f"{github.URL}/commit/abc", f"{github.API}/commits/abc", COMMIT),
    "gist": (
        f"https://gist.github.com/{files.GIST}",
        f"https://api.github.com/gists/{files.GIST}",
        GIST,
    ),
    "notebook": (f"{files.BLOB}x.ipynb", f"{files.RAW}x.ipynb", files.NOTEBOOK),
    "model": (
        f"{hugging_face.SITE}/byron/small-ko",
        f"{hugging_face.SITE}/api/models/byron/small-ko",
        hugging_face.MODEL,
    ),
    "oembed": (youtube.URL, youtube.OEMBED, youtube.TOLD),
    "captions": (youtube.URL, youtube.CAPTIONS, youtube.JSON3),
    "film": (videos.URL, videos.OEMBED, videos.TOLD),
    "story": (discussions.HN, discussions.HN_API, discussions.STORY),
    "lobsters": (discussions.LOBSTERS, "https://lobste.rs/s/abc123.json", LOBSTERS),
    "reddit": (discussions.REDDIT, discussions.REDDIT_API, REDDIT),
    "x": (walled.POST, walled.API, walled.TOLD),
}
PAGES: dict[str, tuple[str, str, str]] = {
    "atom": (arxiv.URL, arxiv.API.format("2401.01234"), arxiv.ENTRY),
    "full text": (arxiv.URL, "https://arxiv.org/html/2401.01234", arxiv.FULL_TEXT),
    "abstract": (arxiv.URL, arxiv.URL, arxiv.ABSTRACT_PAGE),
    "markdown": (github.URL, github.RAW, github.README),
    "video": (videos.URL, videos.URL, videos.PAGE),
    "topic": (discussions.GEEKNEWS, discussions.GEEKNEWS, discussions.TOPIC),
    "blog": ("https://blog.naver.com/summer/223000000001", naver.MOBILE, naver.POST),
    "captions in XML": (
        youtube.URL,
        youtube.CAPTIONS,
        '<transcript><text start="1.5" dur="2">One</text><p t="7">Two</p></transcript>',
    ),
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=30)
    | st.sampled_from(["\ud800", "\x00", "http://[", "[removed]", "9999-12-31T23:59:59-12:00"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def usual() -> SiteTools:
    """Every question has its usual answer."""
    tools = SiteTools()
    for _, asked, answer in (*ANSWERS.values(), *PAGES.values()):
        tools.add(asked, answer)
    tools.add(arxiv.API.format("2401.01234"), arxiv.ENTRY, content_type=arxiv.ATOM)
    tools.add(youtube.URL, youtube.watch_page(youtube.PLAYER))
    return tools.add_page(a_page(discussions.ARTICLE))


def read(url: str, tools: SiteTools) -> bool:
    """Read it as the program does; what comes of it can be told and kept. Say whether it is one."""
    reader = next(each for each in READERS if each.reads(url))
    try:
        page = asyncio.run(reader.read(url, tools))
    except FetchFailed as failure:
        for language in LANGUAGES:
            TEXTS.get(language, f"unreadable.{failure.reason}")  # fails for a reason without words
        return False
    PAGE.validate_json(PAGE.dump_json(page), strict=True)
    assert page.title.strip()
    assert page.text.strip()
    assert page.text.encode()
    assert "\x00" not in page.text + page.title + page.author
    for language in LANGUAGES:
        assert all(TEXTS.get(language, f"gap.{each}") for each in page.gaps)
    return True


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


def put(value: Any, path: tuple[str | int, ...], other: object) -> Any:
    if not path:
        return other
    changed = copy.deepcopy(value)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = other
    return changed


@pytest.mark.parametrize("name", [*ANSWERS, *PAGES])
def test_the_usual_answers_are_read(name: str) -> None:
    url, asked, _ = {**ANSWERS, **PAGES}[name]
    tools = usual()

    assert read(url, tools)
    assert asked in tools.asked or name in {"readme", "abstract"}


@pytest.mark.parametrize("name", ANSWERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_value_may_stand_in_place_of_any_field(name: str, data: st.DataObject) -> None:
    url, asked, answer = ANSWERS[name]
    path = data.draw(st.sampled_from(list(places(answer))))
    body = json.dumps(put(answer, path, data.draw(JSON)))

    read(url, usual().add(asked, body, content_type="application/json"))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_value_may_stand_in_what_a_player_is_told(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(youtube.PLAYER))))
    player = put(youtube.PLAYER, path, data.draw(JSON))

    read(youtube.URL, usual().add(youtube.URL, youtube.watch_page(player)))


@pytest.mark.parametrize("name", PAGES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_piece_of_a_page_may_be_missing_or_be_another(name: str, data: st.DataObject) -> None:
    url, asked, page = PAGES[name]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(page))] * 2)))
    other = data.draw(st.text(st.characters(codec="utf-8"), max_size=20) | st.just("<p>&#0;&#x1;"))
    body = f"{page[:start]}{other}{page[end:]}"
    content_type = usual().answers[asked].content_type  # type: ignore[union-attr]  # none fails

    read(url, usual().add(asked, body, content_type=content_type))


@pytest.mark.parametrize("name", [*ANSWERS, *PAGES])
@settings(max_examples=20, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_may_come(name: str, body: bytes) -> None:
    url, asked, _ = {**ANSWERS, **PAGES}[name]
    content_type = usual().answers[asked].content_type  # type: ignore[union-attr]  # none fails

    read(url, usual().add(asked, body, content_type=content_type))


@pytest.mark.parametrize(
    "deep", ["[" * 200_000, '{"a":' * 200_000, "<div>" * 200_000, ">" * 50_000]
)
@pytest.mark.parametrize("name", [*ANSWERS, *PAGES])
def test_nothing_is_too_deep(name: str, deep: str) -> None:
    url, asked, _ = {**ANSWERS, **PAGES}[name]
    content_type = usual().answers[asked].content_type  # type: ignore[union-attr]  # none fails

    read(url, usual().add(asked, deep, content_type=content_type))


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z./?=&%0-9-]{0,80}", fullmatch=True))
def test_any_address_may_be_asked_about(url: str) -> None:
    for reader in READERS:
        assert reader.reads(url) in {True, False}
