"""What inbox and ledger have acknowledged is there after kill -9."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.models import LOCAL
from bot.ports import Lane
from storage import open_storage

ROOT = Path(__file__).parents[2]
ACKNOWLEDGED = 200

# So many writers put events and post for ever; each prints a number once both are committed.
WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.events import CommandCalled
from storage import open_storage

async def put_for_ever(storage, numbers):
    for number in numbers:
        now = datetime.now(UTC)
        event = CommandCalled(
            id=str(number), workspace=LOCAL, place=Place(ChannelId("general")),
            member=MemberId("mina"), member_name="Mina", at=now, name="digest",
        )
        await storage.inbox.put(event)
        await storage.ledger.begin(LOCAL, str(number), at=now)
        await storage.ledger.finish(LOCAL, str(number), f"message-{number}")
        print(number, flush=True)

async def main(url, writers):
    numbers = itertools.count()
    async with open_storage(url) as storage, asyncio.TaskGroup() as group:
        for _ in range(writers):
            group.create_task(put_for_ever(storage, numbers))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.crash
@pytest.mark.timeout(300)
@pytest.mark.parametrize("writers", [1, 20])
async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, writers: int) -> None:
    url = f"sqlite:///{tmp_path / 'jubo.db'}"
    arguments = ("-c", WRITER, url, str(writers))
    writer = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    printed = b"".join([await writer.stdout.readline() for _ in range(ACKNOWLEDGED)])

    writer.kill()
    printed += await writer.stdout.read()  # what it had printed before the signal reached it
    await writer.wait()
    acknowledged = set(printed.decode().split("\n")[:-1])  # a half line acknowledges nothing

    async with open_storage(url) as storage:
        rows = await storage.inbox.list_open(lane=Lane.TALK, limit=1_000_000)
        posts = {
            number: await storage.ledger.begin(LOCAL, number, at=datetime.now(UTC))
            for number in acknowledged
        }
    kept = {row.event.id for row in rows}
    assert writer.returncode == -signal.SIGKILL
    assert acknowledged <= kept
    assert {number: post.message for number, post in posts.items()} == {
        number: f"message-{number}" for number in acknowledged
    }
    assert len(kept) <= len(acknowledged) + writers  # some may be committed and not yet told
