"""Linkwarden: its JSON of collections, each naming the one it is in."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.importers.exports.collecting import Collector, page_of
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import (
    Record,
    first_text,
    instant,
    record,
    records,
    tags,
    text,
)
from bot.domain.archives import Archive, Form
from bot.text.headings import join_headings

FORM = Form.LINKWARDEN

_DEEPEST = 20


def recognise(file: Opened) -> bool:
    return any("links" in each for each in records(record(file.json).get("collections")))


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    collections = list(records(record(file.json).get("collections")))
    by_id = {str(each["id"]): each for each in collections if "id" in each}
    for collection in collections:
        label = _path(collection, by_id)
        for link in records(collection.get("links")):
            url, title = first_text(link, "url"), first_text(link, "name")
            found.add(
                url,
                title or first_text(link, "description"),
                at=instant(link.get("createdAt")),
                tags=tags(link.get("tags")),
                note=text(link.get("description")) if title else "",
                label=label,
                page=page_of(url, title, text(link.get("textContent"))),
            )
    for feed in records(record(file.json).get("rssSubscriptions")):
        found.follow(first_text(feed, "url"), first_text(feed, "name"))
    return found.archive()


def _path(collection: Record, by_id: Mapping[str, Record]) -> str:
    names: list[str] = []
    above: Record | None = collection
    while above is not None and len(names) < _DEEPEST:  # damaged ones may go in a circle
        names.append(first_text(above, "name"))
        above = by_id.get(str(above.get("parentId")))
    return join_headings(reversed(names))
