"""What is asked of a language model, what comes back, and what it costs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.domain.models import LinkId, WorkspaceId

_NEARLY = 0.98

Wanted = TypeVar("Wanted", bound=BaseModel)


class Stage(StrEnum):
    """What tokens are spent on, as people read it in the accounts."""

    LINK = "link"  # understanding one link
    STORY = "story"  # which links tell the same
    DIGEST = "digest"  # the prose of one digest
    ANSWER = "answer"
    SEARCH = "search"  # vectors of passages and questions
    REPAIR = "repair"  # a refused text, once more
    CHECK = "check"  # an operator asked whether the model works


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent. `name` and `version` are those of the file that it was filled from."""

    name: str
    version: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Question(Generic[Wanted]):
    """One question whose answer is one `wanted`.

    `tokens_out`: the longest answer that is paid for. `digest`: of which digest's costs it is
    part, "" if of none. `links`: whose texts it quotes; a kept answer goes with any of them.
    """

    workspace: WorkspaceId
    stage: Stage
    prompt: Prompt
    wanted: type[Wanted]
    tokens_out: int
    digest: str = ""
    links: tuple[LinkId, ...] = ()

    def key(self, model: str) -> str:
        """Return what tells it from every other question to every other model."""
        asked = [
            model,
            self.prompt.name,
            self.prompt.version,
            [(message.role, message.text) for message in self.prompt.messages],
            self.wanted.model_json_schema(),
        ]
        plain = json.dumps(asked, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Usage:
    """`is_estimated`: the server did not say, so it was counted by `bot.text.token_counts`."""

    tokens_in: int = 0
    tokens_out: int = 0
    is_estimated: bool = False

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class ModelAnswer(Generic[Wanted]):
    """`text`: what the model wrote, to be shown to it where it must mend that.

    `is_kept`: it was paid for before, and cost nothing now.
    """

    value: Wanted
    text: str
    usage: Usage = Usage()
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in whatever currency the operator thinks in."""

    tokens_in: Decimal
    tokens_out: Decimal

    def cost(self, usage: Usage) -> Decimal:
        paid = usage.tokens_in * self.tokens_in + usage.tokens_out * self.tokens_out
        return paid / 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What one stage of a workspace cost in a month. `unpriced`: calls at no known price."""

    stage: Stage
    calls: int
    usage: Usage
    cost: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Spending:
    """What a workspace, or all of them, spent in a month.

    `cap`: tokens that each workspace may spend, 0 for any number. `most`: what one of them spent,
    the one that spent most. `model`: which one is asked, "" if none is.
    """

    month: str = ""  # "2026-01"
    stages: tuple[Spent, ...] = ()
    cap: int = 0
    most: int = 0
    model: str = ""

    @property
    def tokens(self) -> int:
        return sum(each.usage.tokens for each in self.stages)

    @property
    def is_used_up(self) -> bool:
        """Whether so little is left that the next question may be too long for it."""
        return bool(self.cap) and self.most > self.cap * _NEARLY

    @property
    def cost(self) -> Decimal:
        """Return what is known of it; `is_priced` says whether that is all."""
        return sum((each.cost for each in self.stages), Decimal(0))

    @property
    def is_priced(self) -> bool:
        return not any(each.unpriced for each in self.stages)


def sum_usage(usages: Sequence[Usage]) -> Usage:
    return Usage(
        sum(each.tokens_in for each in usages),
        sum(each.tokens_out for each in usages),
        any(each.is_estimated for each in usages),
    )
