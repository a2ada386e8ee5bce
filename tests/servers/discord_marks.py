"""What a parser of Discord's Markdown that is not ours reads in texts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_server import NEEDS_NODE, NEEDS_PACKAGES

HERE = Path(__file__).parent


def marks_of(texts: Sequence[str]) -> list[list[list[Any]]]:
    """Return for each text its marks as [type, target], plain text left out."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(NEEDS_NODE)
    if not (HERE / "node_modules/discord-markdown-parser").exists():
        pytest.skip(NEEDS_PACKAGES)
    done = subprocess.run(
        [node, HERE / "discord_marks.mjs"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))
