"""Summaries made of a text's own sentences, chosen by a small linear model."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bot.text.languages import Language
from bot.text.page_prose import plain_lines, prose_of
from bot.text.sentence_features import MAX_SENTENCES, count_sentences, measure_sentences
from bot.text.standing_alone import points_at_figure, points_back, without_joint

# How much likeness to a chosen sentence costs, in units of the model's score. Cross-validated
# ROUGE-1 hardly moves (.509, .511, .511, .510 at 0, .3, .5, .8) while the gold sentences found
# become fewer from .5 on, so it is kept small: it is there against plain repetition.
_REPEAT_COST = 0.3
# From this likeness on it is the same sentence again: taken only when nothing else is left.
_SAME = 0.9
_LAST_RESORT = 100.0

_READABLE_CHARS = {Language.KO: 180, Language.EN: 300}


def summarise(text: str, *, title: str, language: Language, limit: int = 3) -> list[str]:
    """Return at most `limit` sentences of `text`, without markup, in document order.

    The title again, headings, tables, code, page furniture and what points at a figure are passed
    over unless there is nothing else.
    What only joins a sentence to the one before is left out. A sentence too long to read is cut at
    a word, which an ellipsis shows.
    """
    told = [each for each in prose_of(text, language) if each.casefold() not in title.casefold()]
    candidates = [each for each in told if not points_at_figure(each)] or told or plain_lines(text)
    chosen = select_sentences(title, candidates, language=language, limit=limit)
    return [
        _shorten(without_joint(candidates[index]), _READABLE_CHARS[language]) for index in chosen
    ]


def select_sentences(
    title: str, sentences: Sequence[str], *, language: Language, limit: int
) -> list[int]:
    """Return the indices of at most `limit` sentences that sum up the document, ascending.

    Only the first 600 sentences are considered. A summary does not begin in the middle of a
    thought where the sentence before can begin it.
    """
    sentences = sentences[:MAX_SENTENCES]
    if limit <= 0 or not sentences:
        return []
    if len(sentences) <= limit:
        return list(range(len(sentences)))
    counted = count_sentences(title, sentences)
    design = design_matrix(measure_sentences(counted), language=language, limit=limit)
    scores = design @ _load_weights()
    if limit == 1:
        return [int(np.argmax(scores))]
    chosen = sorted(pick_unlike(scores, counted.directions, limit))
    return [_beginning(sentences, chosen[0]), *chosen[1:]]


def _beginning(sentences: Sequence[str], first: int) -> int:
    """Return the sentence before a first one that leans on it, if that one stands by itself."""
    if first == 0 or not points_back(sentences[first]) or points_back(sentences[first - 1]):
        return first
    return first - 1


def design_matrix(
    measures: Mapping[str, NDArray[np.float32]], *, language: Language, limit: int
) -> NDArray[np.float64]:
    """Return the model's input, shape (n_sentences, 4 * n_measures).

    Each measure is centred on its document, scaled if it is not a yes or no, and appears four
    times: as it is, per sentence asked for (one sentence must be a headline, ten must cover),
    by the share of the document asked for (half of it is chosen otherwise than a twentieth),
    and for Korean alone.
    """
    columns = np.stack(list(measures.values()), axis=1).astype(np.float64)
    is_yes_or_no = ((columns == 0) | (columns == 1)).all(axis=0)
    spread = columns.std(axis=0)
    columns -= columns.mean(axis=0)
    columns /= np.where(~is_yes_or_no & (spread > 1e-6), spread, 1)
    is_korean = float(language is Language.KO)
    share = min(1.0, limit / len(columns))
    return np.hstack([columns, columns / limit, columns * share, columns * is_korean])


@lru_cache(maxsize=1)
def _load_weights() -> NDArray[np.float64]:
    source = resources.files("bot.text").joinpath("extractive_weights.json")
    weights: dict[str, list[float]] = json.loads(source.read_text("utf-8"))
    return np.array(list(weights.values())).T.ravel()


def pick_unlike(
    scores: NDArray[np.float64], directions: NDArray[np.float32], limit: int
) -> Iterator[int]:
    """Yield the best sentence, then the best that does not repeat what was yielded.

    `directions`: see `CountedSentences`.
    """
    left = scores.copy()
    repeats = np.zeros(len(scores))
    for _ in range(limit):
        best = int(np.argmax(left - _REPEAT_COST * repeats))
        yield best
        likeness = directions @ directions[best]
        left[likeness >= _SAME] -= _LAST_RESORT
        left[best] = -np.inf
        repeats = np.maximum(repeats, likeness)


def _shorten(sentence: str, limit_chars: int) -> str:
    if len(sentence) <= limit_chars:
        return sentence
    cut = sentence[: limit_chars - 1]
    opened = cut.rfind("(") if cut.count("(") > cut.count(")") else -1
    if opened > limit_chars // 2:  # a remark that would stay open
        return cut[:opened].rstrip(" ,;:-—") + "…"
    return cut[: max(cut.rfind(" "), limit_chars // 2)].rstrip(" ,;:-—") + "…"
