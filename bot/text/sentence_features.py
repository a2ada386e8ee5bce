"""What can be measured about each sentence of a document, as one matrix for a linear model."""

import re
from collections.abc import Callable, Sequence
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
# The words in most sentences are what a document is about, of equal ones those said first.
# Cross-validated ROUGE-1 is flat from 15 to 40 of them.
_PROMINENT_WORDS = 20

_QUOTED = re.compile(r"[\"“”‘’「」『』]")
_TERMINAL = re.compile(r"[.!?。…][\"'”’)\]]*$|[다요음함임됨]$")
_SYMBOL = re.compile(r"[^\w\s.,'\"“”‘’!?%()·-]")
# Of books and papers, figures and tables: "[12]", "(3)", "et al.", "Fig. 2", "(Kim 2019".
_REFERENCE = re.compile(
    r"\(\d+\)|\[\d+|et al|\bFig(?:ure)?s?\b\.?|\bTable\b|\([A-Z][^()]{0,80}\d{4}|\bSee\b"
)
_ANNOUNCES = re.compile(
    r"\b(?:we (?:propose|present|introduce|show|study|find|found|demonstrate|investigate|develop)"
    r"|this (?:paper|work|article|post|study)|in this (?:paper|work|article|post|study)"
    r"|our (?:results|findings|method|approach|experiments))\b"
    r"|(?:이 글|이번 글|이 포스트|이번 포스트|이 논문|본 논문|이 문서|이 튜토리얼)"
    r"|밝혔다|개발했|알아보|살펴보|소개|정리",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:said|says|told|added|according)\b|말했|덧붙|설명했|전했|라고|강조", re.IGNORECASE
)
# Opens with a word that means nothing without the sentence before.
_POINTS_BACK = re.compile(
    r"[\"“']?(?:but|however|and|so|also|moreover|furthermore|in addition|then|for example"
    r"|for instance|it|he|she|they|this(?! (?:paper|work|article|post|study))|these|that|those|here"
    r"|there|such|if)\b"
    r"|그러나|하지만|또|그리고|그래서|이는|이를|이에|그는|그녀|이런|이러한|그런|그렇|즉[ ,]"
    r"|다만|한편|예를",
    re.IGNORECASE,
)


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
    spread = present.sum(axis=0)
    is_shared = spread > 1  # the others link no two sentences, and are most
    shared = present[:, is_shared]
    overlap = (shared @ shared.T) / (logs[:, None] + logs[None, :])
    directions = counted.directions[:, is_shared]
    at_least_one = np.maximum(1.0, lengths)
    most_spread = np.argsort(-spread, kind="stable")[:_PROMINENT_WORDS]
    return {
        "overlap_rank": np.log(_rank(overlap) * len(counts)),
        "cosine_rank": np.log(_rank(directions @ directions.T) * len(counts)),
        "frequency": np.log1p(100 * (counts @ chance) / at_least_one),
        "title_density": (present @ in_title) / np.sqrt(at_least_one),
        "length": np.log1p(lengths),
        "prominent": np.log1p(present[:, most_spread].sum(axis=1)),
    }


def _measure_position(n: int) -> dict[str, Vector]:
    order = np.arange(n, dtype=np.float32)
    return {"lead": np.exp(-order / max(3.0, n * 0.1))}


def _measure_form(sentences: Sequence[str]) -> dict[str, Vector]:
    def share(pattern: re.Pattern[str]) -> Vector:
        shares = [len(pattern.findall(s)) / max(10, len(s)) for s in sentences]
        return np.array(shares, dtype=np.float32)

    def has(find: Callable[[str], object]) -> Vector:
        return np.array([find(s) is not None for s in sentences], dtype=np.float32)

    return {
        "quoted": has(_QUOTED.search),
        "whole": has(_TERMINAL.search),
        "reports": has(_REPORTS.search),
        "announces": has(_ANNOUNCES.search),
        "points_back": has(_POINTS_BACK.match),
        "symbols": share(_SYMBOL),
        "references": share(_REFERENCE),
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
