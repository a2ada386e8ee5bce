"""Feed files of another project's tests: does any break us, and do we find all of its entries?

    python -m benchmarks.feeds [--data ../shared/bench/data/feeds/feedparser_half.tar.gz]

Beside each file stands what feedparser alone finds in it. An entry without an address is counted
here; nothing of it could be saved, so no feed that is followed brings it.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import feedparser

from benchmarks.callables import feed_entries
from bot.domain.feeds import FeedEntry, keys_of

DATA = Path("../shared/bench/data/feeds/feedparser_half.tar.gz")


def read_files(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as files:
        for each in files:
            file = files.extractfile(each)
            if file is not None:
                yield each.name, file.read()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    files = list(read_files(parser.parse_args().data))
    problems, found, without_address = [], 0, 0
    for name, data in files:
        wanted = len(feedparser.parse(io.BytesIO(data)).entries)
        try:
            entries = feed_entries(data)
        except Exception as error:  # noqa: BLE001 - that there is none is what is measured
            problems.append(f"{name}: {type(error).__name__} {error}")
            continue
        found += len(entries)
        without_address += sum(not keys_of(FeedEntry(each["url"])) for each in entries)
        if len(entries) < wanted:
            problems.append(f"{name}: {len(entries)} entries, feedparser finds {wanted}")
    print(f"files {len(files)}  entries {found}  of them without an address {without_address}")
    print(f"with an exception or fewer entries: {len(problems)}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
