"""👍 and 👎 change what later digests of a channel tell first; /settings takes it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.commands.digest_details import DigestDetails
from bot.commands.digesting import DigestingCommands
from bot.commands.feedback import DISLIKE, FORGET, LIKE, TAKE_BACK, FeedbackCommands
from bot.commands.settings import SettingsCommands
from bot.domain.models import LOCAL, ChannelId, Place
from bot.domain.styles.details import WHY
from bot.ports import Storage
from bot.posts import Buttons, Post, Select
from bot.services.digesting import DigestingService
from bot.services.feedback import FeedbackService
from bot.services.retelling import RetellingService
from bot.texts import Texts
from storage import open_storage
from tests.factories import GENERAL, make_archive, make_command, make_entry, make_press
from tests.fakes.digest_sources import FakeCharts
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import make_dispatcher

SATURDAY = datetime(2024, 11, 9, 3, tzinfo=UTC)
ELSEWHERE = Place(ChannelId("elsewhere"))


class Chat:
    def __init__(self, storage: Storage) -> None:
        digesting = DigestingService(
            storage.links, storage.notes, storage.signals, texts=Texts.load()
        )
        retelling = RetellingService(storage.subscriptions, storage.deliveries, digesting)
        feedback = FeedbackService(storage.links, storage.signals)
        self._platform = FakePlatform()
        self._dispatcher = make_dispatcher(
            [
                DigestingCommands(digesting, FakeCharts()).router,
                DigestDetails(digesting, retelling).router,
                FeedbackCommands(feedback).router,
                SettingsCommands(storage.workspaces, feedback, language="en", zone="UTC").router,
            ],
            platform=self._platform,
        )
        self._numbers = count()

    async def call(self, name: str, words: str = "", *, place: Place = GENERAL) -> Post:
        number = next(self._numbers)
        command = make_command(name, words, event=f"c{number}", language="en", place=place)
        await self._dispatcher.dispatch(replace(command, at=SATURDAY + timedelta(minutes=number)))
        return self._platform.sent[f"{command.id}:0"].post

    async def press(
        self, action: str, value: str, *, place: Place = GENERAL, by: str = "mina"
    ) -> Post:
        number = next(self._numbers)
        press = make_press(action, value, event=f"p{number}")
        at = SATURDAY + timedelta(minutes=number)
        press = replace(press, at=at, place=place, member=type(press.member)(by), language="en")
        await self._dispatcher.dispatch(press)
        return self._platform.sent[f"{press.id}:0"].post

    async def why(self, *, place: Place = GENERAL) -> Post:
        post = await self.call("digest", "2024-11", place=place)
        (button,) = [
            button
            for block in post.blocks
            if isinstance(block, Buttons)
            for button in block.buttons
            if button.action == WHY
        ]
        return await self.press(WHY, button.value, place=place)

    async def order(self, *, place: Place = GENERAL) -> list[str]:
        words = words_of(await self.why(place=place))
        return sorted(("About rag", "About agents"), key=words.index)


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat where a link on agents stands before one on retrieval, which is older."""
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        entries = [
            make_entry(
                f"https://{name}.example/",
                "One point.",
                title=f"About {name}",
                topics=(topic,),
                saved_at=SATURDAY - timedelta(days=days),
            )
            for name, topic, days in (
                ("agents", "agents-tools", 3),
                ("rag", "retrieval-rag", 3),
            )
        ]
        await storage.archives.import_archive(LOCAL, make_archive(*entries))
        yield Chat(storage)


def _menu(post: Post, action: str) -> dict[str, str]:
    (found,) = [
        block for block in post.blocks if isinstance(block, Select) and block.action == action
    ]
    return dict(found.choices)


async def test_a_vote_changes_the_next_digest_of_its_channel_and_says_why(chat: Chat) -> None:
    why = await chat.why()
    assert await chat.order() == ["About agents", "About rag"]

    answer = await chat.press(LIKE, _menu(why, LIKE)["About rag"])

    assert answer.is_ephemeral
    assert "“About rag” (Retrieval and RAG, rag.example, Papers)" in words_of(answer)
    assert await chat.order() == ["About rag", "About agents"]
    assert "people here liked Retrieval and RAG (+1)" in words_of(await chat.why())
    assert await chat.order(place=ELSEWHERE) == ["About agents", "About rag"]


async def test_less_of_something_puts_it_back(chat: Chat) -> None:
    why = await chat.why()

    await chat.press(DISLIKE, _menu(why, DISLIKE)["About agents"])

    assert await chat.order() == ["About rag", "About agents"]


async def test_the_opposite_vote_stands_in_for_the_first(chat: Chat) -> None:
    link = _menu(await chat.why(), LIKE)["About rag"]
    await chat.press(LIKE, link)

    await chat.press(DISLIKE, link)

    assert "👎 Retrieval and RAG: −1 (votes: 1)" in words_of(await chat.call("settings"))


async def test_a_vote_is_taken_back_by_its_button(chat: Chat) -> None:
    answer = await chat.press(LIKE, _menu(await chat.why(), LIKE)["About rag"])
    (buttons,) = [block for block in answer.blocks if isinstance(block, Buttons)]
    (button,) = buttons.buttons

    await chat.press(TAKE_BACK, button.value, by="joon")
    assert await chat.order() == ["About rag", "About agents"]
    await chat.press(TAKE_BACK, button.value)

    assert await chat.order() == ["About agents", "About rag"]
    assert "no vote" in words_of(await chat.press(TAKE_BACK, button.value))


async def test_what_was_learned_is_listed_and_each_can_be_forgotten(chat: Chat) -> None:
    await chat.press(LIKE, _menu(await chat.why(), LIKE)["About rag"])
    listed = await chat.call("settings")
    assert "👍 rag.example: +1 (votes: 1)" in words_of(listed)

    told = await chat.press(FORGET, _menu(listed, FORGET)["rag.example"])

    assert not told.is_ephemeral
    assert "Mina" in words_of(told)
    left = words_of(await chat.call("settings"))
    assert "rag.example" not in left
    assert "Retrieval and RAG: +1" in left


async def test_all_can_be_forgotten_in_one_channel(chat: Chat) -> None:
    link = _menu(await chat.why(), LIKE)["About rag"]
    for place in (GENERAL, ELSEWHERE):
        await chat.press(LIKE, link, place=place)

    await chat.press(FORGET, "all")

    assert "Nothing yet" in words_of(await chat.call("settings"))
    assert "+1" in words_of(await chat.call("settings", place=ELSEWHERE))


@pytest.mark.parametrize("value", ["", "mood happy", "topic", "all of it"])
async def test_a_choice_that_means_nothing_any_more_is_said(chat: Chat, value: str) -> None:
    answer = await chat.press(FORGET, value)

    assert answer.is_ephemeral


async def test_a_link_that_is_gone_cannot_be_voted_on(chat: Chat) -> None:
    answer = await chat.press(LIKE, "gone")

    assert "not saved any more" in words_of(answer)
