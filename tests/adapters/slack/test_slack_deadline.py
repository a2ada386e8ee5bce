"""A process that was frozen in the middle of a post sends nothing once its time is over."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.slack.sending import notice_deadline


async def go_on_after_a_freeze(sent: list[str]) -> None:
    async with asyncio.timeout(0.01):
        time.sleep(0.05)  # noqa: ASYNC251 - the whole process stands still
        await notice_deadline()
        sent.append("a post")


async def test_a_deadline_that_passed_while_the_process_was_frozen_is_noticed() -> None:
    sent: list[str] = []

    with pytest.raises(TimeoutError):
        await go_on_after_a_freeze(sent)

    assert sent == []


async def test_what_is_in_time_goes_on() -> None:
    async with asyncio.timeout(60):
        await notice_deadline()
