"""Pages a second that the parsing processes read, beside bare trafilatura in as many processes.

    python -m benchmarks.parsing [--pages 300] [--processes 2] [--rounds 3] [--flat 0]

Every page is a made article of 100 kB, no two alike. The rounds take turns, so that both sides meet
the same machine; the ratio is that of the medians. `--flat N` then reads N pages more and prints
what the processes held in memory on the way.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from adapters.fetching.documents.article import read_article
from adapters.parsing import Download, Parsers
from bot.domain.models import PageText

PAGE_BYTES = 100_000
_WORDS = (
    *("queue", "retry", "model", "summary", "meeting", "index", "passage", "reader", "digest"),
    *("작은", "모델로", "회의록을", "요약한", "결과를", "팀에서", "매주", "모아", "읽고", "색인에"),
)


def make_page(seed: int, *, size_bytes: int = PAGE_BYTES) -> bytes:
    """Return an article with the menus, scripts and asides that real pages carry."""
    chance = random.Random(seed)
    menu = "".join(f"<li><a href='/{n}'>{' '.join(_some(chance, 2))}</a></li>" for n in range(60))
    script = "<script>" + "var a=function(){return 1};" * 800 + "</script>"
    head = f"<html><head><title>Page {seed}</title>{script}</head><body><nav><ul>{menu}</ul></nav>"
    parts, size = [head + "<article>"], len(head)
    while size < size_bytes:
        text = " ".join(_some(chance, 60))
        part = f"<h2>{' '.join(_some(chance, 4))}</h2><p>{text} <a href='/x'>more</a>.</p>"
        parts.append(part)
        size += len(part.encode())
    return "".join([*parts, "</article></body></html>"]).encode()


def _some(chance: random.Random, count: int) -> list[str]:
    return chance.choices(_WORDS, k=count)


def extract_bare(body: bytes) -> int:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(body, with_metadata=True, include_comments=False)
    return len(found.text or "") if found else 0


def measure_bare(pages: list[bytes], pool: ProcessPoolExecutor) -> float:
    begin = time.perf_counter()
    assert all(pool.map(extract_bare, pages, chunksize=4))
    return len(pages) / (time.perf_counter() - begin)


async def measure_ours(pages: list[bytes], parsers: Parsers) -> float:
    begin = time.perf_counter()
    read = await asyncio.gather(*(_read(parsers, page, n) for n, page in enumerate(pages)))
    assert all(page.text for page in read)
    return len(pages) / (time.perf_counter() - begin)


async def _read(parsers: Parsers, page: bytes, number: int) -> PageText:
    download = Download(f"https://a.example/{number}", "text/html", "utf-8", page)
    return await parsers.parse(read_article, download)


async def measure(pages: int, processes: int, rounds: int, flat: int) -> None:
    made = [make_page(number) for number in range(pages)]
    bare, ours = [], []
    parsers = Parsers(most=processes)
    with ProcessPoolExecutor(processes) as pool:
        measure_bare(made[: 2 * processes], pool)  # both sides have loaded their libraries
        await measure_ours(made[: 2 * processes], parsers)
        for _ in range(rounds):
            bare.append(measure_bare(made, pool))
            ours.append(await measure_ours(made, parsers))
    theirs, own = statistics.median(bare), statistics.median(ours)
    print(f"bare trafilatura, {processes} processes {theirs:8.1f} pages/s")
    print(f"parsing processes              {own:8.1f} pages/s  ratio {own / theirs:.2f}")
    for done in range(0, flat, pages):
        await measure_ours(made, parsers)
        held = [_resident_mb(pid) for pid in parsers.pids]
        print(f"after {done + pages:6} pages: {' + '.join(f'{mb:.0f}' for mb in held)} MB")
    await parsers.aclose()


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if "VmRSS" in line)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flat", type=int, default=0)
    asked = parser.parse_args()
    asyncio.run(measure(asked.pages, asked.processes, asked.rounds, asked.flat))


if __name__ == "__main__":
    main()
