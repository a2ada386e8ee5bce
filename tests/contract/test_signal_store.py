"""What people say of links beyond saving them: each counts once, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.models import LOCAL, ChannelId, LinkId, LinkRecord, MemberId, MessageId, WorkspaceId
from bot.domain.signals import Response
from bot.domain.taste import Aspect, Vote
from storage import SqlStorage
from tests.factories import (
    MINA,
    NOON,
    make_reaction,
    make_reply,
    make_save,
    make_unreaction,
)

HERE, ELSEWHERE = ChannelId("general"), ChannelId("random")
JOON = MemberId("joon")
TEAM = WorkspaceId("slack:T1")
HOUR = timedelta(hours=1)


async def save(storage: SqlStorage, name: str = "one", *, message: str = "message-1") -> LinkRecord:
    return (await storage.links.save(make_save(f"https://{name}.example/", message=message))).link


async def responses(storage: SqlStorage, *, hours: int = 1) -> Sequence[Response]:
    return await storage.signals.list_responses(LOCAL, since=NOON, until=NOON + hours * HOUR)


def answered(member: str, emoji: str = "") -> Response:
    return Response(MessageId("message-1"), MemberId(member), emoji)


async def test_reactions_and_replies_to_what_was_saved_are_listed(storage: SqlStorage) -> None:
    await save(storage)
    await storage.inbox.put(make_reaction("look", emoji="👍", member="joon"))
    await storage.inbox.put(
        make_reaction("look", emoji="👍", member="joon", message="another", event="r2")
    )
    await storage.inbox.put(make_reply("sora"))
    await storage.inbox.put(make_reply("sora", message="another", event="r3"))

    assert await responses(storage) == [answered("joon", "👍"), answered("sora")]


async def test_what_is_told_again_or_said_twice_counts_once(storage: SqlStorage) -> None:
    await save(storage)
    for _ in range(2):
        await storage.inbox.put(make_reaction("look", emoji="👍", member="joon"))
        await storage.inbox.put(make_reply("sora"))
    await storage.inbox.put(make_reply("sora", event="another"))

    assert await responses(storage) == [answered("joon", "👍"), answered("sora")]


async def test_a_reaction_that_was_taken_back_does_not_count(storage: SqlStorage) -> None:
    await save(storage)
    await storage.inbox.put(make_reaction("look", emoji="👍", member="joon"))
    gone = make_unreaction(emoji="👍", member="joon", event="gone")
    await storage.inbox.put(replace(gone, at=NOON + timedelta(minutes=1)))

    assert await responses(storage) == []


async def test_what_came_later_changes_no_digest_of_before(storage: SqlStorage) -> None:
    await save(storage)
    await storage.inbox.put(make_reply("sora", at=NOON + 2 * HOUR))
    late = make_reaction("look", emoji="👍", member="joon")
    await storage.inbox.put(replace(late, at=NOON + 2 * HOUR))

    assert await responses(storage) == []
    assert len(await responses(storage, hours=3)) == 2


async def test_an_answer_outside_of_threads_is_a_reply_to_what_it_answers(
    storage: SqlStorage,
) -> None:
    await save(storage)
    reply = replace(make_reply("sora"), thread=None, answers=MessageId("message-1"))

    await storage.inbox.put(reply)

    (told,) = await storage.signals.list_responses(LOCAL, since=NOON, until=NOON + HOUR)
    assert (told.message, told.member, told.emoji) == ("message-1", "sora", "")


async def test_the_first_message_of_a_thread_is_no_make_reply(storage: SqlStorage) -> None:
    await save(storage)
    await storage.inbox.put(replace(make_reply("sora"), message=MessageId("message-1")))

    assert await responses(storage) == []


async def test_what_counts_for_a_saved_link_is_kept(storage: SqlStorage) -> None:
    await save(storage)
    for message in ("message-1", "another"):
        thumb = make_reaction("look", emoji="👍", member="joon", message=message, event=message)
        await storage.inbox.put(thumb)
        await storage.inbox.put(make_reply("sora", message=message, event=f"r-{message}"))

    gone = await storage.reactions.forget_reactions(LOCAL, keep=(), before=NOON + HOUR)

    assert gone == 2
    assert await responses(storage) == [answered("joon", "👍"), answered("sora")]


async def test_votes_are_those_of_their_channel_and_workspace(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    vote = Vote.on(await save(storage), by=MINA, is_liked=True, at=NOON)

    assert await storage.signals.vote(LOCAL, HERE, vote)

    assert await storage.signals.list_votes(LOCAL, HERE) == [vote]
    assert await storage.signals.list_votes(LOCAL, HERE, until=NOON) == []
    assert await storage.signals.list_votes(LOCAL, ELSEWHERE) == []
    assert await storage.signals.list_votes(TEAM, HERE) == []
    assert await storage.signals.list_all_votes(LOCAL) == {HERE: [vote]}
    assert await storage.signals.list_all_votes(TEAM) == {}


async def test_a_link_of_another_workspace_cannot_be_voted_on(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    vote = Vote.on(await save(storage), by=MINA, is_liked=True, at=NOON)

    assert not await storage.signals.vote(TEAM, HERE, vote)
    assert not await storage.signals.vote(LOCAL, HERE, replace(vote, link=LinkId("gone")))


@pytest.mark.parametrize("is_in_order", [True, False])
async def test_the_later_of_two_votes_counts(storage: SqlStorage, is_in_order: bool) -> None:
    link = await save(storage)
    votes = [
        Vote.on(link, by=MINA, is_liked=True, at=NOON),
        Vote.on(link, by=MINA, is_liked=False, at=NOON + HOUR),
    ]

    for vote in votes if is_in_order else reversed(votes):
        await storage.signals.vote(LOCAL, HERE, vote)

    assert await storage.signals.list_votes(LOCAL, HERE) == votes[1:]


async def test_a_vote_can_be_taken_back_and_goes_with_its_link(storage: SqlStorage) -> None:
    one, two = await save(storage), await save(storage, "two", message="message-2")
    for link in (one, two):
        await storage.signals.vote(LOCAL, HERE, Vote.on(link, by=MINA, is_liked=True, at=NOON))

    assert await storage.signals.take_back(LOCAL, HERE, member=MINA, link=one.id)
    assert not await storage.signals.take_back(LOCAL, HERE, member=MINA, link=one.id)
    await storage.links.undo_saves(LOCAL, member=MINA, message=MessageId("message-2"), emoji=None)

    assert await storage.signals.list_votes(LOCAL, HERE) == []


async def test_one_thing_that_was_learned_is_forgotten_and_then_all(storage: SqlStorage) -> None:
    full = Vote.on(await save(storage), by=MINA, is_liked=True, at=NOON)
    full = replace(full, topic="rag", source="one.example", kind="paper")
    lean = replace(full, member=JOON, topic="", source="")
    for vote in (full, lean):
        await storage.signals.vote(LOCAL, HERE, vote)
        await storage.signals.vote(LOCAL, ELSEWHERE, vote)

    forgotten = await storage.signals.forget_votes(LOCAL, HERE, aspect=Aspect.KIND, name="paper")

    assert forgotten == 2
    assert await storage.signals.list_votes(LOCAL, HERE) == [replace(full, kind="")]
    assert await storage.signals.forget_votes(LOCAL, HERE) == 1
    assert await storage.signals.list_votes(LOCAL, HERE) == []
    assert len(await storage.signals.list_votes(LOCAL, ELSEWHERE)) == 2


async def test_of_links_that_become_one_each_member_keeps_one_vote(storage: SqlStorage) -> None:
    one, two = await save(storage), await save(storage, "two", message="message-2")
    for link, member in ((one, MINA), (two, MINA), (two, JOON)):
        vote = Vote.on(link, by=MemberId(member), is_liked=True, at=NOON)
        await storage.signals.vote(LOCAL, HERE, vote)

    stays = await storage.links.unify(LOCAL, one.id, two.url)

    votes = await storage.signals.list_votes(LOCAL, HERE)
    assert [(each.link, each.member) for each in votes] == [(stays, JOON), (stays, MINA)]
