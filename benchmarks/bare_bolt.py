"""The least that a Slack bot can do with an event: slack-bolt, and one durable insert."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiosqlite
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def make_server(port: int, database: str, api_url: str) -> None:
    app = AsyncApp(
        client=AsyncWebClient(token="xoxb-benchmark", base_url=api_url),
        signing_secret=os.environ["SECRET"],
        process_before_response=True,
    )
    server = app.server(port=port, host="127.0.0.1", path="/slack/events")

    async def keep(_site: web.Application) -> AsyncIterator[None]:
        async with aiosqlite.connect(database) as connection:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = FULL")
            await connection.execute("CREATE TABLE events (id TEXT PRIMARY KEY, body TEXT)")

            @app.event("reaction_added")
            async def on_reaction(body: dict[str, Any]) -> None:
                await connection.execute(
                    "INSERT OR IGNORE INTO events VALUES (?, ?)",
                    (body["event_id"], str(body["event"])),
                )
                await connection.commit()

            yield

    server.web_app.cleanup_ctx.append(keep)
    web.run_app(server.web_app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    make_server(int(sys.argv[1]), sys.argv[2], sys.argv[3])
