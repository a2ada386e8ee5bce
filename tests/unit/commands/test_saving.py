"""Saving by reaction and command, as a member sees it: over a real store and a web in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commands.router import Dispatcher
from bot.commands.saving import SavingCommands
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Kind,
    LinkFilter,
    LinkRecord,
    MessageId,
    PageState,
    Place,
)
from bot.domain.visibility import OPERATOR
from bot.events import Event
from bot.ports import Storage
from bot.services.reading import ReadingService
from bot.services.saving import SavingService
from bot.texts import Texts
from storage import open_storage
from tests.factories import make_command, make_reaction, make_save, make_unreaction
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform

MESSAGE = MessageId("message-1")
SEOUL = ZoneInfo("Asia/Seoul")
STORY = (
    "Sparse indexes answer rare words well. Dense vectors answer paraphrases well. "
    "A team joined both lists by reciprocal rank and measured a gain on every question set."
)


@dataclass
class Chat:
    """The saving commands with everything around them that a member could notice."""

    storage: Storage
    web: FakePageFetcher = field(default_factory=FakePageFetcher)
    platform: FakePlatform = field(default_factory=FakePlatform)

    def __post_init__(self) -> None:
        reading = ReadingService(self.storage.links, self.web)
        commands = SavingCommands(SavingService(self.storage.links), reading, zone=SEOUL)
        self._dispatcher = Dispatcher([commands.router], platform=self.platform, texts=Texts.load())

    async def send(self, event: Event) -> None:
        await self._dispatcher.dispatch(event, language="en")

    async def give_up(self, event: Event) -> None:
        await self._dispatcher.give_up(event, language="en")

    async def links(self) -> list[LinkRecord]:
        return list(await self.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR))

    def marks(self, message: MessageId = MESSAGE) -> list[str]:
        return self.platform.reactions.get(message, [])


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


async def test_a_reaction_saves_and_reads_every_link_of_the_message(chat: Chat) -> None:
    first = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    second = chat.web.add("https://two.example/b", title="Counting words", text=STORY)

    await chat.send(make_reaction(f"look: {first} and {second}"))

    links = await chat.links()
    assert {link.title for link in links} == {"Fusing two indexes", "Counting words"}
    assert all(link.state is PageState.READ and link.summary for link in links)
    assert chat.marks() == ["✅"]
    assert chat.platform.posts == []  # the mark says enough


async def test_the_emoji_sets_the_kind(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(make_reaction(url, emoji="🧑🏻‍💻"))

    assert [link.kind for link in await chat.links()] == [Kind.DEV]


async def test_a_page_that_cannot_be_read_is_marked_with_its_reason(chat: Chat) -> None:
    await chat.send(make_reaction("https://gone.example/a"))

    assert chat.marks() == ["⚠️"]
    reply = chat.platform.posts[0]
    assert reply.thread == MESSAGE
    assert "no such page" in chat.platform.words
    assert [link.state for link in await chat.links()] == [PageState.UNREADABLE]


async def test_how_a_link_was_written_in_private_is_not_shown_in_public(chat: Chat) -> None:
    private = Place(ChannelId("direct"), is_private=True)
    await chat.send(make_reaction("https://gone.example/a#our-plans", place=private, event="first"))
    chat.platform.sent.clear()

    await chat.send(make_reaction("https://gone.example/a", member="juno", message="message-2"))
    await chat.send(make_command("save", "https://gone.example/a"))

    assert "https://gone.example/a" in chat.platform.words
    assert "our-plans" not in chat.platform.words


async def test_the_same_reaction_again_changes_nothing(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    reaction = make_reaction(url)

    await chat.send(reaction)
    await chat.send(reaction)

    assert len((await chat.links())[0].saves) == 1
    assert chat.web.asked == [url]
    assert chat.marks() == ["✅"]


async def test_taking_the_reaction_back_takes_the_save_back(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    await chat.send(make_reaction(url))

    await chat.send(make_unreaction())

    assert await chat.links() == []
    assert chat.marks() == []
    assert "Taken back: Fusing two indexes" in chat.platform.words


async def test_a_cross_takes_back_only_what_its_member_saved(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url, member="mina"))
    await chat.send(make_reaction(url, event="other", member="juno"))

    await chat.send(make_reaction(url, emoji="❌", event="cross", member="juno"))
    await chat.send(make_reaction(url, emoji="❌", event="again", member="juno"))

    (link,) = await chat.links()
    assert [save.member for save in link.saves] == ["mina"]
    assert "nothing to take back" in chat.platform.words


async def test_a_mark_stays_while_a_save_of_its_message_stands(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    await chat.send(make_reaction(url, member="mina", emoji="📜"))
    await chat.send(make_reaction(url, member="mina", event="second", emoji="🔖"))
    await chat.send(make_reaction(url, member="juno", event="third", emoji="🔖"))
    chat.platform.sent.clear()

    await chat.send(replace(make_unreaction(event="one"), emoji="🔖"))
    await chat.send(replace(make_unreaction(event="two"), emoji="📜"))

    assert chat.marks() == ["✅"]
    assert "Other saves keep what it saved: Fusing two indexes" in chat.platform.words
    assert "Taken back:" not in chat.platform.words


async def test_a_cross_takes_back_a_save_however_its_emoji_was_drawn(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url, emoji="👩🏽‍💻"))

    await chat.send(make_reaction(url, emoji="❌", event="cross"))

    assert await chat.links() == []
    assert chat.marks() == []


async def test_a_message_without_a_link_is_answered_quietly(chat: Chat) -> None:
    await chat.send(make_reaction("what a day"))

    (answer,) = chat.platform.posts
    assert answer.only_for == "mina"
    assert "no link" in chat.platform.words
    assert chat.marks() == []


async def test_other_emoji_mean_nothing(chat: Chat) -> None:
    await chat.send(make_reaction("https://one.example/a", emoji="👍"))

    assert await chat.links() == []
    assert chat.platform.posts == []


async def test_a_second_member_learns_who_saved_it_before_on_which_day_there(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    late = datetime(2024, 11, 4, 22, tzinfo=UTC)  # the next morning in Seoul
    await chat.send(replace(make_reaction(url, member="mina"), at=late))

    await chat.send(make_reaction(url, event="other", member="juno", message="message-2"))

    (answer,) = chat.platform.posts
    assert answer.only_for == "juno"
    assert "already saved by Mina on 2024-11-05" in chat.platform.words


async def test_who_saved_it_before_is_told_once(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url, member="mina"))
    again = make_reaction(url, event="other", member="juno", message="message-2")

    await chat.send(again)
    await chat.send(replace(again, id="third"))

    assert len(chat.platform.posts) == 1


async def test_who_saved_it_before_is_told_after_a_crash_in_the_middle(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url, member="mina"))
    second = make_reaction(url, event="other", member="juno", message="message-2")
    await chat.storage.links.save(  # what a killed process had come to
        make_save(url, member="juno", message="message-2", emoji="🔖", saved_at=second.at)
    )

    await chat.send(second)

    assert "already saved by Mina" in chat.platform.words


async def test_a_page_that_can_be_read_at_last_loses_its_warning(chat: Chat) -> None:
    reaction = make_reaction("https://one.example/a")
    await chat.send(reaction)
    chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(replace(reaction, id="again"))

    assert chat.marks() == ["✅"]


async def test_a_reaction_that_was_given_up_is_marked_as_trouble(chat: Chat) -> None:
    reaction = make_reaction("https://one.example/a")
    await chat.platform.react(reaction.place, reaction.message, "👀")  # what the tries had come to

    await chat.give_up(reaction)

    assert chat.marks() == ["⚠️"]
    assert "did not work" in chat.platform.words


async def test_the_save_command_shows_the_summary(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)

    await chat.send(make_command("save", url))

    assert f"Fusing two indexes <{url}>" in chat.platform.words
    assert "reciprocal rank" in chat.platform.words
    assert all(sent.only_for == "mina" for sent in chat.platform.posts)


async def test_the_save_command_without_an_address_says_how(chat: Chat) -> None:
    await chat.send(make_command("save", "that paper from yesterday"))

    assert "/save https://" in chat.platform.words


async def test_an_unknown_command_names_help(chat: Chat) -> None:
    await chat.send(make_command("sav"))

    assert "There is no command /sav" in chat.platform.words
