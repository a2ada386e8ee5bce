"""Saves, readings, merges and undos in any order: no save is lost, nothing private is seen."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    LinkFilter,
    LinkRecord,
    MemberId,
    MessageId,
    Passage,
    Place,
)
from bot.domain.urls import canonicalise
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from tests.factories import GENERAL, make_page, make_save, make_understanding

URLS = [f"https://site.example/{name}" for name in "abcdef"]
PLACES = [
    GENERAL,
    Place(ChannelId("secret"), is_private=True),
    Place(ChannelId("board"), is_private=True),
]
Act = tuple[str, str]  # member and message


@dataclass
class World:
    """What was done, as told by those who did it; `storage` has to agree.

    `known`: the addresses that the readers of each place were shown, there or in public.
    `told`: for each word, the address at which it was read.
    """

    storage: SqlStorage
    chance: random.Random
    saved: dict[Act, set[str]] = field(default_factory=lambda: defaultdict(set))
    places: dict[str, Place] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: dict[str, str] = field(default_factory=dict)
    on_the_way: list[LinkRecord] = field(default_factory=list)

    async def list(self, audience: Audience = OPERATOR) -> list[LinkRecord]:
        return list(await self.storage.links.list_links(LOCAL, LinkFilter(), audience=audience))

    async def save(self) -> None:
        message, member = f"m{self.chance.randrange(8)}", self.chance.choice(["mina", "jun"])
        url = self.chance.choice(URLS)
        # A message is said in one place.
        place = self.places.setdefault(message, self.chance.choice(PLACES))
        await self.storage.links.save(make_save(url, member=member, message=message, place=place))
        self.saved[member, message].add(url)
        self.know(place, url)

    def know(self, place: Place, url: str) -> None:
        for each in PLACES if not place.is_private else [place]:
            self.known[each.channel].add(canonicalise(url))

    async def begin_to_read(self) -> None:
        if links := await self.list():
            self.on_the_way.append(self.chance.choice(links))

    async def read(self) -> None:
        """Read a link, perhaps as it was some time ago; its page calls itself whatever it likes."""
        if not self.on_the_way:
            await self.begin_to_read()
        if not self.on_the_way:
            return
        link = self.on_the_way.pop(self.chance.randrange(len(self.on_the_way)))
        asked, says = canonicalise(link.url_as_saved), self.chance.choice([*URLS, "", ""])
        word = f"word{len(self.told)}"
        self.told[word] = asked
        page = replace(make_page(title=word, text=word), identity=says, image=word)
        made = make_understanding(word, concepts=(Concept(word, word),))
        await self.storage.links.store_page(
            LOCAL, link.id, page, made, [Passage(word)], asked=link.url_as_saved
        )
        for known in self.known.values():
            if says and asked in known:
                known.add(canonicalise(says))

    async def undo(self) -> None:
        if not self.saved:
            return
        member, message = self.chance.choice(sorted(self.saved))
        del self.saved[member, message]
        await self.storage.links.undo_saves(
            LOCAL, member=MemberId(member), message=MessageId(message), emoji=None
        )

    async def check_saves(self) -> None:
        links = await self.list()
        kept = [(each.member, each.message, link.id) for link in links for each in link.saves]
        assert len(kept) == len(set(kept))
        assert {(member, message) for member, message, _ in kept} == set(self.saved)
        for (member, message), urls in self.saved.items():
            for url in urls:
                link = await self.storage.links.find(LOCAL, url, audience=OPERATOR)
                assert link is not None
                assert (member, message) in {(each.member, each.message) for each in link.saves}
        if not self.saved:
            for url in URLS:
                assert await self.storage.links.find(LOCAL, url, audience=OPERATOR) is None

    async def check_privacy(self) -> None:
        for place in PLACES:
            audience = Audience.of_channel(place.channel)
            shown = repr(await self.list(audience))
            shown += repr(await self.storage.concepts.list_concepts(LOCAL, audience=audience))
            query = " ".join(self.told)
            for hit in await self.storage.search.search(LOCAL, query, limit=99, audience=audience):
                shown += repr(hit)
            seen = {word for word in self.told if f"'{word}'" in shown}
            may_know = self.known[place.channel]
            assert {self.told[word] for word in seen} <= may_know, (place, seen)


@pytest.mark.parametrize("seed", range(6))
async def test_every_save_is_kept_once_and_nobody_sees_more(storage: SqlStorage, seed: int) -> None:
    world = World(storage, random.Random(seed))
    acts = [world.save] * 3 + [world.begin_to_read] + [world.read] * 2 + [world.undo]

    for _ in range(30):
        await world.chance.choice(acts)()
        await world.check_saves()
        await world.check_privacy()


async def test_links_do_become_one_in_that_world(storage: SqlStorage) -> None:
    world = World(storage, random.Random(3))

    for _ in range(30):
        await world.save()
    before = len(await world.list())
    for _ in range(10):
        await world.read()

    assert len(await world.list()) < before
