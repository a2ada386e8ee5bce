"""What YouTube's pages hold: the answer that their player works with, and lists of videos."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.fetching.answers import Answer
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_PLAYER = re.compile(r"\bytInitialPlayerResponse\b[\"'\]]*\s*=\s*(?=\{)")
_DATA = re.compile(r"\bytInitialData\b[\"'\]]*\s*=\s*(?=\{)")
_TRIES = 5
_MOST_VIDEOS = 200
_MOST_PLACES = 200_000


@dataclass(frozen=True, slots=True)
class Track:
    """A file of captions. `is_automatic`: a machine wrote down what it heard."""

    query: str  # of its address: what follows the question mark
    language: str
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class Video:
    """`status`: what the player may show: OK, LOGIN_REQUIRED, ERROR, UNPLAYABLE, …, "" unknown."""

    title: str
    channel: str = ""
    description: str = ""
    published_at: datetime | None = None
    tracks: tuple[Track, ...] = ()
    language: str = ""  # that is spoken, as far as the captions tell
    status: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Playlist:
    title: str
    description: str
    channel: str
    videos: tuple[str, ...]


def parse_watch_page(download: Download) -> Video:
    """Return what the player knows.

    Raises:
        FetchFailed: `blocked` for a page without a player, as programs are shown now and then.
    """
    found = _embedded(download, _PLAYER)
    if found is None:
        raise FetchFailed("blocked", detail="a page without a player")
    details = found["videoDetails"]
    more = found["microformat"]["playerMicroformatRenderer"]
    captions = found["captions"]["playerCaptionsTracklistRenderer"]
    tracks = tuple(filter(None, (_track(each) for each in captions["captionTracks"])))
    # Speech is recognised in the language that is spoken, so such a track names it.
    spoken = next((each.language for each in tracks if each.is_automatic), "")
    return Video(
        title=details["title"].line or more["title"]["simpleText"].line,
        channel=details["author"].line or more["ownerChannelName"].line,
        description=details["shortDescription"].text or more["description"]["simpleText"].text,
        published_at=more["publishDate"].instant or more["uploadDate"].instant,
        tracks=tracks,
        language=spoken or more["defaultAudioLanguage"].line,
        status=found["playabilityStatus"]["status"].line,
        image=_widest(details["thumbnail"]["thumbnails"]),
    )


def parse_playlist(download: Download) -> Playlist:
    found = _embedded(download, _DATA)
    if found is None:
        raise FetchFailed("blocked", detail="a page without its data")
    about = found["metadata"]["playlistMetadataRenderer"]
    owner = found["header"]["playlistHeaderRenderer"]["ownerText"]["runs"][0]["text"].line
    return Playlist(about["title"].line, about["description"].text, owner, tuple(_videos(found)))


def _track(each: Answer) -> Track | None:
    base, language = each["baseUrl"].line, each["languageCode"].line
    _, _, query = base.partition("?")
    return Track(query, language, each["kind"].line == "asr") if query else None


def _widest(pictures: Answer) -> str:
    widths = [(each["width"].number or 0, each["url"].line) for each in pictures]
    return max(widths, default=(0, ""))[1]


def _videos(data: Answer) -> list[str]:
    """Find the titles of a list wherever the page keeps it; its form changes by the year."""
    titles: list[str] = []
    stack = [data.value]
    for _ in range(_MOST_PLACES):
        if not stack or len(titles) == _MOST_VIDEOS:
            break
        value = stack.pop()
        if isinstance(value, dict):
            here = Answer(value)
            old = here["playlistVideoRenderer"]["title"]["runs"][0]["text"].line
            new = here["lockupViewModel"]["metadata"]["lockupMetadataViewModel"]
            if title := old or new["title"]["content"].line:
                titles.append(title)
            else:
                stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return titles


def _embedded(download: Download, start: re.Pattern[str]) -> Answer | None:
    """Return the object that a script of the page assigns; JSON, so no script has to run."""
    page = download.body.decode("utf-8", "replace")
    for found in list(start.finditer(page))[:_TRIES]:
        try:
            value, _ = json.JSONDecoder().raw_decode(page, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return Answer(value)
    return None
