"""What of a model's answer may be told: claims that the guard finds in the passages they cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.answers import Answer, Citation, Claim
from bot.domain.guard import Guard, Source, Statement, Verdict
from bot.domain.judging_links import clean
from bot.domain.quoting import Quotable
from bot.text.languages import Language

# Of characters: far longer than any claim that was asked for. What a broken server sends beyond
# that is not looked at, since judging a text takes time that grows with its square.
_LONGEST = 1_000


class JudgedAnswer:
    """The claims of one answer, in the model's order, and what is to be mended of them."""

    def __init__(
        self,
        said: Sequence[Statement],
        sources: Sequence[Citation],
        *,
        language: str,
        prompt: str,
    ) -> None:
        self._sources = {each.n: each for each in sources}
        self._guard = Guard(map(_source, sources), language=Language(language), prompt=prompt)
        said = [
            Statement(clean(each.text), tuple(dict.fromkeys(each.sources)))
            for each in said
            if len(each.text) <= _LONGEST
        ]
        judgement = self._guard.judge(said)
        is_hopeless = bool(judgement.refusals)
        self._claims: list[Statement | None] = [
            each.statement if each.is_accepted and not is_hopeless else None
            for each in judgement.verdicts
        ]
        self.refused: Mapping[int, Verdict] = {
            place: replace(each, refusals=(*judgement.refusals, *each.refusals))
            for place, each in enumerate(judgement.verdicts)
            if self._claims[place] is None and self._sources.keys() & set(each.statement.sources)
        }

    def mend(self, place: int, text: str) -> None:
        """Put another text in a refused one's place, if that is carried and not told already."""
        if len(text) > _LONGEST:
            return
        sources = tuple(n for n in self.refused[place].statement.sources if n in self._sources)
        (verdict,) = self._guard.judge([Statement(clean(text), sources)]).verdicts
        told = {each.text for each in self._claims if each is not None}
        if verdict.is_accepted and verdict.statement.text not in told:
            self._claims[place] = verdict.statement

    def answer(self, quotes: Answer, *, writer: str) -> Answer | None:
        """Return the claims that stand over the sources they cite, numbered as they come."""
        stand = [each for each in self._claims if each is not None]
        cited = list(dict.fromkeys(number for each in stand for number in each.sources))
        if not stand:
            return None
        numbers = {old: new for new, old in enumerate(cited, 1)}
        return replace(
            quotes,
            claims=tuple(
                Claim(each.text, tuple(numbers[number] for number in each.sources))
                for each in stand
            ),
            citations=tuple(replace(self._sources[old], n=new) for old, new in numbers.items()),
            writer=writer,
        )


class CitedPassage(Quotable):
    """A citation's passage as a source for a model."""

    def __init__(self, citation: Citation) -> None:
        self._citation = citation

    @property
    def number(self) -> int:
        return self._citation.n

    @property
    def title(self) -> str:
        return " · ".join(filter(None, (self._citation.title, self._citation.part)))

    @property
    def text(self) -> str:
        return self._citation.passage


def _source(citation: Citation) -> Source:
    return Source(
        citation.n,
        citation.passage,
        title=f"{citation.title}\n{citation.heading}",
        url=citation.url,
    )
