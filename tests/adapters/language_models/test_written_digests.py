"""Whole digests by the real client: what readers see, however the model's server behaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.language_models import open_model
from bot.domain.digests import Digest, Style
from bot.domain.models import LOCAL, Engine, PageText
from bot.domain.periods import parse_period
from bot.domain.understanding import make_sense
from bot.domain.visibility import OPERATOR
from bot.services.digesting import DigestingService
from bot.services.writing import WritingService
from bot.texts import Texts
from storage import open_storage
from tests.compact import compact
from tests.factories import NOON, make_save
from tests.fakes.writing_model import write
from tests.servers.model_server import HANG, Answering, open_model_server, raw, refused, said

TEXTS = Texts.load()
LIE = "Zanzibar sold 987,654 unicorns."
# More than are asked about at once.
SUBJECTS = (
    *("queue", "cache", "table", "parser", "index", "scheduler"),
    *("compiler", "router", "tokenizer", "balancer", "ledger", "sampler"),
)


def text_about(subject: str, number: int) -> str:
    return (
        f"The team rebuilt its {subject} in {number + 3} weeks. The new {subject} answers within "
        f"{number + 20} ms. Clients of the {subject} retry with a pause. Nobody had to change a "
        f"call to the {subject}."
    )


def honest(asked: dict[str, Any], **how: Any) -> bytes:
    system, user = (message["content"] for message in asked["messages"])
    return said(json.dumps(write(system, user, **how)), tokens=(700, 90))


def fenced(asked: dict[str, Any]) -> bytes:
    system, user = (message["content"] for message in asked["messages"])
    return said(f"Here it is:\n```json\n{json.dumps(write(system, user))}\n```")


def reasoning(asked: dict[str, Any]) -> bytes:
    system, user = (message["content"] for message in asked["messages"])
    return said(f"<think>The user wants JSON.</think>{json.dumps(write(system, user))}")


def lying(asked: dict[str, Any]) -> bytes:
    return honest(asked, lie=LIE, is_mended=False)


def cut(asked: dict[str, Any]) -> bytes:
    system, user = (message["content"] for message in asked["messages"])
    return said(json.dumps(write(system, user))[:60], finish="length")


def dropped(asked: dict[str, Any]) -> bytes:
    return honest(asked)[:-40]


def runs_out(*, after: int) -> Answering:
    asked_so_far: list[object] = []

    def answer(asked: dict[str, Any]) -> bytes:
        asked_so_far.append(asked)
        if len(asked_so_far) > after:
            return refused(429, "You exceeded your current quota", code="insufficient_quota")
        return honest(asked)

    return answer


@dataclass
class Read:
    """What a reader of a digest sees."""

    digest: Digest
    text: str

    @property
    def engines(self) -> set[Engine]:
        items = [item for section in self.digest.sections for item in section.items]
        return {item.summary.engine for item in items if item.summary}

    @property
    def titles(self) -> set[str]:
        return {item.title for section in self.digest.sections for item in section.items}

    @property
    def extracted(self) -> set[str]:
        """What is told at length in the page's own sentences."""
        items = [item for section in self.digest.sections for item in section.items]
        return {
            item.title
            for item in items
            if item.summary and item.summary.engine is Engine.EXTRACTIVE
        }


async def read_digest(
    home: Path, answer: bytes | Answering, *, style: Style, patience_s: float = 30.0
) -> Read:
    async with (
        open_storage(f"sqlite:///{home / 'jubo.db'}") as storage,
        open_model_server(answer) as server,
        open_model(
            "small-model",
            key="sk-test",
            url=server.url,
            context_tokens=8_192,
            timeout_s=10.0,
            parallel=1,
            retries=1,
        ) as model,
    ):
        await storage.workspaces.ensure(LOCAL, name="local")
        for number, subject in enumerate(SUBJECTS):
            url = f"https://{subject}.example/"
            save = make_save(url, kind=None, message=subject, saved_at=NOON)
            link = (await storage.links.save(save)).link.id
            page = PageText(url, f"A faster {subject}", text_about(subject, number), "en")
            made = make_sense(page)
            await storage.links.store_page(LOCAL, link, page, made.understanding, made.passages)
        digesting = DigestingService(
            storage.links,
            storage.notes,
            storage.signals,
            texts=TEXTS,
            writing=WritingService(
                model, storage.links, storage.concepts, texts=TEXTS, patience_s=patience_s
            ),
        )
        digest = await digesting.compile(
            LOCAL,
            parse_period("2024-W45", today=date(2024, 11, 9)),
            style=style,
            language="en",
            zone=ZoneInfo("UTC"),
            audience=OPERATOR,
        )
        return Read(digest, compact(digesting.document(digest)))


@pytest.mark.parametrize("style", [Style.WEEKLY, Style.DAILY])
async def test_a_key_that_runs_out_in_the_middle_keeps_what_was_written(
    tmp_path: Path, style: Style
) -> None:
    read = await read_digest(tmp_path, runs_out(after=1), style=style)

    assert read.engines == {Engine.MODEL, Engine.EXTRACTIVE}
    assert "Written with small-model" in read.text
    assert "the account has no credit left" in read.text
    note = next(line for line in read.text.split("\n") if "among them" in line)
    assert {title for title in read.titles if f"“{title}”" in note} == read.extracted


@pytest.mark.parametrize("wrap", [fenced, reasoning])
async def test_what_a_model_writes_around_its_answer_is_not_told(
    tmp_path: Path, wrap: Answering
) -> None:
    read = await read_digest(tmp_path, wrap, style=Style.NEWSLETTER)

    assert read.engines == {Engine.MODEL}
    assert not any(each in read.text for each in ("```", "<think>", "Here it is"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lying, "what the model wrote is not in them"),
        (cut, "could not be used"),
        (said('{"links": [}'), "could not be used"),
        (dropped, "does not answer now"),
        (refused(429, "slow down"), "does not answer now"),
        (refused(500, "broken"), "does not answer now"),
        (raw(200, b"<html>", content_type="text/html"), "no language model at OPENAI_BASE_URL"),
        (HANG, "took too long"),
    ],
)
async def test_without_an_answer_readers_get_the_pages_sentences_and_the_reason(
    tmp_path: Path, answer: bytes | Answering, told: str
) -> None:
    patience_s = 0.5 if answer == HANG else 30.0
    read = await read_digest(tmp_path, answer, style=Style.MONTHLY, patience_s=patience_s)

    assert read.engines == {Engine.EXTRACTIVE}
    assert told in read.text
    assert LIE not in read.text
    assert all(f"A faster {subject}" in read.text for subject in SUBJECTS)
