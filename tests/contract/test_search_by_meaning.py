"""Search by meaning on every database: what is found, by whom, and what becomes of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from bot.domain.asking_models import Stage
from bot.domain.jobs import Job, JobId, JobKind, JobState
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Kind,
    LinkFilter,
    MemberId,
    MessageId,
    Passage,
    PassageId,
    Place,
    SearchHit,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR, Audience, is_visible
from bot.errors import ModelUnavailable
from bot.ports import NoMeter
from bot.services.embedding import EmbeddingService, SearchByMeaning
from bot.services.spending import Accounts
from storage import SqlStorage, open_storage
from tests.factories import MINA, make_page, make_save, make_understanding
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder

GENERAL, SECRET = Place(ChannelId("general")), Place(ChannelId("secret"), is_private=True)
CATS = "고양이 cat"
DOGS = "강아지 dog"


class World:
    def __init__(self, storage: SqlStorage, embedder: FakeEmbedder, *, cap: int = 0) -> None:
        clock = FakeClock()
        self.storage, self.embedder = storage, embedder
        self.accounts = Accounts(storage.models, clock=clock, zone=ZoneInfo("UTC"), cap=cap)
        self.embedding = EmbeddingService(
            embedder,
            storage.vectors,
            storage.workspaces,
            storage.jobs,
            accounts=self.accounts,
            meter=NoMeter(),
            patience_s=0.05 if embedder.hangs else 5.0,
        )
        self.search = SearchByMeaning(storage.search, self.embedding)

    async def read(self, url: str, text: str, place: Place = GENERAL) -> None:
        saved = await self.storage.links.save(make_save(url, place=place, message=url))
        page, parts = make_page(url, title=""), [Passage(text)]
        link = saved.link.id
        await self.storage.links.store_page(LOCAL, link, page, make_understanding(), parts)

    async def embed(self) -> int:
        """Do all the work that a look orders; return how much there was."""
        await self.embedding.look()
        steps = 0
        now = FakeClock().now()
        arguments = {"workspace": LOCAL}
        job = Job(
            id=JobId(1),
            kind=JobKind.EMBED,
            key="embed",
            arguments=arguments,
            state=JobState.RUNNING,
            tries=1,
            run_at=now,
        )
        while await self.embedding.handle(job) is not None:
            steps += 1
        return steps

    async def find(
        self, query: str, audience: Audience = OPERATOR, which: LinkFilter | None = None
    ) -> list[str]:
        hits: Sequence[SearchHit] = await self.search.search(
            LOCAL, query, limit=9, audience=audience, which=which or LinkFilter()
        )
        return [hit.url for hit in hits]


async def test_another_language_is_found_and_words_still_count(database_url: str) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS, DOGS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/cat", "the cat sleeps")
        await world.read("https://example.org/dog", "the dog barks")
        before = await world.find("고양이")
        steps = await world.embed()

        found = await world.find("고양이")
        said = await world.find("dog")
        cost = await world.accounts.look(LOCAL)

    assert before == []
    assert steps == 1
    assert found[0] == "https://example.org/cat"
    assert said[0] == "https://example.org/dog"
    assert [(each.stage, each.usage.tokens_in, each.unpriced) for each in cost.stages] == [
        (Stage.SEARCH, 40, 3)
    ]


@pytest.mark.parametrize(
    "audience",
    [
        OPERATOR,
        Audience(),
        Audience.of_channel(SECRET.channel),
        Audience.of_channel(GENERAL.channel),
        Audience(member=MINA),
        Audience(member=MemberId("somebody")),
    ],
)
async def test_vectors_show_nobody_what_they_may_not_see(
    audience: Audience, database_url: str
) -> None:
    pages = {"https://example.org/open": GENERAL, "https://example.org/hidden": SECRET}
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        for url, place in pages.items():
            await world.read(url, "the cat sleeps", place)
        await world.embed()

        found = await world.find("고양이", audience)
        filtered = await world.find("고양이", audience, LinkFilter(members=frozenset({MINA})))
        of_none = await world.find("고양이", audience, LinkFilter(kind=Kind.FUN, topic="none"))

    seen = {url for url, place in pages.items() if is_visible(place, MINA, audience=audience)}
    assert set(found) == set(filtered) == seen
    assert of_none == []


async def test_a_vector_goes_with_its_passage_and_a_new_page_gets_one(database_url: str) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/one", "the cat sleeps")
        await world.embed()
        one = await world.find("고양이")
        message = MessageId("https://example.org/one")
        await storage.links.undo_saves(LOCAL, member=MINA, message=message, emoji=None)
        gone = await world.find("고양이")
        await world.read("https://example.org/two", "a cat again")
        await world.embed()

        two = await world.find("고양이")

    assert (one, gone, two) == (["https://example.org/one"], [], ["https://example.org/two"])


async def test_what_is_gone_before_its_vector_comes_keeps_none_from_the_others(
    database_url: str,
) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/cat", "the cat sleeps")
        name = world.embedder.name
        ((there, _),) = await storage.vectors.list_lacking(LOCAL, name, None, limit=9)

        await storage.vectors.keep(LOCAL, name, {there: [1.0], PassageId(there + 1): [1.0]})

        assert await storage.vectors.list_lacking(LOCAL, name, 1, limit=9) == []


async def test_another_model_or_length_is_embedded_anew_and_words_find_meanwhile(
    database_url: str,
) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/cat", "the cat sleeps")
        await world.embed()

        world.embedder.meanings.append(frozenset(DOGS.split()))  # a vector is longer by one now
        meanwhile = await world.find("고양이 cat")
        longer = await world.embed()
        other = World(storage, FakeEmbedder(CATS, name="other-embedder"))
        anew = await other.embed()
        found = await other.find("고양이")

    assert meanwhile == found == ["https://example.org/cat"]
    assert (longer, anew) == (1, 1)


async def test_a_server_that_is_down_or_a_cap_leaves_the_words(database_url: str) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/cat", "the cat sleeps")
        world.embedder.trouble = ModelUnavailable("timeout")
        while_down = await world.find("cat")
        with pytest.raises(ModelUnavailable):  # its job is tried again
            await world.embed()
        silent = FakeEmbedder(CATS)
        silent.hangs = True
        while_silent = await World(storage, silent).find("cat")
        capped = World(storage, FakeEmbedder(CATS), cap=1)
        at_cap = await capped.find("cat")
        steps = await capped.embed()

    assert while_down == while_silent == at_cap == ["https://example.org/cat"]
    assert (steps, capped.embedder.asked) == (0, [])


async def test_a_link_means_what_its_first_passages_do_to_those_who_see_them(
    database_url: str,
) -> None:
    async with open_storage(database_url) as storage:
        world = World(storage, FakeEmbedder(CATS, DOGS))
        await storage.workspaces.ensure(LOCAL, name="Local")
        await world.read("https://example.org/cat", "the cat sleeps")
        await world.read("https://example.org/dog", "the dog barks", SECRET)
        await world.embed()
        await world.read("https://example.org/new", "a cat and a dog")
        links = {
            link.url: link.id
            for link in await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
        }
        ask, model = storage.vectors.list_of, world.embedder.name

        everything = await ask(LOCAL, model, links.values(), OPERATOR)
        public = await ask(LOCAL, model, links.values(), Audience())
        of_one = await ask(LOCAL, model, [links["https://example.org/dog"]], OPERATOR)
        of_other_model = await ask(LOCAL, "other", links.values(), OPERATOR)
        elsewhere = await ask(WorkspaceId("slack:T1"), model, links.values(), OPERATOR)

    cat, dog = links["https://example.org/cat"], links["https://example.org/dog"]
    assert set(everything) == {cat, dog}
    assert everything[cat][1] > everything[cat][2] == 0
    assert everything[dog][2] > everything[dog][1] == 0
    assert set(public) == {cat}
    assert set(of_one) == {dog}
    assert of_other_model == elsewhere == {}
