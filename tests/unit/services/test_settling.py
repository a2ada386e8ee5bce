"""What nobody looked on at: marks and words at the messages it was saved from, in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.jobs import RULES, JobKind
from bot.domain.models import LOCAL, MessageId, PageState, PageText, Place
from bot.errors import FetchFailed, MessageGone, PlaceClosed, RateLimited
from bot.services.page_reports import SHOWN
from storage import open_storage
from tests.factories import NOON, make_command, make_reaction, make_save, make_unreaction
from tests.fakes.platform import FakePlatform
from tests.unit.settled_chat import AWAY, MESSAGE, OTHER, STORY, URL, Chat


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


async def test_a_page_that_fails_for_now_keeps_its_mark_and_says_when_it_is_tried_again(
    chat: Chat,
) -> None:
    chat.web.fails[URL] = AWAY

    await chat.send(make_reaction(URL))

    (said,) = chat.platform.posts
    (job,) = chat.readers.jobs.waiting
    assert chat.marks() == ["👀"]
    assert said.thread == MESSAGE
    assert "did not arrive in time. I'll try again by myself at 21:15 (Asia/Seoul)" in (
        chat.platform.words
    )
    assert job.run_at - chat.clock.now() < timedelta(minutes=30)
    assert await chat.state() is PageState.WAITING


async def test_what_is_read_at_the_second_try_gets_its_mark_and_its_words_are_changed(
    chat: Chat,
) -> None:
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    chat.web.fails.clear()
    chat.web.add(URL, title="Fusing two indexes", text=STORY)

    await chat.later()

    assert chat.marks() == ["✅"]
    assert len(chat.platform.posts) == 1
    assert "Fusing two indexes" in chat.platform.words
    assert "try again" not in chat.platform.words


async def test_what_fails_for_good_later_is_marked_with_its_reason_once(chat: Chat) -> None:
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    chat.web.fails[URL] = FetchFailed("login")

    await chat.later()
    await chat.readers.unread.ask(
        LOCAL, [(await chat.storage.links.list_of_message(LOCAL, MESSAGE))[0].id]
    )
    await chat.readers.read_due()

    assert chat.marks() == ["⚠️"]
    assert len(chat.platform.posts) == 1
    assert chat.platform.words.count("asks for a log-in") == 1
    assert "text:" in chat.platform.words  # the next step


async def test_a_page_is_tried_as_often_as_the_rule_says_whoever_tried_it_first(
    chat: Chat,
) -> None:
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))

    for _ in range(40):
        await chat.later(minutes=12 * 60)

    assert len(chat.web.asked) == RULES[JobKind.READ].most_tries
    assert chat.marks() == ["⚠️"]
    assert await chat.state() is PageState.UNREADABLE


async def test_a_message_waits_for_its_last_link(chat: Chat) -> None:
    chat.web.fails |= {URL: AWAY, OTHER: FetchFailed("timeout", may_pass=True, retry_after_s=7200)}
    await chat.send(make_reaction(f"{URL} {OTHER}"))
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)

    await chat.later()
    while_one_waits = chat.marks()
    await chat.later(minutes=120)

    assert while_one_waits == ["👀"]
    assert chat.marks() == ["⚠️"]  # the other is not there
    assert "no such page" in chat.platform.words
    assert "other links of this message were read: 1." in chat.platform.words


async def test_every_message_with_the_link_is_settled_each_in_its_place(chat: Chat) -> None:
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    await chat.send(make_reaction(URL, event="second", member="juno", message="message-2"))
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)

    await chat.later()

    assert chat.marks() == chat.marks(MessageId("message-2")) == ["✅"]
    assert chat.web.asked == [URL, URL]  # the second did not try before its time


async def test_what_was_saved_without_a_reaction_or_long_ago_is_not_marked(chat: Chat) -> None:
    old = replace(make_reaction(URL, message="old"), at=NOON - timedelta(days=30))
    chat.web.fails[URL] = AWAY
    await chat.send(old)
    await chat.storage.links.save(make_save(URL, message="import:2024", member="import"))
    chat.platform.reactions.clear()
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)

    await chat.later(minutes=60 * 24)

    assert await chat.state() is PageState.READ
    assert not any(chat.platform.reactions.values())


async def test_a_reaction_taken_back_meanwhile_leaves_no_mark(chat: Chat) -> None:
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    await chat.send(make_reaction(URL, event="other", member="juno", message="message-2"))
    await chat.send(make_unreaction())
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)

    await chat.later()

    assert (chat.marks(), chat.marks(MessageId("message-2"))) == ([], ["✅"])


@dataclass
class RefusingPlatform(FakePlatform):
    """`refuses` is raised by the next attempts to react or to edit, each in its turn."""

    refuses: list[Exception] = field(default_factory=list)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        if self.refuses:
            raise self.refuses.pop(0)
        await super().react(place, message, emoji)


@pytest.mark.parametrize("problem", [PlaceClosed("backfill.not_in_channel"), MessageGone()])
async def test_a_message_that_is_gone_or_closed_is_no_failure(
    chat: Chat, problem: Exception
) -> None:
    platform = RefusingPlatform()
    chat = Chat(chat.storage, platform)
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    platform.refuses = [problem]

    await chat.later()

    assert await chat.state() is PageState.READ
    assert await chat.readers.jobs.list_jobs(limit=9) == []


async def test_a_platform_that_asks_to_wait_is_asked_again_later(chat: Chat) -> None:
    platform = RefusingPlatform()
    chat = Chat(chat.storage, platform)
    chat.web.fails[URL] = AWAY
    await chat.send(make_reaction(URL))
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)
    platform.refuses = [RateLimited(3600)]

    await chat.later()
    at_first = chat.marks()
    await chat.later(minutes=120)

    assert (at_first, chat.marks()) == (["👀"], ["✅"])
    assert chat.web.asked == [URL, URL]


async def test_a_site_that_rests_while_nobody_looks_is_told_of_at_the_message(chat: Chat) -> None:
    slow = Chat(chat.storage, clock=chat.clock, patience_s=0.0)
    await slow.send(make_reaction(URL))

    slow.web.fails[URL] = FetchFailed("crowded", may_pass=True, retry_after_s=600, was_asked=False)
    await slow.later(minutes=1)
    words = slow.platform.words
    slow.web.fails[URL] = FetchFailed(
        "too_many_requests", may_pass=True, retry_after_s=600, was_asked=False
    )
    await slow.later(minutes=10)

    assert words == ""
    assert slow.marks() == ["👀"]
    assert "asks for fewer requests at the moment. I'll try again by myself at 21:21" in (
        slow.platform.words
    )


async def test_a_page_read_anew_by_command_loses_its_warning_everywhere(chat: Chat) -> None:
    chat.web.fails[URL] = FetchFailed("login")
    await chat.send(make_reaction(URL))
    warned = chat.marks()
    chat.web.fails.clear()
    chat.web.add(URL, title="A", text=STORY)

    await chat.send(make_command("save", URL))
    await chat.later(minutes=0)

    assert (warned, chat.marks()) == (["⚠️"], ["✅"])


async def test_what_is_missing_of_a_page_is_said_beside_it(chat: Chat) -> None:
    page = PageText(URL, "A talk", STORY, "en", gaps=("transcript",))
    chat.web.pages[URL] = page

    await chat.send(make_reaction(URL))
    await chat.send(make_command("save", URL))

    assert chat.marks() == ["✅"]
    assert [(each.thread, each.only_for) for each in chat.platform.posts] == [
        (MESSAGE, None),
        (None, "mina"),
        (None, "mina"),
    ]
    assert chat.platform.words.count("the transcript could not be had") == 2


async def test_a_page_that_takes_long_keeps_its_mark_without_a_word_until_it_is_read(
    chat: Chat,
) -> None:
    hasty = Chat(chat.storage, patience_s=0.0)
    hasty.web.add(URL, title="Fusing two indexes", text=STORY)

    await hasty.send(make_reaction(URL))
    before = hasty.marks()
    await hasty.later()

    assert (before, hasty.marks()) == (["👀"], ["✅"])
    assert hasty.platform.posts == []


async def test_who_saves_by_command_what_takes_long_is_told_where_it_shows(chat: Chat) -> None:
    hasty = Chat(chat.storage, patience_s=0.0)
    hasty.web.add(URL, title="Fusing two indexes", text=STORY)

    await hasty.send(make_command("save", URL))

    assert "being read" in hasty.platform.words
    assert "/links shows how it went" in hasty.platform.words


async def test_where_answers_can_be_changed_a_command_s_shows_how_it_went(chat: Chat) -> None:
    hasty = Chat(chat.storage, patience_s=0.0)
    hasty.platform.rewrites_answers = True
    hasty.web.add(URL, title="Fusing two indexes", text=STORY)

    await hasty.send(make_command("save", URL))
    before = hasty.platform.words
    await hasty.later()

    assert "being read" in before
    assert "being read" not in hasty.platform.words
    assert "👀" not in hasty.platform.words
    assert "✅" in hasty.platform.words
    assert "Fusing two indexes" in hasty.platform.words
    assert {each.only_for for each in hasty.platform.posts} == {"mina"}


async def want_anew(chat: Chat, *, rewrites_answers: bool) -> Chat:
    """Have a page read, then wanted anew while it is slow."""
    chat.web.add(URL, title="Fusing two indexes", text=STORY)
    await chat.send(make_command("save", URL, event="first"))
    slow = Chat(chat.storage, clock=chat.clock, patience_s=0.0)
    slow.platform.rewrites_answers = rewrites_answers
    slow.web.add(URL, title="Fusing three indexes", text=STORY)
    chat.clock.move(minutes=5)
    await slow.send(make_command("save", URL, event="anew"))
    return slow


@pytest.mark.parametrize("rewrites_answers", [True, False])
async def test_what_is_read_anew_for_long_is_told_when_it_is_read(
    chat: Chat, *, rewrites_answers: bool
) -> None:
    slow = await want_anew(chat, rewrites_answers=rewrites_answers)
    before = slow.platform.words
    (job,) = slow.readers.jobs.waiting
    is_hurried = job.run_at <= slow.clock.now()
    await slow.later()

    assert ("anew" in job.arguments, is_hurried) == (True, False)
    assert "👀" in before
    assert "being read anew" in before
    assert "✅" not in before
    assert slow.platform.words.count("Fusing three indexes") == 1
    assert "✅" in slow.platform.words
    assert ("👀" in slow.platform.words) is not rewrites_answers
    assert {each.only_for for each in slow.platform.posts} == {"mina"}


@pytest.mark.parametrize("rewrites_answers", [True, False])
async def test_what_could_not_be_read_anew_in_the_end_is_told_once_with_what_stays(
    chat: Chat, *, rewrites_answers: bool
) -> None:
    slow = await want_anew(chat, rewrites_answers=rewrites_answers)
    slow.web.fails[URL] = AWAY
    for _ in range(5):
        await slow.later()

    assert slow.web.asked == [URL]
    assert slow.platform.words.count("It could not be read anew: The page did not arrive") == 1
    assert "What I read before stays" in slow.platform.words
    assert {each.only_for for each in slow.platform.posts} == {"mina"}
    assert await chat.state() is PageState.READ
    assert await slow.readers.jobs.list_jobs(limit=9) == []


async def test_of_very_many_pages_read_anew_it_is_said_how_many_are_not_told_of(
    chat: Chat,
) -> None:
    urls = [f"https://one.example/{n}" for n in range(SHOWN + 2)]
    for url in urls:
        chat.web.add(url, title="One", text=STORY)
    await chat.send(make_command("save", " ".join(urls), event="first"))
    slow = Chat(chat.storage, clock=chat.clock, patience_s=0.0)
    chat.clock.move(minutes=5)

    await slow.send(make_command("save", " ".join(urls), event="anew"))

    assert slow.platform.words.count("being read anew; if") == SHOWN
    assert "2 more are being read anew, too. I tell of the first 10 only" in slow.platform.words
    assert "could not be read" not in slow.platform.words


async def test_several_pages_read_anew_for_long_are_told_of_each_for_itself(chat: Chat) -> None:
    for url, title in ((URL, "One"), (OTHER, "Two")):
        chat.web.add(url, title=title, text=STORY)
    await chat.send(make_command("save", f"{URL} {OTHER}", event="first"))
    slow = Chat(chat.storage, clock=chat.clock, patience_s=0.0)
    slow.platform.rewrites_answers = True
    slow.web.fails[URL] = AWAY
    slow.web.add(OTHER, title="Two", text=STORY)
    chat.clock.move(minutes=5)

    await slow.send(make_command("save", f"{URL} {OTHER}", event="anew"))
    await slow.later()

    assert slow.platform.words.count("It could not be read anew") == 1
    assert slow.platform.words.count("✅") == 2
    assert "👀" not in slow.platform.words
