"""What is taken over from each program's export."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.discord.places import message_id as discord_message
from adapters.importers import ArchiveReaders
from adapters.importers.exports.apart import read_here
from adapters.slack.messages import message_id as slack_message
from bot.domain.archives import Archive, ArchiveFeed, ArchiveLink
from bot.domain.emoji import bare_emoji
from bot.domain.models import ChannelId, Kind, Place, Point
from bot.errors import UserError
from tests.adapters.importers.exports.made import BOOKMARKS, EXPORTS, SLACK, as_json, zipped

READERS = ArchiveReaders(read_export=read_here)
AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
LAMPS, SHIPS = "https://lamps.example/", "https://ships.example/"
QUOTE = Point("Red is seen best.", (Point("in fog"),))


def read(which: str) -> Archive:
    _, name, data = EXPORTS[which]
    return READERS.read(name, data)


def first(which: str) -> ArchiveLink:
    return read(which).links[0]


@pytest.mark.parametrize("which", EXPORTS)
def test_each_is_recognised_whatever_it_is_called(which: str) -> None:
    form, _, data = EXPORTS[which]

    assert READERS.read("something", data).form == form


@pytest.mark.parametrize(
    "which",
    sorted(
        set(EXPORTS)
        - {"readwise", "opml", "slack", "bookmarks", "wallabag 1", "whatsapp", "readability"}
    ),
)
def test_a_link_keeps_its_address_and_the_time_it_was_saved(which: str) -> None:
    link = first(which)

    assert (link.url, link.at) == (LAMPS, AT)


@pytest.mark.parametrize(
    "which",
    [
        *("pocket", "pocket html", "raindrop", "reader", "karakeep", "linkwarden", "wallabag 1"),
        *("wallabag 2", "pinboard", "elcurator", "firefox", "omnivore"),
    ],
)
def test_a_link_keeps_its_tags(which: str) -> None:
    assert first(which).tags == ("sea", "mlops")


@pytest.mark.parametrize(
    ("which", "note"),
    [
        ("raindrop", 'My "own" note'),
        ("instapaper", "Red is seen best."),
        ("karakeep", "Mine."),
        ("linkwarden", "Mine."),
        ("pinboard", "Mine."),
        ("readability", "Red…"),
        ("elcurator", "Mine."),
        ("firefox", "Mine."),
        ("omnivore", "Why."),
    ],
)
def test_a_link_keeps_what_was_said_about_it(which: str, note: str) -> None:
    assert first(which).note == note


@pytest.mark.parametrize("which", ["raindrop", "wallabag 2", "omnivore"])
def test_a_link_keeps_what_was_marked_in_it(which: str) -> None:
    assert first(which).points[0] == QUOTE


@pytest.mark.parametrize(
    ("which", "label"),
    [
        ("raindrop", "Coast › North"),
        ("linkwarden", "Coast › Lamps"),
        ("chrome", "Coast"),
        ("firefox", "Coast"),
    ],
)
def test_the_folders_are_the_label(which: str, label: str) -> None:
    assert first(which).label == label


@pytest.mark.parametrize("which", ["wallabag 1", "wallabag 2", "omnivore"])
def test_an_article_that_came_along_is_the_page(which: str) -> None:
    page = first(which).page

    assert page is not None
    assert page.text.startswith("Lamps were lit along the coast.\n\nOne by one.")
    assert "no()" not in page.text


def test_an_article_that_could_not_be_had_is_none() -> None:
    assert read("wallabag 2").links[1].page is None


def test_bookmarks_of_browsers_are_read_however_little_is_closed() -> None:
    archive = read("bookmarks")

    lamps, ships, lighthouses = archive.links
    assert lamps.url == "https://lamps.example/a?x=1&y=2"
    assert (lamps.title, lamps.at, lamps.label) == ("Lamps of the coast", AT, "Coast & sea")
    assert lamps.note == "Why they are red:\n- fog\n- habit"
    assert (ships.label, ships.at, ships.is_private) == ("Coast & sea › Ships", AT, True)
    assert (lighthouses.url, lighthouses.at) == ("https://lighthouse.example/list", None)
    assert (lighthouses.label, lighthouses.note) == ("Coast & sea", "")


def test_what_cannot_be_saved_is_counted_by_its_reason() -> None:
    refused = {(each.reason, each.excerpt): each.count for each in read("bookmarks").refusals}

    assert refused == {
        ("not_web", "place:"): 1,
        ("not_web", "javascript:"): 2,
        ("bad_address", "http://me:secret@inside.example/"): 1,
    }


def test_bookmarks_in_another_encoding_are_read_as_they_say() -> None:
    data = BOOKMARKS.replace("UTF-8", "windows-1252").replace("habit", "häbit").encode("cp1252")

    assert READERS.read("b.html", data).links[0].note.endswith("häbit")


def test_a_thought_without_an_address_is_a_note() -> None:
    archive = read("karakeep")

    assert [note.sections[0].text for note in archive.notes] == ["A thought"]
    assert [(each.reason, each.excerpt) for each in archive.refusals] == [("no_link", "Gone")]


def test_highlights_of_a_book_are_one_note() -> None:
    (note,) = read("readwise").notes

    assert (note.title, note.day) == ("Lamps (M. Keeper)", date(2023, 11, 14))
    assert note.sections[0].text == "Red is seen best.\n→ in fog\n\nOil is dear."


def test_folders_that_go_in_a_circle_end() -> None:
    assert read("linkwarden").links[1].url == SHIPS


def test_feeds_are_followed_and_sites_are_links() -> None:
    archive = read("opml")

    assert archive.feeds == (ArchiveFeed("https://lamps.example/feed", "Lamps é"),)
    assert [(link.url, link.label) for link in archive.links] == [(SHIPS, "Coast")]


def test_a_slack_export_tells_the_saves_that_we_would_have_made() -> None:
    archive = read("slack")

    assert archive.origin == "slack:T1"
    said = [(link.url, link.said) for link in archive.links]
    acts = {(url, act.member_name, act.emoji, act.place) for url, act in said if act}
    papers, mark = Place(ChannelId("C1")), bare_emoji("🔖")
    lamps = "https://lamps.example/?a=1&b=2"
    assert acts == {
        (lamps, "Mina", mark, papers),
        (lamps, "Jun K.", mark, papers),
        ("https://secret.example/", "Jun K.", mark, Place(ChannelId("G1"), is_private=True)),
        ("https://direct.example/", "Jun K.", mark, Place(ChannelId("D1"), is_private=True)),
    }
    of_lamps = next(link for link in archive.links if link.url == lamps)
    assert of_lamps.title == "Lamps"
    assert of_lamps.said is not None
    assert of_lamps.said.message == slack_message("C1", "1700000000.000100")
    assert [(each.reason, each.count) for each in archive.refusals] == [("said_by_bot", 1)]


@pytest.mark.parametrize("flag", ["is_private", "is_group", "is_im", "is_mpim"])
def test_what_a_list_of_all_channels_calls_closed_is_private(flag: str) -> None:
    listed = [{"id": "C1", "name": "papers", flag: True}]
    data = zipped(SLACK | {"channels.json": as_json(listed)})

    said = [link.said for link in READERS.read("export.zip", data).links]

    assert said
    assert all(each.place.is_private for each in said if each)


def test_a_discord_export_tells_the_saves_that_we_would_have_made() -> None:
    archive = read("discord")

    author, reader = (link.said for link in archive.links)
    assert author is not None
    assert reader is not None
    assert archive.origin == "discord:77"
    assert author.message == reader.message == discord_message(88, 99)
    assert (author.member_name, author.emoji) == ("Mina", bare_emoji("🔖"))
    assert (reader.member_name, reader.emoji) == ("Jun", bare_emoji("📜"))
    assert [link.kind for link in archive.links] == [None, Kind.PAPER]
    # Who may look into a channel, the file does not say.
    assert author.place == Place(ChannelId("88"), is_private=True)


def test_a_conversation_on_a_phone_keeps_who_said_it_and_when() -> None:
    said = [(link.url, link.who, link.day) for link in read("whatsapp").links]

    assert said == [(LAMPS, "Mina", date(2023, 11, 14)), (SHIPS, "Mina", date(2023, 11, 14))]
    assert first("messenger").who == "미나"


def test_an_export_without_a_link_says_so() -> None:
    data = as_json({"participants": [], "messages": [{"sender_name": "Mina", "content": "hi"}]})

    with pytest.raises(UserError, match="no_links"):
        READERS.read("message_1.json", data)


@pytest.mark.parametrize("which", ["bookmarks", "wallabag 2", "slack", "karakeep"])
def test_a_process_of_its_own_reads_the_same(which: str) -> None:
    _, name, data = EXPORTS[which]

    assert ArchiveReaders().read(name, data) == read(which)


def test_a_process_of_its_own_says_why_it_cannot() -> None:
    with pytest.raises(UserError, match="broken_json"):
        ArchiveReaders().read("a.json", b'{"bookmarks": [')
