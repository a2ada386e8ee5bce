"""What of a model's prose may be told: each statement against the summaries that it cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.digests import DigestItem, Statement
from bot.domain.guard import Guard, Refusal, Source
from bot.domain.guard import Statement as Claim
from bot.domain.judging_links import MOST_CHARS, clean
from bot.domain.points import sentences_of
from bot.domain.styles.blocks import shorten
from bot.text.languages import Language


@dataclass(frozen=True, slots=True)
class Told:
    """An item of a digest as a source: its title and its summary, nothing else of the page."""

    number: int
    item: DigestItem

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def text(self) -> str:
        return "\n".join(sentences_of(self.item.summary)) if self.item.summary else ""


@dataclass(slots=True)
class Draft:
    """A statement on its way; `refusals` is empty once it may be told.

    `place`: where it belongs, as its maker names places.
    """

    place: tuple[object, ...]
    text: str
    sources: tuple[int, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def statement(self) -> Statement:
        return Statement(shorten(self.text, MOST_CHARS), self.sources)


class ProseJudge:
    """Judges what is said of some of a digest's items."""

    def __init__(self, items: Sequence[Told], *, language: str, prompt: str) -> None:
        self._items = {each.number: each for each in items}
        sources = [Source(each.number, each.text, each.title, each.item.url) for each in items]
        self._guard = Guard(sources, language=Language(language), prompt=prompt)

    def judge(self, drafts: Sequence[Draft], *, of: Iterable[int]) -> None:
        """Say of each draft why it may not be told. They may cite none but the sources `of`."""
        known = set(of)
        claims = [
            Claim(each.text, tuple(n if n in known else 0 for n in each.sources)) for each in drafts
        ]
        judgement = self._guard.judge(claims)
        for draft, verdict in zip(drafts, judgement.verdicts, strict=True):
            draft.refusals = (*judgement.refusals, *verdict.refusals)

    def mend(self, draft: Draft, text: str, *, of: Iterable[int]) -> None:
        """Put another text in a refused one's place, if that is carried."""
        mended = Draft(draft.place, clean(text), draft.sources)
        self.judge([mended], of=of)
        if not mended.refusals:
            draft.text, draft.refusals = mended.text, ()

    def cited(self, drafts: Iterable[Draft]) -> list[Told]:
        numbers = {number for draft in drafts for number in draft.sources}
        return [self._items[number] for number in sorted(numbers & set(self._items))]


def accepted(drafts: Iterable[Draft], *place: object) -> Iterator[Statement]:
    """Yield what may be told there, in its order, nothing twice."""
    seen: set[str] = set()
    for draft in drafts:
        if draft.place == place and not draft.refusals and draft.text not in seen:
            seen.add(draft.text)
            yield draft.statement
