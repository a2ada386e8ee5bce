"""Another people's server of language models, which checks requests and answers as they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from adapters.language_models import open_model
from bot.domain.asking_models import Message, ModelAnswer, Prompt, Question, Role, Stage
from bot.domain.models import LOCAL
from bot.errors import ModelRefused, ModelUnavailable, NoAnswer
from tests.servers.aimock import run_aimock

BLUE = '{"name": "파랑 🎉"}'


class Colour(BaseModel):
    name: str


def says(text: str, content: str, **more: Any) -> dict[str, Any]:
    return {"match": {"userMessage": text}, "response": {"content": content, **more}}


def fails(text: str, status: int, code: str, **match: Any) -> dict[str, Any]:
    error = {"message": code, "type": "error", "code": code}
    match = {"userMessage": text, **match}
    return {"match": match, "response": {"error": error, "status": status}}


FIXTURES = [
    says("plain", BLUE, usage={"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}),
    says("fenced", f"Sure!\n```json\n{BLUE}\n```"),
    says("thinks", f"<think>red? no</think>\n\n{BLUE}"),
    says("reasons", BLUE, reasoning="Let me think about colours."),
    fails("busy", 429, "rate_limit_exceeded", sequenceIndex=0),
    says("busy", BLUE),
    says("cut", '{"name": "파', finishReason="length"),
    says("filtered", BLUE, finishReason="content_filter"),
    says("prose", "Blue, I think."),
    says("empty", " "),
    fails("broken", 500, "server_error"),
    fails("long", 400, "context_length_exceeded"),
    fails("key", 401, "invalid_api_key"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with run_aimock(FIXTURES) as address:
        yield address


async def ask(url: str, text: str, *, retries: int = 0) -> ModelAnswer[Colour]:
    prompt = Prompt("colour", 1, (Message(Role.SYSTEM, "Colours."), Message(Role.USER, text)))
    question = Question(LOCAL, Stage.LINK, prompt, Colour, 50)
    async with open_model(
        "m", key="k", url=url, context_tokens=4_096, timeout_s=10, parallel=1, retries=retries
    ) as model:
        return await model.ask(question)


@pytest.mark.parametrize("text", ["plain", "fenced", "thinks", "reasons"])
async def test_answers_are_read(url: str, text: str) -> None:
    answer = await ask(url, text)

    assert answer.value == Colour(name="파랑 🎉")
    assert answer.usage.tokens_out > 0


async def test_a_busy_server_is_asked_again(url: str) -> None:
    assert (await ask(url, "busy", retries=1)).value == Colour(name="파랑 🎉")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("cut", "cut"), ("filtered", "declined"), ("prose", "malformed"), ("empty", "empty")],
)
async def test_what_cannot_be_used_is_told_apart(url: str, text: str, reason: str) -> None:
    with pytest.raises(NoAnswer) as caught:
        await ask(url, text)

    assert caught.value.reason == reason


async def test_a_broken_server_is_unavailable(url: str) -> None:
    with pytest.raises(ModelUnavailable):
        await ask(url, "broken")


@pytest.mark.parametrize(("text", "reason"), [("long", "too_long"), ("key", "bad_key")])
async def test_what_it_refuses_is_told_apart(url: str, text: str, reason: str) -> None:
    with pytest.raises(ModelRefused) as caught:
        await ask(url, text)

    assert caught.value.reason == reason
