"""Fit bot/text/extractive_weights.json: ridge regression on how much each sentence of a document
adds to the ROUGE-1 F1 of its summary, every data set weighing the same.

usage: python -m benchmarks.train_extractive DATA_DIR   (needs the extra `benchmark`)

Prints five-fold cross-validated ROUGE-1 and selection F1 first, then writes the weights.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.text import extractive
from bot.text.languages import Language
from bot.text.sentence_features import MAX_SENTENCES, count_sentences, measure_sentences

WEIGHTS = Path(extractive.__file__).with_name("extractive_weights.json")
Array = NDArray[np.float64]

# Flat around these values: over 0.02..0.2 and 0.5..1 the mean ROUGE-1 stays in .493...499, and
# other folds alone move it over .495...502. Measures and settings were chosen on these same
# documents, so expect a little less on others.
RIDGE = 0.05
LABEL_SHARE = 0.75
# About what a good summary of several sentences reaches; sets the price of a word.
TYPICAL_F1 = 0.6
FOLDS = 5
_PUNCTUATION = frozenset(["SF", "SP", "SS", "SSO", "SSC", "SE", "SO", "SW", "SB"])


@dataclass(frozen=True)
class Document:
    data_set: str
    sentences: list[str]
    limit: int
    design: Array
    words: list[Counter[str]]
    references: list[Counter[str]]
    labels: frozenset[int]
    names: list[str]


@lru_cache(maxsize=1)
def _korean_analyser() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi()


@lru_cache(maxsize=1)
def _english_tokeniser() -> Any:
    from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=True)


def count_words(text: str, language: Language) -> Counter[str]:
    if language is Language.EN:
        return Counter(_english_tokeniser().tokenize(text))
    return Counter(
        morpheme.form.lower()
        for morpheme in _korean_analyser().tokenize(text)
        if morpheme.tag not in _PUNCTUATION
    )


def read_documents(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _read_document(path.name, json.loads(line))


def _read_document(data_set: str, row: dict[str, Any]) -> Document:
    language = Language(row["lang"])
    sentences = row["sentences"][:MAX_SENTENCES]
    measures = measure_sentences(count_sentences(row["title"], sentences))
    return Document(
        data_set=data_set,
        sentences=sentences,
        limit=row["n"],
        design=extractive.design_matrix(measures, language=language, limit=row["n"]),
        words=[count_words(sentence, language) for sentence in sentences],
        references=[count_words(reference, language) for reference in row["refs"]],
        labels=frozenset(row["labels"] or ()),
        names=list(measures),
    )


def f1(summary: Counter[str], reference: Counter[str]) -> float:
    total = summary.total() + reference.total()
    return 2 * (summary & reference).total() / total if total else 0.0


def target(document: Document) -> Array:
    """What to regress on, standardised: F1 of a lone sentence, else its gain in a summary."""
    if document.limit == 1:
        gains = [max(f1(words, ref) for ref in document.references) for words in document.words]
    else:
        # The derivative of F1 by a sentence: its shared words less the price of its length.
        reference = document.references[0]
        gains = [
            (words & reference).total() - TYPICAL_F1 / 2 * words.total() for words in document.words
        ]
    values = standardise(np.array(gains, dtype=np.float64))
    if not document.labels:
        return values
    labels = np.array([float(i in document.labels) for i in range(len(values))])
    return (1 - LABEL_SHARE) * values + LABEL_SHARE * standardise(labels)


def standardise(values: Array) -> Array:
    spread = values.std()
    standard: Array = (values - values.mean()) / (spread if spread > 1e-9 else 1)
    return standard


def fit(documents: Sequence[Document]) -> Array:
    sizes = Counter(document.data_set for document in documents)
    width = documents[0].design.shape[1]
    covariance, correlation = RIDGE * np.eye(width), np.zeros(width)
    for document in documents:
        share = 1 / sizes[document.data_set] / len(document.sentences)
        covariance += share * document.design.T @ document.design
        correlation += share * document.design.T @ target(document)
    return np.asarray(np.linalg.solve(covariance, correlation), dtype=np.float64)


def choose(document: Document, weights: Array) -> list[int]:
    scores = document.design @ weights
    limit = min(document.limit, len(scores))
    if limit == 1:
        return [int(np.argmax(scores))]
    directions = count_sentences("", document.sentences).directions
    return list(extractive.pick_unlike(scores, directions, limit))


def cross_validate(documents: Sequence[Document]) -> None:
    rouge: dict[str, list[float]] = defaultdict(list)
    selection: dict[str, list[float]] = defaultdict(list)
    folds = np.random.default_rng(0).permutation(len(documents)) % FOLDS
    for fold in range(FOLDS):
        weights = fit([d for d, f in zip(documents, folds, strict=True) if f != fold])
        for document in (d for d, f in zip(documents, folds, strict=True) if f == fold):
            chosen = choose(document, weights)
            summary = sum((document.words[i] for i in chosen), Counter[str]())
            rouge[document.data_set].append(max(f1(summary, r) for r in document.references))
            if document.labels:
                hits = len(document.labels & set(chosen))
                share = 2 * hits / (len(chosen) + len(document.labels))
                selection[document.data_set].append(share)
    for name in sorted(rouge):
        picked = f"  selection F1 {np.mean(selection[name]):.3f}" if selection[name] else ""
        print(f"{name:24s} ROUGE-1 {np.mean(rouge[name]):.3f}{picked}")
    print(f"{'mean':24s} ROUGE-1 {np.mean([np.mean(v) for v in rouge.values()]):.4f}")


def main() -> None:
    documents = list(read_documents(Path(sys.argv[1])))
    cross_validate(documents)
    columns = fit(documents).reshape(3, -1).T.round(4).tolist()
    rows = [
        f"  {json.dumps(n)}: {json.dumps(c)}"
        for n, c in zip(documents[0].names, columns, strict=True)
    ]
    WEIGHTS.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
