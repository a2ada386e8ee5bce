"""Repositories and folders, from answers in the form of GitHub's API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.readers import site_readers
from adapters.fetching.readers.github import GithubApi, GithubRepositoryReader
from bot.domain.models import Kind
from bot.errors import FetchFailed
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools, a_page

REPOSITORY = {
    "full_name": "Byron/Queues",
    "description": "Queues that tell how long they are",
    "language": "Python",
    "license": {"spdx_id": "MIT"},
    "topics": ["queue", "korean"],
    "stargazers_count": 12345,
    "homepage": "",
    "archived": False,
    "created_at": "2023-05-06T07:08:09Z",
}
README = """---
layout: page
---
<p align="center"><img src="logo.png"></p>

# Queues

[![build](https://ci.example/badge.svg)](https://ci.example)
Queues that tell *how long* they are.

## 설치

- `pip install queues`
- done

```python
queue = Queue()
```
"""
RELEASE = {
    "name": "",
    "tag_name": "v1.2",
    "body": "## Fixed\r\n- the *end*",
    "published_at": "2024-05-06T00:00:00Z",
    "author": {"login": "byron"},
}
URL = "https://github.com/byron/queues"
API = "https://api.github.com/repos/byron/queues"
RAW = "https://raw.githubusercontent.com/byron/queues/HEAD/README.md"


def github() -> SiteTools:
    return SiteTools().add(API, REPOSITORY).add(RAW, README).add(f"{API}/releases/latest", RELEASE)


async def test_a_repository_is_what_its_owner_says_of_it() -> None:
    page = await GithubRepositoryReader().read(URL, github())

    assert page.title == "Byron/Queues: Queues that tell how long they are"
    assert (page.author, page.site, page.kind) == ("Byron", "GitHub", Kind.DEV)
    assert page.identity == "https://github.com/Byron/Queues"
    assert page.published_at == datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert page.gaps == ()


async def test_the_readme_is_parted_by_its_headings_and_free_of_badges() -> None:
    page = await GithubRepositoryReader().read(URL, github())
    parts = {each.heading: each.text for each in page.parts}

    assert list(parts) == ["", "Queues", "설치", "Latest release v1.2, 2024-05-06", "About"]
    assert parts["Queues"] == "Queues that tell how long they are."
    assert parts["설치"] == "- pip install queues\n- done\n\n```python\nqueue = Queue()\n```"
    assert parts["Latest release v1.2, 2024-05-06"] == "Fixed\n\n- the end"
    assert "layout" not in page.text


async def test_facts_stand_in_the_last_part() -> None:
    page = await GithubRepositoryReader().read(URL, github())

    assert page.parts[-1].text == (
        "Language: Python\nLicense: MIT\nTopics: queue, korean\nStars: 12,345"
    )


async def test_another_name_of_the_readme_is_asked_for() -> None:
    listed = {"download_url": "https://raw.githubusercontent.com/byron/queues/main/README.rst"}
    tools = github().add(f"{API}/readme", listed).add(listed["download_url"], "Queues\n======")
    del tools.answers[RAW]

    page = await GithubRepositoryReader().read(URL, tools)

    assert "Queues\n======" in page.text


async def test_without_readme_and_release_there_is_the_description() -> None:
    page = await GithubRepositoryReader().read(URL, SiteTools().add(API, REPOSITORY))

    assert page.parts[0].text == "Queues that tell how long they are"
    assert page.gaps == ("readme",)


async def test_a_folder_has_its_own_readme_and_title() -> None:
    url = f"{URL}/tree/main/docs/api"
    raw = "https://raw.githubusercontent.com/byron/queues/main/docs/api/README.md"

    page = await GithubRepositoryReader().read(url, github().add(raw, "# The API"))

    assert page.title == "docs/api — Byron/Queues"
    assert page.identity == ""


async def test_a_deleted_repository_is_not_found() -> None:
    with pytest.raises(FetchFailed) as caught:
        await GithubRepositoryReader().read(URL, SiteTools())

    assert caught.value.reason == "not_found"


@pytest.mark.parametrize("limit", [SLOW_DOWN, FORBIDDEN])
async def test_beyond_the_limit_the_page_itself_is_read(limit: FetchFailed) -> None:
    tools = SiteTools().add(API, limit).add_page(a_page(URL))

    page = await GithubRepositoryReader().read(URL, tools)

    assert page.text == "What the page itself says."


@pytest.mark.parametrize("answer", ["<html>", "not json", [], {}, None, {"full_name": None}])
async def test_an_answer_that_is_none_leads_to_the_page(answer: object) -> None:
    tools = SiteTools().add(API, answer).add_page(a_page(URL))

    assert (await GithubRepositoryReader().read(URL, tools)).title == "A page"


async def test_the_token_is_for_the_api_alone() -> None:
    tools = github()

    await GithubRepositoryReader(GithubApi(token="secret")).read(URL, tools)

    assert tools.headers[API]["Authorization"] == "Bearer secret"
    assert [each for each in tools.asked if not each.startswith("https://api.github.com/")] == [RAW]
    assert "Authorization" not in tools.headers[RAW]


async def test_a_token_that_has_ended_is_left_out() -> None:
    class Ended(SiteTools):
        async def download(self, url, **options):  # type: ignore[no-untyped-def]  # as its parent's
            if "Authorization" in (options.get("headers") or {}):
                raise FetchFailed("login", detail="status 401")
            return await super().download(url, **options)

    page = await GithubRepositoryReader(GithubApi(token="old")).read(URL, Ended(github().answers))

    assert page.author == "Byron"


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://github.com/byron/queues", True),
        ("https://www.github.com/byron/queues.git?tab=readme-ov-file#install", True),
        ("https://github.com/byron/queues/tree/main", True),
        ("https://github.com/byron", False),
        ("https://github.com/topics/queue", False),
        ("https://github.com/byron/queues/wiki", False),
        ("https://github.com/byron/queues/discussions/3", False),
        ("https://github.com/../user", False),
        ("https://github.com/byron/%2e%2e/x", False),
        ("https://gitlab.com/byron/queues", False),
        ("http://[broken", False),
    ],
)
def test_repositories_are_told_by_their_address(url: str, is_ours: bool) -> None:
    assert GithubRepositoryReader().reads(url) is is_ours


@pytest.mark.parametrize("name", ["...git", "..git", ".git", "..%2f..%2fuser", "%2e%2e", "a%5c.."])
async def test_no_name_is_a_step_upwards_in_the_api(name: str) -> None:
    for rest in ("", "/issues/5", "/releases/latest", "/commit/abc", "/blob/HEAD/a.md"):
        url = f"https://github.com/byron/{name}{rest}"

        assert not any(each.reads(url) for each in site_readers())
