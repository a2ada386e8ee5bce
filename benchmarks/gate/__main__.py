"""Measure the gate: articles that it refuses, walls that it lets through.

python -m benchmarks.gate [--shared ../shared] [--half tuned] [--show]
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from adapters.fetching.charsets import decode_text
from adapters.fetching.documents.article import parse_article
from adapters.fetching.landing import landed_elsewhere
from benchmarks.gate.pages import Page, articles, walls
from bot.errors import FetchFailed

ROOT = Path(__file__).parent.parent.parent
REAL = ("aeb", "trafeval", "ko_pages")
HALVES = ("tuned", "held_out", "unseen")


def real_pages(shared: Path) -> Iterator[Page]:
    for name in REAL:
        with gzip.open(
            shared / f"bench/data/extract/{name}.jsonl.gz", "rt", encoding="utf-8"
        ) as lines:
            for row in map(json.loads, lines):
                html = decode_text(gzip.decompress(base64.b85decode(row["html_b85gz"])))
                yield Page(row["id"], "", html, row["url"], row["url"])


def verdict(page: Page) -> str:
    """Return as the reader does: a reason, `gap:…` of what was read in part, "" if all was read."""
    if elsewhere := landed_elsewhere(page.asked, page.url):
        return elsewhere
    try:
        return next((f"gap:{gap}" for gap in parse_article(page.html, page.url).gaps), "")
    except FetchFailed as failure:
        return failure.reason


def measure(name: str, pages: Iterator[Page], *, shows: bool) -> None:
    counts: Counter[str] = Counter()
    for page in pages:
        got = verdict(page)
        is_refused, is_wall = (bool(said) and ":" not in said for said in (got, page.reason))
        counts["pages"] += 1
        counts["refused"] += is_refused
        counts["right"] += got == page.reason
        counts["wrong"] += is_refused != is_wall
        if shows and got != page.reason:
            print(f"  {name}: {page.name}: {got or 'read'} instead of {page.reason or 'read'}")
    shares = " ".join(f"{counts[what]:>7}" for what in ("pages", "refused", "wrong", "right"))
    print(f"{name:<28}{shares}   {counts['right'] / counts['pages']:.1%} right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--half", choices=HALVES, help="only this half of the walls")
    parser.add_argument("--show", action="store_true", help="name each page that is told wrongly")
    options = parser.parse_args()
    print(f"{'':<28}  pages refused   wrong   right")
    if options.shared.exists():
        measure("real articles", real_pages(options.shared), shows=options.show)
    measure("articles about walls", articles(), shows=options.show)
    for half in [options.half] if options.half else HALVES:
        measure(f"walls, {half}", walls(half), shows=options.show)


if __name__ == "__main__":
    main()
