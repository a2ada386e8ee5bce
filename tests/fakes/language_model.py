"""A language model that says what it is told to, in order, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from bot.domain.asking_models import ModelAnswer, Question, Usage, Wanted
from bot.errors import ModelFailed, ModelUnavailable, NoAnswer

Answer = BaseModel | ModelFailed | str
Answering = Callable[[Question[BaseModel]], Answer]  # what to say to that very question


@dataclass
class FakeLanguageModel:
    """`answers`: values, texts as a model writes them, or failures; without any it is down."""

    answers: list[Answer | Answering] = field(default_factory=list)
    asked: list[Question[BaseModel]] = field(default_factory=list)
    name: str = "fake-model"
    context_tokens: int = 8_192
    usage: Usage = field(default_factory=lambda: Usage(100, 20))

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        self.asked.append(question)  # type: ignore[arg-type]  # only looked at
        if not self.answers:
            raise ModelUnavailable("nobody told the fake what to say")
        answer = self.answers.pop(0)
        if not isinstance(answer, Answer):
            answer = answer(question)  # type: ignore[arg-type]  # only looked at
        if isinstance(answer, ModelFailed):
            raise answer
        text = answer if isinstance(answer, str) else answer.model_dump_json()
        try:
            value = question.wanted.model_validate_json(text)
        except ValidationError as error:
            failure = NoAnswer("malformed", text=text)
            failure.tokens_in, failure.tokens_out = self.usage.tokens_in, self.usage.tokens_out
            raise failure from error
        return ModelAnswer(value, text, self.usage)
