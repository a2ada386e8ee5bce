"""Cards of models, datasets and spaces, from answers in the form of Hugging Face's API."""

from __future__ import annotations

import pytest

from adapters.fetching.readers.hugging_face import HuggingFaceReader
from bot.domain.models import Kind, PagePart
from bot.errors import FetchFailed
from tests.fakes.site_tools import SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

SITE = "https://huggingface.co"
MODEL = {
    "id": "byron/small-ko",
    "author": "byron",
    "createdAt": "2024-02-03T04:05:06.000Z",
    "lastModified": "2024-06-01T00:00:00.000Z",
    "pipeline_tag": "text-generation",
    "library_name": "transformers",
    "gated": "manual",
    "downloads": 4321,
    "likes": 7,
    "tags": [
        "transformers",
        "ko",
        "license:apache-2.0",
        "arxiv:2401.01234",
        "base_model:a/b",
        "base_model:finetune:a/b",
        None,
    ],
    "cardData": {"license": "apache-2.0"},
}
README = "---\nlicense: apache-2.0\ntags:\n- ko\n---\n# 작은 모델\n\n회의록을 요약한다.\n"


async def test_a_model_is_its_card_without_front_matter_and_its_facts() -> None:
    tools = SiteTools().add(f"{SITE}/api/models/byron/small-ko", MODEL)
    tools.add(f"{SITE}/byron/small-ko/raw/main/README.md", README)

    page = await HuggingFaceReader().read("https://hf.co/byron/small-ko", tools)

    assert (page.title, page.author, page.language) == ("byron/small-ko", "byron", "ko")
    assert page.parts[0] == PagePart("작은 모델", "회의록을 요약한다.")
    assert page.parts[1].text.splitlines() == [
        "Task: text-generation",
        "Library: transformers",
        "License: apache-2.0",
        "arXiv: 2401.01234",
        "Base model: a/b",
        "Tags: transformers, ko",
        "Updated: 2024-06-01",
        "Access: on request",
        "Downloads last month: 4,321",
        "Likes: 7",
    ]
    assert page.identity == f"{SITE}/byron/small-ko"
    assert page.kind is Kind.DEV


@pytest.mark.parametrize("group", ["datasets", "spaces"])
async def test_datasets_and_spaces_are_named_by_their_card(group: str) -> None:
    card = {"id": "byron/x", "cardData": {"title": "The Queue", "short_description": "It waits"}}
    tools = SiteTools().add(f"{SITE}/api/{group}/byron/x", card)
    tools.add(f"{SITE}/{group}/byron/x/raw/main/README.md", "# X\n\nWords.")

    page = await HuggingFaceReader().read(f"{SITE}/{group}/byron/x/tree/main", tools)

    assert page.title == "The Queue (byron/x): It waits"
    assert page.identity == f"{SITE}/{group}/byron/x"


async def test_a_readme_that_is_refused_is_a_gap() -> None:
    tools = SiteTools().add(f"{SITE}/api/models/byron/small-ko", MODEL)
    tools.add(f"{SITE}/byron/small-ko/raw/main/README.md", FetchFailed("login"))

    page = await HuggingFaceReader().read(f"{SITE}/byron/small-ko", tools)

    assert page.gaps == ("readme",)


@pytest.mark.parametrize("answer", [SLOW_DOWN, FetchFailed("login"), {}, [], "<html>"])
async def test_where_the_api_says_no_the_page_is_read(answer: object) -> None:
    url = f"{SITE}/byron/small-ko"
    tools = SiteTools().add(f"{SITE}/api/models/byron/small-ko", answer).add_page(a_page(url))

    assert (await HuggingFaceReader().read(url, tools)).title == "A page"


async def test_what_is_private_or_gone_is_not_found_as_its_page_says() -> None:
    tools = SiteTools().add(f"{SITE}/api/models/byron/gone", FetchFailed("login"))

    with fails_as("not_found"):
        await HuggingFaceReader().read(f"{SITE}/byron/gone", tools)


async def test_a_file_is_read_as_it_is() -> None:
    tools = SiteTools().add(f"{SITE}/byron/x/raw/main/config.json", '{"layers": 2}')

    page = await HuggingFaceReader().read(f"{SITE}/byron/x/blob/main/config.json", tools)

    assert (page.title, page.text) == (
        "config.json — byron/x",
        '```\n{"layers": 2}\n```',
    )


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("byron/x", True),
        ("datasets/byron/x", True),
        ("byron", False),
        ("papers/2401.01234", False),
        ("collections/byron/x-1", False),
        ("docs/transformers", False),
        ("byron/x/discussions/1", False),
    ],
)
def test_cards_are_told_by_their_address(path: str, is_ours: bool) -> None:
    assert HuggingFaceReader().reads(f"{SITE}/{path}") is is_ours
