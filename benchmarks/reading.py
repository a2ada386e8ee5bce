"""Pages a second that are fetched, parsed, summarised and indexed, beside bare trafilatura.

    python -m benchmarks.reading [--pages 1000] [--processes 2] [--flat 0] [--real FOLDER]
        [--rounds 5] [--profile FILE]

The pages are made, 100 kB each, and served on loopback by a process of its own; with `--real` they
are those of about that size in a folder of extraction sets, again and again. What reads them is
what the bot is made of: fetcher, parsing processes, services, a SQLite database. One thing alone
differs: that a host is read politely, for all of them have one. Bare trafilatura takes the same
pages apart in as many processes. The rounds take turns, so that both sides meet the same machine;
the ratios are the medians of theirs. CPU is that of all processes of a side, the server apart.
`--flat N` reads N pages more and prints what is held in memory on the way.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import cProfile
import gzip
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from adapters.fetching import HttpPageFetcher
from adapters.parsing import Parsers
from adapters.parsing.understanding import ParsedUnderstanding
from benchmarks.made_pages import make_page
from benchmarks.parsing import extract_bare
from bot.clock import SystemClock
from bot.domain.models import LOCAL, LinkFilter, LinkRecord
from bot.domain.visibility import OPERATOR
from bot.ports import Storage
from bot.services.reading import ReadingService
from bot.services.retrying import Retries
from storage import open_storage
from tests.factories import make_save

DIFFERENT = 1_000  # pages; further ones are these again, at other addresses
REAL_BYTES = (60_000, 160_000)
READERS = 12
WANTED_PER_S, WANTED_RATIO = 30.0, 0.5


@dataclass(frozen=True, slots=True)
class Cost:
    wall_s: float
    cpu_s: float


class Watch:
    """Seconds of the clock, and of the processors: ours, and those of the processes named."""

    def __init__(self, pids: Callable[[], Sequence[int]]) -> None:
        self._pids = pids
        self._begin = time.perf_counter(), self._cpu_s()

    def read(self) -> Cost:
        wall, cpu = self._begin
        return Cost(time.perf_counter() - wall, self._cpu_s() - cpu)

    def _cpu_s(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = used.ru_utime + used.ru_stime + ended.ru_utime + ended.ru_stime
        return ours + sum(map(cpu_of, self._pids()))


def cpu_of(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:  # it has ended; then it is one of the ended children
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int | str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if "VmRSS" in line)


def pages_of(count: int, real: str) -> list[bytes]:
    """Return as many pages as are different, at most so many."""
    if not real:
        return [make_page(number) for number in range(min(count, DIFFERENT))]
    found = [
        gzip.decompress(base64.b85decode(json.loads(line)["html_b85gz"]))
        for each in sorted(Path(real).glob("*.jsonl.gz"))
        for line in gzip.decompress(each.read_bytes()).splitlines()
    ]
    return [page for page in found if REAL_BYTES[0] <= len(page) <= REAL_BYTES[1]]


async def serve(pages: int, real: str) -> None:
    """Serve page N at /N, and print the port."""
    made = pages_of(pages, real)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readline():
            while (await reader.readline()).strip():
                pass
            body = made[int(request.split()[1][1:]) % len(made)]
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}"
            writer.write(f"{head}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


async def save(storage: Storage, port: int, numbers: range) -> list[LinkRecord]:
    urls = (f"http://127.0.0.1:{port}/{number}" for number in numbers)
    return [(await storage.links.save(make_save(url))).link for url in urls]


async def read(reading: ReadingService, links: Sequence[LinkRecord]) -> None:
    slots = asyncio.Semaphore(READERS)

    async def read_one(link: LinkRecord) -> None:
        async with slots:
            failure = await reading.read_unseen(LOCAL, link)
            if failure is not None:
                raise failure

    async with asyncio.TaskGroup() as group:
        for link in links:
            group.create_task(read_one(link))


class Bare:
    """Trafilatura alone, in processes of its own."""

    def __init__(self, pool: ProcessPoolExecutor, processes: int, pages: Sequence[bytes]) -> None:
        self._pool = pool
        self._pages = pages
        self.found_nothing = 0
        list(pool.map(extract_bare, pages[: 4 * processes]))  # the library is loaded

    def read(self, numbers: range) -> Cost:
        workers = [each.pid for each in self._pool._processes.values() if each.pid]
        made = [self._pages[number % len(self._pages)] for number in numbers]
        watch = Watch(lambda: workers)
        self.found_nothing += list(self._pool.map(extract_bare, made, chunksize=4)).count(0)
        return watch.read()


async def measure(port: int, bare: Bare, asked: argparse.Namespace) -> list[tuple[Cost, Cost]]:
    """Return for every round what we took, and what bare trafilatura did."""
    clock, processes, pages = SystemClock(), asked.processes, asked.pages
    with tempfile.TemporaryDirectory(prefix="jubo-reading-") as folder:
        async with open_storage(f"sqlite:///{folder}/jubo.db") as storage:
            await storage.workspaces.ensure(LOCAL, name="local")
            parsers = Parsers(most=processes)
            fetcher = HttpPageFetcher({f"127.0.0.1:{port}"}, parsers=parsers)
            retries = Retries(storage.links, storage.jobs, clock)
            reading = ReadingService(
                storage.links,
                fetcher,
                retries=retries,
                clock=clock,
                understand=ParsedUnderstanding(parsers),
            )
            await read(reading, await save(storage, port, range(10**6, 10**6 + 4 * processes)))
            profiler = cProfile.Profile() if asked.profile else None
            rounds, own = [], 0.0
            for numbers in _share(pages, asked.rounds):
                links = await save(storage, port, numbers)
                watch = Watch(lambda: parsers.pids)  # worn ones are replaced on the way
                began = time.process_time()
                with profiler or contextlib.nullcontext():
                    await read(reading, links)
                own += time.process_time() - began
                rounds.append((watch.read(), await asyncio.to_thread(bare.read, numbers)))
            if profiler:
                profiler.dump_stats(asked.profile)
            parsing = sum(ours.cpu_s for ours, _ in rounds) - own
            print(f"bot's process {1000 * own / pages:.1f} ms of CPU a page, parsing processes "
                  f"{1000 * parsing / pages:.1f} ms")  # fmt: skip
            await _check(storage, pages)
            for done in range(pages, pages + asked.flat, 1_000):
                await read(reading, await save(storage, port, range(done, done + 1_000)))
                print_memory(done + 1_000, parsers)
            await fetcher.aclose()
    return rounds


def _share(pages: int, rounds: int) -> list[range]:
    ends = [pages * number // rounds for number in range(rounds + 1)]
    return [range(*each) for each in itertools.pairwise(ends)]


async def _check(storage: Storage, pages: int) -> None:
    listed = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert len(listed) >= pages
    assert all(link.summary and link.summary.points for link in listed)
    assert await storage.search.search(LOCAL, "색인 index 있다 the", limit=5, audience=OPERATOR)


def print_memory(done: int, parsers: Parsers) -> None:
    held = " + ".join(f"{resident_mb(pid):.0f}" for pid in parsers.pids)
    print(f"after {done:6} pages: bot {resident_mb('self'):.0f} MB, parsing {held} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--flat", type=int, default=0)
    parser.add_argument("--real", default="", help="a folder of pages kept as *.jsonl.gz")
    parser.add_argument("--profile", default="", help="write what took the bot's time to this file")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve(asked.pages, asked.real))
        return
    command = [sys.executable, "-m", "benchmarks.reading", "--serve", "--pages", str(asked.pages),
               "--real", asked.real]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    different = pages_of(asked.pages, asked.real)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with ProcessPoolExecutor(asked.processes) as pool:
            bare = Bare(pool, asked.processes, different)
            rounds = asyncio.run(measure(port, bare, asked))
        served = cpu_of(server.pid)
    finally:
        server.kill()
        server.wait()
    print(f"{len(different)} different pages; bare trafilatura found nothing in "
          f"{bare.found_nothing} of {asked.pages}")  # fmt: skip
    print(f"{'':24}{'pages/s':>10}{'ms of CPU a page':>20}")
    ours, theirs = zip(*rounds, strict=True)
    for name, costs in (("read, all of it", ours), ("bare trafilatura", theirs)):
        rate = asked.pages / sum(each.wall_s for each in costs)
        cpu = 1000 * sum(each.cpu_s for each in costs) / asked.pages
        print(f"{name:24}{rate:10.1f}{cpu:20.1f}")
    print(f"loopback's server, making its pages included: {1000 * served / asked.pages:.1f} ms")
    by_clock = statistics.median(bare.wall_s / ours.wall_s for ours, bare in rounds)
    by_cpu = statistics.median(bare.cpu_s / ours.cpu_s for ours, bare in rounds)
    print(f"ratio by the clock {by_clock:.2f}, by CPU {by_cpu:.2f}; "
          f"wanted {WANTED_PER_S:g} pages/s, ratio {WANTED_RATIO}")  # fmt: skip


if __name__ == "__main__":
    main()
