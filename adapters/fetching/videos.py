"""Videos at large: what oEmbed and the page of a video say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.fetching.answers import Answer, parse_instant, read_json
from adapters.fetching.markup import html_text, parse_page
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_OEMBED_TYPES = {"application/json+oembed", "text/json+oembed"}
_VIDEO_TYPES = {"VideoObject", "https://schema.org/VideoObject"}
_MOST_SCRIPTS = 20


@dataclass(frozen=True, slots=True)
class OEmbed:
    """Source: oembed.com, 2.3.4 "Response parameters"."""

    title: str = ""
    author: str = ""
    site: str = ""
    image: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class VideoPage:
    """`oembed`: the address where more is told; `is_video`: what the page says that it is."""

    title: str = ""
    description: str = ""
    author: str = ""
    site: str = ""
    published_at: datetime | None = None
    transcript: str = ""
    image: str = ""
    oembed: str = ""
    is_video: bool = False


def parse_oembed(download: Download) -> OEmbed:
    found = read_json(download)
    said = OEmbed(
        found["title"].line,
        found["author_name"].line,
        found["provider_name"].line,
        found["thumbnail_url"].line,
        html_text(found["description"].text),
    )
    if not said.title and not said.author:
        raise FetchFailed("empty", detail="oEmbed without a title")
    return said


def parse_video_page(download: Download) -> VideoPage:
    """Read Open Graph, schema.org's VideoObject and the link to oEmbed."""
    tree = parse_page(download)
    told: dict[str, str] = {}
    for each in tree.iter("meta"):
        name = (each.get("property") or each.get("name") or "").lower()
        told.setdefault(name, Answer(each.get("content")).text)
    links = (each for each in tree.iter("link") if each.get("type") in _OEMBED_TYPES)
    oembed = next((each.get("href") or "" for each in links), "")
    scripts = [
        each.text or "" for each in tree.iter("script") if each.get("type") == "application/ld+json"
    ]
    video = next(_video_objects(scripts), Answer())
    author = video["author"] if video["author"].names else video["creator"]
    return VideoPage(
        title=video["name"].line or told.get("og:title", "") or told.get("title", ""),
        description=html_text(video["description"].text) or told.get("og:description", ""),
        author=author["name"].line or video["author"].line,
        site=told.get("og:site_name", ""),
        published_at=video["uploadDate"].instant
        or video["datePublished"].instant
        or parse_instant(told.get("og:video:release_date", "")),
        transcript=html_text(video["transcript"].text),
        image=told.get("og:image", ""),
        oembed=oembed,
        is_video=bool(video.names) or told.get("og:type", "").startswith("video"),
    )


def _video_objects(scripts: list[str]) -> Iterator[Answer]:
    for script in scripts[:_MOST_SCRIPTS]:
        try:
            found = Answer(json.loads(script))
        except (ValueError, RecursionError):
            continue
        for each in (found, *found, *found["@graph"]):
            types = {each["@type"].line, *(kind.line for kind in each["@type"])}
            if types & _VIDEO_TYPES:
                yield each
