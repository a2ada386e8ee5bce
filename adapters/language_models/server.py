"""The port `LanguageModel` over a server that speaks as OpenAI's does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from openai import APIError, APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient

from adapters.language_models.bounds import bound
from adapters.language_models.completions import Completion, read_completion
from adapters.language_models.errors import complaint_of, translate
from adapters.language_models.manners import NEW_LIMIT, OLD_LIMIT, Manners
from bot.domain.asking_models import (
    ModelAnswer,
    Question,
    Usage,
    Wanted,
    sum_usage,
)
from bot.errors import ModelFailed, ModelRefused, ModelUnavailable, NoAnswer
from bot.text.token_counts import count_tokens

OPENAI_URL = "https://api.openai.com/v1"
RETRIES = 2  # the client's own: jittered, from 0.5 s on, as long as Retry-After up to 2 minutes
_WAITS_S = 240.0  # for those waits, beside the time of the requests
_REST_S = 15.0  # a server that gave nothing after all that is not asked for so long, at least
_MOST_REST_S = 300.0
_ASIDE = 8  # tokens that a message costs beside its text
_ROOM_TO_THINK = 4  # times the answer, for models that turn out to think before they write
_NO_KEY = "none"  # local servers ask for none, but the client does
_LASTING = frozenset({"bad_key", "no_money", "unknown_model", "no_server"})


class ServerModel:
    """Asks a server's model, some questions at a time, in the way that it turns out to take."""

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        *,
        context_tokens: int,
        timeout_s: float,
        parallel: int,
        manners: Manners | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._client = client
        self._model = model
        self._context_tokens = context_tokens
        self._most_s = timeout_s * (client.max_retries + 1) + _WAITS_S
        self._turns = asyncio.Semaphore(parallel)
        self._clock = clock
        self._rests_until = 0.0
        self._trouble: ModelFailed | None = None
        self.manners = manners or Manners()

    @property
    def name(self) -> str:
        return self._model

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        async with self._turns:
            if self._trouble is not None and self._clock() < self._rests_until:
                raise self._trouble.with_traceback(None)
            try:
                return await self._ask(question)
            except ModelFailed as failure:
                self._rest(failure)
                raise

    async def _ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        """Ask, in other ways if need be; only a way that led to an answer is kept."""
        paid: list[Usage] = []
        manners: Manners | None = self.manners
        tried: set[Manners] = set()
        failure: ModelFailed = ModelRefused("bad_request")
        while manners is not None and manners not in tried:
            tried.add(manners)
            try:
                completion = await self._complete(question, manners)
            except _Complaint as complaint:
                failure = ModelRefused("bad_request", complaint.text[:200])
                manners = manners.after_complaint(complaint.text)
                continue
            paid.append(_usage(completion, question))
            try:
                value, text = completion.read(question.wanted)
            except NoAnswer as nothing:
                failure = nothing
                manners = _other_way(manners, completion, nothing, question.tokens_out)
                continue
            self.manners = replace(manners, is_proven=True)
            return ModelAnswer(value, text, sum_usage(paid))
        spent = sum_usage(paid)
        failure.tokens_in, failure.tokens_out = spent.tokens_in, spent.tokens_out
        raise failure

    async def _complete(self, question: Question[Wanted], manners: Manners) -> Completion:
        messages = [
            {"role": str(each.role), "content": _whole(each.text)}
            for each in question.prompt.messages
        ]
        if words := manners.words(question.wanted):
            messages[0]["content"] += f"\n\n{words}"
        tokens = sum(count_tokens(each["content"]) + _ASIDE for each in messages)
        if tokens + question.tokens_out + manners.room > self._context_tokens:
            raise ModelRefused("too_long", f"{tokens} tokens and the answer's")
        options = manners.options(question.wanted, tokens_out=question.tokens_out)
        return read_completion(await self._send(messages, options))

    async def _send(self, messages: list[dict[str, str]], options: dict[str, Any]) -> bytes:
        try:
            async with asyncio.timeout(self._most_s):
                # Its own reading of the body takes anything for an answer, so ours is used.
                raw = await self._client.chat.completions.with_raw_response.create(
                    model=self._model,
                    messages=messages,  # type: ignore[arg-type]  # plain dicts are what it sends
                    **options,
                )
        except TimeoutError as error:
            raise ModelUnavailable("timeout") from error
        except APIStatusError as error:
            complaint = complaint_of(error)
            if complaint is not None:
                raise _Complaint(complaint) from error
            raise translate(error) from error
        except APIError as error:
            raise translate(error) from error
        return raw.http_response.content

    def _rest(self, failure: ModelFailed) -> None:
        """Leave the server alone for a while: a hundred links must not wait for it one by one."""
        if isinstance(failure, ModelUnavailable):
            rest_s = min(max(failure.retry_after_s, _REST_S), _MOST_REST_S)
        elif isinstance(failure, ModelRefused) and failure.reason in _LASTING:
            rest_s = _REST_S
        else:
            return
        self._trouble, self._rests_until = failure, self._clock() + rest_s


class _Complaint(Exception):
    """The server does not take what it was asked in this way."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _other_way(
    manners: Manners, completion: Completion, failure: NoAnswer, tokens_out: int
) -> Manners | None:
    """Return how to ask once more, where that may be why nothing came; None where it is not."""
    if failure.reason == "cut" and not manners.room and completion.has_thought:
        return replace(manners, room=_ROOM_TO_THINK * tokens_out)
    if failure.reason == "malformed" and not manners.is_proven:
        return manners.simpler()
    return None


def _usage(completion: Completion, question: Question[Wanted]) -> Usage:
    """Return what the server says it cost, else what we think."""
    said = completion.usage
    if said is not None and said.prompt_tokens:
        return Usage(said.prompt_tokens, said.completion_tokens or 0)
    asked = sum(count_tokens(each.text) + _ASIDE for each in question.prompt.messages)
    return Usage(asked, count_tokens(completion.text), is_estimated=True)


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@asynccontextmanager
async def open_model(
    model: str,
    *,
    key: str,
    url: str,
    context_tokens: int,
    timeout_s: float,
    parallel: int,
    retries: int = RETRIES,
) -> AsyncIterator[ServerModel]:
    """Open a client; nothing is asked yet. `url` is "" for OpenAI's own server."""
    async with open_client(key=key, url=url, timeout_s=timeout_s, retries=retries) as client:
        yield ServerModel(
            client,
            model,
            context_tokens=context_tokens,
            timeout_s=timeout_s,
            parallel=parallel,
            manners=Manners(limit=OLD_LIMIT if url else NEW_LIMIT),
        )


def open_client(*, key: str, url: str, timeout_s: float, retries: int) -> AsyncOpenAI:
    return AsyncOpenAI(
        api_key=key or _NO_KEY,
        base_url=url or OPENAI_URL,
        timeout=timeout_s,
        max_retries=retries,
        # Packed, a short answer may become an endless one.
        default_headers={"Accept-Encoding": "identity"},
        http_client=DefaultAsyncHttpxClient(event_hooks={"response": [bound]}),
    )
