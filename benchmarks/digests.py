"""Measure the digest of a month of very many links, without a model.

    python -m benchmarks.digests [--links 1000] [--style weekly]

Made articles with their texts are imported; then the month is told by a command that starts from
nothing, by the same command again, and twice by one process that stays. Seconds hold the whole
command, its start and its writing; memory holds every process that it has.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.made_pages import make_article
from bot.bootstrap import App, open_app
from bot.config import Settings
from bot.domain.digests import Digest, DigestFormat, Style
from bot.domain.models import LOCAL
from bot.domain.periods import parse_period
from bot.domain.visibility import OPERATOR

PERIOD = "2025-03"
_BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
_MONTH = timedelta(days=30)
_LIMITS = {"cold": 20.0, "again": 1.0, "memory": 400.0}
_ROOT = Path(__file__).parent.parent
_LOOK_EVERY_S = 0.02
_PART = 1000  # links a file: what is larger than 64 MB is refused


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--links", type=int, default=1000)
    parser.add_argument("--style", type=Style, choices=list(Style), default=Style.WEEKLY)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubo-digests-") as folder:
        home = Path(folder)
        exports = [home / f"export-{number}.json" for number in range(-(-arguments.links // _PART))]
        for part, export in zip(make_export(arguments.links), exports, strict=True):
            export.write_text(json.dumps(part), encoding="utf-8")
        seconds, _ = _run(home, "import", *map(str, exports))
        print(f"{arguments.links} links; imported in {seconds:.1f} s")
        command = ("digest", "--period", PERIOD, "--style", arguments.style)
        _tell("a command, cold", *_run(home, *command))
        _tell("the same command again", *_run(home, *command))
        _tell("with chart, as HTML", *_run(home, *command, "--format", "html"))
        for what, taken in asyncio.run(_stay(home, arguments.style)):
            limit = f"limit {_LIMITS['again']:g}" if what.endswith("again") else ""
            print(f"{what:32} {taken:7.2f} s {limit}")


def make_export(count: int) -> Iterator[list[dict[str, Any]]]:
    """Yield saved articles as wallabag writes them, in parts, spread over the month."""
    for start in range(0, count, _PART):
        yield [_entry(number, count) for number in range(start, min(count, start + _PART))]


def _entry(number: int, count: int) -> dict[str, Any]:
    title, article = make_article(number)
    return {
        "url": f"https://site{number % 200}.example/{number}",
        "title": title,
        "content": article,
        "created_at": (_BEGIN + _MONTH * number / count).isoformat(),
        "is_archived": 0,
        "tags": [],
    }


def _tell(what: str, seconds: float, peak_mb: float) -> None:
    limits = f"limits {_LIMITS['cold']:g} s, {_LIMITS['memory']:g} MB"
    print(f"{what:32} {seconds:7.2f} s {peak_mb:7.0f} MB {limits}")


async def _stay(home: Path, style: Style) -> list[tuple[str, float]]:
    """Return how long a process that stays takes for the digest, and for the same again."""
    taken = []
    async with open_app(Settings.load(_environment(home))) as app:
        for what in ("a process that stays", "a process that stays, again"):
            began = time.perf_counter()
            _write(app, await _compile(app, style))
            taken.append((what, time.perf_counter() - began))
    return taken


async def _compile(app: App, style: Style) -> Digest:
    return await app.digesting.compile(
        LOCAL,
        parse_period(PERIOD, today=_BEGIN.date()),
        style=style,
        language="en",
        zone=app.zone,
        audience=OPERATOR,
    )


def _write(app: App, digest: Digest) -> str:
    post = app.digesting.document(digest)
    return app.documents.write(digest, post, form=DigestFormat.MARKDOWN)


def _environment(home: Path) -> dict[str, str]:
    return {"JUBO_HOME": str(home), "JUBO_LANGUAGE": "en"}


def _run(home: Path, *arguments: str) -> tuple[float, float]:
    """Return seconds and peak memory in MB, of all processes together, of a command."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", *arguments]
    environment = {**os.environ, **_environment(home)}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env=environment, cwd=_ROOT
    ) as process:
        peak = _Peak(process.pid)
        try:
            status = process.wait()
        finally:
            seconds, peak_mb = time.perf_counter() - began, peak.end()
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return seconds, peak_mb


class _Peak:
    """Looks again and again at what a process and all below it hold in memory."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most_mb = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> float:
        self._is_over.set()
        self._thread.join()
        return self._most_mb

    def _look(self) -> None:
        while not self._is_over.wait(_LOOK_EVERY_S):
            held = sum(map(_resident_mb, list(_tree(self._pid))))
            self._most_mb = max(self._most_mb, held)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [(task / "children").read_text(encoding="ascii").split() for task in tasks]
    except OSError:  # it ended meanwhile
        return
    for child in (int(each) for children in below for each in children):
        yield from _tree(child)


def _resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "VmRSS" in line), 0)


if __name__ == "__main__":
    main()
