"""Which passages are about a query, as against sharing a syllable with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.domain.models import SearchHit
from bot.text.queries import OtherName, recognise
from bot.text.tokens import tokenise

# A list of links is a claim that they are about the words: half of the words have to be said,
# by their own or their other name, and half of the syllable pairs of each: endings vary.
_HALF = 0.5


def keep_matching(
    hits: Sequence[SearchHit], query: str, *, names: Sequence[OtherName]
) -> list[SearchHit]:
    """Return the hits that say enough of the query, in their order."""
    words = [found for word in query.split() if (found := set(tokenise(word)))]

    def is_about(hit: SearchHit) -> bool:
        shown = f"{hit.title}\n{hit.heading}\n{hit.text}"
        said = recognise(set(tokenise(shown)), names)
        return sum(_is_said(word, said) for word in words) >= _HALF * len(words)

    return [hit for hit in hits if is_about(hit)]


def _is_said(word: Collection[str], said: Mapping[str, float]) -> bool:
    return sum(said.get(part, 0.0) for part in word) >= _HALF * len(word)
