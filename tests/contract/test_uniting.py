"""What becomes of two workspaces that are made one: nothing lost, nothing twice, nothing seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    LinkFilter,
    LinkId,
    LinkRecord,
    MemberId,
    Passage,
    Place,
    WorkspaceId,
)
from bot.domain.taste import Vote
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage, open_storage
from storage.databases.database import open_database
from storage.uniting import unite
from tests.factories import (
    GENERAL,
    NOON,
    make_archive,
    make_entry,
    make_feed,
    make_note,
    make_page,
    make_save,
    make_understanding,
)

TEAM = WorkspaceId("slack:T1")
ONE, TWO, THREE = (f"https://{name}.example/" for name in ("one", "two", "three"))
EVERYONE = Audience()
SECRET = Place(ChannelId("secret"), is_private=True)
INSIDERS = Audience(channels=frozenset({SECRET.channel}))


@dataclass
class World:
    storage: SqlStorage
    url: str
    told: list[tuple[str, int]] = field(default_factory=list)

    async def save(self, url: str, *, into: WorkspaceId = LOCAL, **said: Any) -> LinkId:
        return (await self.storage.links.save(make_save(url, workspace=into, **said))).link.id

    async def read(self, link: LinkId, word: str, *, of: WorkspaceId = LOCAL) -> None:
        page = make_page(title=f"On {word}", text=f"All of {word}.")
        made = make_understanding(f"{word} in short.", concepts=(Concept(word, f"what {word} is"),))
        await self.storage.links.store_page(of, link, page, made, [Passage(f"All of {word}.")])

    async def unite(self) -> dict[str, int]:
        async with open_database(self.url) as database:
            return await unite(database, LOCAL, TEAM, told=lambda *said: self.told.append(said))

    async def links(
        self, audience: Audience = OPERATOR, *, of: WorkspaceId = TEAM
    ) -> dict[str, LinkRecord]:
        found = await self.storage.links.list_links(of, LinkFilter(), audience=audience)
        return {each.url: each for each in found}

    async def hits(
        self, word: str, audience: Audience = OPERATOR, *, of: WorkspaceId = TEAM
    ) -> list[str]:
        found = await self.storage.search.search(of, word, limit=9, audience=audience)
        return [hit.text for hit in found]


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_storage(database_url) as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        await storage.workspaces.ensure(TEAM, name="Team")
        yield World(storage, database_url)


async def test_all_that_was_kept_goes_over(world: World) -> None:
    link = await world.save(ONE, note="worth it")
    await world.read(link, "Walrus")
    await world.save(TWO)
    archive = make_archive(make_entry(THREE, "Told by hand."), notes=(make_note("Said aloud."),))
    await world.storage.archives.import_archive(LOCAL, archive)
    vote = Vote.on((await world.links(of=LOCAL))[ONE], by=MemberId("jun"), is_liked=True, at=NOON)
    await world.storage.signals.vote(LOCAL, GENERAL.channel, vote)
    before = await world.links(of=LOCAL)
    noted = await world.storage.notes.list_notes(LOCAL, audience=OPERATOR)

    moved = await world.unite()

    assert moved == {"links": 3, "saves": 3, "notes": 1}
    assert await world.links() == before
    assert await world.links(of=LOCAL) == {}
    assert await world.storage.notes.list_notes(TEAM, audience=OPERATOR) == noted
    assert await world.hits("walrus") == ["All of Walrus."]
    assert await world.hits("walrus", of=LOCAL) == []
    found = await world.storage.concepts.list_concepts(TEAM, audience=OPERATOR)
    assert "Walrus" in {each.term for each in found}


async def test_links_of_one_address_become_one(world: World) -> None:
    ours = await world.save(ONE)
    await world.read(ours, "Walrus")
    theirs = await world.save(ONE, into=TEAM, member="jun", message="m2")
    await world.read(theirs, "Zebra", of=TEAM)
    await world.save(TWO, into=TEAM)
    await world.save(THREE)

    await world.unite()

    found = await world.links()
    assert set(found) == {ONE, TWO, THREE}
    assert {each.member for each in found[ONE].saves} == {"mina", "jun"}
    assert len(await world.hits("walrus") + await world.hits("zebra")) == 1
    assert len(await world.storage.concepts.list_concepts(TEAM, audience=OPERATOR)) == 1
    assert ("links", 1) in world.told


async def test_what_one_link_says_that_the_other_lacks_is_kept(world: World) -> None:
    ours = await world.save(ONE)
    await world.read(ours, "Walrus")
    await world.save(ONE, into=TEAM, member="jun", message="m2")

    await world.unite()

    assert await world.hits("walrus", EVERYONE) == ["All of Walrus."]
    assert (await world.links(EVERYONE))[ONE].title == "On Walrus"


async def test_what_was_read_in_private_stays_private(world: World) -> None:
    ours = await world.save(ONE, place=SECRET)
    await world.read(ours, "Walrus")
    await world.save(ONE, into=TEAM, member="jun", message="m2")

    await world.unite()

    assert await world.hits("walrus", EVERYONE) == []
    assert await world.hits("walrus", INSIDERS) == ["All of Walrus."]
    (link,) = (await world.links(EVERYONE)).values()
    assert [each.member for each in link.saves] == ["jun"]


async def test_what_both_keep_in_private_is_seen_where_it_was(world: World) -> None:
    board = Place(ChannelId("board"), is_private=True)
    await world.read(await world.save(ONE, place=SECRET), "Walrus")
    theirs = await world.save(ONE, into=TEAM, member="jun", message="m2", place=board)
    await world.read(theirs, "Zebra", of=TEAM)

    await world.unite()

    others = Audience(channels=frozenset({board.channel}))
    assert await world.links(EVERYONE) == {}
    assert await world.hits("walrus", others) == []
    assert await world.hits("zebra", others) == ["All of Zebra."]


async def test_one_act_that_was_private_in_one_of_them_stays_so(world: World) -> None:
    # As where a channel was public when it was exported, and is private by now.
    await world.read(await world.save(ONE, note="said to all"), "Walrus")
    theirs = await world.save(ONE, into=TEAM, place=SECRET, note="said in secret")
    await world.read(theirs, "Zebra", of=TEAM)

    await world.unite()

    (public,) = (await world.links(EVERYONE)).values()
    (known,) = (await world.links(INSIDERS)).values()
    assert [each.note for each in public.saves] == ["said to all"]
    assert {each.note for each in known.saves} == {"said to all", "said in secret"}
    assert await world.hits("zebra", EVERYONE) == []
    assert await world.hits("zebra", INSIDERS) == ["All of Zebra."]


async def test_what_was_read_for_some_is_not_shown_to_others_who_kept_it(world: World) -> None:
    board = Place(ChannelId("board"), is_private=True)
    await world.save(ONE, place=SECRET)
    theirs = await world.save(ONE, into=TEAM, member="jun", message="m2", place=board)
    await world.read(theirs, "Zebra", of=TEAM)

    await world.unite()

    assert await world.hits("zebra", INSIDERS) == []
    assert await world.hits("zebra", Audience(channels=frozenset({board.channel}))) == [
        "All of Zebra."
    ]


async def test_a_link_that_is_two_there_joins_them(world: World) -> None:
    ours = await world.save(ONE)
    await world.storage.links.unify(LOCAL, ours, TWO)
    for number, url in enumerate((ONE, TWO)):
        await world.save(url, into=TEAM, message=f"m{number}")

    await world.unite()

    (link,) = (await world.links()).values()
    assert len(link.saves) == 3


async def test_the_same_archive_in_both_is_there_once(world: World) -> None:
    entry = make_entry(ONE, "Told by hand.", concepts=(Concept("Walrus", "an animal"),))
    for workspace in (LOCAL, TEAM):
        archive = make_archive(
            replace(entry, save=replace(entry.save, workspace=workspace)),
            notes=(make_note("Said aloud."),),
            concepts=(Concept("Zebra", "another"),),
            original=b"as it was",
        )
        await world.storage.archives.import_archive(workspace, archive)
    (before,) = (await world.links()).values()

    await world.unite()

    (after,) = (await world.links()).values()
    assert replace(after, id=before.id, saves=before.saves) == before
    assert len(after.saves) == 1
    assert len(await world.storage.notes.list_notes(TEAM, audience=OPERATOR)) == 1
    assert await world.hits("aloud") == ["Said aloud."]
    assert await world.hits("told") == ["Told by hand."]
    assert len(await world.storage.concepts.list_concepts(TEAM, audience=OPERATOR)) == 2


async def test_another_text_of_the_same_note_is_kept_beside_it(world: World) -> None:
    for workspace, words in ((LOCAL, "Said aloud."), (TEAM, "Said in a whisper.")):
        archive = make_archive(notes=(make_note(words),))
        await world.storage.archives.import_archive(workspace, archive)

    await world.unite()

    assert await world.hits("aloud") == ["Said aloud."]
    assert await world.hits("whisper") == ["Said in a whisper."]


async def test_what_belongs_to_the_chat_stays(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=set())

    await world.unite()

    counts = [await world.storage.watch.count(NOON, workspace=each) for each in (LOCAL, TEAM)]
    assert [each.feeds for each in counts] == [1, 0]
