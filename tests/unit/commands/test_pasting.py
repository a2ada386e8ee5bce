"""A page's text from a member: by command, by a reply, by a file; seen where its save is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, PageState, Place
from bot.domain.visibility import Audience
from bot.errors import FetchFailed
from bot.events import MessagePosted, SharedFile
from storage import open_storage
from tests.factories import (
    GENERAL,
    NOON,
    make_command,
    make_page,
    make_reaction,
    make_save,
    make_understanding,
    make_unreaction,
)
from tests.fakes.pdf import make_pdf
from tests.unit.settled_chat import AWAY, MESSAGE, OTHER, STORY, URL, Chat

TEXT = "A harbour lantern is red at night and green by day. Keepers light it before the tide turns."
LOGIN = FetchFailed("login")
SECRET = Place(ChannelId("secret"), is_private=True)


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        chat = Chat(storage)
        chat.web.fails |= {URL: LOGIN, OTHER: LOGIN}
        yield chat


def reply(
    text: str,
    *files: SharedFile,
    event: str = "reply-1",
    place: Place = GENERAL,
    thread: MessageId | None = MESSAGE,
    answers: MessageId | None = None,
    is_for_bot: bool = False,
) -> MessagePosted:
    return MessagePosted(
        id=event,
        workspace=LOCAL,
        place=place,
        member=MemberId("juno"),
        member_name="Juno",
        at=NOON,
        language="en",
        thread=thread,
        message=MessageId(event),
        text=text,
        files=files,
        answers=answers,
        is_for_bot=is_for_bot,
    )


async def found(chat: Chat, audience: Audience) -> list[str]:
    hits = await chat.storage.search.search(
        LOCAL, "harbour lantern red", limit=9, audience=audience
    )
    return [hit.text for hit in hits]


async def test_a_text_by_command_stands_for_the_page_and_can_be_found(chat: Chat) -> None:
    await chat.send(make_command("save", f"{URL} text: Harbour lanterns\n\n{TEXT}"))

    link = await chat.link()
    assert (link.state, link.title, link.text) == (PageState.READ, "Harbour lanterns", TEXT)
    assert (link.author, link.gaps) == ("", ("pasted:Mina",))
    assert chat.web.asked == []
    assert "the text was pasted by Mina" in chat.platform.words
    assert await found(chat, Audience()) == [TEXT]


async def test_a_text_needs_an_address_of_its_own_and_words(chat: Chat) -> None:
    await chat.send(make_command("save", f"{URL} {OTHER} text: {TEXT}"))
    await chat.send(make_command("save", f"{URL} text:", event="empty"))

    assert "for one page at a time" in chat.platform.words
    assert "There is no text in that" in chat.platform.words


@pytest.mark.parametrize("said", [f"text: {TEXT}", f"본문: {TEXT}", TEXT * 4])
async def test_a_reply_below_the_message_is_its_page_s_text(chat: Chat, said: str) -> None:
    await chat.send(make_reaction(URL))
    warned = chat.marks()

    await chat.send(reply(said))
    await chat.later(minutes=0)

    assert (warned, chat.marks()) == (["⚠️"], ["✅"])
    assert (await chat.link()).state is PageState.READ
    (board, answer) = chat.platform.posts
    assert board.thread == answer.thread == MESSAGE
    assert "✅ Taken as the page's text" in chat.platform.words
    assert "asks for a log-in" not in chat.platform.words  # the words of the mark are changed
    assert "the text was pasted by Juno" in chat.platform.words


async def test_a_reply_that_announces_a_text_and_has_none_is_told_so(chat: Chat) -> None:
    await chat.send(make_reaction(URL))

    await chat.send(reply("text:"))

    assert (await chat.link()).state is PageState.UNREADABLE
    assert "There is no text in that" in chat.platform.words


async def test_a_reply_to_our_words_is_below_the_message_that_they_answer(chat: Chat) -> None:
    await chat.send(make_reaction(URL))

    await chat.send(reply(f"text: {TEXT}", thread=None, answers=MESSAGE, is_for_bot=True))

    assert (await chat.link()).state is PageState.READ


async def test_a_shorter_reply_stays_what_it_was(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    before = len(chat.platform.posts)

    await chat.send(reply("what a pity"))
    to_others = len(chat.platform.posts) - before
    await chat.send(reply("what do we know about lanterns?", event="asked", is_for_bot=True))

    assert to_others == 0
    assert "Nothing saved says this" in chat.platform.words
    assert (await chat.link()).state is PageState.UNREADABLE


async def test_a_long_reply_below_a_message_that_was_read_is_nothing_to_us(chat: Chat) -> None:
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    await chat.send(make_reaction(URL))

    await chat.send(reply(TEXT * 4))

    assert (await chat.link()).text == STORY
    assert chat.platform.posts == []


async def test_of_several_links_it_is_asked_which_one_is_meant(chat: Chat) -> None:
    await chat.send(make_reaction(f"{URL} {OTHER}"))

    await chat.send(reply(f"text: {TEXT}"))
    asked = chat.platform.words
    await chat.send(reply(f"text: 2 {TEXT}", event="second"))
    await chat.later(minutes=0)

    assert "Which one is this the text of?" in asked
    assert f"1. | {URL} <{URL}>".replace(" |", "") in asked.replace("  ", " ")
    assert (await chat.state(URL), await chat.state(OTHER)) == (
        PageState.UNREADABLE,
        PageState.READ,
    )
    assert chat.marks() == ["⚠️"]
    await chat.send(reply(f"text: {TEXT}", event="third"))
    await chat.later(minutes=0)
    assert chat.marks() == ["✅"]


async def test_a_link_keeps_its_number_while_others_get_their_text(chat: Chat) -> None:
    third = "https://third.example/c"
    chat.web.fails[third] = LOGIN
    await chat.send(make_reaction(f"{URL} {OTHER} {third}"))

    await chat.send(reply(f"text: 1 {TEXT}"))
    await chat.send(reply(f"text: 2 {TEXT}", event="second"))

    assert await chat.state(OTHER) is PageState.READ
    assert await chat.state(third) is PageState.UNREADABLE
    await chat.send(reply(f"text: 3 {TEXT}", event="third"))
    link = await chat.storage.links.find(LOCAL, third, audience=Audience())
    assert link is not None
    assert link.text == TEXT  # the number is no part of it


async def test_a_given_text_can_be_given_anew(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    await chat.send(reply("text: Harbour"))

    await chat.send(reply(f"text: {TEXT}", event="again"))

    assert (await chat.link()).text == TEXT


@pytest.mark.parametrize("is_reply", [True, False])
async def test_a_text_beside_a_page_that_was_read_is_told_and_sums_up_nothing(
    chat: Chat, *, is_reply: bool
) -> None:
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    await chat.send(make_reaction(URL))
    before = (await chat.link()).summary

    said = reply(f"text: {TEXT}") if is_reply else make_command("save", f"{URL} text: {TEXT}")
    await chat.send(said)

    link = await chat.link()
    assert (link.text, link.summary) == (STORY, before)
    assert await found(chat, Audience()) == [TEXT]
    assert "its own text and summary stay" in chat.platform.words


@pytest.mark.parametrize("name", ["lanterns.txt", "Lanterns.md", "lanterns.pdf"])
async def test_a_file_below_the_message_is_its_page_s_text(chat: Chat, name: str) -> None:
    await chat.send(make_reaction(URL))
    chat.platform.files["there"] = make_pdf(TEXT) if name.endswith("pdf") else TEXT.encode()

    await chat.send(reply("", SharedFile(name=name, url="there"), is_for_bot=True))
    await chat.later(minutes=0)

    assert "harbour lantern" in (await chat.link()).text
    assert chat.marks() == ["✅"]
    assert await chat.storage.notes.list_notes(LOCAL, audience=Audience()) == []


async def test_a_file_s_words_are_cited_by_the_heading_that_they_stand_under(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    chat.platform.files["there"] = (
        f"# Lanterns\n\n## Tides\n\nNone.\n\n## Harbours\n\n{TEXT}".encode()
    )

    await chat.send(reply("", SharedFile(name="a.md", url="there")))

    hits = await chat.storage.search.search(
        LOCAL, "harbour lantern red", limit=1, audience=Audience()
    )
    assert [(hit.heading, hit.text) for hit in hits] == [("Harbours", TEXT)]


async def test_a_file_that_cannot_be_read_is_said_and_other_files_stay_notes(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    chat.platform.files["broken"] = b"%PDF-1.7 and no more"

    await chat.send(reply("", SharedFile(name="a.pdf", url="broken"), event="broken"))
    await chat.send(
        reply(
            "",
            SharedFile(name="a.md", url="x"),
            SharedFile(name="b.md", url="y"),
            event="two",
        )
    )

    assert "The PDF is damaged" in chat.platform.words
    assert "one file at a time" in chat.platform.words
    assert chat.marks() == ["⚠️"]


async def test_a_text_is_seen_only_where_its_save_is(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    await chat.send(make_reaction(URL, event="there", message="message-2", place=SECRET))
    head = MessageId("message-2")
    chat.platform.sent.clear()

    await chat.send(reply(f"text: Harbour lanterns\n\n{TEXT}", place=SECRET, thread=head))
    await chat.later(minutes=0)

    inside, outside = Audience.of_channel(SECRET.channel), Audience.of_channel(GENERAL.channel)
    seen = await chat.storage.links.find(LOCAL, URL, audience=inside)
    unseen = await chat.storage.links.find(LOCAL, URL, audience=outside)
    assert seen is not None
    assert unseen is not None
    assert (seen.state, seen.title) == (PageState.READ, "Harbour lanterns")
    assert (unseen.state, unseen.reason, unseen.title) == (PageState.UNREADABLE, "login", URL)
    assert (unseen.text, unseen.summary, unseen.gaps) == ("", None, ())
    assert (await found(chat, inside), await found(chat, outside)) == ([TEXT], [])
    assert (chat.marks(head), chat.marks()) == (["✅"], ["⚠️"])
    public = [each for each in chat.platform.posts if each.place.channel == GENERAL.channel]
    assert "lantern" not in " ".join(map(str, public))


async def test_the_text_goes_with_its_save_and_the_link_is_as_it_was_for_others(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    await chat.send(make_reaction(URL, event="other", member="juno", message="message-2"))
    await chat.send(reply(f"text: {TEXT}"))

    await chat.send(make_unreaction())

    assert (await chat.link()).text == ""
    assert await found(chat, Audience()) == []


async def test_a_page_that_opens_at_last_takes_the_place_of_the_text(chat: Chat) -> None:
    await chat.send(make_reaction(URL))
    await chat.send(reply(f"text: {TEXT}"))
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    chat.clock.move(days=1)

    await chat.send(make_command("save", URL))

    link = await chat.link()
    assert (link.title, link.text, link.gaps) == ("A", STORY, ())
    assert await found(chat, Audience()) == []


async def test_a_text_beside_a_page_that_was_read_hides_it_from_nobody(chat: Chat) -> None:
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    await chat.send(make_reaction(URL))

    command = replace(make_command("save", f"{URL} text: {TEXT}"), place=SECRET)
    await chat.send(command)

    outside = Audience.of_channel(GENERAL.channel)
    link = await chat.storage.links.find(LOCAL, URL, audience=outside)
    assert link is not None
    assert (link.title, link.text) == ("A", STORY)
    assert await found(chat, outside) == []
    assert await found(chat, Audience.of_channel(SECRET.channel)) == [TEXT]


@pytest.mark.parametrize("is_seen_by_all", [True, False])
async def test_a_text_for_a_page_that_is_tried_again_is_shown_where_it_is_seen(
    chat: Chat, *, is_seen_by_all: bool
) -> None:
    chat.web.fails[URL] = AWAY
    head = MessageId("message-2")
    place = GENERAL if is_seen_by_all else SECRET
    await chat.send(make_reaction(URL))
    await chat.later()  # a second try
    await chat.send(make_reaction(URL, event="there", message=head, place=place))
    before = (chat.marks(), chat.marks(head))

    await chat.send(reply(f"text: Harbour lanterns\n\n{TEXT}", place=place, thread=head))
    await chat.later(minutes=0)

    assert before == (["👀"], ["👀"])
    assert (chat.marks(), chat.marks(head)) == (["✅"] if is_seen_by_all else ["👀"], ["✅"])
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    await chat.later(minutes=24 * 60)
    assert (chat.marks(), chat.marks(head)) == (["✅"], ["✅"])
    assert (await chat.link()).title == ("Harbour lanterns" if is_seen_by_all else "A")


async def test_why_a_page_waits_is_told_where_a_text_of_it_is_not_seen(chat: Chat) -> None:
    crowded = FetchFailed("crowded", may_pass=True, retry_after_s=30, was_asked=False)
    chat.web.fails[URL] = crowded
    await chat.send(make_reaction(f"{URL} {OTHER}"))
    secret = make_save(URL, member="juno", place=SECRET, message="secret-1")
    save = (await chat.storage.links.save(secret)).save
    page = make_page(URL, title="Harbour lanterns")
    await chat.storage.links.store_text(LOCAL, save, page, make_understanding(), [])

    chat.web.fails[URL] = AWAY
    await chat.later(minutes=1)

    assert chat.marks() == ["👀"]
    [board] = chat.platform.posts
    assert "did not arrive in time" in str(board)
    assert "Harbour lanterns" not in str(board)
