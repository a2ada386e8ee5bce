"""YouTube: title, description and chapters of a video, and what is said in it if it can be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from adapters.fetching.addresses import split_address
from adapters.fetching.answers import JSON
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page, telling
from adapters.fetching.transcripts import (
    Line,
    chapters_in,
    parse_lines,
    transcript_parts,
    without_chapters,
)
from adapters.fetching.videos import OEmbed, parse_oembed
from adapters.fetching.wanted import PAGES, Wanted
from adapters.fetching.youtube_pages import Track, Video, parse_playlist, parse_watch_page
from bot.domain.models import PagePart, PageText
from bot.domain.urls import InvalidUrl, canonicalise
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_SITE = "YouTube"
_WATCH = "https://www.youtube.com/watch?v="
_PLAYLIST = "https://www.youtube.com/playlist?list="
_OURS = re.compile(rf"{re.escape(_WATCH)}[\w-]{{11}}|{re.escape(_PLAYLIST)}[\w-]+", re.ASCII)
# Captions come as whatever the server calls them, and empty where it holds them back.
_CAPTIONS = Wanted("application/json,text/xml;q=0.9,*/*;q=0.1", re.compile(r"[\w.+/-]+"))


class YoutubeReader:
    def __init__(self, *, site: str = "https://www.youtube.com") -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(_OURS.fullmatch(_identity(url)))

    async def read(self, url: str, tools: Tools) -> PageText:
        identity = _identity(url)
        if identity.startswith(_PLAYLIST):
            return await self._read_playlist(url, identity, tools)
        told, failure = await self._ask_oembed(identity, tools)
        video, refusal = await self._watch(identity.removeprefix(_WATCH), tools)
        if told is None and (video is None or not video.title):
            raise _reason(video, failure, refusal)
        video = video or Video("")
        lines = await self._transcript(video, tools)
        chapters = chapters_in(video.description)
        said = transcript_parts(lines, chapters)
        about = without_chapters(video.description) if said and chapters else video.description
        gaps = [] if refusal is None else ["description"]
        told = told or OEmbed()
        return make_page(
            url,
            video.title or told.title,
            [PagePart("Description", about), *said],
            site=_SITE,
            author=video.channel or told.author,
            published_at=video.published_at,
            identity=identity,
            gaps=gaps if said else [*gaps, "transcript"],
            image=told.image or video.image,
        )

    async def _ask_oembed(
        self, identity: str, tools: Tools
    ) -> tuple[OEmbed | None, FetchFailed | None]:
        address = f"{self._site}/oembed?format=json&url={quote(identity, safe='')}"
        try:
            return await tools.parse(parse_oembed, await tools.download(address, wanted=JSON)), None
        except FetchFailed as failure:
            return None, failure

    async def _watch(self, number: str, tools: Tools) -> tuple[Video | None, FetchFailed | None]:
        try:
            page = await self._download(f"watch?v={number}", tools)
            return await tools.parse(parse_watch_page, page), None
        except FetchFailed as failure:
            return None, failure

    async def _download(self, path: str, tools: Tools) -> Download:
        page = await tools.download(f"{self._site}/{path}", wanted=PAGES)
        if split_address(page.url).host.startswith("consent."):
            raise FetchFailed("consent", detail="it leads to a page that asks for consent")
        return page

    async def _transcript(self, video: Video, tools: Tools) -> Sequence[Line]:
        """Return nothing where the captions are held back: programs often get an empty file."""
        track = best_track(video)
        if track is None:
            return ()
        pairs = [(name, value) for name, value in parse_qsl(track.query) if name != "fmt"]
        query = urlencode([*pairs, ("fmt", "json3")])
        try:
            captions = await tools.download(f"{self._site}/api/timedtext?{query}", wanted=_CAPTIONS)
            return await tools.parse(parse_lines, captions)
        except FetchFailed:
            return ()

    async def _read_playlist(self, url: str, identity: str, tools: Tools) -> PageText:
        number = identity.removeprefix(_PLAYLIST)
        try:
            page = await self._download(f"playlist?list={number}", tools)
            found = await tools.parse(parse_playlist, page)
        except FetchFailed as refusal:
            told, failure = await self._ask_oembed(identity, tools)
            if told is None:
                raise (telling(failure, refusal) if failure else refusal) from refusal
            return make_page(
                url,
                told.title,
                [],
                site=_SITE,
                author=told.author,
                identity=identity,
                gaps=["content"],
                image=told.image,
            )
        videos = "\n".join(f"- {each}" for each in found.videos)
        return make_page(
            url,
            found.title,
            [PagePart("Description", found.description), PagePart("Videos", videos)],
            site=_SITE,
            author=found.channel,
            identity=identity,
            gaps=[] if videos else ["content"],
        )


def best_track(video: Video) -> Track | None:
    """Choose written captions before automatic ones, the language that is spoken before others."""
    return min(
        video.tracks,
        key=lambda each: (
            not _is_same(each.language, video.language) if video.language else False,
            each.is_automatic,
        ),
        default=None,
    )


def _is_same(one: str, other: str) -> bool:
    return one.split("-")[0].lower() == other.split("-")[0].lower()


def _identity(url: str) -> str:
    try:
        return canonicalise(url)
    except InvalidUrl:
        return ""


def _reason(
    video: Video | None, failure: FetchFailed | None, refusal: FetchFailed | None
) -> FetchFailed:
    """Say why nothing is known of a video: gone, private, or nobody let us look."""
    if video is not None and video.status == "LOGIN_REQUIRED":
        return FetchFailed("login", detail="a private video")
    if video is not None and video.status == "ERROR":
        return FetchFailed("not_found", detail="no such video")
    if failure is not None and refusal is not None:
        return telling(failure, refusal)
    # It answers 400 for what is no video and 401 for what is not shown elsewhere.
    return failure or refusal or FetchFailed("not_found", detail="no such video")
