"""Exports of other programs, from their bytes to what people see of them: over every store."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from adapters.importers import ArchiveReaders
from adapters.importers.exports.apart import read_here
from bot.domain.archives import Document, ImportReport
from bot.domain.emoji import BOOKMARK
from bot.domain.feeds import FEEDS_LIMIT
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Engine,
    LinkFilter,
    LinkRecord,
    MemberId,
    MessageId,
    NewSave,
    PageState,
    Place,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import UserError
from bot.services.feed_lists import FeedLists
from bot.services.importing import ImportingService
from bot.services.preparing import OPERATOR_SHARES, Sharer
from bot.services.saving import SavingService
from storage import SqlStorage
from tests.adapters.importers.exports.made import EXPORTS
from tests.factories import GENERAL, NOON
from tests.fakes.clock import FakeClock

TEAM = WorkspaceId("slack:T1")
SECRET = Place(ChannelId("secret"), is_private=True)
EVERYONE = Audience()


def make_importing(storage: SqlStorage) -> ImportingService:
    feeds = FeedLists(storage.feeds, clock=FakeClock())
    return ImportingService(
        storage.archives, ArchiveReaders(read_export=read_here), feeds, zone=ZoneInfo("UTC")
    )


async def bring_in(
    storage: SqlStorage,
    which: str,
    *,
    workspace: WorkspaceId = LOCAL,
    sharer: Sharer = OPERATOR_SHARES,
) -> ImportReport:
    _, name, data = EXPORTS[which]
    importing = make_importing(storage)
    document = Document(name, data, NOON)
    if sharer is OPERATOR_SHARES:
        return await importing.import_document(workspace, document)
    return (await importing.take_in(workspace, document, sharer=sharer)).report


async def list_links(
    storage: SqlStorage, *, workspace: WorkspaceId = LOCAL, audience: Audience = OPERATOR
) -> list[LinkRecord]:
    return list(await storage.links.list_links(workspace, LinkFilter(), audience=audience))


@pytest.mark.parametrize("which", EXPORTS)
async def test_a_second_import_adds_nothing(storage: SqlStorage, which: str) -> None:
    first = await bring_in(storage, which)
    before = await list_links(storage)

    second = await bring_in(storage, which)

    assert (second.links, second.saves, second.notes, second.feeds) == (0, 0, 0, 0)
    assert second.duplicates == first.saves + first.notes + first.feeds
    assert await list_links(storage) == before


async def test_a_bookmark_waits_to_be_read_with_all_that_was_kept(storage: SqlStorage) -> None:
    await bring_in(storage, "raindrop")

    lamps = next(each for each in await list_links(storage) if each.title == "Lamps")
    (save,) = lamps.saves
    assert lamps.state is PageState.WAITING
    assert lamps.topics[0] == "mlops-data"  # of its tags one is a topic of ours
    assert (save.label, save.note) == ("Coast › North #sea", 'My "own" note')
    assert lamps.summary is not None
    assert lamps.summary.engine is Engine.IMPORTED
    found = await storage.search.search(LOCAL, "own note", limit=5, audience=EVERYONE)
    assert [hit.title for hit in found] == ["Lamps"]


async def test_an_article_that_came_along_counts_as_read(storage: SqlStorage) -> None:
    await bring_in(storage, "wallabag 1")

    (lamps,) = await list_links(storage)
    assert lamps.state is PageState.READ
    found = await storage.search.search(LOCAL, "coast", limit=5, audience=EVERYONE)
    assert [hit.link for hit in found] == [lamps.id]


async def test_what_the_live_bot_hears_of_an_imported_message_is_the_same_save(
    storage: SqlStorage,
) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    await bring_in(storage, "slack", workspace=TEAM)
    before = await list_links(storage, workspace=TEAM)
    act = NewSave(
        workspace=TEAM,
        member=MemberId("U1"),
        member_name="Mina",
        place=Place(ChannelId("C1")),
        message=MessageId("C1/1700000000.000100"),
        emoji=BOOKMARK,
        saved_at=NOON,
    )

    await SavingService(storage.links).save(act, text="https://lamps.example/?a=1&b=2")
    unsaved, _ = await SavingService(storage.links).save_unsaved(
        act, text="https://lamps.example/?a=1&b=2"
    )

    assert not unsaved
    assert await list_links(storage, workspace=TEAM) == before


@pytest.mark.parametrize("workspace", [TEAM, LOCAL])
async def test_private_channels_of_a_slack_export_stay_private(
    storage: SqlStorage, workspace: WorkspaceId
) -> None:
    await storage.workspaces.ensure(workspace, name="Team")

    report = await bring_in(storage, "slack", workspace=workspace)

    everybody = await list_links(storage, workspace=workspace, audience=EVERYONE)
    board = await list_links(
        storage, workspace=workspace, audience=Audience.of_channel(ChannelId("G1"))
    )
    assert {each.title for each in everybody} == {"Lamps"}
    assert {each.url for each in board} - {each.url for each in everybody} == {
        "https://secret.example/"
    }
    counts = {refusal.reason: refusal.count for _, refusal in report.refused}
    assert counts["kept_private"] == 2


async def test_an_export_goes_into_no_other_workspace(storage: SqlStorage) -> None:
    other = WorkspaceId("slack:T2")
    await storage.workspaces.ensure(other, name="Other")

    with pytest.raises(UserError, match="other_workspace"):
        await bring_in(storage, "slack", workspace=other)

    assert await list_links(storage, workspace=other) == []


async def test_a_member_brings_in_no_private_links_and_speaks_for_nobody_else(
    storage: SqlStorage,
) -> None:
    mina = Sharer(GENERAL, MemberId("mina"), "Mina", MessageId("message-1"))

    report = await bring_in(storage, "slack", sharer=mina)

    (lamps,) = await list_links(storage)
    assert [(save.member, save.place, save.message) for save in lamps.saves] == [
        ("mina", GENERAL, "message-1")
    ]
    counts = {refusal.reason: refusal.count for _, refusal in report.refused}
    assert counts == {"said_by_bot": 1, "private_place": 2}


async def test_a_member_may_bring_private_links_to_a_private_place(storage: SqlStorage) -> None:
    mina = Sharer(SECRET, MemberId("mina"), "Mina", MessageId("message-1"))

    await bring_in(storage, "slack", sharer=mina)

    assert len(await list_links(storage)) == 3
    assert await list_links(storage, audience=EVERYONE) == []


async def test_bookmarks_marked_private_are_shown_to_nobody_but_the_operator(
    storage: SqlStorage,
) -> None:
    await bring_in(storage, "pinboard")

    assert len(await list_links(storage)) == 1
    assert await list_links(storage, audience=EVERYONE) == []


async def test_feeds_of_a_list_are_followed_where_it_was_shared(storage: SqlStorage) -> None:
    mina = Sharer(SECRET, MemberId("mina"), "Mina", MessageId("message-1"))

    report = await bring_in(storage, "opml", sharer=mina)

    (feed,) = await storage.feeds.list_feeds(LOCAL)
    assert (feed.url, feed.title) == ("https://lamps.example/feed", "Lamps é")
    assert (feed.place, feed.made_by, feed.checked_at) == (SECRET, "mina", None)
    assert report.feeds == 1


async def test_more_feeds_than_can_be_followed_are_counted(storage: SqlStorage) -> None:
    outlines = "".join(
        f'<outline xmlUrl="https://feeds.example/{number}"/>' for number in range(FEEDS_LIMIT + 3)
    )
    data = f"<opml><body>{outlines}</body></opml>".encode()

    report = await make_importing(storage).import_document(LOCAL, Document("f.opml", data, NOON))

    assert report.feeds == FEEDS_LIMIT
    assert [(each.reason, each.count) for _, each in report.refused] == [("too_many_feeds", 3)]
