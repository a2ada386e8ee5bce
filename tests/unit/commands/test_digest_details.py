"""The buttons under a digest: what its terms mean, why it chose these links, and the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.commands.digest_details import DigestDetails
from bot.commands.digesting import DigestingCommands
from bot.domain.digests import Chart, Style
from bot.domain.models import LOCAL, Concept
from bot.domain.planning import plan_now
from bot.domain.styles.details import CONCEPTS, MORE, WHY
from bot.ports import Storage
from bot.posts import Button, Buttons, Post
from bot.services.digesting import DigestingService
from bot.services.retelling import RetellingService
from bot.texts import Texts
from storage import open_storage
from tests.factories import (
    make_archive,
    make_command,
    make_entry,
    make_press,
    make_reaction,
    make_reply,
    make_save,
    make_subscription,
)
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import make_dispatcher

SATURDAY = datetime(2024, 11, 9, 3, tzinfo=UTC)
TERM = Concept("reranking", "to sort what was found", "재정렬")


class Charts:
    def draw(self, chart: Chart) -> bytes:
        return chart.name.encode()


class Chat:
    def __init__(self, storage: Storage) -> None:
        digesting = DigestingService(
            storage.links, storage.notes, storage.signals, texts=Texts.load()
        )
        retelling = RetellingService(storage.subscriptions, storage.deliveries, digesting)
        routers = [
            DigestingCommands(digesting, Charts()).router,
            DigestDetails(digesting, retelling).router,
        ]
        self._platform = FakePlatform()
        self._dispatcher = make_dispatcher(routers, platform=self._platform)
        self._numbers = count()
        self.storage = storage

    async def ask_for(self, words: str) -> Post:
        command = make_command("digest", words, event=f"c{next(self._numbers)}", language="en")
        await self._dispatcher.dispatch(replace(command, at=SATURDAY))
        return self._platform.sent[f"{command.id}:0"].post

    async def press(self, button: Button, *, at: datetime = SATURDAY) -> Post:
        press = make_press(button.action, button.value, event=f"p{next(self._numbers)}")
        await self._dispatcher.dispatch(replace(press, at=at))
        return self._platform.sent[f"{press.id}:0"].post


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat where forty links were saved in a week, one of them with a concept."""
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        first = make_entry(
            "https://first.example/", "One.", "Two.", title="First", concepts=(TERM,)
        )
        others = [
            make_entry(f"https://n{n}.example/", f"It is {n}.", title=f"Number {n}")
            for n in range(39)
        ]
        await storage.archives.import_archive(LOCAL, make_archive(first, *others))
        yield Chat(storage)


def _buttons(post: Post) -> dict[str, Button]:
    rows = [block for block in post.blocks if isinstance(block, Buttons)]
    return {button.action: button for row in rows for button in row.buttons}


@pytest.mark.parametrize("style", list(Style))
async def test_every_style_says_its_concepts_and_why_it_chose(chat: Chat, style: Style) -> None:
    buttons = _buttons(await chat.ask_for(f"7d {style}"))

    concepts = await chat.press(buttons[CONCEPTS])
    why = await chat.press(buttons[WHY])

    assert "to sort what was found" in words_of(concepts)
    assert "<https://first.example/>" in words_of(concepts)
    assert "saved by 1" in words_of(why)
    assert concepts.is_ephemeral
    assert why.is_ephemeral


async def test_what_just_missed_says_what_stopped_it_and_its_points(chat: Chat) -> None:
    why = words_of(await chat.press(_buttons(await chat.ask_for("7d"))[WHY]))

    told, _, missed = why.partition("Just missed")
    assert "score 8: saved by 1 (+4) · lines of summary: 2 (+3) · key concepts: 1 (+1)" in told
    assert missed.count("score 7: saved by 1 (+4) · lines of summary: 1 (+3)") == 5
    assert "which comes before it" in missed


async def test_who_reacted_and_replied_is_counted(chat: Chat) -> None:
    at = SATURDAY - timedelta(hours=1)
    save = make_save("https://talk.example/", message="m1", saved_at=at)
    await chat.storage.links.save(save)
    reaction = make_reaction("look", emoji="🎉", member="joon", message="m1")
    await chat.storage.inbox.put(replace(reaction, at=at))
    await chat.storage.inbox.put(make_reply("sora", message="m1", at=at))

    why = words_of(await chat.press(_buttons(await chat.ask_for("7d"))[WHY]))

    assert "others who reacted: 1 (+1) · others who replied: 1 (+2)" in why


@pytest.mark.parametrize("style", list(Style))
async def test_more_goes_on_until_every_link_was_named(chat: Chat, style: Style) -> None:
    post = await chat.ask_for(f"7d {style}")

    seen = words_of(post)
    while button := _buttons(post).get(MORE):
        post = await chat.press(button)
        seen += words_of(post)

    assert [n for n in range(39) if f"Number {n} <" not in seen] == []


async def test_a_button_is_about_the_days_of_then(chat: Chat) -> None:
    buttons = _buttons(await chat.ask_for("7d"))

    later = await chat.press(buttons[CONCEPTS], at=SATURDAY + timedelta(days=90))

    assert "reranking" in words_of(later)


async def test_what_has_no_concepts_offers_none(chat: Chat) -> None:
    lone = make_entry("https://lone.example/", title="Lone", saved_at=SATURDAY - timedelta(days=99))
    await chat.storage.archives.import_archive(LOCAL, make_archive(lone))

    buttons = _buttons(await chat.ask_for("2024-08"))

    assert WHY in buttons
    assert CONCEPTS not in buttons
    assert MORE not in buttons


async def test_a_delivered_digest_can_be_asked_too(chat: Chat) -> None:
    subscription = make_subscription()
    await chat.storage.subscriptions.add(subscription)
    plan = plan_now(subscription, id_="now-1", now=SATURDAY)
    assert plan.delivery is not None
    await chat.storage.deliveries.plan(subscription, plan.after, plan.delivery)

    post = await chat.press(Button("", CONCEPTS, "now-1"))

    assert "reranking" in words_of(post)
    assert post.language == "ko"


@pytest.mark.parametrize(
    "value", ["gone", "2024-11-03/x weekly ko", "2024-11-03/2024-11-10 odd ko"]
)
async def test_what_cannot_be_found_any_more_is_said(chat: Chat, value: str) -> None:
    post = await chat.press(Button("", WHY, value))

    assert post.is_ephemeral
    assert "/digest" in words_of(post) or "call the command again" in words_of(post)
