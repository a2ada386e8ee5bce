"""The port `Embedder` over a server that speaks as OpenAI's does."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from urllib.parse import urlsplit

from openai import APIError, AsyncOpenAI
from pydantic import BaseModel, Field, ValidationError

from adapters.language_models.errors import translate
from adapters.language_models.server import OPENAI_URL, open_client
from bot.domain.asking_models import Usage
from bot.domain.embeddings import Embedded
from bot.errors import ModelFailed, ModelRefused, ModelUnavailable
from bot.ports import Finding
from bot.text.token_counts import count_tokens

_REST_S = 15.0  # a server that gave nothing is left alone so long: questions do not wait for it
# Characters of a text. Models take 512 tokens and more; what is longer some servers cut, and some
# refuse with all that came along: then less is sent, from then on.
_CUTS = (4_000, 1_000, 250)
_ABOUT_LENGTH = frozenset({"too_long", "bad_request"})
_CHECK_S = 20.0  # a local server may have to load the model first
_LONGEST = 16_384  # numbers of a vector


class _Vector(BaseModel):
    index: int
    embedding: list[float] = Field(min_length=1, max_length=_LONGEST)


class _Usage(BaseModel):
    prompt_tokens: int = 0


class _Answer(BaseModel):
    data: list[_Vector]
    usage: _Usage | None = None


class ServerEmbedder:
    def __init__(
        self, client: AsyncOpenAI, model: str, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._client = client
        self._model = model
        self._clock = clock
        self._rests_until = 0.0
        self._trouble: ModelFailed | None = None
        self._cuts: tuple[int, ...] = _CUTS

    @property
    def name(self) -> str:
        return self._model

    async def embed(self, texts: Sequence[str], *, timeout_s: float) -> Embedded:
        if self._trouble is not None and self._clock() < self._rests_until:
            raise self._trouble.with_traceback(None)
        try:
            return await self._embed_cut(texts, timeout_s)
        except ModelFailed as failure:
            self._trouble, self._rests_until = failure, self._clock() + _REST_S
            raise

    async def _embed_cut(self, texts: Sequence[str], timeout_s: float) -> Embedded:
        for place, most in enumerate(self._cuts):
            try:
                embedded = await self._embed([text[:most] or " " for text in texts], timeout_s)
            except ModelRefused as refusal:
                if refusal.reason not in _ABOUT_LENGTH or most == self._cuts[-1]:
                    raise
            else:
                self._cuts = self._cuts[place:]
                return embedded
        raise ModelRefused("too_long")  # pragma: no cover - the last cut raises or returns

    async def _embed(self, texts: list[str], timeout_s: float) -> Embedded:
        try:
            async with asyncio.timeout(timeout_s):
                # Plain numbers: by itself the client asks for base64, which not all servers know.
                raw = await self._client.embeddings.with_raw_response.create(
                    model=self._model, input=texts, encoding_format="float"
                )
            answer = _Answer.model_validate_json(raw.http_response.content)
        except TimeoutError as error:
            raise ModelUnavailable("timeout") from error
        except APIError as error:
            raise translate(error) from error
        except ValidationError as error:
            raise ModelRefused("no_server", "the answer is of another form") from error
        vectors = [each.embedding for each in sorted(answer.data, key=lambda each: each.index)]
        is_sound = len(vectors) == len(texts) and len(set(map(len, vectors))) == 1
        if not is_sound or not all(math.isfinite(n) for each in vectors for n in each):
            raise ModelRefused("no_server", "the vectors are not those that were asked for")
        said = answer.usage.prompt_tokens if answer.usage else 0
        if said:
            return Embedded(vectors, Usage(said))
        return Embedded(vectors, Usage(sum(map(count_tokens, texts)), is_estimated=True))


async def check_embedder(model: str, *, key: str, url: str) -> Finding:
    """Ask for one vector; say what came of it."""
    values: dict[str, object] = {
        "name": model,
        "server": urlsplit(url or OPENAI_URL).netloc.rpartition("@")[2],
    }
    async with open_embedder(model, key=key, url=url, timeout_s=_CHECK_S) as embedder:
        try:
            embedded = await embedder.embed(["Jubo"], timeout_s=_CHECK_S)
        except ModelFailed as failure:
            values["problem"] = str(failure).rpartition(": ")[2]
            return Finding("embedding", is_ok=False, key="doctor.embedding_fails", values=values)
    values["dimension"] = len(embedded.vectors[0])
    return Finding("embedding", is_ok=True, key="doctor.embedding", values=values)


@asynccontextmanager
async def open_embedder(
    model: str, *, key: str, url: str, timeout_s: float
) -> AsyncIterator[ServerEmbedder]:
    """Open a client; nothing is asked yet. `url` is "" for OpenAI's own server."""
    async with open_client(key=key, url=url, timeout_s=timeout_s, retries=0) as client:
        yield ServerEmbedder(client, model)
