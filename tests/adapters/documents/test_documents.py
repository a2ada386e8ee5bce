"""Whole documents, compared with files that people have read."""

from __future__ import annotations

import json
from pathlib import Path

import lxml.html
import pytest

from adapters.documents import Documents
from bot.domain.digests import Digest, DigestFormat
from bot.posts import Post

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    DigestFormat.TEXT: "digest.txt",
    DigestFormat.MARKDOWN: "digest.md",
    DigestFormat.HTML: "digest.html",
    DigestFormat.JSON: "digest.json",
}


@pytest.mark.parametrize("form", FILES)
def test_a_document_is_what_was_agreed(form: DigestFormat, digest: Digest, post: Post) -> None:
    agreed = (GOLDEN / FILES[form]).read_text(encoding="utf-8")

    assert Documents().write(digest, post, form=form) == agreed


@pytest.mark.parametrize("form", DigestFormat)
def test_an_empty_post_is_a_document_too(form: DigestFormat, digest: Digest) -> None:
    assert Documents().write(digest, Post((), language="en"), form=form).endswith("\n")


def test_json_keeps_its_contract(digest: Digest, post: Post) -> None:
    document = json.loads(Documents().write(digest, post, form=DigestFormat.JSON))

    assert {"period", "style", "language", "sections", "chart", "engine"} <= document.keys()
    (section,) = document["sections"]
    for item in section["items"]:
        assert {"url", "title", "kind", "summary", "also", "concepts", "why"} <= item.keys()
    assert section["items"][0]["summary"] == [
        "문단 경계를 지키면 재현율이 오른다",
        {"text": "비용", "points": ["색인 시간이 두 배로 는다"]},
    ]
    assert section["items"][1]["summary"] == ["Stars *stay* stars."]


def test_a_page_needs_nothing_from_outside(digest: Digest, post: Post) -> None:
    page = lxml.html.document_fromstring(Documents().write(digest, post, form=DigestFormat.HTML))

    assert page.get("lang") == "ko"
    assert not page.xpath("//script | //link | //iframe | //@onclick | //@style")
    assert all(source.startswith("data:image/png;base64,") for source in page.xpath("//@src"))
    assert page.xpath("//img/@alt")
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//details/summary")
