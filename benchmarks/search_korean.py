"""Measure what a Korean morphological analyser would add to search: nDCG@10, time, memory.

    python -m benchmarks.search_korean [--shared ../shared] [--sets ko_dev,ko_tech] [--share 0.4]

The best 40 of our search are ordered anew by their score and, in some share, by a BM25F over
morphemes with the statistics of all passages. Search itself has no analyser; this tells whether
it should. With the extra `benchmark`.
"""

from __future__ import annotations

import argparse
import importlib
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.run import ROOT
from benchmarks.search_archive import SearchArchive
from bot.text.ranking import Candidate, Fields, Statistics, count_words, rank

_NEAR = 40
_FOUND = 10
# Nouns, numerals, verbs and adjectives by their stems, roots: what names something.
_NAMING = ("NN", "NR", "VV", "VA", "XR", "XPN")
_HANGUL = re.compile("[가-힣]")

Analyse = Callable[[str], list[str]]


def load_analyser() -> Analyse:
    kiwi: Any = importlib.import_module("kiwipiepy").Kiwi(num_workers=1)

    def analyse(text: str) -> list[str]:
        return [
            f"{each.tag[0]}{each.form}"  # a verb's stem may be spelled like a noun
            for each in kiwi.tokenize(text)
            if each.tag.startswith(_NAMING) and _HANGUL.search(each.form)
        ]

    analyse("색인을 만든다")  # it loads on its first text
    return analyse


class Morphemes:
    """A corpus as morphemes: how well a passage fits a question by them alone."""

    def __init__(self, corpus: Sequence[dict[str, Any]], analyse: Analyse) -> None:
        self._analyse = analyse
        self._passages: dict[str, tuple[list[str], ...]] = {
            each["id"]: (analyse(each["title"] or ""), [], analyse(each["text"])) for each in corpus
        }
        lengths = [self._lengths(name) for name in self._passages]
        average = Fields(*(sum(each) / len(lengths) for each in zip(*lengths, strict=True)))
        holding = Counter(
            word for fields in self._passages.values() for word in set().union(*fields)
        )
        self._statistics = Statistics(len(lengths), average, holding)

    def score(self, question: str, passages: Sequence[str]) -> Mapping[int, float]:
        """Return the score of each that has any, by its place."""
        asked = Counter(self._analyse(question))
        counted = (self._count(place, name, asked) for place, name in enumerate(passages))
        return dict(rank(counted, asked, statistics=self._statistics))

    def _count(self, place: int, name: str, asked: Mapping[str, float]) -> Candidate:
        fields = [[word for word in words if word in asked] for words in self._passages[name]]
        return count_words(place, fields, lengths=self._lengths(name))

    def _lengths(self, name: str) -> Fields:
        return Fields(*map(len, self._passages[name]))


def compare(folder: Path, analyse: Analyse, *, share: float) -> Iterator[tuple[float, float]]:
    """Yield nDCG@10 of each question, by words and with morphemes."""
    common, evaluator = map(importlib.import_module, ("common", "eval_retrieval"))
    corpus, questions = (common.rjsonl(f"{folder}/{n}.jsonl.gz") for n in ("corpus", "queries"))
    judged = common.rqrels(f"{folder}/qrels.tsv.gz")
    began = time.process_time()
    morphemes = Morphemes(corpus, analyse)
    spent = time.process_time() - began
    chars = sum(len(each["title"] or "") + len(each["text"]) for each in corpus)
    print(f"{folder.name}: {len(corpus)} passages, {chars / spent / 1000:.0f} K characters/s")
    archive = SearchArchive(corpus)
    for question in questions:
        hits = archive.search(question["text"], _NEAR)
        found = [str(hit.link) for hit in hits]
        more = morphemes.score(question["text"], found)
        scores = [hit.score + share * more.get(place, 0.0) for place, hit in enumerate(hits)]
        anew = [found[place] for place in sorted(range(len(found)), key=lambda p: (-scores[p], p))]
        relevant = {name: worth for name, worth in judged[question["id"]].items() if worth > 0}
        yield (
            evaluator.ndcg(found[:_FOUND], relevant),
            evaluator.ndcg(anew[:_FOUND], relevant),
        )
    archive.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sets", default="ko_dev,ko_tech")
    parser.add_argument("--share", type=float, default=0.4, help="what morphemes count for")
    arguments = parser.parse_args()
    shared = arguments.shared.resolve()
    sys.path.insert(0, str(shared / "bench/scripts"))
    before = _most_resident_mb()
    analyse = load_analyser()
    print(f"the analyser: {_most_resident_mb() - before:.0f} MB more resident")
    for name in arguments.sets.split(","):
        pairs = list(
            compare(shared / "bench/data/retrieval" / name, analyse, share=arguments.share)
        )
        for label, part in (("all", pairs), ("odd", pairs[::2]), ("even", pairs[1::2])):
            words, both = (sum(each) / len(part) for each in zip(*part, strict=True))
            print(f"  {label:5}{len(part):6} words {words:.4f}  with morphemes {both:.4f}")
    print(f"{_most_resident_mb():.0f} MB resident at most")


def _most_resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
