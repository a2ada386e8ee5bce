"""Vimeo, TED, Twitch and their like: the page of a video, and what its site says by oEmbed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from adapters.fetching.addresses import is_below, split_address
from adapters.fetching.answers import JSON
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page, telling
from adapters.fetching.videos import OEmbed, VideoPage, parse_oembed, parse_video_page
from adapters.fetching.wanted import PAGES
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

# Where a site tells of its videos even when it shows programs no page.
# The list of providers is at oembed.com.
_ENDPOINTS = MappingProxyType(
    {
        "vimeo.com": "https://vimeo.com/api/oembed.json",
        "ted.com": "https://www.ted.com/services/v1/oembed.json",
        "dailymotion.com": "https://www.dailymotion.com/services/oembed",
        "loom.com": "https://www.loom.com/v1/oembed",
    }
)
_SITES = {
    "vimeo.com": "Vimeo",
    "ted.com": "TED",
    "dailymotion.com": "Dailymotion",
    "loom.com": "Loom",
    "twitch.tv": "Twitch",
    "tv.naver.com": "네이버TV",
    "tv.kakao.com": "카카오TV",
    "chzzk.naver.com": "치지직",
}
_FRONT_PAGES = frozenset({"about", "blog", "features", "help", "pricing", "search", "settings"})


class VideoSiteReader:
    """`endpoints`: the address of oEmbed by host."""

    def __init__(self, *, endpoints: Mapping[str, str] = _ENDPOINTS) -> None:
        self._endpoints = endpoints

    def reads(self, url: str) -> bool:
        address = split_address(url)
        return bool(_site(address.host) and address.path) and address.path[0] not in _FRONT_PAGES

    async def read(self, url: str, tools: Tools) -> PageText:
        page, refusal = await self._read_page(url, tools)
        told, failure = await _ask_oembed(self._address(url, page), tools)
        if told is None and refusal is not None:
            raise telling(failure, refusal) if failure else refusal
        if told is None and not (page.is_video or page.title):
            return await tools.read(url)
        return _video(url, page, told or OEmbed(), is_page_read=refusal is None)

    async def _read_page(self, url: str, tools: Tools) -> tuple[VideoPage, FetchFailed | None]:
        try:
            page = await tools.download(url, wanted=PAGES)
            return await tools.parse(parse_video_page, page), None
        except FetchFailed as failure:
            return VideoPage(), failure

    def _address(self, url: str, page: VideoPage) -> str:
        """Return where oEmbed is asked for, "" if nobody says."""
        host = split_address(url).host
        known = (self._endpoints[each] for each in self._endpoints if is_below(host, each))
        endpoint = next(known, "")
        by_us = f"{endpoint}?format=json&url={quote(url, safe='')}" if endpoint else ""
        return _joined(url, page.oembed) or by_us


async def find_video(download: Download, tools: Tools) -> PageText | None:
    """Return the video that a page of any site is for; None if it does not say to be one's."""
    if "html" not in download.content_type:
        return None
    page = await tools.parse(parse_video_page, download)
    if not page.is_video or not page.title:
        return None
    told, _ = await _ask_oembed(_joined(download.url, page.oembed), tools)
    return _video(download.url, page, told or OEmbed(), is_page_read=True)


async def _ask_oembed(address: str, tools: Tools) -> tuple[OEmbed | None, FetchFailed | None]:
    if not address:
        return None, None
    try:
        return await tools.parse(parse_oembed, await tools.download(address, wanted=JSON)), None
    except FetchFailed as failure:
        return None, failure


def _joined(url: str, link: str) -> str:
    try:
        return urljoin(url, link) if link else ""
    except ValueError:
        return ""


def _video(url: str, page: VideoPage, told: OEmbed, *, is_page_read: bool) -> PageText:
    description = page.description or told.description
    gaps = [] if is_page_read else ["description"]
    return make_page(
        url,
        told.title or page.title,
        [PagePart("Description", description), PagePart("Transcript", page.transcript)],
        site=told.site or page.site or _site(split_address(url).host),
        author=told.author or page.author,
        published_at=page.published_at,
        gaps=gaps if page.transcript else [*gaps, "transcript"],
        image=told.image or page.image,
    )


def _site(host: str) -> str:
    return next((name for each, name in _SITES.items() if is_below(host, each)), "")
