"""Embeddings from a server that plays what servers do."""

from __future__ import annotations

import json

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
        for _ in range(2):
            with pytest.raises(error):
                await embedder.embed(["one", "two"], timeout_s=0.3)
        asked = len(server.asked)
        now = 16.0
        with pytest.raises(error):
            await embedder.embed(["one", "two"], timeout_s=0.3)

    assert (asked, len(server.asked)) == (1, 2)


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
