"""Measure what embeddings add to search: nDCG@10 by words, by meaning and words, on shared sets.

    python -m benchmarks.search_meaning --url http://127.0.0.1:11434/v1 --model NAME [--sets en_dev]

Every passage is sent to the server in batches, as the bot does it. OPENAI_API_KEY is its key.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from pathlib import Path
from typing import Any

from adapters.language_models.embeddings import ServerEmbedder, open_embedder
from benchmarks.run import RETRIEVAL, ROOT
from benchmarks.search_archive import SearchArchive
from bot.domain.embeddings import Meaning
from bot.domain.models import LOCAL
from bot.domain.visibility import OPERATOR

AT_ONCE = 32
FOUND = 10
TIMEOUT_S = 300.0


class Embedded:
    """A corpus, asked by words and by words with their meaning."""

    def __init__(self, corpus: list[dict[str, Any]], url: str, model: str) -> None:
        self._archive = SearchArchive(corpus)
        self._run = self._archive.run
        self._url, self._model = url, model

    def embed(self, questions: list[str]) -> dict[str, Meaning]:
        return self._run(self._embed(questions))

    async def _embed(self, questions: list[str]) -> dict[str, Meaning]:
        key = os.environ.get("OPENAI_API_KEY", "")
        vectors = self._archive.storage.vectors
        opened = open_embedder(self._model, key=key, url=self._url, timeout_s=TIMEOUT_S)
        async with opened as embedder:
            while lacking := await vectors.list_lacking(LOCAL, self._model, None, limit=AT_ONCE):
                made = await _vectors(embedder, [text for _, text in lacking])
                ids = (passage for passage, _ in lacking)
                await vectors.keep(LOCAL, self._model, dict(zip(ids, made, strict=True)))
            meanings: dict[str, Meaning] = {}
            for start in range(0, len(questions), AT_ONCE):
                some = questions[start : start + AT_ONCE]
                for question, vector in zip(some, await _vectors(embedder, some), strict=True):
                    meanings[question] = Meaning(self._model, vector)
            return meanings

    def search(self, question: str, meaning: Meaning | None) -> list[str]:
        found = self._archive.storage.search.search(
            LOCAL, question, limit=FOUND, audience=OPERATOR, meaning=meaning
        )
        return [str(hit.link) for hit in self._run(found)]

    def close(self) -> None:
        self._archive.close()


async def _vectors(embedder: ServerEmbedder, texts: list[str]) -> Any:
    return (await embedder.embed(texts, timeout_s=TIMEOUT_S)).vectors


def compare(folder: Path, url: str, model: str) -> str:
    common, scoring = (importlib.import_module(name) for name in ("common", "eval_retrieval"))
    corpus, queries = (common.rjsonl(f"{folder}/{name}.jsonl.gz") for name in ("corpus", "queries"))
    wanted = common.rqrels(f"{folder}/qrels.tsv.gz")
    embedded = Embedded(corpus, url, model)
    began = time.perf_counter()
    meanings = embedded.embed([each["text"] for each in queries])
    spent_s = time.perf_counter() - began
    means: list[float] = []
    for is_meant in (False, True):
        scores = [
            scoring.ndcg(
                embedded.search(each["text"], meanings[each["text"]] if is_meant else None),
                {doc: grade for doc, grade in wanted[each["id"]].items() if grade > 0},
            )
            for each in queries
        ]
        means.append(sum(scores) / len(scores))
    embedded.close()
    words, fused = means
    return f"{words:10.4f}{fused:12.4f}{len(corpus) / spent_s:14.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--url", default="")
    parser.add_argument("--model", required=True)
    parser.add_argument("--sets", default=",".join(RETRIEVAL))
    arguments = parser.parse_args()
    shared = arguments.shared.resolve()
    sys.path.insert(0, str(shared / "bench/scripts"))
    print(f"{'nDCG@10':14}{'words':>10}{'and meaning':>12}{'passages/s':>14}")
    for name in arguments.sets.split(","):
        line = compare(shared / "bench/data/retrieval" / name, arguments.url, arguments.model)
        print(f"{name:14}{line}", flush=True)


if __name__ == "__main__":
    main()
