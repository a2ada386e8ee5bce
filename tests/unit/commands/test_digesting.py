"""What people write after /digest: a period, a style and a language, in any order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands.digesting import DigestingCommands
from bot.domain.digests import Chart, Style
from bot.domain.models import LOCAL
from bot.posts import Button, Buttons, Picture, Post
from bot.services.digesting import DigestingService
from bot.texts import Texts
from storage import open_storage
from tests.factories import make_archive, make_command, make_entry, make_press
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import make_dispatcher

SEOUL = ZoneInfo("Asia/Seoul")
SATURDAY = datetime(2024, 11, 9, 3, tzinfo=UTC)


class Charts:
    """The port `ChartDrawer`: a picture that names what it shows."""

    def draw(self, chart: Chart) -> bytes:
        return chart.name.encode()


class Chat:
    def __init__(self, commands: DigestingCommands) -> None:
        self._platform = FakePlatform()
        self._dispatcher = make_dispatcher([commands.router], platform=self._platform)

    async def press(self, button: Button) -> Post:
        """Press a button of an answer and return the post that answers that."""
        press = replace(make_press(button.action, button.value), at=SATURDAY)
        await self._dispatcher.dispatch(press)
        return self._platform.sent.pop(f"{press.id}:0").post

    async def ask_for(
        self, arguments: str, *, language: str = "en", at: datetime = SATURDAY, **options: str
    ) -> Post:
        """Call /digest and return the one post that answers; `options` are typed as such."""
        event = f"{arguments} {options}"
        command = make_command("digest", arguments, event=event, language=language)
        command = replace(command, at=at, options=tuple(options.items()))
        await self._dispatcher.dispatch(command)
        return self._platform.sent.pop(f"{command.id}:0").post


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """Return a chat where one link was saved this week and one in the month before."""
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        fresh = make_entry("https://fresh.example/", "It is new.", title="Fresh bread")
        old = make_entry(
            "https://old.example/",
            "It is old.",
            title="Old wine",
            saved_at=datetime(2024, 10, 15, tzinfo=UTC),
        )
        await storage.archives.import_archive(LOCAL, make_archive(fresh, old))
        service = DigestingService(
            storage.links, storage.notes, storage.signals, texts=Texts.load()
        )
        yield Chat(DigestingCommands(service, Charts()))


async def test_without_a_word_it_is_the_last_seven_days(chat: Chat) -> None:
    words = words_of(await chat.ask_for(""))

    assert "Fresh bread" in words
    assert "Old wine" not in words


async def test_the_last_days_are_those_before_the_asking(chat: Chat) -> None:
    post = await chat.ask_for("", at=datetime(2024, 10, 16, tzinfo=UTC))

    assert "Old wine" in words_of(post)
    assert "Fresh bread" not in words_of(post)


@pytest.mark.parametrize("arguments", ["last-month", "2024-10", "Weekly last-month", "2024-10 EN"])
async def test_a_period_is_named_beside_style_and_language(chat: Chat, arguments: str) -> None:
    words = words_of(await chat.ask_for(arguments))

    assert "Old wine" in words
    assert "Fresh bread" not in words


@pytest.mark.parametrize("arguments", ["daily 2024-11-04 ko", "ko 2024-11-04 Daily"])
async def test_words_come_in_any_order(chat: Chat, arguments: str) -> None:
    post = await chat.ask_for(arguments)

    weekly = await chat.ask_for("2024-11-04 ko")
    assert "Fresh bread" in words_of(post)
    assert words_of(post) != words_of(weekly)
    assert post.language == "ko"


async def test_without_a_language_it_is_the_members(chat: Chat) -> None:
    assert (await chat.ask_for("7d", language="ko")).language == "ko"
    assert (await chat.ask_for("7d en", language="ko")).language == "en"


async def test_a_button_shows_the_same_period_in_the_other_style(chat: Chat) -> None:
    post = await chat.ask_for("7d ko")
    *_, row = [block for block in post.blocks if isinstance(block, Buttons)]

    assert len(row.buttons) == len(Style) - 1
    pressed = await chat.press(row.buttons[0])
    assert words_of(pressed) == words_of(await chat.ask_for("7d daily ko"))
    assert "Fresh bread" in words_of(pressed)
    assert pressed.language == "ko"


async def test_the_chart_is_drawn_for_the_post(chat: Chat) -> None:
    post = await chat.ask_for("7d")

    (picture,) = [block for block in post.blocks if isinstance(block, Picture)]
    assert picture.data == picture.name.encode()


@pytest.mark.parametrize("arguments", ["someday", "daily weekly of the moon", "2024-13"])
async def test_what_is_no_period_is_answered_quietly(chat: Chat, arguments: str) -> None:
    post = await chat.ask_for(arguments)

    assert post.is_ephemeral
    assert "is not a period" in words_of(post)


async def test_a_period_without_a_link_says_so_to_the_caller_alone(chat: Chat) -> None:
    post = await chat.ask_for("2023-01")

    assert words_of(post).strip()
    assert "Fresh bread" not in words_of(post)
    assert post.is_ephemeral


async def test_options_say_the_same_as_words(chat: Chat) -> None:
    typed = await chat.ask_for("2024-10 daily")

    chosen = await chat.ask_for("", period="2024-10", style="daily")

    assert words_of(chosen) == words_of(typed)


async def test_what_is_chosen_by_name_wins_over_a_word(chat: Chat) -> None:
    chosen = await chat.ask_for("7d weekly", style="daily")

    assert words_of(chosen) == words_of(await chat.ask_for("7d daily"))


@pytest.mark.parametrize(
    ("option", "told"),
    [("style:daly", "There is no style “daly”"), ("language:fr", "I do not write “fr”")],
)
async def test_an_option_that_cannot_be_meant_is_named(chat: Chat, option: str, told: str) -> None:
    post = await chat.ask_for(option)

    assert post.is_ephemeral
    assert told in words_of(post)
