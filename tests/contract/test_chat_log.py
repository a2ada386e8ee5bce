"""What a chat log promises, whichever keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.ports import ChatLog, ChatMessage, Inbox, Lane, NodeId
from bot.posts import Picture, Post, say
from storage import SqlStorage, open_storage
from tests.factories import make_reaction, make_unreaction
from tests.fakes.chat_log import MemoryChatLog, MemoryInbox
from tests.fakes.clock import FakeClock

ARI, BO = MemberId("ari"), MemberId("bo")
CLOCK = FakeClock()


@pytest.fixture(params=["memory", "database"])
async def inbox(request: pytest.FixtureRequest, storage: SqlStorage) -> Inbox:
    return MemoryInbox() if request.param == "memory" else storage.inbox


@pytest.fixture
async def chat(inbox: Inbox, storage: SqlStorage) -> ChatLog:
    return MemoryChatLog(inbox) if isinstance(inbox, MemoryInbox) else storage.chat


def make_message(number: int, *, channel: str = "reading", thread: str = "") -> ChatMessage:
    return ChatMessage(
        id=MessageId(f"m{number}"),
        place=Place(ChannelId(channel)),
        member=ARI,
        member_name="Ari",
        at=CLOCK.now(),
        text=f"message {number}",
        thread=MessageId(thread) if thread else None,
    )


async def test_what_is_kept_is_found_as_it_was(chat: ChatLog) -> None:
    message = replace(make_message(1), only_for=BO)

    assert await chat.append(message)
    assert await chat.get(message.id) == message


async def test_a_post_comes_back_with_its_picture(chat: ChatLog) -> None:
    post = Post((*say("hello", language="en").blocks, Picture("c.png", "bars", b"\x89PNG\0")))
    message = replace(make_message(1), text="", post=post)

    await chat.append(message)

    assert (await chat.get(message.id)).post == post


async def test_the_same_id_again_changes_nothing(chat: ChatLog) -> None:
    message = make_message(1)
    await chat.append(message)

    assert not await chat.append(replace(message, text="other"))
    assert await chat.get(message.id) == message


async def test_an_unknown_message_is_a_key_error(chat: ChatLog) -> None:
    with pytest.raises(KeyError):
        await chat.get(MessageId("nowhere"))


async def test_the_newest_of_one_channel_come_oldest_first_with_their_replies(
    chat: ChatLog,
) -> None:
    for number in range(1, 5):
        await chat.append(make_message(number, thread="m1" if number == 4 else ""))
    await chat.append(make_message(5, channel="random"))

    assert [each.id for each in await chat.list_messages("reading", limit=3)] == ["m2", "m3", "m4"]


async def test_messages_stay_in_the_order_of_arrival_when_the_clock_is_set_back(
    chat: ChatLog,
) -> None:
    first, second = make_message(1), make_message(2)
    await chat.append(first)
    await chat.append(replace(second, at=first.at - timedelta(hours=1)))

    assert [each.id for each in await chat.list_messages("reading", limit=9)] == ["m1", "m2"]


async def test_a_reaction_counts_once_for_each_member(chat: ChatLog) -> None:
    message = make_message(1)
    await chat.append(message)

    answers = [await chat.add_reaction(message.id, "👍", member) for member in (ARI, BO, ARI)]

    assert answers == [True, True, False]
    [listed] = await chat.list_messages("reading", limit=10)
    assert listed.reactions == (("👍", ARI), ("👍", BO))


async def test_a_reaction_is_taken_back_once(chat: ChatLog) -> None:
    message = make_message(1)
    await chat.append(message)
    await chat.add_reaction(message.id, "👍", ARI)

    assert await chat.remove_reaction(message.id, "👍", ARI)
    assert not await chat.remove_reaction(message.id, "👍", ARI)
    assert (await chat.get(message.id)).reactions == ()


async def test_an_act_is_shown_and_put_into_the_inbox_once(inbox: Inbox, chat: ChatLog) -> None:
    await chat.append(make_message(1))
    added, removed = make_reaction("look", message="m1"), make_unreaction(message="m1")

    answers = [await chat.react(each) for each in (added, removed, added, removed)]

    assert answers == [True, True, False, False]
    assert (await chat.get(MessageId("m1"))).reactions == ()
    assert [row.event for row in await inbox.list_open(lane=Lane.MARKS, limit=9)] == [
        added,
        removed,
    ]


async def test_an_act_at_an_unknown_message_leaves_no_trace(inbox: Inbox, chat: ChatLog) -> None:
    with pytest.raises(KeyError):
        await chat.react(make_reaction("look", message="nowhere"))

    assert await inbox.list_open(lane=Lane.MARKS, limit=9) == []


async def test_replacing_a_message_keeps_its_reactions(chat: ChatLog) -> None:
    message = make_message(1)
    await chat.append(message)
    await chat.add_reaction(message.id, "👍", ARI)

    await chat.replace(replace(message, text="better"))

    found = await chat.get(message.id)
    assert (found.text, found.reactions) == ("better", (("👍", ARI),))


@pytest.mark.postgres
async def test_what_one_node_writes_the_others_find(postgres_url: str) -> None:
    async with (
        open_storage(postgres_url, node=NodeId("a")) as writer,
        open_storage(postgres_url, node=NodeId("b")) as reader,
    ):
        await writer.chat.append(make_message(1))
        nothing, since = await reader.chat.list_changed(None)
        assert not nothing

        await writer.chat.append(make_message(2))
        await writer.chat.add_reaction(MessageId("m1"), "👀", BO)
        found, since = await reader.chat.list_changed(since)
        assert [each.id for each in found] == ["m2", "m1"]
        assert found[1].reactions == (("👀", BO),)

        await writer.chat.replace(replace(make_message(2), text="better"))
        (changed,), since = await reader.chat.list_changed(since)
        assert changed.text == "better"
        assert await reader.chat.list_changed(since) == ((), since)


async def test_who_is_alone_finds_nothing_of_others(chat: ChatLog) -> None:
    await chat.append(make_message(1))

    assert await chat.list_changed(None) == ((), None)
