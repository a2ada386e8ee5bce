"""/feeds, as a member sees it: over a real store and feeds in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.feeding import SHOWN, FeedingCommands
from bot.domain.feeds import FEEDS_LIMIT, Feed
from bot.domain.models import LOCAL, ChannelId, Place
from bot.errors import FetchFailed
from bot.events import Event
from bot.ports import Storage
from bot.posts import Button, Buttons
from bot.services.feeding import FeedingService
from bot.services.overseeing import GIVEN_UP
from bot.texts import LANGUAGES
from storage import open_storage
from tests.factories import NOON, make_command, make_feed, make_press
from tests.fakes.clock import FakeClock
from tests.fakes.feed_reader import FakeFeedReader
from tests.fakes.platform import FakePlatform, words_of
from tests.fakes.talking import TEXTS, make_dispatcher

SITE, URL = "https://blog.example/", "https://blog.example/feed.xml"
SECRET = Place(ChannelId("secret"), is_private=True)


@dataclass
class Chat:
    storage: Storage
    reader: FakeFeedReader = field(default_factory=FakeFeedReader)
    platform: FakePlatform = field(default_factory=FakePlatform)

    def __post_init__(self) -> None:
        feeding = FeedingService(self.storage.feeds, self.reader, clock=FakeClock(NOON))
        self._dispatcher = make_dispatcher(
            [FeedingCommands(feeding).router], platform=self.platform
        )
        self._calls = 0

    async def call(self, arguments: str = "", *, place: Place | None = None) -> str:
        """Return all that one call is answered with."""
        self._calls += 1
        command = make_command("feeds", arguments, event=f"command-{self._calls}")
        return await self.send(command if place is None else replace(command, place=place))

    async def send(self, event: Event) -> str:
        self.platform.sent.clear()
        await self._dispatcher.dispatch(event)
        return self.platform.words

    @property
    def buttons(self) -> list[Button]:
        (post,) = (sent.post for sent in self.platform.posts)
        return [each for row in post.blocks if isinstance(row, Buttons) for each in row.buttons]

    async def feeds(self) -> list[Feed]:
        return list(await self.storage.feeds.list_feeds(LOCAL))


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


@pytest.mark.parametrize("arguments", [f"add {URL}", f"action:add {URL}", URL, f"ADD <{URL}>"])
async def test_a_feed_is_added_with_what_it_holds_left_out(chat: Chat, arguments: str) -> None:
    chat.reader.publish(URL, "https://blog.example/2", "https://blog.example/1")

    said = await chat.call(arguments)

    (feed,) = await chat.feeds()
    assert (feed.url, feed.title, feed.made_by_name) == (URL, "A blog", "Mina")
    assert f"A blog <{URL}>" in said
    assert "entries: 2" in said
    assert feed.due_at - feed.made_at == timedelta(hours=1)


async def test_options_chosen_in_a_form_do_the_same(chat: Chat) -> None:
    chat.reader.publish(URL)
    chosen = (("action", "add"), ("address", URL))

    await chat.send(replace(make_command("feeds"), options=chosen))

    assert len(await chat.feeds()) == 1


async def test_a_page_that_names_its_feed_will_do(chat: Chat) -> None:
    chat.reader.publish(URL)
    chat.reader.named[SITE] = URL

    await chat.call(f"add {SITE}")

    assert [feed.url for feed in await chat.feeds()] == [URL]


async def test_a_feed_is_added_once(chat: Chat) -> None:
    chat.reader.publish(URL)
    chat.reader.named[SITE] = URL
    await chat.call(f"add {URL}")

    for address in (URL, SITE, URL.replace("blog.", "www.blog.")):
        assert "“A blog” is followed already; Mina added it" in await chat.call(f"add {address}")
    assert len(await chat.feeds()) == 1


async def test_the_same_call_again_after_a_crash_says_the_same(chat: Chat) -> None:
    chat.reader.publish(URL, "https://blog.example/1")
    call = make_command("feeds", f"add {URL}")

    first = await chat.send(call)
    chat.platform.sent.clear()
    again = Chat(chat.storage, chat.reader)

    assert await again.send(call) == first
    assert len(await chat.feeds()) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("not_a_feed", "no feed at this address"),
        ("private_address", "leads inside this network"),
        ("timeout", "did not answer in time"),
    ],
)
async def test_what_cannot_be_followed_is_refused_with_a_reason(
    chat: Chat, reason: str, said: str
) -> None:
    chat.reader.fails[URL] = FetchFailed(reason, may_pass=reason == "timeout")

    assert said in await chat.call(f"add {URL}")
    assert all(sent.only_for == "mina" for sent in chat.platform.posts)
    assert await chat.feeds() == []


async def test_every_reason_of_a_page_has_its_sentence_for_feeds() -> None:
    # To a feed two are "not a feed"; nobody gives up a feed but by removing it; and the others
    # are said of documents, and of pages that are looked into.
    pages_only = {"unsupported_type", "empty", GIVEN_UP, "locked", "scanned", "damaged"}
    pages_only |= {"maintenance", "removed", "reddit_closed"}
    for language in LANGUAGES:
        reasons = TEXTS.table(language, "unreadable").keys() - pages_only
        assert reasons <= TEXTS.table(language, "feeds.trouble").keys()


async def test_of_several_feeds_it_is_said_which_is_followed(chat: Chat) -> None:
    chat.reader.publish(URL, "https://blog.example/1")
    other = "https://blog.example/podcast.xml"
    chat.reader.documents[URL] = replace(chat.reader.documents[URL], others=(other,))

    said = await chat.call(f"add {URL}")

    assert URL in said
    assert other in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("add", "Write it in full"),
        ("add that blog", "Write it in full"),
        ("that blog", "Write it in full"),
        ("remove", "Which one?"),
        ("remove 3", "no feed “3”"),
        ("remove https://other.example/", "no feed “https://other.example/”"),
        ("action:burn https://blog.example/", "“burn” is nothing"),
        ("", "No feed is followed here yet"),
        ("list", "No feed is followed here yet"),
    ],
)
async def test_what_cannot_be_meant_is_answered(chat: Chat, arguments: str, said: str) -> None:
    assert said in await chat.call(arguments)


async def test_there_is_an_end_to_feeds(chat: Chat) -> None:
    for n in range(FEEDS_LIMIT):
        await chat.storage.feeds.add(make_feed(str(n), url=f"https://{n}.example/"), known=())
    chat.reader.publish(URL)

    assert f"{FEEDS_LIMIT} feeds are followed already" in await chat.call(f"add {URL}")
    assert chat.reader.asked == []


async def test_the_list_shows_where_from_by_whom_and_what_is_wrong(chat: Chat) -> None:
    late = NOON + timedelta(hours=10)  # the next morning in Seoul
    feed = make_feed(site=SITE, made_at=late, reason="not_found")
    await chat.storage.feeds.add(replace(feed, failing_since=late), known=())

    said = await chat.call()

    assert f"1.  A blog <{SITE}>" in said
    assert "added by Mina on 2024-11-05" in said
    assert "⚠️ cannot be read since 2024-11-05: The site says" in said


async def test_a_long_list_goes_on_at_a_button(chat: Chat) -> None:
    for n in range(SHOWN + 1):
        url = f"https://{n:02}.example/"
        await chat.storage.feeds.add(make_feed(f"{n:02}", url=url), known=())

    first = await chat.call("list")
    more = chat.buttons[-1]
    rest = await chat.send(make_press(more.action, more.value))

    assert first.count("A blog") == SHOWN
    assert (more.label, rest.count("A blog")) == ("Show more (1)", 1)
    assert [button.label for button in chat.buttons] == [f"Remove {SHOWN + 1}"]


@pytest.mark.parametrize("which", ["2", "https://two.example/feed", "https://www.two.example"])
async def test_a_feed_is_removed_by_number_or_address(chat: Chat, which: str) -> None:
    one = make_feed("one", url="https://one.example/feed")
    two = make_feed("two", url="https://two.example/feed", site="https://two.example/")
    for feed in (one, two):
        await chat.storage.feeds.add(feed, known=())

    said = await chat.call(f"remove {which}")

    assert await chat.feeds() == [one]
    assert "no longer followed" in said


async def test_a_button_removes_its_feed_also_from_an_old_list(chat: Chat) -> None:
    for feed in (make_feed("one"), make_feed("two", url="https://two.example/")):
        await chat.storage.feeds.add(feed, known=())
    await chat.call("list")
    first, second = chat.buttons
    await chat.send(make_press(first.action, first.value))

    await chat.send(make_press(second.action, second.value, event="press-2"))
    again = await chat.send(make_press(second.action, second.value, event="press-3"))

    assert await chat.feeds() == []
    assert "removed already" in again


async def test_what_a_private_channel_follows_shows_there_alone(chat: Chat) -> None:
    chat.reader.publish(URL)
    await chat.call(f"add {URL}", place=SECRET)

    assert "A blog" in await chat.call("list", place=SECRET)
    assert "A blog" not in await chat.call("list")
    assert "no feed" in await chat.call(f"remove {URL}")
    assert "from now on" in await chat.call(f"add {URL}")  # as if it were not there
    assert {feed.place.channel for feed in await chat.feeds()} == {"secret", "general"}


async def test_what_is_public_is_listed_in_private_too(chat: Chat) -> None:
    chat.reader.publish(URL)
    await chat.call(f"add {URL}")

    assert "A blog" in await chat.call("list", place=SECRET)
    assert "followed already" in await chat.call(f"add {URL}", place=SECRET)


async def test_a_hostile_title_is_only_text(chat: Chat) -> None:
    chat.reader.publish(URL, title="<!channel> @everyone [x](https://evil.example)")

    await chat.call(f"add {URL}")

    (sent,) = chat.platform.posts
    assert "<!channel> @everyone" in words_of(sent.post)  # renderers make text inert
    assert f"<{URL}>" in words_of(sent.post)
