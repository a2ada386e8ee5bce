"""Whether a sentence breaks off where its source goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.guard.evidence import LATIN, Evidence, stem
from bot.domain.guard.manners import ends
from bot.text.common_words import load_common_words

_SPACES = re.compile(r"\s+")
# Fewer words are a name or a term, which may stand alone.
_FEWEST_WORDS = 5
_GOES_ON = re.compile(r"[a-z가-힣]")
# What comes after these may be left out.
_MAY_BE_LEFT_OUT = re.compile(
    r"(?:and|but|or|so|because|since|while|when|where|which|that|who|with|without|by|for|from|in|on|at"
    r"|to|as|if|after|before|during|through|using|via|under|over|within|among|between|across|into"
    r"|than|then|thus|although|though|whereas|unless|until|about)\b"
)
_SHORTEST_PART = 3


def breaks_off(text: str, cited: Sequence[Evidence]) -> bool:
    """Tell a sentence of a source without its end, and a last word without its end."""
    bare = _SPACES.sub(" ", text.strip())
    if ends(bare):
        return False
    return _is_part_of_word(bare, cited) or (
        len(bare.split()) >= _FEWEST_WORDS and any(_goes_on(bare, each) for each in cited)
    )


def _goes_on(text: str, evidence: Evidence) -> bool:
    said = evidence.spaced
    at = said.find(text.casefold())
    if at < 0:
        return False
    rest = said[at + len(text) :]
    return _GOES_ON.match(rest.removeprefix(" ")) is not None and not (
        rest.startswith(" ") and _MAY_BE_LEFT_OUT.match(rest, 1)
    )


def _is_part_of_word(text: str, cited: Sequence[Evidence]) -> bool:
    last = text.rsplit(" ", 1)[-1].casefold()
    if len(last) < _SHORTEST_PART or not LATIN.fullmatch(last):
        return False
    if load_common_words().is_english(last) or any(stem(last) in each.stems for each in cited):
        return False
    return any(word.startswith(last) for each in cited for word in each.words)
