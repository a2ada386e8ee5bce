"""Measure how long commands take and what memory they need, beside what the machine does at least.

    python -m benchmarks.footprint [--runs 5]

Prints the median of the runs and the largest. The references say how fast this machine is today:
a bare interpreter, and the same rows put into an SQLite file without any of our code.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from benchmarks.made_archive import make_archive

ENTRIES = 1600
PERIOD = "30d"  # of the sample archive: all of it
ROOT = Path(__file__).parent.parent
DEADLINE_S = 60
DIGEST_DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True)
class Measure:
    """`limit` is what may not be passed; None for a reference, which has no limit."""

    what: str
    unit: str
    values: list[float]
    limit: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="jubo-footprint-") as folder:
        measures = [*_measure_starts(runs), *_measure_imports(runs, Path(folder))]
    measures += _measure_demo(runs)
    print(f"{'':44} {'median':>10} {'largest':>10} {'limit':>10}")
    for each in measures:
        middle, largest = statistics.median(each.values), max(each.values)
        limit = f"{each.limit:g} {each.unit}" if each.limit is not None else "reference"
        mark = "" if each.limit is None or middle < each.limit else "  TOO MUCH"
        print(
            f"{each.what:44} {middle:8.2f} {each.unit} {largest:8.2f} {each.unit} {limit:>10}{mark}"
        )


def _measure_starts(runs: int) -> list[Measure]:
    bare = [_run([sys.executable, "-c", "pass"])[0] for _ in range(runs)]
    helped = [_run(_jubo("--help"))[0] for _ in range(runs)]
    return [Measure("python -c pass", "s", bare), Measure("jubo --help", "s", helped, 0.3)]


def _measure_imports(runs: int, folder: Path) -> list[Measure]:
    archive = folder / "archive.md"
    archive.write_text(make_archive(ENTRIES), encoding="utf-8")
    first, again, memory, copied = [], [], [], []
    for number in range(runs):
        home = folder / f"home-{number}"
        seconds, peak = _run(_jubo("import", str(archive)), home=home)
        first.append(seconds)
        memory.append(peak)
        again.append(_run(_jubo("import", str(archive)), home=home)[0])
        copied.append(_copy_rows(home / "jubo.db", home / "copy.db"))
    return [
        Measure("the same rows into a bare SQLite file", "s", copied),
        Measure(f"import of {ENTRIES} entries", "s", first, 5),
        Measure("  its peak memory", "MB", memory, 300),
        Measure("import of the same archive again", "s", again, 5),
    ]


def _copy_rows(source: Path, target: Path) -> float:
    """Return the seconds that inserting all rows takes: no index, no full text, one commit."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        rows = {
            name: old.execute(f'SELECT * FROM "{name}"').fetchall()
            for (name,) in old.execute(tables)
        }
        begin = time.perf_counter()
        for name, of_table in rows.items():
            if of_table:
                width = len(of_table[0])
                new.execute(
                    f'CREATE TABLE "copy_{name}" ({", ".join(f"c{n}" for n in range(width))})'
                )
                marks = ", ".join("?" * width)
                new.executemany(f'INSERT INTO "copy_{name}" VALUES ({marks})', of_table)
        new.commit()
        return time.perf_counter() - begin


def _measure_demo(runs: int) -> list[Measure]:
    pages, digests, memory = [], [], []
    for _ in range(runs):
        begin = time.perf_counter()
        with subprocess.Popen(
            _jubo("demo", "--json", "--port", "0"), stdout=subprocess.PIPE, cwd=ROOT
        ) as demo:
            assert demo.stdout is not None
            try:
                chat = _Chat(json.loads(demo.stdout.readline())["url"])
                chat.get("/")
                pages.append(time.perf_counter() - begin)
                digests.append(_seconds(lambda: chat.digest(PERIOD)))  # noqa: B023 - called at once
                memory.append(sum(_resident_mb(pid) for pid in _tree(demo.pid)))
            finally:
                demo.send_signal(signal.SIGTERM)
                demo.wait(DEADLINE_S)
    return [
        Measure("demo: start to first page", "s", pages, 3),
        Measure("demo: first /digest with its chart", "s", digests, 3),
        Measure("demo: memory of its processes after it", "MB", memory, 250),
    ]


class _Chat:
    """As much of a browser as a digest needs: cookies and JSON."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._origin = self._url
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str) -> bytes:
        return self._open(urllib.request.Request(self._url + path))

    def digest(self, period: str) -> None:
        """Ask for a digest and wait until the post with its chart, and the chart, can be seen."""
        body = {"id": "footprint-1", "text": f"/digest {period}"}
        self._open(
            urllib.request.Request(
                f"{self._url}/api/channels/reading/messages",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json", "Origin": self._origin},
            )
        )
        end = time.perf_counter() + DIGEST_DEADLINE_S
        while time.perf_counter() < end:
            listed = self.get("/api/channels/reading/messages").decode()
            if picture := next(_media(json.loads(listed)), None):
                self.get(picture)
                return
            time.sleep(0.05)
        raise SystemExit("the demo posted no digest with a chart in time")

    def _open(self, request: urllib.request.Request) -> bytes:
        with self._opener.open(request, timeout=DEADLINE_S) as response:
            return bytes(response.read())


def _media(value: Any) -> Iterator[str]:
    """Yield every address of a picture in an answer of the web chat."""
    if isinstance(value, str) and value.startswith("/media/"):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _media(each)


def _jubo(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


def _run(command: list[str], *, home: Path | None = None) -> tuple[float, float]:
    """Return seconds and peak memory in MB of a command that must succeed."""
    environment = {**os.environ, "JUBO_HOME": str(home)} if home else None
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if process.returncode is None:
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def _seconds(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield from _tree(int(child))


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if "VmRSS" in line)


if __name__ == "__main__":
    main()
