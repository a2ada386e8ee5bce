"""Count which letter follows which in Korean text, for bot/text/hangul_ngrams.xz.

usage: python -m benchmarks.train_hangul_ngrams SHARED_DIR

Reads the Korean texts of the retrieval and summary sets and the clean seeds below SHARED_DIR. The
damaged seed and its clean text stay out: they are what repair is measured on.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.text import hangul_ngrams

TARGET = Path(hangul_ngrams.__file__).with_name(hangul_ngrams.DATA_FILE)
SETS = ("bench/data/retrieval/ko_*/*.jsonl.gz", "bench/data/summ/ko_*.jsonl.gz")
SEEDS = ("seeds/00[1-4]_*.txt", "bench/data/imports/markdown_lists/*.md")
# Rarer ones cost as many bytes as all others together and mend no word more on held-out text.
RAREST = {1: 1, 2: 1, 3: 3}


def main(shared_dir: str) -> None:
    counts: Counter[str] = Counter()
    for text in _read_texts(Path(shared_dir)):
        symbols = "".join(map(hangul_ngrams.symbol_of, f"  {text} "))
        for length in RAREST:
            counts.update(symbols[at : at + length] for at in range(len(symbols) - length + 1))
    kept = {
        symbols: count
        for symbols, count in counts.items()
        if count >= RAREST[len(symbols)] and (len(symbols) == 1 or _holds_hangul(symbols))
    }
    data = hangul_ngrams.dump_ngrams(kept)
    TARGET.write_bytes(data)
    print(f"{len(kept):,} of {len(counts):,} counts, {len(data):,} bytes")


def _holds_hangul(symbols: str) -> bool:
    return any("가" <= symbol <= "힣" for symbol in symbols)


def _read_texts(shared_dir: Path) -> Iterator[str]:
    for path in _find(shared_dir, SETS):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                yield " ".join([record.get("title") or "", record.get("text") or ""])
                yield " ".join([*record.get("sentences", ()), *record.get("refs", ())])
    for path in _find(shared_dir, SEEDS):
        yield path.read_text(encoding="utf-8")


def _find(folder: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


if __name__ == "__main__":
    main(sys.argv[1])
