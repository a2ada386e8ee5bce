"""What inbox and reaction store promise together: the newest act decides, however it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.models import LOCAL, MemberId, MessageId, WorkspaceId
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import Inbox, Lane, MemberReaction, ReactionState, ReactionStore
from storage import SqlStorage
from tests.factories import NOON, make_reaction, make_unreaction
from tests.fakes.inbox import MemoryInbox

Act = ReactionAdded | ReactionRemoved
MESSAGE = MessageId("message-1")
FRESH = (WorkspaceId(f"slack:T{number}") for number in count())


@pytest.fixture(params=["memory", "database"])
async def inbox(request: pytest.FixtureRequest, storage: SqlStorage) -> Inbox:
    return MemoryInbox() if request.param == "memory" else storage.inbox


@pytest.fixture
async def reactions(inbox: Inbox, storage: SqlStorage) -> ReactionStore:
    return inbox if isinstance(inbox, MemoryInbox) else storage.reactions


def add(minute: int, *, emoji: str = "🔖", member: str = "mina", message: str = MESSAGE) -> Act:
    event = f"add:{message}:{emoji}:{member}:{minute}"
    act = make_reaction("look", event=event, emoji=emoji, member=member, message=message)
    return replace(act, at=NOON + timedelta(minutes=minute))


def remove(minute: int, *, emoji: str = "🔖", member: str = "mina", message: str = MESSAGE) -> Act:
    event = f"remove:{message}:{emoji}:{member}:{minute}"
    act = make_unreaction(event=event, emoji=emoji, member=member, message=message)
    return replace(act, at=NOON + timedelta(minutes=minute))


async def put_all(inbox: Inbox, acts: Sequence[Act]) -> list[bool]:
    return [await inbox.put(act) for act in acts]


async def standing(reactions: ReactionStore) -> list[str]:
    found = await reactions.list_reactions(LOCAL, MESSAGE)
    return [f"{each.emoji} {each.member}" for each in found]


async def test_what_stands_is_listed_oldest_first_with_who_did_it(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    acts = [add(2, member="bo"), add(1), add(3, emoji="📜"), add(4, member="ari")]
    await put_all(inbox, [*acts, remove(5, member="ari"), add(6, message="elsewhere")])

    assert await reactions.list_reactions(LOCAL, MESSAGE) == [
        MemberReaction("🔖", MemberId("mina"), "Mina"),
        MemberReaction("🔖", MemberId("bo"), "Bo"),
        MemberReaction("📜", MemberId("mina"), "Mina"),
    ]


async def test_what_is_gone_is_told_too_with_when_that_was(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    await put_all(inbox, [add(1), add(2, member="bo"), remove(3), add(4, member="bo")])

    assert await reactions.list_states(LOCAL, MESSAGE) == [
        ReactionState(
            MemberReaction("🔖", MemberId("mina"), "Mina"),
            is_on=False,
            changed_at=NOON + timedelta(minutes=3),
        ),
        ReactionState(
            MemberReaction("🔖", MemberId("bo"), "Bo"),
            is_on=True,
            changed_at=NOON + timedelta(minutes=4),
        ),
    ]
    assert await reactions.list_states(WorkspaceId("slack:T1"), MESSAGE) == []


async def test_saying_again_how_it_stands_is_a_repeat(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    assert await put_all(inbox, [add(1), add(2)]) == [True, False]
    assert await put_all(inbox, [remove(3), remove(4)]) == [True, False]
    assert await put_all(inbox, [add(5)]) == [True]
    assert await standing(reactions) == ["🔖 mina"]


async def test_an_older_act_that_comes_late_is_a_repeat(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    assert await put_all(inbox, [add(5), remove(3)]) == [True, False]
    assert await standing(reactions) == ["🔖 mina"]


async def test_an_act_is_as_young_as_it_was_last_said(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    assert await put_all(inbox, [add(1), add(5), remove(3)]) == [True, False, False]
    assert await standing(reactions) == ["🔖 mina"]


async def test_what_was_taken_back_before_it_was_heard_of_stays_away(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    assert await put_all(inbox, [remove(3), add(1), remove(3)]) == [True, False, False]
    assert await standing(reactions) == []


async def test_one_reaction_drawn_in_two_ways_is_one(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    assert await put_all(inbox, [add(1, emoji="🧑🏽‍💻"), add(2, emoji="🧑💻")]) == [True, False]
    assert await standing(reactions) == ["🧑💻 mina"]


async def test_at_one_instant_taking_back_wins(inbox: Inbox, reactions: ReactionStore) -> None:
    assert await put_all(inbox, [add(1), remove(1), add(1)]) == [True, True, False]
    assert await standing(reactions) == []


async def test_a_repeat_leaves_no_row_in_the_inbox(inbox: Inbox) -> None:
    news = [add(1), remove(2)]

    await put_all(inbox, [*news, add(1), remove(3), add(0)])

    assert [row.event for row in await inbox.list_open(lane=Lane.MARKS, limit=9)] == news


async def test_only_reactions_that_save_are_kept_for_good(
    inbox: Inbox, reactions: ReactionStore
) -> None:
    elsewhere = WorkspaceId("slack:T1")
    await put_all(
        inbox, [add(1), add(1, emoji="👍"), remove(1, member="bo"), remove(8, member="ari")]
    )
    await put_all(inbox, [add(8, emoji="👏"), replace(add(1, emoji="👍"), workspace=elsewhere)])

    count = await reactions.forget_reactions(LOCAL, keep="🔖❌", before=NOON + timedelta(minutes=5))

    assert count == 2
    assert await standing(reactions) == ["🔖 mina", "👏 mina"]
    assert len(await reactions.list_reactions(elsewhere, MESSAGE)) == 1
    # What was forgotten is news again; what was taken back a moment ago is not.
    assert await put_all(inbox, [add(0, member="bo"), add(7, member="ari")]) == [True, False]


async def test_workspaces_do_not_hear_of_each_other(inbox: Inbox, reactions: ReactionStore) -> None:
    await inbox.put(replace(add(1), workspace=WorkspaceId("slack:T1")))

    assert await standing(reactions) == []
    assert await put_all(inbox, [add(1)]) == [True]


CHOICES = st.tuples(
    st.integers(min_value=0, max_value=6),
    st.booleans(),
    st.sampled_from(["🔖", "🧑‍💻", "🧑🏽‍💻"]),
    st.sampled_from(["mina", "bo"]),
)
HISTORIES = st.lists(CHOICES, max_size=8).map(
    lambda choices: [
        (add if is_on else remove)(minute, emoji=emoji, member=member)
        for minute, is_on, emoji, member in choices
    ]
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), history=HISTORIES)
async def test_any_order_of_delivery_and_any_repeats_lead_to_the_same_reactions(
    inbox: Inbox, reactions: ReactionStore, data: st.DataObject, history: list[Act]
) -> None:
    again = data.draw(st.lists(st.sampled_from(history))) if history else []
    shuffled = data.draw(st.permutations([*history, *again]))
    found = []
    for delivery in (history, shuffled):
        workspace = next(FRESH)  # the fixtures are the same for all examples
        acts = [replace(act, workspace=workspace) for act in delivery]
        await asyncio.gather(*(inbox.put(act) for act in acts))  # in this order, one commit
        found.append(await reactions.list_reactions(workspace, MESSAGE))

    assert found[0] == found[1]
