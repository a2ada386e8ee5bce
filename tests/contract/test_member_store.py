"""What forgetting a member promises: what was theirs goes, what is others' stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.models import LOCAL, ChannelId, LinkFilter, MemberId, MessageId, Place, WorkspaceId
from bot.domain.taste import Vote
from bot.domain.visibility import OPERATOR
from bot.ports import ChatMessage, KnownMember, Lane
from storage import SqlStorage
from tests.contract.test_subscription_store import make_subscription
from tests.contract.test_watch_store import make_delivery
from tests.factories import (
    GENERAL,
    MINA,
    NOON,
    make_archive,
    make_command,
    make_feed,
    make_note,
    make_page,
    make_reaction,
    make_save,
    make_understanding,
)

JOON = MemberId("joon")
OWN, SHARED = "https://example.com/own", "https://example.com/shared"
TEAM = WorkspaceId("slack:T1")


@pytest.fixture
async def storage_of_two(storage: SqlStorage) -> SqlStorage:
    """Mina and Joon saved one link both, Mina another."""
    for url, member in ((OWN, MINA), (SHARED, MINA), (SHARED, JOON)):
        await storage.links.save(make_save(url, member=member, member_name=member.title()))
    return storage


async def saved(storage: SqlStorage, workspace: WorkspaceId = LOCAL) -> dict[str, list[str]]:
    found = await storage.links.list_links(workspace, LinkFilter(), audience=OPERATOR)
    return {link.url: [save.member for save in link.saves] for link in found}


async def test_members_are_found_by_id_and_by_name(storage_of_two: SqlStorage) -> None:
    members = storage_of_two.members

    assert await members.find_members(LOCAL, "mina") == [KnownMember(MINA, "Mina")]
    assert await members.find_members(LOCAL, "Mina") == [KnownMember(MINA, "Mina")]
    assert await members.find_members(LOCAL, "nobody") == []


async def test_what_only_they_saved_goes_with_its_page(storage_of_two: SqlStorage) -> None:
    (own,) = [
        link
        for link in await storage_of_two.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
        if link.url == OWN
    ]
    await storage_of_two.links.store_page(LOCAL, own.id, make_page(OWN), make_understanding(), ())

    gone = await storage_of_two.members.forget(LOCAL, MINA)

    assert (gone.saves, gone.links) == (2, 1)
    assert await saved(storage_of_two) == {SHARED: [JOON]}


async def test_the_same_member_elsewhere_stays(storage_of_two: SqlStorage) -> None:
    await storage_of_two.workspaces.ensure(TEAM, name="Team")
    await storage_of_two.links.save(make_save(OWN, workspace=TEAM))

    await storage_of_two.members.forget(LOCAL, MINA)

    assert await saved(storage_of_two, TEAM) == {OWN: [MINA]}


async def test_what_they_said_and_marked_goes(storage_of_two: SqlStorage) -> None:
    storage = storage_of_two
    link = await storage.links.find(LOCAL, SHARED, audience=OPERATOR)
    assert link is not None
    for member in (MINA, JOON):
        vote = Vote.on(link, by=MemberId(member), is_liked=True, at=NOON)
        await storage.signals.vote(LOCAL, ChannelId("general"), vote)
        await storage.inbox.put(make_reaction("x", event=f"r-{member}", member=member))
        await storage.chat.append(
            ChatMessage(
                id=MessageId(f"said-{member}"),
                place=Place(ChannelId("general")),
                member=member,
                member_name=member.title(),
                at=NOON,
                text="hello",
            )
        )
        told = ChatMessage(
            id=MessageId(f"told-{member}"),
            place=Place(ChannelId("desk")),
            member=MemberId("jubo"),
            member_name="Jubo",
            at=NOON,
            text="what only they may read",
            only_for=MemberId(member),
        )
        await storage.chat.append(told)
    await storage.inbox.put(make_command("ask", "what did I say?"))

    gone = await storage.members.forget(LOCAL, MINA)

    assert gone.messages == 2
    told_to = [each.only_for for each in await storage.chat.list_messages("desk", limit=9)]
    assert told_to == [JOON]
    assert [each.member for each in await storage.chat.list_messages("general", limit=9)] == [JOON]
    standing = await storage.reactions.list_reactions(LOCAL, make_reaction("x").message)
    assert [each.member for each in standing] == [JOON]
    votes = await storage.signals.list_votes(LOCAL, ChannelId("general"))
    assert [each.member for each in votes] == [JOON]
    assert await storage.inbox.list_open(lane=Lane.TALK, limit=9) == []
    marks = await storage.inbox.list_open(lane=Lane.MARKS, limit=9)
    assert [row.event.member for row in marks] == [JOON]


async def test_what_serves_a_channel_goes_on_without_their_name(
    storage_of_two: SqlStorage,
) -> None:
    storage = storage_of_two
    await storage.feeds.add(make_feed(), known=())
    await storage.subscriptions.add(make_subscription())
    theirs = replace(make_subscription("s2", minute=1), made_by=JOON, made_by_name="Joon")
    await storage.subscriptions.add(replace(theirs, changed_by_name="Mina"))

    await storage.members.forget(LOCAL, MINA)

    (feed,) = await storage.feeds.list_feeds(LOCAL)
    one, other = await storage.subscriptions.list_subscriptions(LOCAL)
    assert "ina" not in f"{feed.made_by}{feed.made_by_name}{one.made_by}{one.made_by_name}"
    assert (other.made_by, other.changed_by_name) == (JOON, "—")


async def test_their_notes_go_and_are_found_no_more(storage: SqlStorage) -> None:
    await storage.archives.import_archive(
        LOCAL, make_archive(notes=(make_note("Queues hide overload."),), member=MINA, place=GENERAL)
    )

    gone = await storage.members.forget(LOCAL, MINA)

    assert gone.notes == 1
    assert await storage.notes.list_notes(LOCAL, audience=OPERATOR) == []


async def test_who_only_subscribed_or_noted_is_found_too(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(LOCAL, name="Ours")
    made = replace(make_subscription("s1"), made_by=MINA, made_by_name="Mina")
    await storage.subscriptions.add(made)
    await storage.inbox.put(make_reaction("x", member=JOON))

    assert await storage.members.find_members(LOCAL, "Mina") == [KnownMember(MINA, "Mina")]
    assert await storage.members.find_members(LOCAL, MINA) == [KnownMember(MINA, "Mina")]
    assert await storage.members.find_members(LOCAL, JOON) == [KnownMember(JOON, "")]
    await storage.members.forget(LOCAL, MINA)
    assert await storage.members.find_members(LOCAL, "forgotten") == []


async def test_what_only_they_were_sent_ends(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(LOCAL, name="Ours")
    direct = Place(ChannelId("D1"), is_private=True, is_direct=True)
    made = replace(make_subscription("s1", channel="D1"), place=direct, made_by=MINA)
    await storage.subscriptions.add(made)
    planned = replace(make_delivery("d1"), subscription=made.id, place=direct)
    assert await storage.deliveries.plan(made, made, planned)

    await storage.members.forget(LOCAL, MINA)

    assert await storage.subscriptions.list_subscriptions(LOCAL) == []
    assert await storage.deliveries.list_recent(LOCAL, limit=9) == []
    assert await storage.deliveries.list_unclaimed(limit=9) == []


async def test_who_saw_them_before_brings_no_name_back(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(LOCAL, name="Ours")
    seen = replace(make_subscription("s1"), made_by=MINA, made_by_name="Mina")
    await storage.subscriptions.add(seen)

    await storage.members.forget(LOCAL, MINA)

    changed = replace(seen, language="en", version=seen.version + 1)
    assert not await storage.deliveries.plan(seen, changed, None)
    assert (await storage.subscriptions.get(LOCAL, "s1")).made_by_name != "Mina"
