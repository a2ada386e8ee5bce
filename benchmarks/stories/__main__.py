"""Group labelled links into stories; look for one event told twice in digests of the archives.

    python -m benchmarks.stories [--shared ../shared] [--show]

The threshold is tried on one half of the documents, the figures come from the other. Anchor: single
linkage of tf-idf cosines, its threshold from the same half.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.stories.corpora import Corpus, Pair, load_corpora, make_link
from benchmarks.stories.digests import find_repeats
from benchmarks.stories.single_link import single_link
from bot.domain.models import LinkRecord
from bot.domain.stories import SAME, group_stories

ROOT = Path(__file__).parent.parent.parent
TUNING, TESTING = 0, 1
_THRESHOLDS = [-3.0 + step / 4 for step in range(17)]
_COSINES = [step / 50 for step in range(3, 40)]

Grouping = Callable[[Sequence[LinkRecord]], list[list[LinkRecord]]]


@dataclass(frozen=True, slots=True)
class Figure:
    right: int = 0
    found: int = 0
    labelled: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.right + other.right, self.found + other.found, self.labelled + other.labelled
        )

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.labelled)

    def __str__(self) -> str:
        precision = self.right / max(1, self.found)
        recall = self.right / max(1, self.labelled)
        return f"{precision:5.3f} {recall:5.3f} {self.f1:5.3f} {self.labelled:5}"


def ours(same: float) -> Grouping:
    return lambda links: [list(story.links) for story in group_stories(links, same=same)]


def found_pairs(corpus: Corpus, group: Grouping) -> set[Pair]:
    pairs: set[Pair] = {
        frozenset(str(link.id) for link in pair)
        for period in corpus.periods
        for story in group(period)
        for pair in combinations(story, 2)
    }
    return pairs - corpus.unsure


def measure(corpus: Corpus, group: Grouping) -> Figure:
    found = found_pairs(corpus, group)
    return Figure(len(found & corpus.same), len(found), len(corpus.same))


def best(corpora: Sequence[Corpus], groupings: dict[float, Grouping]) -> float:
    halves = [corpus.half(TUNING) for corpus in corpora]

    def f1(threshold: float) -> float:
        return sum((measure(half, groupings[threshold]) for half in halves), Figure()).f1

    return max(groupings, key=f1)


def table(corpora: Sequence[Corpus], group: Grouping) -> Iterator[str]:
    for half, name in ((TUNING, "tuning half"), (TESTING, "testing half")):
        yield f"{name:38} {'P':>5} {'R':>5} {'F1':>5} {'pairs':>5}"
        figures = {corpus.name: measure(corpus.half(half), group) for corpus in corpora}
        yield from (f"  {name:36} {figure}" for name, figure in figures.items())
        judged = figures["news"] + figures["articles"]
        yield f"  {'judged by hand':36} {judged}"
        yield f"  {'all':36} {sum(figures.values(), Figure())}"


def wrong(corpora: Sequence[Corpus], group: Grouping) -> Iterator[str]:
    for corpus in (corpus.half(TESTING) for corpus in corpora):
        titles = {str(link.id): link.title for period in corpus.periods for link in period}
        found = found_pairs(corpus, group)
        for what, pairs in (("wrong", found - corpus.same), ("missed", corpus.same - found)):
            for pair in sorted(map(sorted, pairs)):
                yield f"{what:7} {' | '.join(titles[each][:70] for each in pair)}"


def seconds(corpora: Sequence[Corpus], count: int) -> float:
    """Return the processor time for so many links: real texts, each with another's behind it."""
    all_links = [link for corpus in corpora for period in corpus.periods for link in period]
    texts = [link for link in all_links if link.text]
    links = [
        make_link(
            f"link-{number}",
            all_links[number % len(all_links)].title,
            text=(texts[number % len(texts)].text + texts[number * 7 % len(texts)].text)[:3000],
        )
        for number in range(count)
    ]
    started = time.process_time()
    group_stories(links)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    arguments = parser.parse_args()
    corpora = load_corpora(arguments.shared)
    print(f"best threshold on the tuning half: {best(corpora, {t: ours(t) for t in _THRESHOLDS})}")
    print(f"threshold in use: {SAME}")
    print(*table(corpora, ours(SAME)), sep="\n")
    anchors = {cosine: single_link(cosine) for cosine in _COSINES}
    cosine = best(corpora, anchors)
    print(f"\nanchor: single linkage of cosines of at least {cosine}")
    print(*table(corpora, anchors[cosine]), sep="\n")
    if arguments.show:
        print(*wrong(corpora, ours(SAME)), sep="\n")
    print()
    for count in (1000, 5000):
        print(f"{count} links: {seconds(corpora, count):.2f} s of a core")
    looked_at, repeats = find_repeats(arguments.shared, corpora)
    by_letters = sum("by letters" in line for line in repeats)
    print(f"{looked_at} digests: highlights alike by letters {by_letters}, by label {len(repeats)}")
    print(*repeats, sep="\n")


if __name__ == "__main__":
    main()
