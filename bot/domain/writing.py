"""What a language model had to do with a digest, as its readers are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.models import Engine, LinkRecord, PageState, Summary
from bot.text.languages import Language, detect_language

if TYPE_CHECKING:
    from bot.domain.asking_models import Usage


@dataclass(frozen=True, slots=True)
class Writing:
    """`told`: parts that are a model's, of them `prose` those that this one wrote of the digest.

    `refused`: parts that are not, since it made them up.

    `without`: why it did not write the rest, a key of the table `digest.without`, with the value
    that fills it; "" if it wrote all that it was to. The tokens are those of this time.
    """

    model: str
    told: int = 0
    prose: int = 0
    refused: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    without: str = ""
    value: str = ""

    def add(self, usage: Usage) -> Writing:
        return replace(
            self,
            tokens_in=self.tokens_in + usage.tokens_in,
            tokens_out=self.tokens_out + usage.tokens_out,
        )


@dataclass(slots=True)
class Progress:
    """How far a model is with a digest: so many parts of those that are known to be asked for.

    `watch` is told of each change.
    """

    done: int = 0
    parts: int = 0
    watch: Callable[[Progress], None] | None = None

    def expect(self, parts: int) -> None:
        self.parts += parts
        self._tell()

    def finish(self, parts: int) -> None:
        self.done += parts
        self._tell()

    def _tell(self) -> None:
        if self.watch is not None:
            self.watch(self)


def is_to_write(link: LinkRecord, writer: str) -> bool:
    """Tell what is read, was summed up by no person, and not by this model and prompt either."""
    if link.state is not PageState.READ or not link.text.strip():
        return False
    if link.summary is not None and link.summary.engine is Engine.IMPORTED:
        return False
    return all(each.writer != writer for each in link.summaries)


def in_language(link: LinkRecord, language: str) -> LinkRecord:
    """Return the link with the summary that a digest in this language tells.

    What a model wrote in another language is not told; then the page's own sentences are.
    """
    if link.summary is None or link.summary.engine is Engine.IMPORTED or not link.summaries:
        return link
    fitting = (each for each in link.summaries if each.language in ("", language))
    chosen: Summary | None = next(fitting, None)
    concepts = link.concepts
    if any(each.engine is Engine.MODEL for each in link.summaries):
        concepts = tuple(
            each
            for each in concepts
            if not each.definition or detect_language(each.definition) == Language(language)
        )
    return replace(link, summary=chosen, concepts=concepts)


def name_writer(model: str, *, prompt: str, version: int, language: str) -> str:
    """Return what `Summary.writer` says of who wrote it."""
    return f"{model} {prompt} {version} {language}"


def model_of(summary: Summary) -> str:
    return summary.writer.rsplit(" ", 3)[0]


def count_written(summaries: Sequence[Summary | None]) -> int:
    return sum(each is not None and each.engine is Engine.MODEL for each in summaries)
