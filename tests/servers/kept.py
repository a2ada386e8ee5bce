"""What a bot's database holds, read beside the bot: to compare two of them, and to wait for one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

# All that members did, without the instants and ids that are our own.
_FACTS = {
    "saves": """
        SELECT saves.member, saves.channel, saves.message, saves.emoji, links.url, saves.kind
        FROM saves JOIN links ON links.id = saves.link_id""",
    "links": """
        SELECT links.url, pages.state, pages.title
        FROM links LEFT JOIN pages ON pages.link_id = links.id""",
    "reactions": "SELECT message, member, emoji, is_on FROM reactions",
    "subscriptions": "SELECT id, channel, subscription FROM subscriptions",
    "settings": "SELECT id, settings FROM workspaces",
    "failed": "SELECT event_id, reason FROM inbox WHERE state = 'failed'",
}
_IS_BUSY = """
    SELECT (SELECT count(*) FROM inbox WHERE state = 'open')
         + (SELECT count(*) FROM backfills WHERE state = 'open')
         + (SELECT count(*) FROM links LEFT JOIN pages ON pages.link_id = links.id
            WHERE pages.state IS NULL OR pages.state = 'reading')"""
_DONE = "SELECT count(*) FROM inbox WHERE state <> 'open' AND event_id LIKE ? || '%'"


def read_facts(home: Path, names: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return what is kept; `names` stand for what is another each time, such as timestamps."""
    with closing(_open(home)) as database:
        found = {fact: database.execute(query).fetchall() for fact, query in _FACTS.items()}
    return {fact: sorted(_plain(row, names) for row in rows) for fact, rows in found.items()}


def is_idle(home: Path) -> bool:
    """Whether every event that was heard is done, every page read and every past gone through.

    What was not heard yet is not known here: wait for a sign of it first.
    """
    with closing(_open(home)) as database:
        return bool(database.execute(_IS_BUSY).fetchone()[0] == 0)


def count_done(home: Path, event: str) -> int:
    """Return how many events were heard and seen through, of those whose id begins like this."""
    with closing(_open(home)) as database:
        return int(database.execute(_DONE, (event,)).fetchone()[0])


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / 'jubo.db'}?mode=ro", uri=True, timeout=10)


def _plain(row: tuple[Any, ...], names: Mapping[str, str]) -> str:
    text = json.dumps([_without_time(value) for value in row], ensure_ascii=False)
    for value, name in names.items():
        text = text.replace(value, name)
    return text


def _without_time(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith("{")):
        return value
    fields = json.loads(value)
    fields.pop("made_at", None)
    return fields
