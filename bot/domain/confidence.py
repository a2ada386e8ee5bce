"""How sure it is that the best quote answers its question, from what it says and what it lacks."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Below it nothing is claimed and the nearest links are offered instead. The value is older than
# these weights and was kept: at it, benchmarks/train_confidence.py finds .86 of the English
# questions with an answer above and .70 of those without below, .70 and .82 of the Korean ones.
ANSWER_CONFIDENCE = 0.45


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the best quote, all from 0 to 1 but `lead`.

    Shares are of what the words of the question are worth, rare ones more than common ones.
    """

    coverage: float  # said by the quote under its title
    together: float  # said by the best passages together: else nobody here speaks of it
    titled: float  # said by the title alone: then the page is about it
    missing: float  # how telling the rarest word is that the whole passage lacks
    lead: float  # of the first over the fifth: where many match alike, they share common words
    unknown: float  # names in the question that nothing saved has
    formless: float  # 1 where a date or number is asked for and the quote has none
    telling: float  # how much of what it takes to pick one passage is said


def estimate(evidence: Evidence) -> float:
    """Return about the probability that it answers, were half of all questions answerable.

    What holds words that are all common answers by accident, however many it holds.
    """
    weights = dict(_weights())
    evident = weights.pop("bias")
    evident += sum(weight * getattr(evidence, name) for name, weight in weights.items())
    return evidence.telling**2 / (1 + math.exp(-evident))


@cache
def _weights() -> Mapping[str, float]:
    text = files("bot.domain").joinpath("confidence.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights
