"""What the link store promises about reading: states, texts, and what people see of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    Engine,
    Kind,
    LinkFilter,
    LinkId,
    LinkRecord,
    MessageId,
    PageState,
    Passage,
    Place,
    Point,
    SaveId,
    Standing,
    Summary,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from storage.databases.database import open_database
from storage.schema import concepts
from tests.factories import NOON, PAPER_URL, make_page, make_save, make_understanding

EVERYONE = Audience()


async def read_page(storage: SqlStorage, link: LinkId, title: str = "A page") -> LinkRecord:
    page = make_page(title=title, author="Jun", site="Journal", published_at=NOON)
    made = make_understanding(
        f"{title} in a sentence.",
        kind=Kind.DEV,
        topics=("agents", "science"),
        concepts=(Concept("queue", "a line", "대기열"),),
    )
    await storage.links.store_page(LOCAL, link, page, made, [Passage(f"text of {title}")])
    return await storage.links.get(LOCAL, link, audience=EVERYONE)


async def hits(storage: SqlStorage, query: str) -> list[str]:
    found = await storage.search.search(LOCAL, query, limit=9, audience=EVERYONE)
    return [hit.text for hit in found]


async def test_what_was_read_is_in_the_record(storage: SqlStorage) -> None:
    saved = await storage.links.save(make_save(kind=None, title="As I call it"))

    link = await read_page(storage, saved.link.id)

    assert (link.state, link.title, link.kind) == (PageState.READ, "A page", Kind.DEV)
    assert (link.author, link.site, link.published_at) == ("Jun", "Journal", NOON)
    assert link.topics == ("agents", "science")
    assert link.summary == Summary((Point("A page in a sentence."),), Engine.EXTRACTIVE)
    assert link.concepts == (Concept("queue", "a line", "대기열"),)
    assert "Requests wait less" in link.text
    assert link.language == "en"


async def test_the_kind_that_people_gave_beats_ours_and_the_newest_counts(
    storage: SqlStorage,
) -> None:
    saved = await storage.links.save(make_save(kind=Kind.PAPER))
    later = NOON + timedelta(hours=1)
    await storage.links.save(make_save(member="jun", kind=Kind.NEWS, saved_at=later))
    await storage.links.save(make_save(member="ari", kind=None, saved_at=later + (later - NOON)))

    assert (await read_page(storage, saved.link.id)).kind is Kind.NEWS


async def test_a_second_reading_replaces_the_first(storage: SqlStorage) -> None:
    saved = await storage.links.save(make_save())
    await read_page(storage, saved.link.id, "Zebra")

    link = await read_page(storage, saved.link.id, "Walrus")

    assert link.title == "Walrus"
    assert await hits(storage, "zebra") == []
    assert await hits(storage, "walrus") == ["text of Walrus"]
    concepts = await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)
    assert len(concepts) == 1


async def test_states_follow_the_reading(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save())).link.id
    states = []
    await storage.links.mark_reading(LOCAL, link)
    states.append((await storage.links.get(LOCAL, link, audience=EVERYONE)).state)
    await storage.links.mark_unreadable(LOCAL, link, "too_large")
    found = await storage.links.get(LOCAL, link, audience=EVERYONE)
    states.append(found.state)

    assert states == [PageState.READING, PageState.UNREADABLE]
    assert found.reason == "too_large"
    assert (await read_page(storage, link)).reason == ""


async def test_what_waits_after_a_failure_says_why_and_until_when(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save())).link.id
    later = NOON + timedelta(minutes=10)

    await storage.links.mark_waiting(LOCAL, link, reason="timeout", retry_at=later)
    found = await storage.links.get(LOCAL, link, audience=EVERYONE)
    await storage.links.mark_reading(LOCAL, link)
    again = await storage.links.get(LOCAL, link, audience=EVERYONE)

    assert (found.state, found.reason, found.retry_at) == (PageState.WAITING, "timeout", later)
    assert (again.state, again.reason, again.retry_at) == (PageState.READING, "", None)
    assert await storage.links.list_unread(LOCAL, limit=9) == [link]


async def test_a_page_keeps_what_it_lacks_and_its_picture(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save())).link.id
    before = await storage.links.get(LOCAL, link, audience=EVERYONE)
    page = replace(make_page(), gaps=("transcript",), image="https://example.org/a.png")

    await storage.links.store_page(LOCAL, link, page, make_understanding(), [])
    found = await storage.links.get(LOCAL, link, audience=EVERYONE)
    await storage.links.store_page(LOCAL, link, make_page(), make_understanding(), [])
    again = await storage.links.get(LOCAL, link, audience=EVERYONE)

    assert (before.gaps, before.image) == ((), "")
    assert (found.gaps, found.image) == (("transcript",), "https://example.org/a.png")
    assert (again.gaps, again.image) == ((), "")


async def test_a_message_names_the_links_that_its_saves_hold(storage: SqlStorage) -> None:
    for url, message, member in (
        ("https://example.org/b", "message-1", "mina"),
        ("https://example.org/a", "message-1", "mina"),
        ("https://example.org/b", "message-1", "jun"),
        ("https://example.org/c", "message-2", "mina"),
    ):
        secret = Place(ChannelId("secret"), is_private=True)
        await storage.links.save(make_save(url, message=message, member=member, place=secret))

    found = await storage.links.list_of_message(LOCAL, MessageId("message-1"))

    assert [link.url for link in found] == ["https://example.org/b", "https://example.org/a"]
    assert await storage.links.list_of_message(LOCAL, MessageId("message-3")) == []
    assert await storage.links.list_of_message(WorkspaceId("other"), MessageId("message-1")) == []


async def test_unread_are_those_that_wait_or_were_being_read_oldest_first(
    storage: SqlStorage,
) -> None:
    links = [
        (await storage.links.save(make_save(f"https://example.org/{name}"))).link.id
        for name in ("waiting", "reading", "read", "unreadable", "waiting too")
    ]
    await storage.links.mark_reading(LOCAL, links[1])
    await read_page(storage, links[2])
    await storage.links.mark_unreadable(LOCAL, links[3], "unreadable.gone")
    await storage.links.mark_reading(LOCAL, links[4])
    await storage.links.mark_waiting(LOCAL, links[4])

    unread = await storage.links.list_unread(LOCAL, limit=9)

    assert unread == [links[0], links[1], links[4]]
    assert await storage.links.list_unread(LOCAL, limit=1) == links[:1]


async def test_what_was_undone_while_it_was_read_stays_gone(storage: SqlStorage) -> None:
    save = make_save()
    link = (await storage.links.save(save)).link.id
    await storage.links.undo_saves(
        LOCAL, member=save.member, message=save.message, emoji=save.emoji
    )

    await storage.links.mark_reading(LOCAL, link)
    await storage.links.store_page(LOCAL, link, make_page(), make_understanding(), [Passage("x y")])
    await storage.links.mark_unreadable(LOCAL, link, "unreadable.gone")

    with pytest.raises(KeyError):
        await storage.links.get(LOCAL, link, audience=OPERATOR)
    assert await hits(storage, "x y") == []


async def test_without_any_word_about_it_the_address_is_the_title(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save(kind=None))).link

    assert (link.title, link.kind) == (PAPER_URL, Kind.PAPER)


async def test_a_korean_address_as_a_title_can_be_read(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save("https://example.org/%EA%B8%80"))).link

    assert link.title == "https://example.org/글"
    assert link.url_as_saved == "https://example.org/%EA%B8%80"


PRIVATE = Place(ChannelId("secret"), is_private=True)
INSIDE = Audience.of_channel(PRIVATE.channel)


async def give_text(storage: SqlStorage, save: SaveId, text: str = "pasted words") -> None:
    page = replace(make_page(title="Pasted"), text=text, gaps=("pasted:Mina",))
    made = make_understanding(f"{text} in a sentence.", concepts=(Concept("lantern"),))
    await storage.links.store_text(LOCAL, save, page, made, [Passage(text)])


async def test_no_mark_changes_a_page_that_was_read(storage: SqlStorage) -> None:
    link = (await storage.links.save(make_save())).link.id
    read = await read_page(storage, link)

    await storage.links.mark_reading(LOCAL, link)
    await storage.links.mark_waiting(LOCAL, link, reason="timeout", retry_at=NOON)
    await storage.links.mark_unreadable(LOCAL, link, "not_found")

    assert await storage.links.get(LOCAL, link, audience=EVERYONE) == read
    assert read.read_at is not None


async def test_a_given_text_is_the_page_s_where_its_save_is_seen_and_goes_with_it(
    storage: SqlStorage,
) -> None:
    public = make_save(kind=None)
    secret = make_save(member="juno", place=PRIVATE, message="secret-1", kind=None)
    link = (await storage.links.save(public)).link.id
    save = (await storage.links.save(secret)).save
    await storage.links.mark_unreadable(LOCAL, link, "login")

    await give_text(storage, save, "first words")
    await give_text(storage, save)

    inside = await storage.links.get(LOCAL, link, audience=INSIDE)
    outside = await storage.links.get(LOCAL, link, audience=EVERYONE)
    assert (inside.state, inside.reason, inside.title) == (PageState.READ, "", "Pasted")
    assert (inside.text, inside.gaps) == ("pasted words", ("pasted:Mina",))
    assert (outside.state, outside.reason) == (PageState.UNREADABLE, "login")
    assert (outside.title, outside.text, outside.read_at) == (PAPER_URL, "", None)
    assert (outside.summary, outside.concepts, outside.gaps) == (None, (), ())
    assert await hits(storage, "pasted words first") == []
    found = await storage.search.search(LOCAL, "words", limit=9, audience=INSIDE)
    assert [hit.text for hit in found] == ["pasted words"]

    await storage.links.undo_saves(LOCAL, member=secret.member, message=secret.message, emoji=None)
    assert await storage.search.search(LOCAL, "words", limit=9, audience=OPERATOR) == []
    assert (await storage.links.get(LOCAL, link, audience=OPERATOR)).text == ""


async def test_of_two_texts_each_channel_has_its_own(storage: SqlStorage) -> None:
    places = [PRIVATE, Place(ChannelId("other-secret"), is_private=True)]
    links = [
        await storage.links.save(make_save(place=place, message=place.channel, kind=None))
        for place in places
    ]
    link = links[0].link.id
    await storage.links.mark_unreadable(LOCAL, link, "login")
    await give_text(storage, links[0].save, "words of the first")
    await give_text(storage, links[1].save, "words of the second")

    for place, own in zip(places, ("first", "second"), strict=True):
        audience = Audience.of_channel(place.channel)
        seen = await storage.links.get(LOCAL, link, audience=audience)
        assert (seen.state, seen.title, seen.text) == (
            PageState.READ,
            "Pasted",
            f"words of the {own}",
        )
        assert own in str(seen.summary)
        found = await storage.search.search(LOCAL, "words", limit=9, audience=audience)
        assert [hit.text for hit in found] == [f"words of the {own}"]

    member = make_save().member
    undone = await storage.links.undo_saves(
        LOCAL, member=member, message=MessageId("other-secret"), emoji=None
    )
    assert undone.kept
    first = await storage.links.get(LOCAL, link, audience=OPERATOR)
    assert (first.state, first.text) == (PageState.READ, "words of the first")


async def test_of_several_texts_the_newest_stands_for_the_page(storage: SqlStorage) -> None:
    saves = [
        (await storage.links.save(make_save(member=member, message=member, kind=None))).save
        for member in ("mina", "juno")
    ]
    link = (await storage.links.save(make_save())).link.id

    for save in (*saves, saves[0]):
        await give_text(storage, save, f"words of {save}")

    seen = await storage.links.get(LOCAL, link, audience=EVERYONE)
    assert seen.text == f"words of {saves[0]}"


@pytest.mark.parametrize("reason", ["", "timeout"])
async def test_a_text_of_few_leaves_the_page_to_be_read_for_the_others(
    storage: SqlStorage, reason: str
) -> None:
    link = (await storage.links.save(make_save(kind=None))).link
    secret = make_save(member="juno", place=PRIVATE, message="secret-1", kind=None)
    hidden = (await storage.links.save(secret)).save
    retry_at = NOON if reason else None
    await storage.links.mark_waiting(LOCAL, link.id, reason=reason, retry_at=retry_at)

    await give_text(storage, hidden)

    waits = Standing(PageState.WAITING, reason, retry_at)
    for audience in (INSIDE, OPERATOR):
        inside = await storage.links.get(LOCAL, link.id, audience=audience)
        shown = (inside.state, inside.reason, inside.retry_at, inside.text)
        assert shown == (PageState.READ, "", None, "pasted words")
        assert inside.page == waits
    outside = await storage.links.get(LOCAL, link.id, audience=EVERYONE)
    assert (outside.state, outside.reason, outside.retry_at) == (
        PageState.WAITING,
        reason,
        retry_at,
    )
    assert outside.page == waits
    assert await storage.links.list_unread(LOCAL, limit=9) == [link.id]
    assert (await storage.watch.count(NOON)).pages == {PageState.WAITING: 1}


@pytest.mark.parametrize(
    ("place", "is_seen_there"),
    [
        (PRIVATE, True),
        (Place(ChannelId("other-secret"), is_private=True), False),
        (Place(ChannelId("general")), False),
        (Place(PRIVATE.channel), False),  # everybody may look into it by now
    ],
)
async def test_a_text_settles_a_page_as_soon_as_every_save_is_seen_with_one(
    storage: SqlStorage, place: Place, is_seen_there: bool
) -> None:
    secret = make_save(member="juno", place=PRIVATE, message="secret-1", kind=None)
    first = await storage.links.save(secret)
    await give_text(storage, first.save)
    alone = await storage.links.list_unread(LOCAL, limit=9)
    second = (await storage.links.save(make_save(place=place, message="m2", kind=None))).save

    both = await storage.links.list_unread(LOCAL, limit=9)
    await give_text(storage, second)

    link = first.link.id
    assert (alone, both) == ([], [] if is_seen_there else [link])
    assert await storage.links.list_unread(LOCAL, limit=9) == []
    seen = await storage.links.get(LOCAL, link, audience=INSIDE)
    assert seen.page == Standing(PageState.READ)


async def test_a_text_that_came_late_leaves_no_page_to_be_tried_and_none_to_be_found_unread(
    storage: SqlStorage,
) -> None:
    saved = await storage.links.save(make_save())
    await storage.links.mark_waiting(LOCAL, saved.link.id, reason="timeout", retry_at=NOON)

    await give_text(storage, saved.save)

    assert await storage.links.list_unread(LOCAL, limit=9) == []
    assert (await storage.links.get(LOCAL, saved.link.id, audience=OPERATOR)).retry_at is None
    counted = await storage.watch.count(NOON)
    assert counted.pages == {PageState.READ: 1}
    assert counted.retrying == {}


async def test_why_a_page_is_not_read_is_told_to_who_does_not_see_the_text_of_it(
    storage: SqlStorage,
) -> None:
    secret = make_save(member="juno", place=PRIVATE, message="secret-1", kind=None)
    await give_text(storage, (await storage.links.save(secret)).save)
    link = (await storage.links.save(make_save(kind=None))).link
    await storage.links.mark_reading(LOCAL, link.id)

    await storage.links.mark_waiting(LOCAL, link.id, reason="timeout", retry_at=NOON)

    inside = await storage.links.get(LOCAL, link.id, audience=INSIDE)
    outside = await storage.links.get(LOCAL, link.id, audience=EVERYONE)
    assert (inside.state, inside.reason, inside.text) == (PageState.READ, "", "pasted words")
    assert link.state is PageState.WAITING
    assert (outside.state, outside.reason, outside.retry_at) == (PageState.WAITING, "timeout", NOON)


async def test_a_page_that_is_read_takes_the_place_of_a_given_text(
    storage: SqlStorage, database_url: str
) -> None:
    saved = await storage.links.save(make_save())
    await give_text(storage, saved.save)

    link = await read_page(storage, saved.link.id, "Walrus")

    assert (link.title, link.summary) == ("Walrus", link.summary)
    assert "Walrus" in str(link.summary)
    assert await hits(storage, "pasted words") == []
    names = [each.term for each in await storage.concepts.list_concepts(LOCAL, audience=OPERATOR)]
    assert names == ["queue"]
    async with open_database(database_url) as database:
        assert list(await database.list(select(concepts.c.term))) == ["queue"]


async def test_a_text_beside_a_page_that_was_read_hides_it_from_nobody(
    storage: SqlStorage,
) -> None:
    link = (await storage.links.save(make_save())).link.id
    await read_page(storage, link, "Walrus")
    secret = make_save(member="juno", place=PRIVATE, message="secret-1")

    await give_text(storage, (await storage.links.save(secret)).save)

    assert (await storage.links.get(LOCAL, link, audience=EVERYONE)).title == "Walrus"
    assert await hits(storage, "pasted words") == []
    found = await storage.search.search(LOCAL, "pasted words", limit=9, audience=INSIDE)
    assert "pasted words" in [hit.text for hit in found]


async def test_a_text_of_few_takes_the_place_of_none_that_all_see(storage: SqlStorage) -> None:
    open_save = await storage.links.save(make_save(kind=None))
    secret = make_save(member="juno", place=PRIVATE, message="secret-1", kind=None)
    hidden = (await storage.links.save(secret)).save
    await storage.links.mark_unreadable(LOCAL, open_save.link.id, "login")

    await give_text(storage, open_save.save, "open words")
    await give_text(storage, hidden)

    outside = await storage.links.get(LOCAL, open_save.link.id, audience=EVERYONE)
    assert (outside.state, outside.text) == (PageState.READ, "open words")
    inside = await storage.search.search(LOCAL, "pasted words", limit=9, audience=INSIDE)
    assert {hit.text for hit in inside} == {"open words", "pasted words"}


async def test_a_text_for_a_save_that_was_taken_back_is_dropped(storage: SqlStorage) -> None:
    save = make_save()
    saved = await storage.links.save(save)
    await storage.links.undo_saves(LOCAL, member=save.member, message=save.message, emoji=None)

    await give_text(storage, saved.save)

    assert await storage.search.search(LOCAL, "words", limit=9, audience=OPERATOR) == []


class TestListing:
    """Four links: a paper and a talk of Monday, a tool of Tuesday, news of Wednesday."""

    @pytest.fixture(autouse=True)
    async def _links(self, storage: SqlStorage) -> None:
        for name, day, kind in (
            ("paper", 0, Kind.PAPER),
            ("talk", 0, Kind.PAPER),
            ("tool", 1, Kind.DEV),
            ("news", 2, Kind.NEWS),
        ):
            await storage.links.save(
                make_save(
                    f"https://example.org/{name}",
                    title=name,
                    kind=kind,
                    saved_at=NOON + timedelta(days=day),
                )
            )

    async def titles(self, storage: SqlStorage, which: LinkFilter) -> list[str]:
        found = await storage.links.list_links(LOCAL, which, audience=EVERYONE)
        return [link.title for link in found]

    async def test_newest_come_first_and_ties_in_the_order_of_saving(
        self, storage: SqlStorage
    ) -> None:
        assert await self.titles(storage, LinkFilter()) == ["news", "tool", "paper", "talk"]

    async def test_a_period_starts_with_its_first_instant_and_ends_before_its_last(
        self, storage: SqlStorage
    ) -> None:
        day = timedelta(days=1)

        assert await self.titles(storage, LinkFilter(since=NOON + day)) == ["news", "tool"]
        assert await self.titles(storage, LinkFilter(until=NOON + day)) == ["paper", "talk"]

    async def test_a_limit_counts_what_matches(self, storage: SqlStorage) -> None:
        assert await self.titles(storage, LinkFilter(limit=1)) == ["news"]
        assert await self.titles(storage, LinkFilter(kind=Kind.PAPER, limit=1)) == ["paper"]
        assert await self.titles(storage, LinkFilter(limit=0)) == []

    async def test_one_topic_can_be_asked_for(self, storage: SqlStorage) -> None:
        tool = await storage.links.find(LOCAL, "https://example.org/tool", audience=EVERYONE)
        assert tool is not None
        await read_page(storage, tool.id, "tool")

        assert await self.titles(storage, LinkFilter(topic="science")) == ["tool"]
        assert await self.titles(storage, LinkFilter(topic="hardware")) == []
