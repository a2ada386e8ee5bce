"""Fit bot/domain/confidence.json: logistic regression on whether a question has an answer here.

usage: python -m benchmarks.train_confidence DATA_DIR   (needs the extra `benchmark`)

DATA_DIR holds ko_dev and en_dev. Each is asked as a whole and as archives of 100 and 700 of its
documents, where the questions about the others have no answer. Prints how it separates them, fitted
on one half of the questions and measured on the other, for both halves; then what each
confidence keeps and refuses on the half that was not fitted. Writes the weights fitted on all.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search_archive import SearchArchive
from bot.domain import confidence
from bot.domain.confidence import Evidence

WEIGHTS = Path(confidence.__file__).with_name("confidence.json")
LANGUAGES = ("ko_dev", "en_dev")
# Documents, archives of that many, and what their questions weigh beside those of the whole.
PARTS = ((100, 3, 0.4), (700, 1, 0.4))
RIDGE = 3.0
STEPS = 30
KEPT = 0.9
# No question of these is made of common words alone, so they cannot say what that is worth.
FITTED = [each.name for each in fields(Evidence) if each.name != "telling"]
SHOWN = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    archive: str
    question: str
    has_answer: bool
    evidence: Evidence
    weight: float


def _read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _read_right(path: Path) -> dict[str, set[str]]:
    right: dict[str, set[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for question, *_, document, grade in map(str.split, lines):
            if float(grade) > 0:
                right.setdefault(question, set()).add(document)
    return right


def _ask_all(folder: Path) -> Iterator[Asked]:
    corpus, never = _read(folder / "corpus.jsonl.gz"), _read(folder / "unanswerable.jsonl.gz")
    right = _read_right(folder / "qrels.tsv.gz")
    questions = [each for each in _read(folder / "queries.jsonl.gz") if each["answers"]]
    yield from _ask(folder.name, corpus, questions, never, weight=1.0)
    chance = random.Random(5)  # a choice of documents, the same each time
    for size, times, weight in PARTS:
        for _ in range(times):
            part = chance.sample(corpus, size)
            there = {each["id"] for each in part}
            answered = [each for each in questions if there & right.get(each["id"], set())]
            told = {each["id"] for each in answered}
            others = [each for each in questions if each["id"] not in told] + never
            others = chance.sample(others, max(size, len(answered)))
            yield from _ask(f"{folder.name}/{size}", part, answered, others, weight=weight)


def _ask(
    name: str,
    corpus: Sequence[dict[str, Any]],
    answered: Sequence[dict[str, Any]],
    never: Sequence[dict[str, Any]],
    *,
    weight: float,
) -> Iterator[Asked]:
    archive = SearchArchive(corpus)
    for questions, has_answer in ((answered, True), (never, False)):
        for each in questions:
            evidence = archive.answer(each["text"]).evidence
            if evidence is not None:
                # Every archive and both of its sides count alike.
                yield Asked(name, each["id"], has_answer, evidence, weight / len(questions))
    archive.close()


def fit(asked: Sequence[Asked]) -> Array:
    """Return the weights of `FITTED`, then the bias."""
    design, measured = _design(asked), np.array([each.has_answer for each in asked], float)
    importance = np.array([each.weight for each in asked])
    importance *= len(asked) / importance.sum()
    weights = np.zeros(design.shape[1])
    ridge = np.diag([RIDGE] * (design.shape[1] - 1) + [0.0])
    for _ in range(STEPS):  # Newton's
        expected = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (importance * (measured - expected)) - ridge @ weights
        curve = (design.T * (importance * expected * (1 - expected))) @ design + ridge
        weights += np.linalg.solve(curve, slope)
    return weights


def _design(asked: Sequence[Asked]) -> Array:
    return np.array([[*(getattr(each.evidence, name) for name in FITTED), 1.0] for each in asked])


def _is_first_half(each: Asked) -> bool:
    return hashlib.sha256(each.question.encode()).digest()[0] % 2 == 0


def measure(asked: Sequence[Asked], weights: Array) -> Iterator[str]:
    for archive in sorted({each.archive for each in asked}):
        here = [each for each in asked if each.archive == archive]
        telling = np.array([each.evidence.telling for each in here])
        sure = telling**2 / (1 + np.exp(-_design(here) @ weights))
        has_answer = np.array([each.has_answer for each in here])
        answered, never = np.sort(sure[has_answer]), sure[~has_answer]
        above = (answered[:, None] > never).mean() + (answered[:, None] == never).mean() / 2
        limit = answered[int(len(answered) * (1 - KEPT))]
        yield f"{archive:12} AUROC {above:.3f}, refused at 90 % kept {(never < limit).mean():.3f}"
        shares = (f"{at}: {(answered >= at).mean():.2f}/{(never < at).mean():.2f}" for at in SHOWN)
        yield f"{'':12} kept/refused at " + "  ".join(shares)


def main() -> None:
    data = Path(sys.argv[1])
    asked = [each for name in LANGUAGES for each in _ask_all(data / name)]
    sys.stdout.write(f"{Counter((each.archive, each.has_answer) for each in asked)}\n")
    halves = [[each for each in asked if _is_first_half(each) is side] for side in (True, False)]
    for fitted, other in (halves, halves[::-1]):
        sys.stdout.write("\n".join(["held out:", *measure(other, fit(fitted))]) + "\n")
    names = [*FITTED, "bias"]
    weights = {name: round(float(each), 3) for name, each in zip(names, fit(asked), strict=True)}
    WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
