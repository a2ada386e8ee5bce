"""/links goes on where it ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.listing import SHOWN, ListingCommands
from bot.domain.models import LOCAL
from bot.posts import Button, Buttons, Post
from bot.services.listing import ListingService
from bot.services.querying import QueryingService
from storage import open_storage
from tests.factories import make_archive, make_command, make_entry, make_press
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import TEXTS, make_dispatcher


class Chat:
    def __init__(self, commands: ListingCommands) -> None:
        self._platform = FakePlatform()
        self._dispatcher = make_dispatcher([commands.router], platform=self._platform)

    async def list_links(self, arguments: str = "", **options: str) -> Post:
        command = replace(make_command("links", arguments), options=tuple(options.items()))
        await self._dispatcher.dispatch(command)
        return self._platform.sent.pop("command-1:0").post

    async def press(self, button: Button) -> Post:
        await self._dispatcher.dispatch(make_press(button.action, button.value))
        return self._platform.sent.pop("press-1:0").post


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat with one link more than a list shows."""
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        entries = [
            make_entry(f"https://duck.example/{n}", "A duck.", title=f"Duck {n:02}")
            for n in range(SHOWN + 1)
        ]
        await storage.archives.import_archive(LOCAL, make_archive(*entries))
        service = ListingService(storage.links, storage.search)
        yield Chat(ListingCommands(service, QueryingService(storage.search)))


def titles(post: Post) -> set[str]:
    return {f"Duck {n:02}" for n in range(SHOWN + 1) if f"Duck {n:02}" in words_of(post)}


def buttons(post: Post) -> list[Button]:
    return [each for row in post.blocks if isinstance(row, Buttons) for each in row.buttons]


@pytest.mark.parametrize("arguments", ["", "duck kind:paper"])
async def test_a_button_shows_what_is_left(chat: Chat, arguments: str) -> None:
    first = await chat.list_links(arguments)
    (more,) = buttons(first)

    rest = await chat.press(more)

    assert len(titles(first)) == SHOWN
    assert titles(first) | titles(rest) == {f"Duck {n:02}" for n in range(SHOWN + 1)}
    assert not titles(first) & titles(rest)
    assert buttons(rest) == []


async def test_a_query_too_long_for_a_button_has_none(chat: Chat) -> None:
    assert buttons(await chat.list_links("duck " * 30)) == []


async def test_words_in_a_field_of_their_own_are_words_whatever_they_look_like(chat: Chat) -> None:
    post = await chat.list_links(words="a: duck")

    assert len(titles(post)) == SHOWN
    (more,) = buttons(post)
    assert len(titles(await chat.press(more))) == 1


@pytest.mark.parametrize("value", ["", "20", "20 duck", "[]", "[1, 2]", '["x", "duck", {}]', "{}"])
async def test_a_button_of_another_time_is_answered(chat: Chat, value: str) -> None:
    post = await chat.press(Button("More", "links", value))

    assert post.is_ephemeral
    assert not titles(post)


@pytest.mark.parametrize("arguments", ["goose", "until:2001-01-01"])
async def test_that_nothing_matches_is_told_to_the_caller_alone(chat: Chat, arguments: str) -> None:
    answer = await chat.list_links(arguments)

    assert answer.is_ephemeral
    assert words_of(answer) == TEXTS.get("en", "links.none")


@pytest.mark.parametrize(
    "arguments", ['by:"Mina"', "duck shared by Mina", "kind:paper from:2024-11 duck"]
)
async def test_a_list_says_which_filters_it_understood(chat: Chat, arguments: str) -> None:
    post = await chat.list_links(arguments)

    assert len(titles(post)) == SHOWN
    assert "Looked only in: " in words_of(post)
    (more,) = buttons(post)
    assert len(titles(await chat.press(more))) == 1


async def test_a_guessed_filter_that_leaves_nothing_is_told_and_dropped(chat: Chat) -> None:
    post = await chat.list_links("duck shared before 2024-10")

    assert len(titles(post)) == SHOWN
    assert "matches. Without that:" in words_of(post)


async def test_an_option_chosen_beats_what_is_typed(chat: Chat) -> None:
    assert not titles(await chat.list_links("duck kind:paper", kind="news"))


async def test_an_option_that_there_is_not_is_refused(chat: Chat) -> None:
    post = await chat.list_links("duck colour:red")

    assert "colour:red" in words_of(post)
    assert not titles(post)
