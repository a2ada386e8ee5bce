"""The anchor: plain tf-idf vectors of title and text, and every near pair joined."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations

from bot.domain.models import LinkRecord

_WORD = re.compile(r"\w+")


def single_link(least: float) -> Callable[[Sequence[LinkRecord]], list[list[LinkRecord]]]:
    def group(links: Sequence[LinkRecord]) -> list[list[LinkRecord]]:
        vectors = _vectors([_WORD.findall(f"{link.title} {_text(link)}".lower()) for link in links])
        leaders = list(range(len(links)))
        for left, right in combinations(range(len(links)), 2):
            a, b = vectors[left], vectors[right]
            if sum(a[word] * b[word] for word in a.keys() & b.keys()) >= least:
                old, new = leaders[right], leaders[left]
                leaders = [new if leader == old else leader for leader in leaders]
        groups: dict[int, list[LinkRecord]] = defaultdict(list)
        for leader, link in zip(leaders, links, strict=True):
            groups[leader].append(link)
        return list(groups.values())

    return group


def _text(link: LinkRecord) -> str:
    points = link.summary.points if link.summary else ()
    return " ".join([link.text, *(point.text for point in points)])


def _vectors(texts: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    holders = Counter(word for words in texts for word in set(words))
    vectors = []
    for words in texts:
        vector = {
            word: (1 + math.log(count)) * math.log((1 + len(texts)) / (1 + holders[word]) + 1)
            for word, count in Counter(words).items()
        }
        length = math.sqrt(sum(weight**2 for weight in vector.values())) or 1.0
        vectors.append({word: weight / length for word, weight in vector.items()})
    return vectors
