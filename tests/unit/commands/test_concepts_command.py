"""/concepts lists what is explained, and of one term says what it means and where it occurs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.commands.concepts import LINKS_SHOWN, SHOWN, ConceptsCommands
from bot.domain.models import LOCAL, ChannelId, Concept, MemberId, Place
from bot.posts import Button, Buttons, Post
from bot.services.concepts import ConceptsService
from bot.text.chunking import chunk_text
from storage import SqlStorage, open_storage
from tests.factories import NOON, make_command, make_page, make_press, make_save, make_understanding
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import TEXTS, make_dispatcher

MEANING = "RAG is a technique that grounds answers in documents."
SECRET = Place(ChannelId("secret"), is_private=True)


class Chat:
    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage
        self._platform = FakePlatform()
        self._numbers = count()
        service = ConceptsService(storage.concepts, storage.links, storage.search)
        commands = ConceptsCommands(service, clock=FakeClock(NOON + timedelta(days=30)))
        self._dispatcher = make_dispatcher([commands.router], platform=self._platform)

    async def save(
        self,
        name: str,
        *concepts: Concept,
        day: int = 0,
        text: str = "words",
        private: bool = False,
    ) -> None:
        save = make_save(f"https://{name}.example/", message=name)
        save = replace(save, saved_at=NOON + timedelta(days=day))
        save = replace(save, place=SECRET, member=MemberId("ari")) if private else save
        link = (await self._storage.links.save(save)).link.id
        page = replace(make_page(title=f"About {name}"), url=f"https://{name}.example/", text=text)
        made = make_understanding("In short.", concepts=concepts)
        await self._storage.links.store_page(LOCAL, link, page, made, chunk_text(text))

    async def ask(self, term: str = "") -> Post:
        call = replace(make_command("concepts", term), id=f"command-{next(self._numbers)}")
        await self._dispatcher.dispatch(call)
        return self._platform.sent.pop(f"{call.id}:0").post

    async def press(self, button: Button) -> Post:
        await self._dispatcher.dispatch(make_press(button.action, button.value))
        return self._platform.sent.pop("press-1:0").post


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


def buttons(post: Post) -> list[Button]:
    return [each for row in post.blocks if isinstance(row, Buttons) for each in row.buttons]


async def test_the_list_has_the_most_linked_first_with_counts_and_marks_what_is_new(
    chat: Chat,
) -> None:
    await chat.save("one", Concept("queue", "A queue is a line."), Concept("RAG", MEANING))
    await chat.save("two", Concept("RAG"), day=1)
    await chat.save("three", Concept("vector"), day=29)

    said = words_of(await chat.ask())

    assert said.index("RAG") < said.index("queue") < said.index("vector")
    assert MEANING in said
    assert TEXTS.get("en", "concepts.links", count=2) in said
    assert said.count("✨") == 1
    assert said.index("vector") < said.index("✨")


async def test_a_button_goes_on_until_all_were_listed(chat: Chat) -> None:
    names = [f"term{n:02}" for n in range(SHOWN + 2)]
    await chat.save("one", *(Concept(name, "It is a term.") for name in names))

    first = await chat.ask()
    (more,) = buttons(first)
    rest = await chat.press(more)

    assert [name for name in names if name in words_of(first)] == names[:SHOWN]
    assert [name for name in names if name in words_of(rest)] == names[SHOWN:]
    assert buttons(rest) == []


async def test_a_term_is_explained_with_source_date_other_name_and_links(chat: Chat) -> None:
    await chat.save("one", Concept("검색 증강 생성", "", "RAG"))
    await chat.save("two", Concept("RAG", MEANING), day=1)
    await chat.save("three", day=2, text="We tried RAG and liked it.")
    await chat.save("four", day=3, text="We made a drag queue.")

    said = words_of(await chat.ask("rag"))

    assert "검색 증강 생성" in said
    assert MEANING in said
    assert said.index("About three") < said.rindex("About two") < said.index("About one")
    assert "About four" not in said
    assert "2024-11-05" in said


async def test_links_go_on_at_a_button(chat: Chat) -> None:
    for n in range(LINKS_SHOWN + 1):
        await chat.save(f"n{n}", Concept("RAG", MEANING), day=n)

    first = await chat.ask("RAG")
    (more,) = buttons(first)
    rest = await chat.press(more)

    assert "About n1 " in words_of(first) + " "
    assert "About n0" not in words_of(first)
    assert "About n0" in words_of(rest)
    assert MEANING not in words_of(rest)


async def test_a_name_that_nobody_explains_gets_its_neighbours_for_the_caller_alone(
    chat: Chat,
) -> None:
    await chat.save("one", Concept("quantization", "It is a term."))

    answer = await chat.ask("quantisaton")

    assert answer.is_ephemeral
    assert "quantization" in words_of(answer)
    (everything,) = buttons(answer)
    assert "quantization" in words_of(await chat.press(everything))


async def test_nothing_yet_says_where_concepts_come_from(chat: Chat) -> None:
    answer = await chat.ask()

    assert answer.is_ephemeral
    assert words_of(answer) == TEXTS.get("en", "concepts.none")


async def test_what_a_private_channel_explains_is_not_told_elsewhere(chat: Chat) -> None:
    await chat.save("one", Concept("queue"))
    await chat.save("two", Concept("queue", "Our queue is a secret."), text="queue", private=True)
    await chat.save("three", Concept("lantern", "A lantern is a secret."), private=True)

    for term in ("", "queue", "lantern"):
        said = words_of(await chat.ask(term))

        assert "queue" in said or term == "lantern"
        assert "secret" not in said
        assert "About two" not in said


@pytest.mark.parametrize("value", ["", "3", "[]", "[1]", '["x", "RAG"]', "{}"])
async def test_a_button_of_another_time_is_answered(chat: Chat, value: str) -> None:
    post = await chat.press(Button("More", "concepts", value))

    assert post.is_ephemeral
    assert words_of(post) == TEXTS.get("en", "command.old_button")
