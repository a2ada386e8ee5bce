"""The short list of subjects, and which of them a page is about, by keyword evidence alone.

A page may have no topic: made-up certainty would fill digests with the wrong sections. Styles
that need a section for every link fall back on its kind.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.domain.keywords import KeywordIndex, keyword_key

LEAD_LENGTH = 4000  # characters: what a page is about is said early, what it touches on comes later

# Set by hand and checked on topic_examples.txt of the tests.
_STRONG, _WEAK = 3.0, 1.0
_TITLE = 3.0  # a keyword in the title weighs as much as this many in the text
_MOST_REPEATS = 3  # a word said more often than this adds nothing


@dataclass(frozen=True, slots=True)
class Topic:
    """`strong` keywords name the topic by themselves, `weak` ones only lean towards it."""

    id: str  # a slug; workspaces may rename a topic, never change its id
    name_ko: str
    name_en: str
    emoji: str
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


def _load_topics() -> tuple[Topic, ...]:
    source = files("bot.domain").joinpath("topics.toml").read_text(encoding="utf-8")
    return tuple(
        Topic(
            id=topic_id,
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            emoji=row["emoji"],
            strong=_keywords(row["strong"]),
            weak=_keywords(row["weak"]),
        )
        for topic_id, row in tomllib.loads(source).items()
    )


def _keywords(listed: str) -> tuple[str, ...]:
    return tuple(filter(None, (" ".join(part.split()) for part in listed.split(","))))


SHIPPED_TOPICS = _load_topics()


def assign_topics(
    title: str, text: str, *, topics: Sequence[Topic] = SHIPPED_TOPICS, limit: int = 2
) -> list[str]:
    """Return the ids of the topics with the most evidence, best first, at most `limit`.

    One word of the text alone is said in passing: of news about sport, four fifths hold one. What
    stands in no title is evidence from two words on. A further topic needs strong evidence of its
    own and half as much as the first. Ties follow the order of `topics`.
    """
    index, weights = _prepare(tuple(topics))
    in_title, in_text = index.count(title), index.count(text[:LEAD_LENGTH])
    scores = {
        topic: _evidence(each, in_title, in_text)
        for topic, each in weights.items()
        if not each.keys().isdisjoint(in_title) or _evidence(each, in_title, in_text) > _STRONG
    }
    ranked = sorted(scores, key=lambda topic: -scores[topic])
    best = scores[ranked[0]] if ranked else 0.0
    further = [topic for topic in ranked[1:] if scores[topic] >= max(_STRONG, best / 2)]
    return [*ranked[:1], *further][:limit]


def find_topic(tag: str) -> str | None:
    """Return the topic that somebody's tag names, or is a strong keyword of."""
    return _by_tag().get(keyword_key(tag.replace("-", " ").replace("_", " ")))


@cache
def _by_tag() -> dict[str, str]:
    named = [
        (name, topic.id)
        for topic in reversed(SHIPPED_TOPICS)  # the first topic of a keyword wins
        for name in (*topic.strong, topic.id.replace("-", " "), topic.name_ko, topic.name_en)
    ]
    return {key: topic for name, topic in named if (key := keyword_key(name))}


def _evidence(weights: dict[str, float], in_title: Counter[str], in_text: Counter[str]) -> float:
    title = sum(_TITLE * weights.get(key, 0.0) for key in in_title)
    text = sum(
        min(count, _MOST_REPEATS) ** 0.5 * weights.get(key, 0.0) for key, count in in_text.items()
    )
    return float(title + text)


@cache
def _prepare(topics: tuple[Topic, ...]) -> tuple[KeywordIndex, dict[str, dict[str, float]]]:
    """Index all keywords; weigh them per topic. A keyword in both lists is strong."""
    index = KeywordIndex(word for topic in topics for word in (*topic.strong, *topic.weak))
    weights = {
        topic.id: dict.fromkeys(map(keyword_key, topic.weak), _WEAK)
        | dict.fromkeys(map(keyword_key, topic.strong), _STRONG)
        for topic in topics
    }
    return index, weights
