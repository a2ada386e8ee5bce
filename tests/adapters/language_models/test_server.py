"""The client that we use against a server that plays what servers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from pydantic import BaseModel

from adapters.language_models import ServerModel, open_model
from adapters.language_models.bounds import MOST_BYTES
from bot.domain.asking_models import Message, Prompt, Question, Role, Stage, Usage
from bot.domain.models import LOCAL
from bot.errors import ModelRefused, ModelUnavailable, NoAnswer
from tests.servers.model_server import HANG, ModelServer, open_model_server, raw, refused, said


class Colour(BaseModel):
    name: str
    other_name: str = ""


BLUE = '{"name": "파랑", "other_name": "blue"}'
VALUE = Colour(name="파랑", other_name="blue")


def question(text: str = "What colour?", *, tokens_out: int = 100) -> Question[Colour]:
    messages = (Message(Role.SYSTEM, "You name colours."), Message(Role.USER, text))
    return Question(LOCAL, Stage.LINK, Prompt("colour", 1, messages), Colour, tokens_out)


@asynccontextmanager
async def asking(
    *answers: bytes,
    key: str = "sk-test",
    timeout_s: float = 10.0,
    parallel: int = 4,
    context_tokens: int = 8_192,
    retries: int = 2,
    forms: frozenset[str] | None = None,
) -> AsyncIterator[tuple[ServerModel, ModelServer]]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_model_server(*answers))
        if forms is not None:
            server.forms = forms
        model = open_model(
            "small-model",
            key=key,
            url=server.url,
            context_tokens=context_tokens,
            timeout_s=timeout_s,
            parallel=parallel,
            retries=retries,
        )
        yield await stack.enter_async_context(model), server


def form_of(asked: dict[str, dict[str, str]]) -> str:
    return asked.get("response_format", {}).get("type", "none")


async def test_an_answer_comes_with_what_it_cost() -> None:
    async with asking(said(BLUE, tokens=(120, 9))) as (model, server):
        answer = await model.ask(question())

    assert (answer.value, answer.usage) == (VALUE, Usage(120, 9))
    (asked,) = server.asked
    assert (asked["model"], asked["max_tokens"], form_of(asked)) == (
        "small-model",
        100,
        "json_schema",
    )
    schema = asked["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["name", "other_name"]
    assert not any("default" in each for each in schema["properties"].values())


async def test_a_server_that_does_not_count_is_counted_for() -> None:
    async with asking(said(BLUE, tokens=None)) as (model, _):
        usage = (await model.ask(question())).usage

    assert usage.is_estimated
    assert usage.tokens_in > 5 < usage.tokens_out


async def test_a_local_server_needs_no_key() -> None:
    async with asking(said(BLUE), key="") as (model, _):
        assert (await model.ask(question())).value == VALUE


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ({"json_schema", "json_object"}, ["json_schema"]),
        ({"json_object"}, ["json_schema", "json_object"]),
        (set(), ["json_schema", "json_object", "none"]),
    ],
)
async def test_what_form_a_server_takes_is_found_out_once(
    forms: set[str], expected: list[str]
) -> None:
    async with asking(said(BLUE), forms=frozenset(forms)) as (model, server):
        await model.ask(question())
        assert [form_of(each) for each in server.asked] == expected
        await model.ask(question())

    assert [form_of(each) for each in server.asked] == [*expected, expected[-1]]
    in_words = "JSON schema" in server.asked[-1]["messages"][0]["content"]
    assert in_words == (expected[-1] != "json_schema")


async def test_a_server_that_ignores_the_form_is_asked_in_words() -> None:
    async with asking(said("Blue, I think."), said("It is blue."), said(BLUE)) as (model, server):
        answer = await model.ask(question())

    assert [form_of(each) for each in server.asked] == ["json_schema", "json_object", "none"]
    assert (answer.value, answer.usage) == (VALUE, Usage(300, 60))


async def test_an_answer_of_no_use_is_not_asked_for_again_where_answers_were() -> None:
    async with asking(said(BLUE), said("Blue, I think.")) as (model, server):
        await model.ask(question())
        with pytest.raises(NoAnswer, match="malformed") as caught:
            await model.ask(question())

    assert len(server.asked) == 2
    assert (caught.value.text, caught.value.tokens_in) == ("Blue, I think.", 100)


async def test_a_server_that_knows_the_newer_name_of_the_limit_alone() -> None:
    complaint = refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.")
    async with asking(complaint, said(BLUE)) as (model, server):
        await model.ask(question())

    assert server.asked[1]["max_completion_tokens"] == 100
    assert "max_tokens" not in server.asked[1]


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{BLUE}\n```",
        f"Here it is:\n\n{BLUE}\n\nAnything else?",
        f"<think>Is it {{'red'}}? No.</think>\n{BLUE}",
        f'Thinking of {{"name": "red"}} first.</think>{BLUE}',
        f'First {{"name": "red", "other_name": ""}}, no: {BLUE}',
    ],
    ids=["fenced", "talk around", "thoughts", "thoughts without beginning", "a draft before"],
)
async def test_the_answer_is_found_in_what_a_model_writes(text: str) -> None:
    async with asking(said(text)) as (model, _):
        assert (await model.ask(question())).value == VALUE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said('{"name": "파'), "malformed"),
        (said('{"name": "파', finish="length"), "cut"),
        (said("<think>Well, what is blue"), "cut"),
        (said(""), "empty"),
        (said(None), "empty"),
        (said("<think>Blue.</think>"), "empty"),
        (said('{"colour": "blue"}'), "malformed"),
        (said("{" * 5_000 + "}" * 5_000), "malformed"),
        (said('{"a":' * 3_000), "malformed"),
        (said(BLUE, finish="content_filter"), "declined"),
        (said(None, refusal="I cannot help with that."), "declined"),
    ],
)
async def test_what_cannot_be_used_is_told_apart(answer: bytes, reason: str) -> None:
    async with asking(answer) as (model, _):
        with pytest.raises(NoAnswer) as caught:
            await model.ask(question())

    assert caught.value.reason == reason
    assert caught.value.tokens_in >= 100


async def test_halves_of_characters_and_nul_are_not_handed_on() -> None:
    async with asking(said('{"name": "a\\ud83d\\u0000b"}')) as (model, server):
        value = (await model.ask(question("broken \ud83d here"))).value

    assert value.name == "a\ufffdb"
    assert "\ufffd" in server.asked[0]["messages"][1]["content"]


async def test_a_model_that_thinks_first_gets_room_for_it() -> None:
    cut = said("", finish="length", thought=100)
    async with asking(cut, said(BLUE)) as (model, server):
        await model.ask(question())
        await model.ask(question())

    assert [each["max_tokens"] for each in server.asked] == [100, 500, 500]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    async with asking(refused(status, "later"), said(BLUE)) as (model, server):
        assert (await model.ask(question())).value == VALUE

    assert len(server.asked) == 2


async def test_a_server_that_asks_to_wait_is_left_alone() -> None:
    busy = refused(429, "slow down", retry_after="300")  # longer than anybody waits
    async with asking(busy, said(BLUE)) as (model, server):
        with pytest.raises(ModelUnavailable) as caught:
            await model.ask(question())
        with pytest.raises(ModelUnavailable):
            await model.ask(question())

    assert caught.value.retry_after_s == 300
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        HANG,
        b"",
        raw(200, b'{"choices": [{"mess'),
        b"HTTP/1.1 200 Said\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
        refused(500, "boom"),
        refused(429, "slow down"),
    ],
    ids=["slow", "hangs up", "cut JSON", "cut body", "500", "429"],
)
async def test_a_server_that_gives_nothing_is_unavailable(answer: bytes) -> None:
    async with asking(answer, timeout_s=0.2, retries=0) as (model, server):
        with pytest.raises(ModelUnavailable):
            await model.ask(question())

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refused(401, "Incorrect API key"), "bad_key"),
        (refused(404, "no such model", code="model_not_found"), "unknown_model"),
        (refused(429, "You exceeded your quota", code="insufficient_quota"), "no_money"),
        (refused(400, "too long", code="context_length_exceeded"), "too_long"),
        (refused(400, "I do not like it"), "bad_request"),
        (refused(400, "Not that", code="content_filter"), "declined"),
        (raw(200, b"<html>Sign in</html>", content_type="text/html"), "no_server"),
        (raw(200, b'{"hello": "world"}'), "no_server"),
    ],
)
async def test_what_a_server_refuses_is_told_apart(answer: bytes, reason: str) -> None:
    async with asking(answer) as (model, _):
        with pytest.raises(ModelRefused) as caught:
            await model.ask(question())

    assert caught.value.reason == reason


async def test_an_endless_answer_is_not_heard_out() -> None:
    good = said(BLUE).partition(b"\r\n\r\n")[2]
    endless = raw(200, good + b" " * MOST_BYTES)
    async with asking(endless, retries=0) as (model, _):
        with pytest.raises(ModelUnavailable, match="AnswerTooLong"):
            await model.ask(question())


async def test_nobody_listening_is_unavailable() -> None:
    async with asking(said(BLUE), retries=0) as (model, server):
        server.stop()
        with pytest.raises(ModelUnavailable):
            await model.ask(question())


async def test_more_than_the_model_holds_is_not_sent() -> None:
    async with asking(said(BLUE), context_tokens=500) as (model, server):
        with pytest.raises(ModelRefused, match="too_long"):
            await model.ask(question("가" * 400))

    assert server.asked == []


async def test_only_so_many_questions_are_open_at_once() -> None:
    async with asking(said(BLUE), parallel=2) as (model, server):
        server.hold, server.full = asyncio.Event(), 2
        asking_all = asyncio.gather(*(model.ask(question(f"Colour {n}?")) for n in range(6)))
        async with asyncio.timeout(10):
            await server.busy.wait()
        server.hold.set()
        answers = await asking_all

    assert len(answers) == 6
    assert server.at_once == 2


def test_the_played_answer_is_what_servers_send() -> None:
    body = json.loads(said(BLUE).partition(b"\r\n\r\n")[2])

    assert body["choices"][0]["message"]["content"] == BLUE
