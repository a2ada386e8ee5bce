"""A language model that writes from the sources in its question, or makes things up on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.asking_models import ModelAnswer, Question, Usage, Wanted
from bot.errors import ModelFailed, NoAnswer
from bot.text.sentences import split_sentences
from bot.text.token_counts import count_tokens

_SOURCE = re.compile(r"\[source (\d+) (\w{8})\]\n(.*?)\n\n(.*?)\n\[end \1 \2\]", re.DOTALL)
_TOPIC = re.compile(r"^topic (\d+): sources (.+)$", re.MULTILINE)
_REFUSED = re.compile(r'^\{"number": (\d+), "about_sources": \[([\d, ]*)\]', re.MULTILINE)
_STORIES = re.compile(r"- items: of sources ([\d, ]+),")

Said = dict[str, Any]


@dataclass(frozen=True)
class Quoted:
    number: int
    title: str
    text: str

    def sentences(self, limit: int = 3) -> list[str]:
        return [each.lstrip("-•· ") for each in split_sentences(self.text)[:limit]]


def read_sources(text: str) -> list[Quoted]:
    return [Quoted(int(n), title, body) for n, _, title, body in _SOURCE.findall(text)]


def write(system: str, user: str, *, lie: str = "", is_mended: bool = True) -> Said:
    """Return an answer of the form that the prompt asks for, in the sources' own sentences.

    `lie`: said in place of every statement. `is_mended`: a second try is true.
    """
    sources = read_sources(user)

    def told(texts: Iterable[str]) -> list[str]:
        return [f"{lie} ({n})" for n, _ in enumerate(texts, 1)] if lie else list(texts)

    def statements(number: int, limit: int) -> list[Said]:
        (source,) = [each for each in sources if each.number == number]
        return [{"text": text, "sources": [number]} for text in told(source.sentences(limit))]

    if refused := _REFUSED.findall(user):
        by_number = {each.number: each for each in sources}
        texts = [
            by_number[int(about.split(",")[0])].sentences(1) if is_mended else [lie]
            for _, about in refused
        ]
        mended = zip(refused, texts, strict=True)
        return {"statements": [{"number": int(n), "text": text} for (n, _), [text] in mended]}
    if topics := _TOPIC.findall(user):
        return {"topics": [_topic(int(n), listed, statements) for n, listed in topics]}
    if "- opening:" in system:
        stories = _STORIES.search(system)
        numbers = [int(each) for each in stories[1].split(",")] if stories else []
        return {
            "opening": [each for source in sources[:2] for each in statements(source.number, 1)],
            "items": [
                {"source": n, "sentences": [each["text"] for each in statements(n, 3)]}
                for n in numbers
            ],
        }
    return {
        "links": [
            {
                "source": each.number,
                "points": told(each.sentences()),
                "kind": "news",
                "topics": ["agents-tools", "no-such-topic"],
                "concepts": [],
            }
            for each in sources
        ]
    }


def _topic(number: int, listed: str, statements: Callable[[int, int], list[Said]]) -> Said:
    numbers = [int(each) for each in listed.split(",")]
    return {
        "topic": number,
        "subjects": [],
        "events": [each for n in numbers for each in statements(n, 1)],
        "economy": [],
        "society": [],
        "science": [],
        "conclusion": [each for n in numbers[:1] for each in statements(n, 2)[1:]],
    }


@dataclass
class WritingModel:
    """`answer` makes the answer to a question's texts; what it raises is raised."""

    answer: Callable[[str, str], Said] = write
    asked: list[Question[Any]] = field(default_factory=list)
    name: str = "writing-model"
    context_tokens: int = 8_192

    async def ask(self, question: Question[Wanted]) -> ModelAnswer[Wanted]:
        self.asked.append(question)
        system, user = (message.text for message in question.prompt.messages)
        usage = Usage(count_tokens(system) + count_tokens(user), 100)
        try:
            said = self.answer(system, user)
        except ModelFailed as failure:
            if isinstance(failure, NoAnswer):
                failure.tokens_in, failure.tokens_out = usage.tokens_in, usage.tokens_out
            raise
        value = question.wanted.model_validate(said)
        return ModelAnswer(value, value.model_dump_json(), usage)
