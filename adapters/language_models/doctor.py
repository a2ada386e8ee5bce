"""Whether the language model will work with these settings: a line, with the fix."""

from __future__ import annotations

from urllib.parse import urlsplit

from openai import AsyncOpenAI, OpenAIError
from pydantic import BaseModel

from adapters.language_models.manners import NEW_LIMIT, OLD_LIMIT, Form, Manners
from adapters.language_models.server import OPENAI_URL, ServerModel, open_client
from bot.domain.asking_models import Message, Prompt, Question, Role, Stage, Usage
from bot.domain.models import LOCAL
from bot.errors import ModelFailed, ModelRefused, ModelUnavailable, NoAnswer
from bot.ports import Finding

_TIMEOUT_S = 20.0  # a local server may have to load the model first
_TOKENS_OUT = 100
_SHOWN = 8

_KEYS = {
    "bad_key": "doctor.model_key",
    "no_money": "doctor.model_money",
    "unknown_model": "doctor.model_unknown",
    "no_server": "doctor.model_elsewhere",
}


class _Capital(BaseModel):
    country: str
    capital: str


_ASKED = (
    Message(Role.SYSTEM, "You answer in the form that is asked for, as shortly as you can."),
    Message(Role.USER, "Which city is the capital of Korea?"),
)
CHECK = Question(LOCAL, Stage.CHECK, Prompt("check", 1, _ASKED), _Capital, _TOKENS_OUT)


async def check_model(
    name: str, *, key: str, url: str, context_tokens: int
) -> tuple[Finding, Question[_Capital], Usage]:
    """Ask the model one small question; say what came of it, and what it cost."""
    client = open_client(key=key, url=url, timeout_s=_TIMEOUT_S, retries=0)
    server = urlsplit(url or OPENAI_URL).netloc.rpartition("@")[2]
    values: dict[str, object] = {"name": name, "server": server}
    async with client:
        model = ServerModel(
            client,
            name,
            context_tokens=context_tokens,
            timeout_s=_TIMEOUT_S,
            parallel=1,
            manners=Manners(limit=OLD_LIMIT if url else NEW_LIMIT),
        )
        try:
            answer = await model.ask(CHECK)
        except ModelFailed as failure:
            values |= {"problem": _problem(failure), "known": ""}
            sentence = _key(failure)
            if sentence == "doctor.model_unknown":
                values["known"] = await _known_models(client) or "?"
            usage = Usage(failure.tokens_in, failure.tokens_out)
            return Finding("model", is_ok=False, key=sentence, values=values), CHECK, usage
    form = model.manners.form
    values["form"] = str(form)
    sentence = "doctor.model_in_words" if form is Form.WORDS else "doctor.model"
    return Finding("model", is_ok=True, key=sentence, values=values), CHECK, answer.usage


def _key(failure: ModelFailed) -> str:
    match failure:
        case ModelUnavailable():
            return "doctor.model_unreachable"
        case NoAnswer():
            return "doctor.model_useless"
        case ModelRefused():
            return _KEYS.get(failure.reason, "doctor.model_refuses")
        case _:
            return "doctor.model_refuses"


def _problem(failure: ModelFailed) -> str:
    return str(failure).rpartition(": ")[2]


async def _known_models(client: AsyncOpenAI) -> str:
    """Return the names of some, "" where the server does not tell."""
    try:
        names = [each.id async for each in client.models.list()]
    except (OpenAIError, ValueError, AttributeError, TypeError):
        return ""
    more = [] if len(names) <= _SHOWN else ["…"]
    return ", ".join(sorted(names)[:_SHOWN] + more)
