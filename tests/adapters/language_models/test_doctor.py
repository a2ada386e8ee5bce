"""What an administrator is told of the language model."""

from __future__ import annotations

import pytest

from adapters.language_models.doctor import check_model
from bot.bootstrap.models import open_spending
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.asking_models import Usage
from bot.ports import NoMeter
from bot.services.spending import Accounts
from bot.texts import LANGUAGES, Texts
from tests.adapters.language_models.test_server import BLUE, question
from tests.fakes.model_store import FakeModelStore
from tests.servers.model_server import ModelServer, open_model_server, raw, refused, said

SEOUL = said('{"country": "Korea", "capital": "Seoul"}', tokens=(61, 14))


async def check(server: ModelServer) -> tuple[bool, str, Usage]:
    finding, _, usage = await check_model("m", key="", url=server.url, context_tokens=4_096)
    for language in LANGUAGES:
        assert Texts.load().get(language, finding.key, **finding.values)
    return finding.is_ok, Texts.load().get("en", finding.key, **finding.values), usage


@pytest.mark.parametrize(
    ("forms", "told"),
    [({"json_schema"}, "by json_schema"), ({"json_object"}, "by json_object"), (set(), "in words")],
)
async def test_it_tells_how_the_form_is_asked_for(forms: set[str], told: str) -> None:
    async with open_model_server(SEOUL) as server:
        server.forms = frozenset(forms)
        is_ok, sentence, usage = await check(server)

    assert is_ok
    assert told in sentence
    assert usage == Usage(61, 14)


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (refused(401, "no"), "set OPENAI_API_KEY to a valid one"),
        (refused(404, "no"), "set OPENAI_MODEL to one that it has (large-model, small-model)"),
        (refused(429, "no", code="insufficient_quota"), "add some there"),
        (refused(503, "no"), "check that it runs, and OPENAI_BASE_URL"),
        (refused(400, "no"), "see its log"),
        (said("Seoul!"), "a more capable one"),
        (raw(200, b"<html>", content_type="text/html"), "OPENAI_BASE_URL must lead to"),
    ],
)
async def test_what_is_wrong_comes_with_its_fix(answer: bytes, fix: str) -> None:
    async with open_model_server(answer) as server:
        is_ok, sentence, _ = await check(server)

    assert not is_ok
    assert fix in sentence


async def test_the_model_of_the_settings_is_asked_with_their_key() -> None:
    async with open_model_server(said(BLUE)) as server:
        settings = Settings.load({"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-1"})
        store, clock = FakeModelStore(), SystemClock()
        accounts = Accounts(store, clock=clock, zone=settings.tzinfo)
        async with open_spending(settings, store, accounts, clock=clock, meter=NoMeter()) as model:
            assert model is not None
            await model.ask(question())

    assert server.keys == ["bearer sk-1"]
    assert server.asked[0]["model"] == settings.openai_model
    assert (await accounts.look()).tokens == 120
