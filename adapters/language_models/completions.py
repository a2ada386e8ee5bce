"""What a server sends back, as far as we read it. Many send less than OpenAI's own does."""

from __future__ import annotations

from pydantic import BaseModel, Field, ValidationError

from adapters.language_models.reading import read_answer
from bot.domain.asking_models import Wanted
from bot.errors import ModelRefused, ModelUnavailable, NoAnswer


class _Message(BaseModel):
    """`reasoning_content` (DeepSeek, vLLM) and `reasoning` (Ollama, OpenRouter) are thoughts."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(BaseModel):
    message: _Message = Field(default_factory=_Message)
    finish_reason: str | None = None


class _Details(BaseModel):
    reasoning_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int | None = None
    completion_tokens_details: _Details | None = None


class Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None

    @property
    def text(self) -> str:
        return self.choices[0].message.content or ""

    @property
    def has_thought(self) -> bool:
        message = self.choices[0].message
        details = self.usage.completion_tokens_details if self.usage else None
        return bool(
            (details and details.reasoning_tokens)
            or message.reasoning_content
            or message.reasoning
            or self.text.lstrip().startswith("<think")
        )

    def read(self, wanted: type[Wanted]) -> tuple[Wanted, str]:
        """Return the value, and the JSON that it is of.

        Raises:
            NoAnswer: there is none that can be used.

        """
        choice = self.choices[0]
        if choice.finish_reason == "content_filter" or choice.message.refusal:
            raise NoAnswer("declined", text=self.text)
        if choice.finish_reason == "length":
            raise NoAnswer("cut", text=self.text)
        return read_answer(self.text, wanted)


def read_completion(body: bytes) -> Completion:
    """Read the body of an answer that the server says is good.

    Raises:
        ModelUnavailable: it broke off.
        ModelRefused: it is nothing that a language model says.

    """
    try:
        return Completion.model_validate_json(body)
    except ValidationError as error:
        if body.lstrip().startswith(b"{") and error.errors()[0]["type"] == "json_invalid":
            raise ModelUnavailable("incomplete answer") from error
        raise ModelRefused("no_server", "the answer is of another form") from error
