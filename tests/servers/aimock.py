"""A language model's server for tests that is not ours: npm @copilotkit/aimock."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import NEEDS_NODE, NEEDS_PACKAGES

HERE = Path(__file__).parent
SERVER = HERE / "aimock.mjs"
PACKAGE = HERE / "node_modules/@copilotkit/aimock"


@contextmanager
def run_aimock(fixtures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the address where it answers as the fixtures say; the first that matches is taken."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(NEEDS_NODE)
    if not PACKAGE.exists():
        pytest.skip(NEEDS_PACKAGES)
    process = subprocess.Popen(
        [node, SERVER], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(list(fixtures)) + "\n")
        process.stdin.flush()
        yield f"{process.stdout.readline().strip()}/v1"
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()
