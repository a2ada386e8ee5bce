"""What is remembered of a thread, for the question that leans on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.exchanges import Exchange
from bot.domain.models import LOCAL, ChannelId, LinkId, MemberId, MessageId, WorkspaceId
from bot.ports import ExchangeStore
from storage import SqlStorage
from tests.factories import MINA, NOON
from tests.fakes.exchanges import FakeExchanges

HERE, ELSEWHERE = ChannelId("general"), ChannelId("random")
THREAD, QUESTION, ANSWER = MessageId("thread"), MessageId("question"), MessageId("answer")
LATER = NOON + timedelta(hours=1)
FIRST = Exchange("What is BM25?", (LinkId("link-1"), LinkId("link-2")))
NEXT = Exchange("and its author?", (LinkId("link-1"),), before=FIRST)


@pytest.fixture(params=["memory", "database"])
async def exchanges(request: pytest.FixtureRequest, storage: SqlStorage) -> ExchangeStore:
    return FakeExchanges() if request.param == "memory" else storage.exchanges


async def remember(
    exchanges: ExchangeStore,
    exchange: Exchange,
    *heads: MessageId | None,
    at: datetime = NOON,
    question: MessageId | None = QUESTION,
    workspace: WorkspaceId = LOCAL,
) -> None:
    await exchanges.remember(
        workspace, HERE, exchange, heads=heads, question=question, member=MINA, at=at
    )


async def test_it_is_found_under_each_of_its_heads_and_with_what_it_leans_on(
    exchanges: ExchangeStore,
) -> None:
    await remember(exchanges, NEXT, THREAD, ANSWER, None)

    for head in (THREAD, ANSWER, None):
        assert await exchanges.recall(LOCAL, HERE, [head]) == NEXT


async def test_the_first_head_that_has_anything_counts(exchanges: ExchangeStore) -> None:
    await remember(exchanges, FIRST, THREAD)
    await remember(exchanges, NEXT, None)

    assert await exchanges.recall(LOCAL, HERE, [ANSWER, THREAD, None]) == FIRST
    assert await exchanges.recall(LOCAL, HERE, [None, THREAD]) == NEXT
    assert await exchanges.recall(LOCAL, HERE, [ANSWER]) is None


async def test_the_last_question_stands_in_whatever_order_they_come(
    exchanges: ExchangeStore,
) -> None:
    await remember(exchanges, NEXT, THREAD, at=LATER)
    await remember(exchanges, FIRST, THREAD, at=NOON)

    assert await exchanges.recall(LOCAL, HERE, [THREAD]) == NEXT


async def test_an_edit_takes_the_place_of_what_was_asked(exchanges: ExchangeStore) -> None:
    await remember(exchanges, FIRST, THREAD)
    await remember(exchanges, NEXT, THREAD)

    assert await exchanges.recall(LOCAL, HERE, [THREAD]) == NEXT


async def test_channels_and_workspaces_are_apart(exchanges: ExchangeStore) -> None:
    await remember(exchanges, FIRST, THREAD)

    assert await exchanges.recall(LOCAL, ELSEWHERE, [THREAD]) is None
    assert await exchanges.recall(WorkspaceId("slack:T1"), HERE, [THREAD]) is None


async def test_a_question_that_is_withdrawn_is_known_nowhere(exchanges: ExchangeStore) -> None:
    await remember(exchanges, FIRST, QUESTION, ANSWER, None)
    await remember(exchanges, NEXT, THREAD, question=MessageId("another"))

    await exchanges.withdraw(LOCAL, ELSEWHERE, QUESTION)
    assert await exchanges.recall(LOCAL, HERE, [QUESTION]) == FIRST
    await exchanges.withdraw(LOCAL, HERE, QUESTION)

    assert await exchanges.recall(LOCAL, HERE, [QUESTION, ANSWER, None]) is None
    assert await exchanges.recall(LOCAL, HERE, [THREAD]) == NEXT


async def test_what_was_asked_long_ago_is_forgotten(exchanges: ExchangeStore) -> None:
    await remember(exchanges, FIRST, THREAD, ANSWER)
    await remember(exchanges, NEXT, None, at=LATER)
    await remember(exchanges, FIRST, THREAD, workspace=WorkspaceId("slack:T1"))

    assert await exchanges.forget(LOCAL, before=LATER) == 2

    assert await exchanges.recall(LOCAL, HERE, [THREAD, None]) == NEXT
    assert await exchanges.recall(WorkspaceId("slack:T1"), HERE, [THREAD]) == FIRST


async def test_a_member_who_is_forgotten_asked_nothing(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(LOCAL, name="local")
    await remember(storage.exchanges, FIRST, THREAD)

    await storage.members.forget(LOCAL, MemberId("joon"))
    assert await storage.exchanges.recall(LOCAL, HERE, [THREAD]) == FIRST
    await storage.members.forget(LOCAL, MINA)

    assert await storage.exchanges.recall(LOCAL, HERE, [THREAD]) is None
