"""What can be measured about each sentence of a document, as one matrix for a linear model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from bot.text.tokens import tokenise

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

# Both bound memory (about 100 MB at worst) on hostile pages; a summary of a long document is
# decided well before this many sentences, and one of 534 had 3,262 different words.
MAX_SENTENCES = 600
_MAX_DIFFERENT_WORDS = 8_000

_DAMPING = 0.85
_ROUNDS = 30

_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"[\"“”‘’「」『』]")
_TERMINAL = re.compile(r"[.!?。…][\"'”’)\]]*$|[다요음함임됨]$")
_SYMBOL = re.compile(r"[^\w\s.,'\"“”‘’!?%()·-]")
_NAME = re.compile(r"\b[A-Z][A-Za-z0-9]*|\b[A-Za-z]+\d\w*")
_ANNOUNCES = re.compile(
    r"\b(?:we (?:propose|present|introduce|show|study|find|found|demonstrate|investigate|develop)"
    r"|this (?:paper|work|article|post|study)|in this (?:paper|work|article|post|study)"
    r"|our (?:results|findings|method|approach|experiments))\b"
    r"|(?:이 글|이번 글|이 포스트|이번 포스트|이 논문|본 논문|이 문서|이 튜토리얼)"
    r"|밝혔다|개발했|알아보|살펴보|소개|정리",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|i)\b|(?:우리|저는|제가|나는)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CountedSentences:
    """Sentences whose words were counted, once for all that asks.

    `counts`: how often each has each word, shape (n_sentences, n_different_words).
    `directions`: of the same shape; the product of two rows is their cosine, 0..1, and a row
    without words is nothing but zeros.
    `in_title`: whether the title has the word, shape (n_different_words,).
    """

    sentences: Sequence[str]
    counts: Matrix
    directions: Matrix
    in_title: NDArray[np.bool_]


def count_sentences(title: str, sentences: Sequence[str]) -> CountedSentences:
    counts = _count([*map(tokenise, sentences), tokenise(title)])
    return CountedSentences(sentences, counts[:-1], _directions(counts[:-1]), counts[-1] > 0)


def measure_sentences(counted: CountedSentences) -> dict[str, Vector]:
    """Return named measures, each of shape (n_sentences,); at least one sentence is needed."""
    return (
        _measure_content(counted)
        | _measure_position(len(counted.sentences))
        | _measure_form(counted.sentences)
    )


def _measure_content(counted: CountedSentences) -> dict[str, Vector]:
    counts, in_title = counted.counts, counted.in_title
    present = (counts > 0).astype(np.float32)
    lengths = present.sum(axis=1)
    chance = counts.sum(axis=0) / max(1.0, counts.sum())
    logs = np.log(np.maximum(2.0, lengths))
    is_shared = present.sum(axis=0) > 1  # the others link no two sentences, and are most
    shared = present[:, is_shared]
    overlap = (shared @ shared.T) / (logs[:, None] + logs[None, :])
    directions = counted.directions[:, is_shared]
    at_least_one = np.maximum(1.0, lengths)
    return {
        "overlap_rank": np.log(_rank(overlap) * len(counts)),
        "cosine_rank": np.log(_rank(directions @ directions.T) * len(counts)),
        "frequency": np.log1p(100 * (counts @ chance) / at_least_one),
        "title_density": (present @ in_title) / np.sqrt(at_least_one),
        "length": np.log1p(lengths),
    }


def _measure_position(n: int) -> dict[str, Vector]:
    order = np.arange(n, dtype=np.float32)
    return {
        "lead": np.exp(-order / max(3.0, n * 0.1)),
        "depth": order / n,
        "closing": np.exp(-(n - 1 - order) / 2),
    }


def _measure_form(sentences: Sequence[str]) -> dict[str, Vector]:
    def share(pattern: re.Pattern[str]) -> Vector:
        shares = [len(pattern.findall(s)) / max(10, len(s)) for s in sentences]
        return np.array(shares, dtype=np.float32)

    def has(pattern: re.Pattern[str]) -> Vector:
        return np.array([pattern.search(s) is not None for s in sentences], dtype=np.float32)

    return {
        "digits": has(_DIGIT),
        "quoted": has(_QUOTED),
        "whole": has(_TERMINAL),
        "symbols": share(_SYMBOL),
        "names": share(_NAME),
        "announces": has(_ANNOUNCES),
        "first_person": has(_FIRST_PERSON),
    }


def _count(words: Sequence[Sequence[str]]) -> Matrix:
    """Count each word in each sentence, shape (n_sentences, n_different_words)."""
    different = dict.fromkeys(chain.from_iterable(words))
    columns = {word: n for n, word in enumerate(islice(different, _MAX_DIFFERENT_WORDS))}
    counts = np.zeros((len(words), max(1, len(columns))), dtype=np.float32)
    for row, sentence in enumerate(words):
        places = [columns[word] for word in sentence if word in columns]
        if places:
            counts[row] = np.bincount(places, minlength=counts.shape[1])
    return counts


def _directions(counts: Matrix) -> Matrix:
    spread = np.maximum(1, (counts > 0).sum(axis=0))
    weighted: Matrix = np.log1p(counts) * np.log1p(len(counts) / spread).astype(np.float32)
    norms = np.linalg.norm(weighted, axis=1, keepdims=True)
    weighted /= np.where(norms > 0, norms, 1)
    return weighted


def _rank(similarity: Matrix) -> Vector:
    """TextRank: the share of a random reader's time, shape (n,), sums to 1."""
    n = len(similarity)
    links = similarity.copy()
    np.fill_diagonal(links, 0)
    sums = links.sum(axis=1, keepdims=True)
    links = np.divide(links, sums, out=np.full_like(links, 1 / n), where=sums > 0)
    rank = np.full(n, 1 / n, dtype=np.float32)
    for _ in range(_ROUNDS):
        rank = _DAMPING * (rank @ links) + (1 - _DAMPING) / n
    return rank
