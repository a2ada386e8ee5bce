"""What the inbox has acknowledged is there after kill -9."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.ports import Lane
from storage import open_storage

ROOT = Path(__file__).parents[2]
ACKNOWLEDGED = 200

# Puts events for ever and prints each id once it is committed.
WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.events import CommandCalled
from storage import open_storage

async def main():
    async with open_storage(sys.argv[1]) as storage:
        for number in itertools.count():
            event = CommandCalled(
                id=str(number), workspace=LOCAL, place=Place(ChannelId("general")),
                member=MemberId("mina"), member_name="Mina", at=datetime.now(UTC), name="digest",
            )
            await storage.inbox.put(event)
            print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.crash
@pytest.mark.timeout(60)
async def test_every_acknowledged_event_survives_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jubo.db'}"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    printed = b"".join([await writer.stdout.readline() for _ in range(ACKNOWLEDGED)])

    writer.kill()
    printed += await writer.stdout.read()  # what it had printed before the signal reached it
    await writer.wait()
    acknowledged = printed.decode().split("\n")[:-1]  # a half line acknowledges nothing

    async with open_storage(url) as storage:
        kept = [
            row.event.id for row in await storage.inbox.list_open(lane=Lane.TALK, limit=1_000_000)
        ]
    assert writer.returncode == -signal.SIGKILL
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1  # one may have been committed and not yet told
