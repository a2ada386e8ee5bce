"""Measure search on SQLite and PostgreSQL side by side: answers, times, sizes.

    python -m benchmarks.search_databases [--shared ../shared] [--sizes 5000,100000] [--no-sets]

PostgreSQL is the server that TEST_POSTGRES_URL names, or one out of the wheel of the tests. Larger
archives are the shared passages, and more that are made of their sentences.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import make_corpus, read_sets
from benchmarks.run import RETRIEVAL, ROOT
from benchmarks.search_archive import SearchArchive
from bot.domain.visibility import Audience
from tests.servers.postgres_server import PostgresServer, some_server

EVERYONE = Audience()
QUESTIONS = 200
SIZE_OF_INDEX = {
    "SQLite": "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'passages_fts%'",
    "PostgreSQL": "SELECT pg_total_relation_size('passages_fts')"
    " + pg_total_relation_size('passages_fts_words')",
}
# What half of all Korean and English passages hold, with and without a word that tells something.
FREQUENT = ("있습니다", "에서 하는", "model", "use of model", "하는 수 있는 사용")

Make = Callable[[Sequence[dict[str, Any]]], SearchArchive]


class Retriever:
    """What the evaluator calls."""

    def __init__(self, archive: SearchArchive) -> None:
        self._archive = archive

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        return [(str(hit.link), hit.score) for hit in self._archive.search(query, k)]

    def close(self) -> None:
        self._archive.close()


def compare_sets(shared: Path, databases: dict[str, Make]) -> None:
    evaluate = importlib.import_module("eval_retrieval").evaluate
    print(f"{'nDCG@10':14}" + "".join(f"{name:>12}" for name in databases) + "   apart")
    for name in RETRIEVAL:
        folder = f"{shared}/bench/data/retrieval/{name}"
        scores = [
            evaluate(folder, lambda corpus, make=make: Retriever(make(corpus)))["scores"]["ALL"][
                "ndcg10"
            ]
            for make in databases.values()
        ]
        apart = max(scores) - min(scores)
        print(f"{name:14}" + "".join(f"{score:12.4f}" for score in scores) + f"{apart:8.4f}")


def compare_sizes(shared: Path, databases: dict[str, Make], sizes: Sequence[int]) -> None:
    corpora, sets = read_sets(shared)
    asked = [question for questions in sets.values() for question in questions]
    questions = random.Random(7).sample(asked, QUESTIONS)
    print(
        f"{'passages':>9} {'':11}{'index s':>9}{'MB':>6}{'p50 ms':>8}{'p95 ms':>8}{'frequent':>9}"
    )
    for size in sizes:
        corpus = list(make_corpus(corpora, size))
        archives = {name: make(corpus) for name, make in databases.items()}
        times = measure(archives, questions)
        frequent = measure(archives, FREQUENT)
        for name, archive in archives.items():
            bytes_ = int(archive.read(SIZE_OF_INDEX[name]))
            print(
                f"{size:9} {name:11}{archive.indexing_s:9.1f}{bytes_ / 1e6:6.0f}"
                f"{times[name][len(questions) // 2]:8.1f}"
                f"{times[name][int(len(questions) * 0.95)]:8.1f}{frequent[name][-1]:9.1f}"
            )
            archive.close()


def measure(archives: dict[str, SearchArchive], questions: Sequence[str]) -> dict[str, list[float]]:
    """Ask each question of all, one after the other, so that what else runs slows all down alike.

    Return milliseconds, in order.
    """
    times: dict[str, list[float]] = {name: [] for name in archives}
    for question in questions:
        for name, archive in archives.items():
            began = time.perf_counter()
            archive.search(question, 10, audience=EVERYONE)
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: sorted(each) for name, each in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sizes", default="5000,100000", help="how many passages; empty: none")
    parser.add_argument("--no-sets", action="store_true", help="only times and sizes")
    arguments = parser.parse_args()
    shared = arguments.shared.resolve()
    sys.path.insert(0, str(shared / "bench/scripts"))
    with tempfile.TemporaryDirectory() as folder, some_server(Path(folder)) as server:
        databases = {"SQLite": SearchArchive, "PostgreSQL": _on(server)}
        if not arguments.no_sets:
            compare_sets(shared, databases)
        compare_sizes(shared, databases, [int(each) for each in arguments.sizes.split(",") if each])


def _on(server: PostgresServer) -> Make:
    return lambda corpus: SearchArchive(corpus, server.create())


if __name__ == "__main__":
    main()
