"""The kind of a link, told by its address and title alone: no page has to be read.

A linear model over named features (link_features.py). `benchmarks/train_link_kind.py` learned
the weights in link_kind.json and prints how well they do on sites they have not seen.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from bot.domain.link_features import link_features
from bot.domain.models import Kind

_KINDS = (Kind.PAPER, Kind.DEV, Kind.NEWS, Kind.FUN)  # the order of the weights in each row


def link_kind(url: str, title: str) -> Kind:
    """Return the likeliest kind; never raises. FUN stands for social posts and videos.

    Every address of one link has the same kind. Nothing known at all means DEV.
    """
    weights = _weights()
    totals = [0.0] * len(_KINDS)
    for feature in ("bias", *link_features(url, title)):
        for index, weight in enumerate(weights.get(feature, ())):
            totals[index] += weight
    return _KINDS[totals.index(max(totals))]


@cache
def _weights() -> dict[str, list[float]]:
    source = files("bot.domain").joinpath("link_kind.json").read_text(encoding="utf-8")
    weights: dict[str, list[float]] = json.loads(source)
    return weights
