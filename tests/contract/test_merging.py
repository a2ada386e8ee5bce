"""What the link store promises about two links that turn out to be one thing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    LinkFilter,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Passage,
    Place,
)
from bot.domain.urls import InvalidUrl
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage, open_storage
from tests.factories import (
    GENERAL,
    NOON,
    make_archive,
    make_entry,
    make_page,
    make_save,
    make_subscription,
    make_understanding,
)

SHORT, LONG = "https://t.example/1", "https://journal.example/queues"
EVERYONE = Audience()
SECRET = Place(ChannelId("secret"), is_private=True)
BOARD = Place(ChannelId("board"), is_private=True)
INSIDERS = Audience(channels=frozenset({SECRET.channel}))


async def save(storage: SqlStorage, url: str, **said: Any) -> LinkId:
    return (await storage.links.save(make_save(url, **said))).link.id


async def read(
    storage: SqlStorage, link: LinkId, word: str, *, identity: str = "", asked: str = ""
) -> LinkId:
    page = replace(make_page(title=f"On {word}", text=f"All of {word}."), identity=identity)
    made = make_understanding(f"{word} in short.", concepts=(Concept(word, f"what {word} is"),))
    passages = [Passage(f"All of {word}.")]
    return await storage.links.store_page(LOCAL, link, page, made, passages, asked=asked)


async def listed(storage: SqlStorage, audience: Audience = OPERATOR) -> list[LinkRecord]:
    return list(await storage.links.list_links(LOCAL, LinkFilter(), audience=audience))


async def hits(storage: SqlStorage, word: str, audience: Audience) -> list[str]:
    found = await storage.search.search(LOCAL, word, limit=9, audience=audience)
    return [hit.text for hit in found]


async def test_an_address_that_nobody_has_leads_to_the_link_from_now_on(
    storage: SqlStorage,
) -> None:
    link = await save(storage, SHORT)

    assert await storage.links.unify(LOCAL, link, f"{LONG}/?utm_source=x") == link
    link_before = await storage.links.get(LOCAL, link, audience=EVERYONE)
    again = await storage.links.save(make_save(LONG, member="jun"))

    assert again.link.id == link
    assert again.link.url == LONG
    assert (link_before.url_as_saved, again.link.url_as_saved) == (SHORT, LONG)
    assert [each.member for each in again.link.saves] == ["mina", "jun"]


async def test_an_address_that_one_led_to_is_let_go_when_it_leads_elsewhere(
    storage: SqlStorage,
) -> None:
    link = await save(storage, SHORT)
    await read(storage, link, "Walrus", identity=LONG, asked=SHORT)

    await read(storage, link, "Zebra", asked=SHORT)

    again = (await storage.links.save(make_save(LONG, member="jun"))).link
    assert again.id != link
    assert (again.state, again.title) == (PageState.WAITING, LONG)
    was = await storage.links.get(LOCAL, link, audience=EVERYONE)
    assert (was.url, was.url_as_saved, was.title) == (SHORT, SHORT, "On Zebra")


async def test_an_address_that_somebody_saved_stays_wherever_others_lead(
    storage: SqlStorage,
) -> None:
    link = await save(storage, SHORT)
    await read(storage, link, "Walrus", identity=LONG, asked=SHORT)
    await save(storage, LONG, member="jun", message="m1")

    await read(storage, link, "Zebra", identity="https://elsewhere.example/1", asked=SHORT)

    for url in (SHORT, LONG):
        found = await storage.links.find(LOCAL, url, audience=EVERYONE)
        assert found is not None
        assert found.id == link


async def test_of_two_links_the_older_stands_with_the_saves_of_both(storage: SqlStorage) -> None:
    one = await save(storage, LONG, note="first")
    other = await save(storage, SHORT, member="jun", message="m2", note="second")

    assert await storage.links.unify(LOCAL, other, LONG) == one

    [link] = await listed(storage)
    assert (link.id, link.url) == (one, LONG)
    assert [(each.member, each.note) for each in link.saves] == [
        ("mina", "first"),
        ("jun", "second"),
    ]
    for url in (SHORT, LONG):
        assert await storage.links.find(LOCAL, url, audience=EVERYONE) == link
    for id_ in (one, other):
        assert await storage.links.get(LOCAL, id_, audience=EVERYONE) == link


async def test_the_page_that_was_read_wins(storage: SqlStorage) -> None:
    await save(storage, LONG)
    other = await save(storage, SHORT, member="jun")

    stands = await read(storage, other, "Zebra", identity=LONG)

    assert stands == other
    [link] = await listed(storage)
    assert (link.id, link.title, link.state) == (other, "On Zebra", PageState.READ)
    assert link.url == LONG
    assert await hits(storage, "zebra", EVERYONE) == ["All of Zebra."]


async def test_of_two_that_were_read_the_older_page_stands_alone(storage: SqlStorage) -> None:
    one = await save(storage, LONG)
    await read(storage, one, "Zebra")
    other = await save(storage, SHORT, member="jun")

    assert await read(storage, other, "Walrus", identity=LONG) == one

    [link] = await listed(storage)
    assert (link.title, [each.term for each in link.concepts]) == ("On Zebra", ["Zebra"])
    assert await hits(storage, "walrus", EVERYONE) == []
    assert await hits(storage, "zebra", EVERYONE) == ["All of Zebra."]
    concepts = await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)
    assert [each.term for each in concepts] == ["Zebra"]


async def test_one_act_on_both_is_one_save_with_the_words_of_both(storage: SqlStorage) -> None:
    await save(storage, LONG, note="long", title="")
    other = await save(storage, SHORT, note="short", title="Queues")

    await storage.links.unify(LOCAL, other, LONG)
    [link] = await listed(storage)
    undone = await storage.links.undo_saves(
        LOCAL, member=MemberId("mina"), message=MessageId("message-1"), emoji="📜"
    )

    assert [(each.note, link.title) for each in link.saves] == [("long\nshort", "Queues")]
    assert undone.gone == ("Queues",)
    assert await listed(storage) == []


async def test_what_archives_said_of_both_is_kept(storage: SqlStorage) -> None:
    paper = make_entry("https://arxiv.org/abs/1", "The paper.", title="Paper")
    code = make_entry("https://github.com/a/b", "The code.", title="Code")
    entries = (
        make_entry(LONG, "It is long.", title="Long", related=(paper,)),
        make_entry(SHORT, "It is short.", title="Short", related=(code,)),
    )
    await storage.archives.import_archive(LOCAL, make_archive(*entries))
    short = await storage.links.find(LOCAL, SHORT, audience=EVERYONE)
    assert short is not None

    await storage.links.unify(LOCAL, short.id, LONG)

    [link] = await listed(storage)
    assert len(link.saves) == 1
    assert [each.title for each in link.related] == ["Paper", "Code"]
    assert await hits(storage, "long", EVERYONE) == ["It is long."]
    assert await hits(storage, "short", EVERYONE) == ["It is short."]
    await storage.links.undo_saves(
        LOCAL, member=MemberId("import"), message=link.saves[0].message, emoji=None
    )
    assert await hits(storage, "long short paper code", OPERATOR) == []


async def test_an_entry_that_is_what_stands_under_it_stands_under_nothing(
    storage: SqlStorage,
) -> None:
    below = make_entry(SHORT, "The paper.", title="Paper")
    await storage.archives.import_archive(
        LOCAL, make_archive(make_entry(LONG, "An entry.", title="Entry", related=(below,)))
    )
    [entry] = await listed(storage)

    assert await storage.links.unify(LOCAL, entry.id, SHORT) == entry.id

    [link] = await listed(storage)
    assert link.related == ()
    assert await hits(storage, "paper", EVERYONE) == ["The paper."]


async def test_what_was_read_where_nobody_s_save_is_left_goes(storage: SqlStorage) -> None:
    entry = make_entry("https://list.example", "A list.", related=(make_entry(LONG, title="It"),))
    await storage.archives.import_archive(LOCAL, make_archive(entry))
    said = make_save(LONG)
    bare = (await storage.links.save(said)).link.id
    await storage.links.undo_saves(LOCAL, member=said.member, message=said.message, emoji=None)
    await read(storage, bare, "Zebra", asked=LONG)  # it was on the way when the save was undone
    link = await save(storage, SHORT)

    assert await storage.links.unify(LOCAL, link, LONG) == link

    assert await hits(storage, "zebra", OPERATOR) == []


async def test_merging_goes_on_and_every_id_is_found(storage: SqlStorage) -> None:
    urls = [f"https://journal.example/{number}" for number in range(4)]
    links = [await save(storage, url, message=url) for url in urls]

    for link, url in zip(links[1:], urls, strict=False):
        await storage.links.unify(LOCAL, link, url)

    for link in links:
        found = await storage.links.get(LOCAL, link, audience=EVERYONE)
        assert (found.id, len(found.saves)) == (links[0], 4)
    for url in urls:
        await storage.links.undo_saves(
            LOCAL, member=MemberId("mina"), message=MessageId(url), emoji=None
        )
    for link in links:
        with pytest.raises(KeyError):
            await storage.links.get(LOCAL, link, audience=OPERATOR)


async def test_what_became_part_of_another_is_not_marked_any_more(storage: SqlStorage) -> None:
    one = await save(storage, LONG)
    await read(storage, one, "Zebra")
    other = await save(storage, SHORT, member="jun")
    await storage.links.unify(LOCAL, other, LONG)

    await storage.links.mark_reading(LOCAL, other)
    await storage.links.mark_unreadable(LOCAL, other, "timeout")
    assert await read(storage, other, "Walrus") == one

    [link] = await listed(storage)
    assert (link.state, link.title) == (PageState.READ, "On Zebra")


async def test_what_is_no_address_or_no_link_changes_nothing(storage: SqlStorage) -> None:
    link = await save(storage, SHORT)

    with pytest.raises(InvalidUrl):
        await storage.links.unify(LOCAL, link, "javascript:alert(1)")
    with pytest.raises(KeyError):
        await storage.links.unify(LOCAL, LinkId("none"), LONG)

    assert await storage.links.find(LOCAL, LONG, audience=OPERATOR) is None


async def test_two_nodes_that_unify_crosswise_end_with_one_link(database_url: str) -> None:
    async with open_storage(database_url) as one, open_storage(database_url) as two:
        for number in range(8):
            a, b = f"https://a.example/{number}", f"https://b.example/{number}"
            left = await save(one, a, message=f"a{number}")
            right = await save(one, b, message=f"b{number}")

            stands = await asyncio.gather(
                one.links.unify(LOCAL, left, b), two.links.unify(LOCAL, right, a)
            )

            assert set(stands) == {left}
            found = await two.links.get(LOCAL, right, audience=OPERATOR)
            assert (found.id, len(found.saves)) == (left, 2)
        assert len(await listed(two)) == 8


async def test_what_a_subscription_told_stays_told_under_the_id_that_stands(
    storage: SqlStorage,
) -> None:
    one, other = await save(storage, LONG), await save(storage, SHORT, member="jun")
    subscription = make_subscription()
    await storage.subscriptions.add(subscription)
    delivery = Delivery(
        id="d1",
        workspace=LOCAL,
        subscription=subscription.id,
        place=GENERAL,
        due_at=NOON,
        since=NOON,
        until=NOON,
        planned_at=NOON,
        number=1,
    )
    assert await storage.deliveries.plan(subscription, subscription, delivery)
    ended = replace(delivery, state=DeliveryState.DELIVERED, left_out=(other,))
    assert await storage.deliveries.end(ended, links=[other])

    await storage.links.unify(LOCAL, other, LONG)

    told = await storage.deliveries.list_told(subscription)
    assert told.links == told.left_out == frozenset({one})


class TestPrivacy:
    """Mina saved an address with a token in a private channel; its page calls itself LONG."""

    TOKEN = f"{LONG}?key=secret"

    @pytest.fixture
    async def hidden(self, storage: SqlStorage) -> LinkId:
        return await save(storage, self.TOKEN, place=SECRET, note="hush", message="m0")

    async def test_who_saves_the_public_address_later_sees_nothing_of_it(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        await read(storage, hidden, "Zebra", identity=LONG)

        joined = (await storage.links.save(make_save(LONG, member="jun"))).link

        assert (joined.title, joined.url, joined.url_as_saved) == (LONG, LONG, LONG)
        await self.assert_hidden(storage, "Zebra")
        seen = await storage.links.get(LOCAL, hidden, audience=INSIDERS)
        assert seen.summary is not None
        assert await hits(storage, "zebra", INSIDERS) == ["All of Zebra."]
        # It is read again, where everybody may read it.
        assert await storage.links.list_unread(LOCAL, limit=9) == [hidden]
        operator = await storage.links.get(LOCAL, hidden, audience=OPERATOR)
        assert operator.url_as_saved == LONG

    async def test_a_public_link_that_nobody_could_read_learns_nothing(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        public = await save(storage, LONG, member="jun")
        await storage.links.mark_unreadable(LOCAL, public, "login")

        assert await read(storage, hidden, "Zebra", identity=LONG) == public

        [link] = await listed(storage, EVERYONE)
        assert (link.state, link.reason) == (PageState.UNREADABLE, "login")
        await self.assert_hidden(storage, "Zebra")
        [seen] = await listed(storage, INSIDERS)
        assert seen.summary is not None
        assert len(seen.saves) == 2

    async def test_a_public_page_that_was_read_counts_for_all(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        public = await save(storage, LONG, member="jun")
        await read(storage, public, "Walrus")

        assert await read(storage, hidden, "Zebra", identity=LONG) == public

        await self.assert_hidden(storage, "Zebra")
        [seen] = await listed(storage, INSIDERS)
        assert (seen.title, len(seen.saves)) == ("On Walrus", 2)

    async def test_a_reading_that_was_on_its_way_is_not_kept(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        public = await save(storage, "https://other.example/x", member="jun")
        await read(storage, public, "Walrus", identity=self.TOKEN)

        assert await read(storage, hidden, "Zebra") == public

        assert "Zebra" not in repr(await listed(storage))
        assert await hits(storage, "zebra", OPERATOR) == []

    async def test_private_channels_share_nothing(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        board = await save(storage, LONG, place=BOARD, member="jun", message="m1")

        assert await read(storage, hidden, "Zebra", identity=LONG) == hidden

        assert len(await listed(storage)) == 2
        readers = Audience(channels=frozenset({BOARD.channel}))
        assert [each.id for each in await listed(storage, readers)] == [board]
        assert await hits(storage, "zebra", readers) == []

    async def test_one_private_channel_has_one_link(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        await save(storage, LONG, place=SECRET, member="jun", message="m1")

        await read(storage, hidden, "Zebra", identity=LONG)

        [seen] = await listed(storage, INSIDERS)
        assert (seen.title, len(seen.saves)) == ("On Zebra", 2)
        assert await listed(storage, EVERYONE) == []

    async def test_an_act_that_was_private_in_one_place_alone_keeps_both_apart(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        await save(storage, LONG, message="m0", note="open", place=GENERAL)

        await storage.links.unify(LOCAL, hidden, LONG)

        assert len(await listed(storage)) == 2

    async def test_an_entry_above_shows_nothing_of_the_page(
        self, storage: SqlStorage, hidden: LinkId
    ) -> None:
        await read(storage, hidden, "Zebra", identity=LONG)
        entry = make_entry(
            "https://list.example", "A list.", related=(make_entry(LONG, title="It"),)
        )
        await storage.archives.import_archive(LOCAL, make_archive(entry))

        seen = await storage.links.get(LOCAL, hidden, audience=EVERYONE)

        assert (seen.title, seen.text, seen.summary) == ("It", "", None)

    async def assert_hidden(self, storage: SqlStorage, word: str) -> None:
        shown = repr(await listed(storage, EVERYONE)) + repr(
            await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)
        )
        assert word not in shown
        assert "hush" not in shown
        assert "secret" not in shown
        assert await hits(storage, word.lower(), EVERYONE) == []
