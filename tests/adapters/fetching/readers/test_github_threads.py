"""Issues, pull requests, releases and commits, from answers in the form of GitHub's API."""

from __future__ import annotations

import pytest

from adapters.fetching.readers.github_threads import (
    GithubCommitReader,
    GithubReleaseReader,
    GithubThreadReader,
)
from tests.fakes.site_tools import SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

API = "https://api.github.com/repos/byron/queues"
ISSUE_URL = "https://github.com/byron/queues/issues/7"
COMMENTS = f"{API}/issues/7/comments?per_page=100"
ISSUE = {
    "title": "The queue never ends",
    "state": "closed",
    "state_reason": "not_planned",
    "body": "It goes on.\n\n### Steps\n1. Wait",
    "user": {"login": "한여름"},
    "labels": [{"name": "bug"}],
    "created_at": "2024-01-02T03:04:05Z",
    "comments": 2,
}
SAID = [
    {"user": {"login": "ada"}, "body": "Same **here**."},
    {"user": None, "body": "A ghost says so."},
]


async def test_an_issue_has_its_state_and_its_comments_in_order() -> None:
    tools = SiteTools().add(f"{API}/issues/7", ISSUE).add(COMMENTS, SAID)

    page = await GithubThreadReader().read(ISSUE_URL, tools)

    assert page.title == "The queue never ends · byron/queues #7"
    assert page.author == "한여름"
    assert [(each.heading, each.text) for each in page.parts] == [
        ("", "It goes on."),
        ("Steps", "- Wait"),
        ("About", "State: closed (not planned)\nLabels: bug"),
        ("Discussion: ada", "Same here."),
        ("Discussion", "A ghost says so."),
    ]


async def test_a_pull_request_says_that_it_was_merged() -> None:
    merged = {**ISSUE, "comments": 0, "pull_request": {"merged_at": "2024-02-01T00:00:00Z"}}
    tools = SiteTools().add(f"{API}/issues/7", merged)

    page = await GithubThreadReader().read("https://github.com/byron/queues/pull/7/files", tools)

    assert "State: merged" in page.text
    assert page.identity == "https://github.com/byron/queues/pull/7"
    assert len(tools.asked) == 1


async def test_comments_that_cannot_be_had_are_a_gap() -> None:
    tools = SiteTools().add(f"{API}/issues/7", ISSUE).add(COMMENTS, SLOW_DOWN)

    assert (await GithubThreadReader().read(ISSUE_URL, tools)).gaps == ("discussion",)


async def test_an_issue_without_words_is_its_title() -> None:
    tools = SiteTools().add(f"{API}/issues/7", {"title": "Only this", "body": None})

    page = await GithubThreadReader().read(ISSUE_URL, tools)

    assert page.text == "State: unknown"


async def test_a_deleted_issue_is_not_found_and_a_limit_leads_to_the_page() -> None:
    with fails_as("not_found"):
        await GithubThreadReader().read(ISSUE_URL, SiteTools())

    tools = SiteTools().add(f"{API}/issues/7", SLOW_DOWN).add_page(a_page(ISSUE_URL))
    assert (await GithubThreadReader().read(ISSUE_URL, tools)).title == "A page"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("releases", "releases"),
        ("releases/latest", "releases/latest"),
        ("releases/tag/v1/2", "releases/tags/v1%2F2"),
    ],
)
async def test_releases_are_read_one_or_all(path: str, asked: str) -> None:
    release = {"name": "One", "tag_name": "v1/2", "body": "Notes.", "published_at": None}
    answer = [release, {"name": None}, 5] if path == "releases" else release
    tools = SiteTools().add(f"{API}/{asked}", answer)
    url = f"https://github.com/byron/queues/{path}"

    page = await GithubReleaseReader().read(url, tools)

    assert GithubReleaseReader().reads(url)
    assert [(each.heading, each.text) for each in page.parts] == [("Release One", "Notes.")]


async def test_a_list_without_releases_is_not_found() -> None:
    tools = SiteTools().add(f"{API}/releases", [])

    with fails_as("not_found"):
        await GithubReleaseReader().read("https://github.com/byron/queues/releases", tools)


async def test_a_commit_is_its_message_and_its_files() -> None:
    commit = {
        "commit": {
            "message": "Stop waiting\n\nIt took too long.",
            "author": {"name": "Ada", "date": "2024-01-01T00:00:00+09:00"},
        },
        "author": None,
        "files": [{"filename": "queue.py", "additions": 3, "deletions": None}, None],
    }
    tools = SiteTools().add(f"{API}/commits/0123456789abcdef", commit)
    url = "https://github.com/byron/queues/commit/0123456789abcdef.patch"

    page = await GithubCommitReader().read(url, tools)

    assert page.title == "Stop waiting · byron/queues@0123456"
    assert page.text == "It took too long.\n\nqueue.py (+3 −0)"
    assert page.author == "Ada"
