"""Videos of YouTube, from pages and captions in its form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from adapters.fetching.readers.youtube import YoutubeReader, best_track
from adapters.fetching.youtube_pages import Track, Video
from bot.errors import FetchFailed
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools
from tests.fetch_failures import fails_as

NUMBER = "dQw4w9WgXcQ"
URL = f"https://www.youtube.com/watch?v={NUMBER}"
OEMBED = (
    "https://www.youtube.com/oembed?format=json"
    f"&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{NUMBER}"
)
TOLD = {"title": "Why queues wait", "author_name": "Queue TV", "thumbnail_url": "https://i/x.jpg"}
DESCRIPTION = "Slides: https://example.org\n\n0:00 Opening\n(02:30) - Results\n1:00:05 질문\n"
PLAYER = {
    "playabilityStatus": {"status": "OK"},
    "videoDetails": {
        "title": "Why queues wait",
        "author": "Queue TV",
        "shortDescription": DESCRIPTION,
    },
    "microformat": {
        "playerMicroformatRenderer": {"publishDate": "2024-01-02T03:04:05-08:00"},
    },
    "captions": {
        "playerCaptionsTracklistRenderer": {
            "captionTracks": [
                {
                    "baseUrl": f"https://www.youtube.com/api/timedtext?v={NUMBER}&kind=asr&lang=en",
                    "languageCode": "en",
                    "kind": "asr",
                },
                {
                    "baseUrl": f"https://www.youtube.com/api/timedtext?v={NUMBER}&lang=en-US",
                    "languageCode": "en-US",
                },
                None,
            ]
        }
    },
}
CAPTIONS = f"https://www.youtube.com/api/timedtext?v={NUMBER}&lang=en-US&fmt=json3"
JSON3 = {
    "events": [
        {"tStartMs": 0, "id": 1},
        {"tStartMs": 1000, "segs": [{"utf8": "Hello "}, {"utf8": "there."}]},
        {"tStartMs": 3000, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 149_000, "segs": [{"utf8": "Still the opening."}]},
        {"tStartMs": 151_000, "segs": [{"utf8": "It waits."}]},
        {"tStartMs": 3_700_000, "segs": [{"utf8": "Why?"}]},
    ]
}


def watch_page(player: object) -> str:
    return (
        "<!DOCTYPE html><html><script>var a = ytInitialPlayerResponse;</script><script>"
        f"var ytInitialPlayerResponse = {json.dumps(player)};var meta = 1;</script></html>"
    )


def youtube(player: object = PLAYER, *, captions: object = JSON3) -> SiteTools:
    tools = SiteTools().add(OEMBED, TOLD).add(URL, watch_page(player))
    return tools.add(CAPTIONS, captions)


async def test_a_video_is_its_description_and_what_is_said_by_chapter() -> None:
    page = await YoutubeReader().read(f"https://youtu.be/{NUMBER}?t=3", youtube())

    assert (page.title, page.author, page.site) == ("Why queues wait", "Queue TV", "YouTube")
    assert page.published_at == datetime(2024, 1, 2, 11, 4, 5, tzinfo=UTC)
    assert [(each.heading, each.text) for each in page.parts] == [
        ("Description", "Slides: https://example.org"),
        ("0:00 Opening", "Hello there. Still the opening."),
        ("2:30 Results", "It waits."),
        ("1:00:05 질문", "Why?"),
    ]
    assert (page.identity, page.gaps, page.image) == (URL, (), "https://i/x.jpg")


async def test_without_chapters_what_is_said_is_parted_by_five_minutes() -> None:
    details = {**PLAYER["videoDetails"], "shortDescription": "Short."}  # type: ignore[dict-item]  # a dict

    page = await YoutubeReader().read(URL, youtube({**PLAYER, "videoDetails": details}))

    assert [each.heading for each in page.parts] == ["Description", "0:00", "1:00:00"]


async def test_captions_in_xml_are_read() -> None:
    xml = '<?xml version="1.0"?><transcript><text start="1.5">it&amp;#39;s</text></transcript>'

    page = await YoutubeReader().read(URL, youtube(captions=xml))

    assert page.parts[1].text == "it's"


@pytest.mark.parametrize("captions", ["", "<html></html>", {}, [], SLOW_DOWN, "{broken", b"\x00"])
async def test_captions_that_are_held_back_are_a_gap(captions: object) -> None:
    page = await YoutubeReader().read(URL, youtube(captions=captions))

    assert page.gaps == ("transcript",)
    assert page.text == DESCRIPTION.strip()


@pytest.mark.parametrize("answer", [SLOW_DOWN, FORBIDDEN, "<html>Before you continue</html>"])
async def test_without_the_page_there_is_what_oembed_says(answer: object) -> None:
    page = await YoutubeReader().read(URL, SiteTools().add(OEMBED, TOLD).add(URL, answer))

    assert (page.title, page.author) == ("Why queues wait", "Queue TV")
    assert page.gaps == ("description", "transcript")


async def test_a_page_that_asks_for_consent_is_known() -> None:
    consent = "https://consent.youtube.com/m?continue=x"
    tools = SiteTools().add(URL, "<html>Before you continue</html>", ends_at=consent)

    with fails_as("consent"):
        await YoutubeReader().read(URL, tools.add(OEMBED, FORBIDDEN))


async def test_without_oembed_the_page_is_enough() -> None:
    tools = youtube().add(OEMBED, SLOW_DOWN)

    assert (await YoutubeReader().read(URL, tools)).title == "Why queues wait"


@pytest.mark.parametrize(
    ("status", "refusal", "reason"),
    [
        ("ERROR", FetchFailed("not_found"), "not_found"),
        ("LOGIN_REQUIRED", FORBIDDEN, "login"),
        ("", FetchFailed("not_found"), "not_found"),
    ],
)
async def test_a_video_of_which_nothing_is_known_says_why(
    status: str, refusal: FetchFailed, reason: str
) -> None:
    page = watch_page({"playabilityStatus": {"status": status}})
    tools = SiteTools().add(OEMBED, refusal).add(URL, page)

    with fails_as(reason):
        await YoutubeReader().read(URL, tools)


async def test_a_playlist_is_the_titles_of_its_videos() -> None:
    new = {"title": {"content": "Two"}}
    data = {
        "metadata": {"playlistMetadataRenderer": {"title": "Queues", "description": "All of it"}},
        "contents": [
            {"playlistVideoRenderer": {"title": {"runs": [{"text": "One"}]}}},
            {"lockupViewModel": {"metadata": {"lockupMetadataViewModel": new}}},
        ],
    }
    url = "https://www.youtube.com/playlist?list=PL123"
    page = f"<html><script>var ytInitialData = {json.dumps(data)};</script></html>"

    found = await YoutubeReader().read(url, SiteTools().add(url, page))

    assert found.title == "Queues"
    assert found.text == "All of it\n\n- One\n- Two"


def test_the_language_that_is_spoken_comes_first_then_what_was_written_by_hand() -> None:
    tracks = (Track("1", "en", True), Track("2", "ko", False), Track("3", "en-GB", False))

    assert best_track(Video("", tracks=tracks, language="en")) == tracks[2]
    assert best_track(Video("", tracks=tracks)) == tracks[1]
    assert best_track(Video("")) is None


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        (f"shorts/{NUMBER}", True),
        (f"live/{NUMBER}", True),
        (f"embed/{NUMBER}", True),
        (f"watch?v={NUMBER}&list=PL1&t=3", True),
        ("playlist?list=PL1", True),
        ("@QueueTV", False),
        ("results?search_query=x", False),
        ("watch?v=short", False),
    ],
)
def test_videos_and_lists_are_told_by_their_address(path: str, is_ours: bool) -> None:
    assert YoutubeReader().reads(f"https://m.youtube.com/{path}") is is_ours
