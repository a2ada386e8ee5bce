"""Embeddings from a server that plays what servers do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.language_models.embeddings import ServerEmbedder, check_embedder, open_embedder
from bot.domain.asking_models import Usage
from bot.errors import ModelRefused, ModelUnavailable
from tests.servers.model_server import HANG, open_model_server, raw, refused


def made(*vectors: list[float], tokens: int = 7) -> bytes:
    data = [{"index": n, "embedding": each} for n, each in enumerate(vectors)]
    body = {"data": data[::-1], "usage": {"prompt_tokens": tokens}}
    return raw(200, json.dumps(body).encode())


async def test_vectors_come_in_the_order_of_the_texts() -> None:
    async with (
        open_model_server(made([1.0, 0.0], [0.0, 1.0])) as server,
        open_embedder("small", key="", url=server.url, timeout_s=5) as embedder,
    ):
        embedded = await embedder.embed(["one", "둘"], timeout_s=5)

    assert embedded.vectors == [[1.0, 0.0], [0.0, 1.0]]
    assert embedded.usage == Usage(7)
    assert server.asked == [{"model": "small", "input": ["one", "둘"], "encoding_format": "float"}]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HANG, ModelUnavailable),
        (refused(500, "out of order"), ModelUnavailable),
        (refused(401, "who are you"), ModelRefused),
        (raw(200, b"<html>"), ModelRefused),
        (made([1.0]), ModelRefused),
        (made([1.0], [1.0, 2.0]), ModelRefused),
        (raw(200, b'{"data": [{"index": 0, "embedding": []}]}'), ModelRefused),
        (raw(200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'), ModelRefused),
    ],
)
async def test_what_is_no_answer_is_told_in_time_and_the_server_rests(
    answer: bytes, error: type[Exception]
) -> None:
    now = 0.0
    async with (
        open_model_server(answer) as server,
        open_embedder("small", key="", url=server.url, timeout_s=5) as opened,
    ):
        embedder = ServerEmbedder(opened._client, "small", clock=lambda: now)
        timeout_s = 0.3 if answer == HANG else 10.0
        counts: list[int] = []
        for _ in range(2):
            with pytest.raises(error):
                await embedder.embed(["one", "two"], timeout_s=timeout_s)
            counts.append(len(server.asked))
        server.answers = [made([1.0], [2.0])]
        now = 16.0
        embedded = await embedder.embed(["one", "two"], timeout_s=10)

    assert counts[0] == counts[1]
    assert len(embedded.vectors) == 2


async def test_a_server_that_refuses_long_texts_is_sent_their_beginnings() -> None:
    def answer(asked: dict[str, Any]) -> bytes:
        if max(map(len, asked["input"])) > 1_000:
            return refused(413, "input must have less than 512 tokens")
        return made(*([1.0, 0.0] for _ in asked["input"]))

    async with (
        open_model_server(answer) as server,
        open_embedder("small", key="", url=server.url, timeout_s=5) as embedder,
    ):
        for _ in range(2):
            await embedder.embed(["short", "long " * 900], timeout_s=5)

    assert [max(map(len, each["input"])) for each in server.asked] == [4_000, 1_000, 1_000]


async def test_the_doctor_tells_the_dimension_or_the_trouble() -> None:
    async with open_model_server(made([1.0, 2.0, 3.0])) as server:
        good = await check_embedder("small", key="", url=server.url)
    async with open_model_server(refused(404, "no such model")) as server:
        bad = await check_embedder("small", key="", url=server.url)

    assert (good.is_ok, good.values["dimension"]) == (True, 3)
    assert (bad.is_ok, bad.key, bad.values["problem"]) == (
        False,
        "doctor.embedding_fails",
        "HTTP 404",
    )
