"""Use case: answer with what takes a while, and say meanwhile how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.models import MemberId, MessageId
from bot.errors import MessageGone
from bot.ports import Target
from bot.posts import Post
from bot.services.posting import PostingService


@dataclass(frozen=True, slots=True)
class Patience:
    """`after_s`: how long nothing is said; `every_s`: how often it is looked at again."""

    after_s: float = 3.0
    every_s: float = 5.0


async def post_when_made(
    posting: PostingService,
    target: Target,
    making: Coroutine[Any, Any, Post],
    note: Callable[[], Post],
    *,
    key: str,
    member: MemberId,
    patience: Patience,
) -> MessageId:
    """Post what is made. If that takes longer, `note` is shown, and then what is made in its place.

    What is ephemeral only `member` sees, unless there is a note already.
    A second call with the same key, after a crash, puts it in the place of a note that was left.
    """
    made = asyncio.ensure_future(making)
    try:
        note_shown = await _show(posting, target, made, note, key=key, patience=patience)
        post = await made
    finally:
        made.cancel()
    if note_shown is not None:
        try:
            await posting.edit(target, note_shown, post, is_vital=True)
        except MessageGone:  # somebody deleted the note, not what they asked for
            key = f"{key}:anew"
    elif post.is_ephemeral:
        target = replace(target, only_for=member)
    elif (left := await posting.find(target.workspace, key)) is not None:
        with suppress(MessageGone):
            await posting.edit(target, left, post, is_vital=True)
    return await posting.post(target, post, key=key)


async def _show(
    posting: PostingService,
    target: Target,
    made: asyncio.Future[Post],
    note: Callable[[], Post],
    *,
    key: str,
    patience: Patience,
) -> MessageId | None:
    """Return the message that shows the note; None: it was not needed."""
    message, shown = None, None
    wait_s = patience.after_s
    while not (await asyncio.wait({made}, timeout=wait_s))[0]:
        wait_s = patience.every_s
        post = note()
        if message is None:
            message = await posting.post(target, post, key=key)
        elif post != shown:
            with suppress(MessageGone):
                await posting.edit(target, message, post)
        shown = post
    return message
