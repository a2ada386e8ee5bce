"""Single files, notebooks and gists, from answers in GitHub's form."""

from __future__ import annotations

import json

import pytest

from adapters.fetching.readers.github_files import GistReader, GithubFileReader
from bot.domain.models import PagePart
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

RAW = "https://raw.githubusercontent.com/byron/queues/main/"
BLOB = "https://github.com/byron/queues/blob/main/"
GIST = "0123456789abcdef0123456789abcdef"
NOTEBOOK = {
    "metadata": {"kernelspec": {"language": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# 기다림\n", "How long?"]},
        {"cell_type": "code", "source": "# not a heading\nwait(3)", "outputs": [{"text": "3"}]},
        {"cell_type": "code", "source": []},
        None,
    ],
}


@pytest.mark.parametrize(
    "url",
    [
        f"{BLOB}src/queue.py",
        "https://github.com/byron/queues/raw/main/src/queue.py",
        f"{RAW}src/queue.py",
        "https://raw.githubusercontent.com/byron/queues/refs/heads/main/src/queue.py",
    ],
)
async def test_a_file_is_read_as_it_is_whatever_its_address(url: str) -> None:
    tools = SiteTools().add(f"{RAW}src/queue.py", "class Queue:\n    # waits\n")

    page = await GithubFileReader().read(url, tools)

    assert page.title == "src/queue.py — byron/queues"
    assert page.parts == (PagePart("queue.py", "```\nclass Queue:\n    # waits\n```"),)
    assert page.identity == f"{BLOB}src/queue.py"


@pytest.mark.parametrize(
    "url",
    [
        f"{BLOB}wait.ipynb",
        "https://colab.research.google.com/github/byron/queues/blob/main/wait.ipynb",
        "https://nbviewer.org/github/byron/queues/blob/main/wait.ipynb",
    ],
)
async def test_a_notebook_is_its_prose_and_its_code(url: str) -> None:
    tools = SiteTools().add(f"{RAW}wait.ipynb", json.dumps(NOTEBOOK))

    page = await GithubFileReader().read(url, tools)

    assert page.parts == (
        PagePart("기다림", "How long?\n\n```python\n# not a heading\nwait(3)\n```"),
    )


async def test_an_old_notebook_keeps_its_cells_in_a_worksheet() -> None:
    cells = [{"cell_type": "code", "input": "wait(3)"}]
    tools = SiteTools().add(f"{RAW}old.ipynb", {"worksheets": [{"cells": cells}]})

    assert (await GithubFileReader().read(f"{BLOB}old.ipynb", tools)).text == "```\nwait(3)\n```"


async def test_a_pdf_in_a_repository_is_read_as_a_document() -> None:
    parts = (PagePart("p. 1", "One."),)
    tools = SiteTools().add_page(a_page(f"{RAW}a/paper.pdf", "One.", parts=parts))

    page = await GithubFileReader().read(f"{BLOB}a/paper.pdf", tools)

    assert (page.title, page.parts) == ("a/paper.pdf — byron/queues", parts)
    assert page.url == f"{BLOB}a/paper.pdf"


@pytest.mark.parametrize("body", ["", "[]", '{"cells": 5}', "no notebook", "[" * 100_000])
async def test_what_is_no_notebook_leads_to_the_page(body: str) -> None:
    tools = SiteTools().add(f"{RAW}x.ipynb", body).add_page(a_page(f"{BLOB}x.ipynb"))

    assert (await GithubFileReader().read(f"{BLOB}x.ipynb", tools)).title == "A page"


async def test_a_deleted_file_is_not_found() -> None:
    with fails_as("not_found"):
        await GithubFileReader().read(f"{BLOB}gone.py", SiteTools())


async def test_a_gist_is_its_files_and_its_comments() -> None:
    gist = {
        "description": "How to wait",
        "owner": {"login": "ada"},
        "created_at": "2024-01-01T00:00:00Z",
        "comments": 1,
        "files": {
            "a.md": {"content": "# Waiting\n\nSit down."},
            "b.sh": {"content": "sleep 1"},
            "c.bin": {"content": None},
            "d": 7,
        },
    }
    api = f"https://api.github.com/gists/{GIST}"
    tools = SiteTools().add(api, gist)
    tools.add(f"{api}/comments", [{"user": {"login": "bob"}, "body": "Thanks"}])

    page = await GistReader().read(f"https://gist.github.com/ada/{GIST}#file-b-sh", tools)

    assert page.title == "How to wait"
    assert [(each.heading, each.text) for each in page.parts] == [
        ("a.md › Waiting", "Sit down."),
        ("b.sh", "```\nsleep 1\n```"),
        ("Discussion: bob", "Thanks"),
    ]
    assert page.identity == f"https://gist.github.com/ada/{GIST}"


@pytest.mark.parametrize("answer", [SLOW_DOWN, FORBIDDEN, {}, [], {"files": []}, "<html>"])
async def test_a_gist_that_the_api_does_not_tell_is_read_as_a_page(answer: object) -> None:
    url = f"https://gist.github.com/ada/{GIST}"
    tools = SiteTools().add(f"https://api.github.com/gists/{GIST}", answer).add_page(a_page(url))

    assert (await GistReader().read(url, tools)).title == "A page"


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        (f"https://gist.github.com/{GIST}", True),
        (f"https://gist.githubusercontent.com/ada/{GIST}/raw/x.py", True),
        ("https://gist.github.com/ada", False),
        ("https://gist.github.com/", False),
    ],
)
def test_gists_are_told_by_their_address(url: str, is_ours: bool) -> None:
    assert GistReader().reads(url) is is_ours
    assert not GithubFileReader().reads(url)
