"""Files dropped for the bot, as the member sees it: over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.commands.asking import AskingCommands
from bot.commands.noting import NotingCommands
from bot.domain.models import LOCAL, ChannelId, LinkFilter, MemberId, MessageId, NoteRecord, Place
from bot.domain.visibility import OPERATOR, Audience
from bot.events import MessagePosted, SharedFile
from bot.ports import Storage
from bot.services.answering import AnsweringService
from bot.services.noting import MAX_BYTES, MAX_FILES
from bot.services.querying import QueryingService
from storage import open_storage
from tests.adapters.importers.exports.made import OPML, SLACK, zipped
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.pdf import lock_pdf, make_pdf
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import make_dispatcher

SECRET = Place(ChannelId("secret"), is_private=True)
DIRECT = Place(ChannelId("direct"), is_private=True, is_direct=True)
LANTERNS = b"# Lanterns\n\n## Colour\n\nThe red lantern frightens no duck at night.\n"


@dataclass
class Chat:
    storage: Storage
    platform: FakePlatform = field(default_factory=FakePlatform)

    def __post_init__(self) -> None:
        noting = Readers(self.storage, FakePageFetcher()).make_noting()
        asking = AskingCommands(
            AnsweringService(self.storage.search, self.storage.links),
            QueryingService(self.storage.search),
            exchanges=self.storage.exchanges,
        )
        self._dispatcher = make_dispatcher(
            [NotingCommands(noting).router, asking.router], platform=self.platform
        )

    def file(self, name: str, data: bytes, *, size_bytes: int = 0) -> SharedFile:
        self.platform.files[f"file:{name}"] = data
        return SharedFile(name=name, url=f"file:{name}", size_bytes=size_bytes)

    async def drop(
        self,
        *files: SharedFile,
        text: str = "",
        place: Place = GENERAL,
        is_for_bot: bool = True,
        message: str = "message-1",
        member: str = MINA,
    ) -> str:
        """Return all that was said so far."""
        event = MessagePosted(
            id=f"message:{message}",
            workspace=LOCAL,
            place=place,
            member=MemberId(member),
            member_name=member.title(),
            at=NOON,
            language="en",
            message=MessageId(message),
            text=text,
            is_for_bot=is_for_bot,
            files=files,
        )
        await self._dispatcher.dispatch(event)
        return self.platform.words

    async def notes(self, *, audience: Audience = OPERATOR) -> list[NoteRecord]:
        return list(await self.storage.notes.list_notes(LOCAL, audience=audience))


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


async def test_a_file_becomes_one_note_and_the_answer_names_its_parts(chat: Chat) -> None:
    words = await chat.drop(chat.file("lanterns.md", LANTERNS))

    (note,) = await chat.notes()
    assert (note.title, note.headings) == ("Lanterns", ("Colour",))
    assert note.source == "lanterns.md · Mina 2024-11-04"
    assert note.noted_at == NOON
    assert "✅ lanterns.md" in words.replace("✅  ", "✅ ")
    assert "📝 Lanterns — Colour" in words
    (answer,) = chat.platform.posts
    assert answer.thread == "message-1"


async def test_a_file_without_words_is_no_question(chat: Chat) -> None:
    words = await chat.drop(chat.file("lanterns.md", LANTERNS))

    assert "like to know" not in words
    assert len(chat.platform.posts) == 1


async def test_a_question_beside_a_file_is_answered_from_it(chat: Chat) -> None:
    words = await chat.drop(
        chat.file("lanterns.md", LANTERNS), text="Which lantern frightens no duck?"
    )

    assert len(chat.platform.posts) == 2
    assert "The red lantern frightens no duck at night." in words


async def test_a_mention_without_words_and_files_is_still_asked_what_it_wants(chat: Chat) -> None:
    await chat.drop()

    assert len(chat.platform.posts) == 1


async def test_a_file_that_is_not_for_the_bot_is_left_alone(chat: Chat) -> None:
    await chat.drop(chat.file("lanterns.md", LANTERNS), is_for_bot=False)

    assert await chat.notes() == []
    assert chat.platform.posts == []


@pytest.mark.parametrize("place", [SECRET, DIRECT])
async def test_what_is_dropped_in_private_stays_there(chat: Chat, place: Place) -> None:
    await chat.drop(chat.file("lanterns.md", LANTERNS), place=place)

    assert await chat.notes(audience=Audience.of_channel(GENERAL.channel)) == []
    assert len(await chat.notes(audience=Audience.of_channel(place.channel))) == 1


async def test_the_same_message_again_changes_nothing_and_is_told_once(chat: Chat) -> None:
    file = chat.file("lanterns.md", LANTERNS)

    await chat.drop(file)
    await chat.drop(file)

    assert len(await chat.notes()) == 1
    assert len(chat.platform.posts) == 1


async def test_files_of_one_name_by_several_members_are_several_notes(chat: Chat) -> None:
    await chat.drop(chat.file("notes.txt", b"Ducks."), member="mina")
    await chat.drop(chat.file("notes.txt", b"Geese."), member="juno", message="message-2")
    await chat.drop(chat.file("notes.txt", b"Swans."), member="juno", message="message-3")

    said = await chat.storage.notes.list_note_passages(LOCAL, audience=OPERATOR)
    assert sorted(each.text for each in said) == ["Ducks.", "Swans."]  # a second edition by juno


async def test_a_pdf_becomes_a_note_with_its_pages_as_parts(chat: Chat) -> None:
    pdf = make_pdf("Ducks sleep at night.", "Geese do not.", title="Birds")

    words = await chat.drop(chat.file("birds.pdf", pdf))

    (note,) = await chat.notes()
    assert (note.title, note.headings) == ("Birds", ("p. 1", "p. 2"))
    assert "📝 Birds — p. 1, p. 2" in words


async def test_an_archive_that_is_dropped_saves_its_links_for_who_dropped_it(chat: Chat) -> None:
    archive = (
        "# 2031\n## May\n"
        "- 📜 [Lab] [Ducks at night](https://ducks.example/1)\n  - they sleep\n"
        "- 📜 [Lab] [Geese at night](https://geese.example/2)\n  - they do not\n"
    )

    words = await chat.drop(chat.file("archive.md", archive.encode()), place=SECRET)

    links = await chat.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert {link.title for link in links} == {"Ducks at night", "Geese at night"}
    saves = [save for link in links for save in link.saves]
    assert {(save.member, save.member_name, save.place) for save in saves} == {
        ("mina", "Mina", SECRET)
    }
    assert "taken in (links: 2)" in words


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n", "not a text document"),
        ("locked.pdf", lock_pdf(make_pdf("Secret."), "duck"), "password"),
        ("scan.pdf", make_pdf(""), "text recognition"),
        ("empty.txt", b"", "nothing in it"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_the_reason_beside_the_others(
    chat: Chat, name: str, data: bytes, sentence: str
) -> None:
    words = await chat.drop(chat.file(name, data), chat.file("lanterns.md", LANTERNS))

    assert sentence in words
    assert [note.title for note in await chat.notes()] == ["Lanterns"]


async def test_a_file_that_is_gone_or_too_large_is_refused_without_loading_it(chat: Chat) -> None:
    large = chat.file("large.md", LANTERNS, size_bytes=MAX_BYTES + 1)
    gone = SharedFile(name="gone.md", url="nowhere")

    words = await chat.drop(large, gone)

    assert "20 MB" in words
    assert "gone.md" in words
    assert await chat.notes() == []


async def test_more_files_than_one_message_may_have_are_named(chat: Chat) -> None:
    files = [chat.file(f"{n}.md", LANTERNS) for n in range(MAX_FILES + 1)]

    words = await chat.drop(*files)

    assert len(await chat.notes()) == MAX_FILES
    assert f"I take {MAX_FILES} files" in words


async def test_what_of_a_file_could_not_be_placed_is_counted(chat: Chat) -> None:
    text = b"# Plan\n\nsee https://a.example/ and https://b.example/\n"

    words = await chat.drop(chat.file("plan.md", text))

    assert "2×, first in line 3 — a link in running text" in words


async def test_an_export_dropped_in_a_chat_is_recognised_and_said_so(chat: Chat) -> None:
    data = zipped(SLACK)

    words = await chat.drop(chat.file("export.zip", data))

    assert "links: 2" in words
    assert "1× — links that programs posted, not saved" in words
    assert "2× — links from private conversations, not taken in here" in words


async def test_an_export_that_is_broken_is_refused_with_what_to_do(chat: Chat) -> None:
    words = await chat.drop(chat.file("export.zip", zipped(SLACK)[:300]))

    assert "damaged or locked: export it again" in words


async def test_a_list_of_feeds_dropped_in_a_chat_is_followed(chat: Chat) -> None:
    words = await chat.drop(chat.file("feeds.opml", OPML.encode("latin-1")))

    assert "links: 1, feeds: 1" in words
