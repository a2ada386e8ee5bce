"""How a server wants to be asked: found out by trying, and remembered."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

_IN_WORDS = (
    "Answer with one JSON object and nothing else: no explanation, no code fence. "
    "It must follow this JSON schema:\n{schema}"
)

# OpenAI's own models take no other name since the reasoning ones; many other servers know only
# the older, and forget the limit if they are given the newer.
# Source: platform.openai.com, API reference, "max_tokens (deprecated)".
NEW_LIMIT, OLD_LIMIT = "max_completion_tokens", "max_tokens"


class Form(StrEnum):
    """How the form of the answer is asked for, the surest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    WORDS = "none"


@dataclass(frozen=True, slots=True)
class Manners:
    """`room`: tokens for thinking, beside those of the answer, that this model turned out to need.

    `is_proven`: an answer of the wanted form came this way.
    """

    form: Form = Form.SCHEMA
    limit: str = OLD_LIMIT
    room: int = 0
    is_proven: bool = False

    def words(self, wanted: type[BaseModel]) -> str:
        """Return what the prompt must say of the form, "" if the server is told otherwise."""
        if self.form is Form.SCHEMA:
            return ""
        return _IN_WORDS.format(schema=json.dumps(_schema(wanted), ensure_ascii=False))

    def options(self, wanted: type[BaseModel], *, tokens_out: int) -> dict[str, Any]:
        options: dict[str, Any] = {self.limit: tokens_out + self.room}
        if self.form is Form.SCHEMA:
            named = {"name": wanted.__name__, "strict": True, "schema": _schema(wanted)}
            options["response_format"] = {"type": Form.SCHEMA.value, "json_schema": named}
        elif self.form is Form.OBJECT:
            options["response_format"] = {"type": Form.OBJECT.value}
        return options

    def after_complaint(self, complaint: str) -> Manners | None:
        """Return how to ask instead, None if there is no other way left."""
        if self.limit in complaint:
            return replace(self, limit=NEW_LIMIT if self.limit == OLD_LIMIT else OLD_LIMIT)
        return self.simpler()

    def simpler(self) -> Manners | None:
        match self.form:
            case Form.SCHEMA:
                return replace(self, form=Form.OBJECT, is_proven=False)
            case Form.OBJECT:
                return replace(self, form=Form.WORDS, is_proven=False)
            case Form.WORDS:
                return None


def _schema(wanted: type[BaseModel]) -> dict[str, Any]:
    """Return its schema as strict servers want it: nothing optional, nothing else.

    Source: platform.openai.com, "Structured outputs", supported schemas.
    """
    schema = wanted.model_json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        if each.get("type") == "object":
            each["additionalProperties"] = False
            each["required"] = list(each.get("properties", {}))
        for property_ in each.get("properties", {}).values():
            property_.pop("default", None)
    return schema
