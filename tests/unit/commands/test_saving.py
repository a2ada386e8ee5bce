"""Saving by reaction and command, as a member sees it: over a real store and a web in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.backfilling import BackfillingCommands
from bot.commands.reacting import ReactingCommands
from bot.commands.saving import SavingCommands
from bot.domain.emoji import SaveEmoji
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Kind,
    LinkFilter,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Place,
)
from bot.domain.settings import WorkspaceSettings
from bot.domain.visibility import OPERATOR
from bot.errors import BotError, MessageGone, PlaceClosed, RateLimited
from bot.events import Event, MessageEdited, ReactionAdded, SharedFile, ShortcutUsed
from bot.ports import Piece, Storage, Target
from bot.services.page_reports import SHOWN
from bot.services.saving import SavingService
from storage import open_storage
from tests.factories import (
    GENERAL,
    MINA,
    NOON,
    make_command,
    make_reaction,
    make_save,
    make_unreaction,
)
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import TEXTS, make_dispatcher

MESSAGE = MessageId("message-1")
STORY = (
    "Sparse indexes answer rare words well. Dense vectors answer paraphrases well. "
    "A team joined both lists by reciprocal rank and measured a gain on every question set."
)


@dataclass
class MarkingPlatform(FakePlatform):
    """`refuses` are raised by the next attempts to react, the others to take that back."""

    refuses: list[BotError] = field(default_factory=list)
    refuses_to_unreact: list[BotError] = field(default_factory=list)
    on_send: Callable[[], Awaitable[None]] | None = None

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        if self.on_send is not None:
            await self.on_send()
        return await super().send(target, piece, key=key)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        if self.refuses:
            raise self.refuses.pop(0)
        await super().react(place, message, emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        if self.refuses_to_unreact:
            raise self.refuses_to_unreact.pop(0)
        await super().unreact(place, message, emoji)


@dataclass
class Chat:
    """The saving commands with everything around them that a member could notice.

    The inbox hears of every reaction first, as it does in the running bot.
    """

    storage: Storage
    web: FakePageFetcher = field(default_factory=FakePageFetcher)
    platform: MarkingPlatform = field(default_factory=MarkingPlatform)

    def __post_init__(self) -> None:
        saving = SavingService(self.storage.links)
        readers = Readers(self.storage, self.web, FakeClock(NOON))
        commands = SavingCommands(
            saving,
            readers.reading,
            unread=readers.unread,
            pasting=readers.make_pasting(),
            noting=readers.make_noting(),
            backfilling=BackfillingCommands(readers.make_backfilling()),
        )
        reacting = ReactingCommands(saving, readers.reading, reactions=self.storage.reactions)
        self._dispatcher = make_dispatcher(
            [commands.router, reacting.router],
            platform=self.platform,
            workspaces=self.storage.workspaces,
        )

    async def send(self, event: Event) -> None:
        await self.storage.inbox.put(event)
        await self._dispatcher.dispatch(event)

    async def give_up(self, event: Event) -> None:
        await self._dispatcher.give_up(event)

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
    assert "the link is saved, but its page could not be read: " in chat.platform.words
    assert "no such page" in chat.platform.words
    assert "other links" not in chat.platform.words
    assert [link.state for link in await chat.links()] == [PageState.UNREADABLE]


async def test_beside_a_page_that_cannot_be_read_it_says_that_the_others_were(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(make_reaction(f"{url} https://gone.example/a"))

    assert "gone.example" in chat.platform.words
    assert "other links of this message were read: 1." in chat.platform.words


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
    assert "nothing of yours to take back" in chat.platform.words


async def test_who_crosses_out_a_link_that_nobody_saved_is_told_alone(chat: Chat) -> None:
    await chat.send(make_reaction("https://one.example/a", emoji="❌"))

    (told,) = chat.platform.posts
    assert told.only_for == "mina"
    assert chat.platform.words == TEXTS.get("en", "save.nothing_saved")


def later(event: ReactionAdded, *, seconds: int) -> ReactionAdded:
    return replace(event, at=NOON + timedelta(seconds=seconds))


async def test_a_cross_delivered_before_what_it_crosses_out_counts_all_the_same(
    chat: Chat,
) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(later(make_reaction(url, emoji="❌", event="cross"), seconds=2))
    await chat.send(later(make_reaction(url), seconds=1))

    assert await chat.links() == []
    assert chat.marks() == []


async def test_who_saves_after_a_cross_means_it(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(later(make_reaction(url, emoji="❌", event="cross"), seconds=1))
    await chat.send(later(make_reaction(url), seconds=2))

    assert [link.title for link in await chat.links()] == ["A"]


async def test_what_was_taken_back_before_it_could_be_saved_stays_so(chat: Chat) -> None:
    """As where a node is held up, and another one that thinks it dead goes on with its events."""
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    reaction = make_reaction(url)
    await chat.storage.inbox.put(reaction)
    await chat.send(make_unreaction())

    await chat.send(reaction)

    assert await chat.links() == []
    assert chat.marks() == []
    assert "Taken back: Fusing two indexes" in chat.platform.words


async def test_what_was_saved_anew_before_it_could_be_taken_back_stays_so(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))
    taken_back = make_unreaction()
    await chat.storage.inbox.put(taken_back)
    await chat.send(later(make_reaction(url, event="again"), seconds=1))

    await chat.send(taken_back)

    assert [link.title for link in await chat.links()] == ["A"]
    assert chat.marks() == ["✅"]


async def test_an_undo_is_told_also_where_its_mark_goes_only_at_the_second_try(
    chat: Chat,
) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))
    chat.platform.refuses_to_unreact = [RateLimited(3600)]

    with pytest.raises(RateLimited):
        await chat.send(make_unreaction())
    await chat.send(make_unreaction())

    assert chat.platform.words.count("Taken back: A") == 1
    assert chat.marks() == []


async def test_an_undo_is_told_before_it_is_done_so_that_a_crash_in_between_hides_nothing(
    chat: Chat,
) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))
    there: list[str] = []

    async def look() -> None:
        there.extend([link.title for link in await chat.links()])

    chat.platform.on_send = look
    await chat.send(make_unreaction())

    assert there == ["A"]
    assert await chat.links() == []
    assert chat.marks() == []


async def test_an_undo_that_cannot_be_told_is_done_all_the_same(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))
    chat.platform.fails = [(PlaceClosed("slack.not_in_channel"), False)]

    await chat.send(make_unreaction())

    assert await chat.links() == []


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


async def test_an_address_with_a_word_glued_to_it_is_no_option(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)

    await chat.send(make_command("save", f"link:{url}"))

    assert [link.title for link in await chat.links()] == ["Fusing two indexes"]


async def test_where_answers_can_be_changed_no_word_of_reading_is_left(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    chat.platform.rewrites_answers = True

    await chat.send(make_command("save", url))

    (answer,) = chat.platform.posts
    assert answer.post.is_ephemeral
    assert "Fusing two indexes" in chat.platform.words
    assert "Reading" not in chat.platform.words


async def test_the_save_command_without_an_address_says_how(chat: Chat) -> None:
    await chat.send(make_command("save", "that paper from yesterday"))

    assert "/save https://" in chat.platform.words


def edit(text: str, *, event: str = "edit-1", message: str = MESSAGE) -> MessageEdited:
    return MessageEdited(
        id=event,
        workspace=LOCAL,
        place=GENERAL,
        member=MemberId("author"),
        member_name="Author",
        at=NOON,
        language="en",
        message=MessageId(message),
        text=text,
    )


async def test_a_link_that_an_edit_adds_is_saved_for_all_whose_reaction_stands(chat: Chat) -> None:
    first = chat.web.add("https://one.example/a", title="A", text=STORY)
    second = chat.web.add("https://two.example/b", title="B", text=STORY)
    await chat.send(make_reaction(first, member="mina", emoji="📜"))
    await chat.send(make_reaction(first, event="other", member="juno"))
    await chat.send(make_reaction(first, event="third", member="hana"))
    await chat.send(make_unreaction(member="hana", event="off"))
    chat.platform.sent.clear()

    await chat.send(edit(f"{first} and {second}"))

    added = next(link for link in await chat.links() if link.title == "B")
    who = {(save.member, save.member_name, save.emoji) for save in added.saves}
    assert who == {("mina", "Mina", "📜"), ("juno", "Juno", "🔖")}
    assert added.kind is Kind.PAPER
    assert chat.marks() == ["✅"]
    assert chat.platform.posts == []


async def test_an_edit_saves_nothing_for_who_crossed_the_message_out(chat: Chat) -> None:
    first = chat.web.add("https://one.example/a", title="A", text=STORY)
    second = chat.web.add("https://two.example/b", title="B", text=STORY)
    await chat.send(later(make_reaction(first), seconds=1))
    await chat.send(later(make_reaction(first, emoji="❌", event="cross"), seconds=2))

    await chat.send(edit(f"{first} and {second}"))

    assert await chat.links() == []


async def test_an_edit_that_adds_no_link_and_takes_one_out_changes_nothing(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))

    await chat.send(edit("never mind"))
    await chat.send(edit(f"again: {url}", event="edit-2"))

    assert [link.title for link in await chat.links()] == ["A"]
    assert chat.web.asked == [url]
    assert chat.platform.posts == []


async def test_an_edit_of_a_message_that_nobody_saved_saves_nothing(chat: Chat) -> None:
    await chat.send(edit("https://one.example/a"))

    assert await chat.links() == []
    assert chat.marks() == []


async def test_an_added_link_that_cannot_be_read_is_marked_with_its_reason(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))

    await chat.send(edit(f"{url} https://gone.example/"))

    assert chat.marks() == ["⚠️"]
    (reply,) = chat.platform.posts
    assert reply.thread == MESSAGE
    assert "no such page" in chat.platform.words


async def test_an_edit_that_was_interrupted_at_its_last_mark_ends_with_it(chat: Chat) -> None:
    first = chat.web.add("https://one.example/a", title="A", text=STORY)
    second = chat.web.add("https://two.example/b", title="B", text=STORY)
    await chat.send(make_reaction(first))
    changed = replace(edit(f"{first} and {second}"), at=NOON + timedelta(minutes=1))
    chat.platform.refuses_to_unreact = [RateLimited(3600)]

    with pytest.raises(RateLimited):
        await chat.send(changed)
    await chat.send(changed)

    assert chat.marks() == ["✅"]
    assert chat.web.asked == [first, second]


async def test_an_edit_that_cannot_be_followed_bothers_nobody(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(make_reaction(url))
    chat.platform.gone.add(MESSAGE)

    await chat.send(edit(f"{url} https://two.example/"))
    await chat.give_up(edit(f"{url} https://two.example/"))

    assert chat.platform.posts == []
    assert chat.marks() == ["⚠️"]  # what was to be saved is not


def shortcut(text: str, *files: SharedFile) -> ShortcutUsed:
    return ShortcutUsed(
        id="shortcut-1",
        workspace=LOCAL,
        place=GENERAL,
        member=MINA,
        member_name="Mina",
        at=NOON,
        language="en",
        name="save",
        message=MESSAGE,
        message_text=text,
        files=files,
    )


async def test_the_shortcut_saves_the_links_of_its_message_and_answers_privately(
    chat: Chat,
) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)

    await chat.send(shortcut(f"see {url}"))

    (link,) = await chat.links()
    assert [(save.member, save.message, save.emoji) for save in link.saves] == [
        ("mina", MESSAGE, "🔖")
    ]
    assert "reciprocal rank" in chat.platform.words
    assert all(sent.only_for == "mina" for sent in chat.platform.posts)


async def test_the_shortcut_takes_the_files_of_its_message_in(chat: Chat) -> None:
    chat.platform.files["there"] = b"# Plan\n\nLanterns are red at night."

    await chat.send(shortcut("", SharedFile(name="plan.md", url="there")))

    (note,) = await chat.storage.notes.list_notes(LOCAL, audience=OPERATOR)
    assert note.title == "Plan"
    assert "plan.md" in chat.platform.words


async def test_the_shortcut_on_a_message_with_nothing_to_save_says_so(chat: Chat) -> None:
    await chat.send(shortcut("what a day"))

    assert "no link and no file" in chat.platform.words


async def test_where_reactions_are_closed_the_save_stands_and_is_told_in_words(
    chat: Chat,
) -> None:
    url = chat.web.add("https://one.example/a", title="Fusing two indexes", text=STORY)
    closed = PlaceClosed("backfill.not_in_channel")
    chat.platform.refuses = [closed, closed]

    await chat.send(make_reaction(url))

    assert [link.state for link in await chat.links()] == [PageState.READ]
    (answer,) = chat.platform.posts
    assert answer.only_for == "mina"
    assert "Fusing two indexes" in chat.platform.words
    assert "cannot show it with a reaction" in chat.platform.words
    assert "Invite me" in chat.platform.words


async def test_a_message_that_goes_while_its_page_is_read_stays_saved(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    chat.platform.refuses = [MessageGone(), MessageGone()]

    await chat.send(make_reaction(url))

    assert len(await chat.links()) == 1
    assert chat.platform.posts[0].only_for == "mina"


async def test_a_mark_waits_as_long_as_the_platform_asks(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    chat.platform.refuses = [RateLimited(2.0), RateLimited(1.0)]

    await chat.send(make_reaction(url))

    assert chat.marks() == ["✅"]


async def test_a_reaction_on_a_deleted_message_is_answered_and_saves_nothing(chat: Chat) -> None:
    chat.platform.gone.add(MESSAGE)

    await chat.send(make_reaction("https://one.example/a"))

    assert await chat.links() == []
    assert chat.platform.posts[0].only_for == "mina"
    assert "gone" in chat.platform.words


async def test_two_hundred_links_are_all_saved_and_the_answer_stays_readable(chat: Chat) -> None:
    urls = [f"https://site{number}.example/" for number in range(200)]
    for url in urls[::2]:
        chat.web.add(url, title=f"Page at {url}", text=STORY)

    await chat.send(make_reaction(" ".join(urls)))
    await chat.send(make_command("save", " ".join(urls)))

    assert len(await chat.links()) == 200
    assert sorted(set(chat.web.asked)) == sorted(urls)
    assert len(chat.platform.words) < 6_000
    assert f"… and {200 - SHOWN} more: {100 - SHOWN // 2} read" in chat.platform.words


async def test_an_undo_of_many_links_names_the_first_and_counts_the_rest(chat: Chat) -> None:
    urls = [f"https://site{number}.example/" for number in range(30)]
    await chat.send(make_reaction(" ".join(urls)))
    chat.platform.sent.clear()

    await chat.send(make_unreaction())

    assert await chat.links() == []
    assert "and 25 more" in chat.platform.words


async def test_a_save_by_somebody_without_a_name_is_told_all_the_same(chat: Chat) -> None:
    url = chat.web.add("https://one.example/a", title="A", text=STORY)
    await chat.send(replace(make_reaction(url, member="mina"), member_name=""))

    await chat.send(make_reaction(url, event="other", member="juno", message="message-2"))

    assert "already saved by somebody on 2024-11-04" in chat.platform.words


async def test_a_cross_at_mere_words_is_not_for_the_bot(chat: Chat) -> None:
    await chat.send(make_reaction("no!", emoji="❌"))

    assert chat.platform.posts == []


async def test_the_workspace_s_own_emoji_save_and_undo(chat: Chat) -> None:
    own = WorkspaceSettings(emoji=SaveEmoji(bookmark=":keep:", undo=":drop:"))
    await chat.storage.workspaces.change_settings(LOCAL, lambda _: own)
    url = chat.web.add("https://one.example/a", title="A", text=STORY)

    await chat.send(make_reaction(url, emoji="🔖", event="old"))
    nothing = await chat.links()
    await chat.send(make_reaction(url, emoji=":keep:", event="new"))
    (saved,) = await chat.links()
    await chat.send(make_reaction(url, emoji=":drop:", event="drop"))

    assert nothing == []
    assert saved.kind is not None
    assert await chat.links() == []


async def test_an_unknown_command_names_help(chat: Chat) -> None:
    await chat.send(make_command("sav"))

    assert "There is no command /sav" in chat.platform.words
