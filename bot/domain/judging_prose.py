"""What of a model's prose may be told: each statement against the summaries that it cites."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.digests import DigestItem, Statement
from bot.domain.guard import Guard, Refusal, Source
from bot.domain.guard import Statement as Claim
from bot.domain.judging_links import MOST_CHARS, clean
from bot.domain.points import sentences_of
from bot.domain.styles.blocks import shorten
from bot.text.languages import Language


@dataclass(frozen=True, slots=True)
class SourceItem:
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

    `place`: where it belongs, as its maker names places. `may_cite`: the sources of that place.
    """

    place: tuple[object, ...]
    text: str
    sources: tuple[int, ...]
    may_cite: Collection[int]
    refusals: tuple[Refusal, ...] = ()

    @property
    def statement(self) -> Statement:
        return Statement(shorten(self.text, MOST_CHARS), self.sources)


class ProseJudge:
    """Judges what is said of some of a digest's items."""

    def __init__(self, items: Sequence[SourceItem], *, language: str, prompt: str) -> None:
        self._items = {each.number: each for each in items}
        sources = [Source(each.number, each.text, each.title, each.item.url) for each in items]
        self._guard = Guard(sources, language=Language(language), prompt=prompt)

    def judge(self, drafts: Sequence[Draft]) -> None:
        """Say of each of these, which are of one text, why it may not be told."""
        claims = [
            Claim(each.text, tuple(n if n in each.may_cite else 0 for n in each.sources))
            for each in drafts
        ]
        judgement = self._guard.judge(claims)
        for draft, verdict in zip(drafts, judgement.verdicts, strict=True):
            draft.refusals = (*judgement.refusals, *verdict.refusals)

    def mend(self, draft: Draft, text: str) -> None:
        """Put another text in a refused one's place, if that is carried."""
        mended = replace(draft, text=clean(text))
        self.judge([mended])
        if not mended.refusals:
            draft.text, draft.refusals = mended.text, ()

    def cited(self, drafts: Iterable[Draft]) -> list[SourceItem]:
        numbers = {number for draft in drafts for number in draft.sources}
        return [self._items[number] for number in sorted(numbers & set(self._items))]


def accepted(drafts: Iterable[Draft], *place: object) -> Iterator[Statement]:
    """Yield what may be told there, in its order, nothing twice."""
    seen: set[str] = set()
    for draft in drafts:
        if draft.place == place and not draft.refusals and draft.text not in seen:
            seen.add(draft.text)
            yield draft.statement
