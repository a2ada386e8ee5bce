"""What can be measured about each sentence of a document, as one matrix for a linear model."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.text.tokens import tokenise

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# The similarity matrix is quadratic; a summary is decided well before this many sentences.
MAX_SENTENCES = 600

_DAMPING = 0.85
_ROUNDS = 30

_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"[\"“”‘’「」『』]")
_TERMINAL = re.compile(r"[.!?。…][\"'”’)\]]*$|[다요음함임됨]$")
_SYMBOL = re.compile(r"[^\w\s.,'\"“”‘’!?%()·-]")
_NAME = re.compile(r"\b[A-Z][A-Za-z0-9]*|\b[A-Za-z]+\d\w*")
_LEANS_BACK = re.compile(
    r"(?:it|this|these|those|they|he|she|however|but|and|also|moreover|furthermore|for example"
    r"|for instance|in addition|thus|therefore|then|such)\b"
    r"|(?:그러나|하지만|그런데|또한|또|그리고|따라서|그래서|특히|예를 들|이는|이에|이를|이런|이러한|그는|그녀는|한편|즉|반면)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:we (?:propose|present|introduce|show|study|find|found|demonstrate|investigate|develop)"
    r"|this (?:paper|work|article|post|study)|in this (?:paper|work|article|post|study)"
    r"|our (?:results|findings|method|approach|experiments))\b"
    r"|(?:이 글|이번 글|이 포스트|이번 포스트|이 논문|본 논문|이 문서|이 튜토리얼)|밝혔다|개발했|알아보|살펴보|소개|정리",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|i)\b|(?:우리|저는|제가|나는)", re.IGNORECASE)


def measure_sentences(title: str, sentences: Sequence[str]) -> dict[str, Vector]:
    """Return named measures, each of shape (n_sentences,); at least one sentence is needed."""
    words = [tokenise(sentence) for sentence in sentences]
    return (
        _measure_content(words, tokenise(title))
        | _measure_position(len(sentences))
        | _measure_form(sentences)
    )


def similarities(words: Sequence[Sequence[str]]) -> Matrix:
    """Cosine of tf-idf vectors, shape (n, n), 0..1."""
    counts = _count(words)
    return _cosine(counts)


def _measure_content(words: Sequence[Sequence[str]], title: Sequence[str]) -> dict[str, Vector]:
    counts = _count([*words, title])
    title_counts, counts = counts[-1], counts[:-1]
    present = (counts > 0).astype(np.float64)
    lengths = present.sum(axis=1)
    totals = counts.sum(axis=0)
    cosine = _cosine(counts)
    overlap = present @ present.T
    logs = np.log(np.maximum(2.0, lengths))
    overlap /= logs[:, None] + logs[None, :]
    in_title = (title_counts > 0).astype(np.float64)
    shared = present @ in_title
    spread = present.sum(axis=0)
    weight = np.log1p(totals) * (spread > 1)
    lengths1 = np.maximum(1.0, lengths)
    return {
        "overlap_rank": np.log(_rank(overlap) * len(words)),
        "cosine_rank": np.log(_rank(cosine) * len(words)),
        "topic_words": np.log1p(present @ weight),
        "topic_density": (present @ weight) / lengths1,
        "frequency": np.log1p(counts @ (totals / max(1.0, totals.sum())) / lengths1 * 100),
        "title_share": shared / max(1.0, in_title.sum()),
        "title_density": shared / np.sqrt(lengths1),
        "lead_likeness": cosine[:, 0],
        "length": np.log1p(lengths),
        "length_squared": np.log1p(lengths) ** 2,
        "short": (lengths < 4).astype(np.float64),
    }


def _measure_position(n: int) -> dict[str, Vector]:
    order = np.arange(n, dtype=np.float64)
    return {
        "lead": np.exp(-order / max(3.0, n * 0.1)),
        "first": 1 / (1 + order),
        "opening": (order == 0).astype(np.float64),
        "depth": order / n,
        "closing": np.exp(-(n - 1 - order) / 2),
    }


def _measure_form(sentences: Sequence[str]) -> dict[str, Vector]:
    def share(pattern: re.Pattern[str]) -> Vector:
        return np.array([len(pattern.findall(s)) / max(10, len(s)) for s in sentences])

    def has(pattern: re.Pattern[str]) -> Vector:
        return np.array([pattern.search(s) is not None for s in sentences], dtype=np.float64)

    return {
        "digits": has(_DIGIT),
        "quoted": has(_QUOTED),
        "asks": np.array([s.rstrip().endswith("?") for s in sentences], dtype=np.float64),
        "whole": has(_TERMINAL),
        "symbols": share(_SYMBOL),
        "names": share(_NAME),
        "leans_back": np.array(
            [_LEANS_BACK.match(s.lstrip(" \"'“‘-*")) is not None for s in sentences],
            dtype=np.float64,
        ),
        "announces": has(_ANNOUNCES),
        "first_person": has(_FIRST_PERSON),
    }


def _count(words: Sequence[Sequence[str]]) -> Matrix:
    columns: dict[str, int] = {}
    places = [
        (row, columns.setdefault(word, len(columns)))
        for row, sentence in enumerate(words)
        for word in sentence
    ]
    counts = np.zeros((len(words), max(1, len(columns))))
    if places:
        np.add.at(counts, tuple(np.array(places).T), 1.0)
    return counts


def _cosine(counts: Matrix) -> Matrix:
    spread = np.maximum(1, (counts > 0).sum(axis=0))
    weighted = np.log1p(counts) * np.log1p(len(counts) / spread)
    norms = np.linalg.norm(weighted, axis=1, keepdims=True)
    weighted /= np.where(norms > 0, norms, 1)
    cosine: Matrix = weighted @ weighted.T
    return cosine


def _rank(similarity: Matrix) -> Vector:
    """TextRank: the share of a random reader's time, shape (n,), sums to 1."""
    n = len(similarity)
    links = similarity.copy()
    np.fill_diagonal(links, 0)
    sums = links.sum(axis=1, keepdims=True)
    links = np.divide(links, sums, out=np.full_like(links, 1 / n), where=sums > 0)
    rank = np.full(n, 1 / n)
    for _ in range(_ROUNDS):
        rank = _DAMPING * (rank @ links) + (1 - _DAMPING) / n
    return rank
