"""What people see while something takes long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place
from bot.errors import TransientError, UserError
from bot.ports import Target
from bot.posts import Post, say
from bot.services.posting import PostingService
from bot.services.waiting import Patience, post_when_made
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import make_posting

TARGET = Target(LOCAL, Place(ChannelId("general")))
NEVER, AT_ONCE = Patience(after_s=60), Patience(after_s=0, every_s=0)


def text(words: str) -> Post:
    return say(words, language="en")


def own_words(post: Post) -> str:
    return words_of(replace(post, thread=())).strip()


DIGEST = replace(text("Digest"), thread=(text("Details"),))


@dataclass
class Work:
    """Is done when the note was looked at `looks` times; without any, at once."""

    platform: FakePlatform = field(default_factory=FakePlatform)
    looks: int = 0
    made: Post | UserError = DIGEST
    deletes_note: bool = False
    says: str = ""
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.posting: PostingService = make_posting(self.platform)
        self._done = asyncio.Event()
        self.begun, self.ended = asyncio.Event(), asyncio.Event()

    async def post(self, *, patience: Patience = AT_ONCE) -> None:
        await post_when_made(
            self.posting,
            TARGET,
            self._make(),
            self._note,
            key="k",
            member=MemberId("mina"),
            patience=patience,
        )

    async def _make(self) -> Post:
        self.begun.set()
        try:
            if self.looks:
                await self._done.wait()
        finally:
            self.ended.set()
        if self.deletes_note:
            del self.platform.sent["k"]
        if isinstance(self.made, UserError):
            raise self.made
        return self.made

    def _note(self) -> Post:
        self.seen.append(f"{len(self.seen)} of {self.looks}")
        if len(self.seen) >= self.looks:
            self._done.set()
        return text(self.says or self.seen[-1])

    @property
    def told(self) -> dict[str, str]:
        return {key: own_words(sent.post) for key, sent in self.platform.sent.items()}


async def test_what_is_made_soon_is_posted_without_a_note() -> None:
    work = Work()

    await work.post(patience=NEVER)

    assert work.told == {"k": "Digest", "k/1": "Details"}
    assert work.platform.edits == []


async def test_a_note_says_how_far_it_is_and_gives_way_to_what_is_made() -> None:
    work = Work(looks=3)

    await work.post()

    assert [own_words(post) for post in work.platform.edits] == ["1 of 3", "2 of 3", "Digest"]
    assert work.told == {"k": "Digest", "k/1": "Details"}


async def test_a_note_that_says_the_same_again_is_left_as_it_is() -> None:
    work = Work(looks=3, says="soon")

    await work.post()

    assert [own_words(post) for post in work.platform.edits] == ["Digest"]


class Refusing(FakePlatform):
    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        raise TransientError


@pytest.mark.parametrize("is_left_by_crash", [False, True])
async def test_that_a_note_did_not_give_way_is_told(*, is_left_by_crash: bool) -> None:
    work = Work(Refusing(), looks=0 if is_left_by_crash else 3)
    if is_left_by_crash:
        await work.posting.post(TARGET, text("0 of 3"), key="k")

    with pytest.raises(TransientError):
        await work.post(patience=NEVER if is_left_by_crash else AT_ONCE)

    assert len(work.seen) == work.looks  # that a note was not changed is no harm


async def test_nothing_goes_on_being_made_for_who_is_gone() -> None:
    work = Work(looks=1)
    asked = asyncio.create_task(work.post(patience=NEVER))
    await work.begun.wait()

    asked.cancel()

    async with asyncio.timeout(1):
        await work.ended.wait()


async def test_a_note_that_a_crash_left_gives_way_to_what_is_made() -> None:
    work = Work()
    await work.posting.post(TARGET, text("0 of 3"), key="k")

    await work.post(patience=NEVER)
    await work.post(patience=NEVER)

    assert work.told == {"k": "Digest", "k/1": "Details"}


async def test_what_is_made_is_posted_although_the_note_was_deleted() -> None:
    work = Work(looks=2, deletes_note=True)

    await work.post()

    assert work.told == {"k:anew": "Digest", "k:anew/1": "Details"}


async def test_what_one_member_is_told_nobody_else_sees() -> None:
    work = Work(made=replace(text("Nothing saved"), is_ephemeral=True))

    await work.post(patience=NEVER)
    await work.post(patience=NEVER)

    assert work.platform.sent["k"].only_for == "mina"
    assert work.platform.edits == []


async def test_what_fails_is_told_by_who_asked_for_it() -> None:
    work = Work(made=UserError("digest.is_gone"))

    with pytest.raises(UserError):
        await work.post(patience=NEVER)
