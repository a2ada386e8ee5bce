"""A workspace in open formats: what other programs, and people, can read. Pure.

`links.json` holds everything that is known of every link; `links.html` is the bookmarks file that
browsers and bookmark services import; `votes.json` is what the people of each channel want more
or less of; `feeds.opml` is what feed readers import; notes are Markdown.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from bot.domain.deliveries import Delivery
from bot.domain.feeds import Feed
from bot.domain.models import ChannelId, Concept, LinkRecord, NotePassage, NoteRecord
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from bot.domain.taste import Vote
from bot.text.printable import dump_json

_UNFIT = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60  # characters: with a number and an ending far below every file system's limit


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """All that a workspace holds, as its operator sees it."""

    name: str
    settings: WorkspaceSettings
    links: Sequence[LinkRecord]
    notes: Sequence[NoteRecord]
    passages: Sequence[NotePassage]
    concepts: Sequence[Concept]
    feeds: Sequence[Feed]
    subscriptions: Sequence[Subscription]
    deliveries: Sequence[Delivery]
    votes: Mapping[ChannelId, Sequence[Vote]]


def folder_name(workspace: str) -> str:
    return _UNFIT.sub("-", workspace).strip("-.") or "workspace"


def write_files(exported: Exported) -> Iterator[tuple[str, str]]:
    """Yield the name of each file within the workspace's folder, and what is in it."""
    documents = {
        "links": exported.links,
        "concepts": exported.concepts,
        "subscriptions": exported.subscriptions,
        "deliveries": exported.deliveries,
        "votes": exported.votes,
        "feeds": exported.feeds,
        "settings": exported.settings,
    }
    for name, value in documents.items():
        yield f"{name}.json", dump_json(_plain(value)) + "\n"
    yield "links.html", _write_bookmarks(exported.links, title=exported.name)
    yield "feeds.opml", _write_opml(exported.feeds, title=exported.name)
    yield from _write_notes(exported.notes, exported.passages)


def _plain(value: Any) -> Any:
    """Return a value of the core as JSON knows values; instants in ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    match value:
        case datetime():
            return value.isoformat()
        case str() | int() | float() | None:
            return value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return [_plain(item) for item in value]


def _write_bookmarks(links: Sequence[LinkRecord], *, title: str) -> str:
    """Return a bookmark file. Source: learn.microsoft.com, "Netscape Bookmark File Format"."""
    lines = [
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>",
        '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">',
        f"<TITLE>{html.escape(title)}</TITLE>",
        f"<H1>{html.escape(title)}</H1>",
        "<DL><p>",
    ]
    for link in links:
        tags = ",".join((str(link.kind), *link.topics))
        lines.append(
            f'    <DT><A HREF="{html.escape(link.url_as_saved)}"'
            f' ADD_DATE="{int(link.saved_at.timestamp())}"'
            f' TAGS="{html.escape(tags)}">{html.escape(link.title)}</A>'
        )
        if note := " ".join(save.note for save in link.saves if save.note):
            lines.append(f"    <DD>{html.escape(note)}")
    return "\n".join((*lines, "</DL><p>", ""))


def _write_opml(feeds: Sequence[Feed], *, title: str) -> str:
    """Return the subscription list of feed readers. Source: opml.org, "OPML 2.0"."""
    outlines = (
        f'    <outline type="rss" text={quoteattr(feed.title or feed.url)}'
        f" xmlUrl={quoteattr(feed.url)} htmlUrl={quoteattr(feed.site)}/>"
        for feed in feeds
    )
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            f"  <head><title>{html.escape(title)}</title></head>",
            "  <body>",
            *outlines,
            "  </body>",
            "</opml>",
            "",
        )
    )


def _write_notes(
    notes: Sequence[NoteRecord], passages: Sequence[NotePassage]
) -> Iterator[tuple[str, str]]:
    by_note = {note: list(each) for note, each in groupby(passages, key=lambda each: each.note)}
    for number, note in enumerate(notes, start=1):
        name = _UNFIT.sub("-", note.title).strip("-.")[:_LONGEST_NAME]
        parts = [f"# {note.title}", f"{note.noted_at.date()} · {note.source}"]
        heading = ""
        for passage in by_note.get(note.id, ()):
            if passage.heading != heading:
                heading = passage.heading
                parts.append(f"## {heading}")
            parts.append(passage.text)
        yield f"notes/{number:04}-{name or 'note'}.md", "\n\n".join(parts) + "\n"
