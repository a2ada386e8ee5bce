"""Measure search on SQLite beside bare FTS5: milliseconds by set of questions, indexing, memory.

    python -m benchmarks.search_speed [--shared ../shared] [--sizes 5000,100000] [--count core]

Bare FTS5 holds the same words of the same passages in memory, is optimised, and answers with the
ten best by its own `bm25()`. Each question is asked of both, one after the other. `--count core`
counts what the processors work, not what passes, where others use the machine, too.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import make_corpus, read_sets
from benchmarks.run import ROOT
from benchmarks.search_archive import SearchArchive
from bot.domain.visibility import Audience
from bot.text.tokens import tokenise

EVERYONE = Audience()
QUESTIONS = 200
FOUND = 10


class BareFts5:
    def __init__(self, corpus: Sequence[dict[str, Any]]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE f USING fts5(body, tokenize = 'ascii')")
        worded = ((" ".join(tokenise(f"{one['title'] or ''} {one['text']}")),) for one in corpus)
        self._connection.executemany("INSERT INTO f VALUES (?)", worded)
        self._connection.execute("INSERT INTO f(f) VALUES ('optimize')")

    def search(self, question: str) -> list[Any]:
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(tokenise(question)))
        found = "SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f) LIMIT ?"
        return self._connection.execute(found, (match, FOUND)).fetchall() if match else []

    def close(self) -> None:
        self._connection.close()


def measure(
    archive: SearchArchive, bare: BareFts5, questions: Sequence[str], clock: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Return milliseconds of ours and of the bare index, each in order."""
    asked: tuple[Callable[[str], Any], ...] = (
        lambda question: archive.search(question, FOUND, audience=EVERYONE),
        bare.search,
    )
    times: tuple[list[float], list[float]] = ([], [])
    for question in questions:
        for ask, spent in zip(asked, times, strict=True):
            began = clock()
            ask(question)
            spent.append((clock() - began) * 1000)
    return sorted(times[0]), sorted(times[1])


def compare(
    corpora: Sequence[Any], sets: Mapping[str, list[str]], size: int, clock: Callable[[], float]
) -> None:
    corpus = list(make_corpus(corpora, size))
    chars = sum(len(one["text"]) + len(one["title"] or "") for one in corpus)
    before_mb = _resident_mb()
    archive = SearchArchive(corpus, clock=clock)
    for questions in sets.values():
        archive.search(questions[0], FOUND, audience=EVERYONE)
    print(
        f"\n{size} passages: {chars / archive.indexing_s / 1e6:.2f} M characters/s indexed,"
        f" {_resident_mb() - before_mb:.0f} MB more resident"
    )
    bare = BareFts5(corpus)
    print(f"{'':14}{'p50 ms':>8}{'p95 ms':>8}{'bare p50':>10}{'bare p95':>10}{'p95 / bare':>12}")
    for name, questions in sets.items():
        some = random.Random(7).sample(questions, min(QUESTIONS, len(questions)))
        ours, theirs = measure(archive, bare, some, clock)
        half, most = len(some) // 2, int(len(some) * 0.95)
        print(
            f"{name:14}{ours[half]:8.1f}{ours[most]:8.1f}{theirs[half]:10.1f}{theirs[most]:10.1f}"
            f"{ours[most] / theirs[most]:12.2f}"
        )
    archive.close()
    bare.close()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sizes", default="5000,100000", help="how many passages")
    parser.add_argument("--count", choices=("time", "core"), default="time")
    arguments = parser.parse_args()
    shared = arguments.shared.resolve()
    sys.path.insert(0, str(shared / "bench/scripts"))
    corpora, sets = read_sets(shared)
    clock = time.process_time if arguments.count == "core" else time.perf_counter
    for size in map(int, arguments.sizes.split(",")):
        compare(corpora, sets, size, clock)


if __name__ == "__main__":
    main()
