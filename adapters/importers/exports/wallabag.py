"""wallabag: its JSON, of the first version and of those since."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.importers.exports.collecting import Collector, page_of
from adapters.importers.exports.html import plain_text
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import Record, first_text, instant, records, tags, text
from bot.domain.archives import Archive, Form
from bot.domain.models import Point

FORM = Form.WALLABAG

_NOT_READ = "unable to retrieve full-page content"


def recognise(file: Opened) -> bool:
    first = next(records(file.json), {})
    return "url" in first and "content" in first and ("is_read" in first or "is_archived" in first)


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for each in records(file.json):
        url, title = first_text(each, "url", "given_url"), first_text(each, "title")
        html = text(each.get("content"))
        article = "" if _NOT_READ in html[:2000] else plain_text(html)
        found.add(
            url,
            title,
            at=instant(each.get("created_at")),
            tags=tags(each.get("tags")),
            points=tuple(_annotations(each)),
            page=page_of(
                url,
                title,
                article,
                author=", ".join(tags(each.get("published_by"))),
                site=first_text(each, "domain_name"),
                published_at=instant(each.get("published_at")),
            ),
        )
    return found.archive()


def _annotations(saved: Record) -> Iterator[Point]:
    for each in records(saved.get("annotations")):
        quote, said = first_text(each, "quote"), first_text(each, "text")
        if quote or said:
            yield Point(quote, (Point(said),)) if quote and said else Point(quote or said)
