"""Larger archives: the shared passages, and more that are made of their sentences."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.run import RETRIEVAL

_SEED = 7
_PASSAGE_CHARS = 900


def read_sets(shared: Path) -> tuple[list[Any], Mapping[str, list[str]]]:
    """Return the passages of each set, and each set's questions; the evaluators are importable."""
    common = importlib.import_module("common")
    folders = {name: shared / "bench/data/retrieval" / name for name in RETRIEVAL}
    corpora = [common.rjsonl(f"{folder}/corpus.jsonl.gz") for folder in folders.values()]
    questions = {
        name: [each["text"] for each in common.rjsonl(f"{folder}/queries.jsonl.gz")]
        for name, folder in folders.items()
    }
    return corpora, questions


def make_corpus(corpora: Sequence[Sequence[dict[str, Any]]], size: int) -> Iterator[dict[str, Any]]:
    """Yield that many documents: real ones, then sentences of each corpus in a new order."""
    choose = random.Random(_SEED)
    real = [document for corpus in corpora for document in corpus]
    choose.shuffle(real)
    sentences = [[each for one in corpus for each in _sentences(one["text"])] for corpus in corpora]
    for number in range(size):
        if number < len(real):
            title, words = real[number]["title"], real[number]["text"]
        else:
            pool = choose.choice(sentences)
            title, words = choose.choice(real)["title"], ""
            while len(words) < _PASSAGE_CHARS * 2 // 3:
                words += f" {choose.choice(pool)}"
        yield {"id": f"d{number}", "title": title, "text": words[:_PASSAGE_CHARS]}


def _sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?다])\s+", text) if each]
