"""What the concept store promises: who gives a concept, as far as the readers may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.concepts import ConceptSource
from bot.domain.models import LOCAL, ChannelId, Concept, LinkId, MemberId, Place, WorkspaceId
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from tests.factories import NOON, make_archive, make_page, make_save, make_understanding

SECRET = Place(ChannelId("secret"), is_private=True)
INSIDE = Audience.of_channel(SECRET.channel)
EVERYONE = Audience()
QUEUE = Concept("queue", "A queue is a line.", "대기열")
OTHERS = WorkspaceId("slack:T1")


async def read(storage: SqlStorage, link: LinkId, *concepts: Concept) -> None:
    made = make_understanding("A sentence.", concepts=concepts)
    await storage.links.store_page(LOCAL, link, make_page(), made, [])


async def sources(storage: SqlStorage, audience: Audience = EVERYONE) -> list[ConceptSource]:
    return list(await storage.concepts.list_sources(LOCAL, audience=audience))


async def test_a_source_has_the_first_and_last_save_that_its_readers_see(
    storage: SqlStorage,
) -> None:
    link = (await storage.links.save(make_save())).link.id
    day = timedelta(days=1)
    await storage.links.save(make_save(member="jun", saved_at=NOON + day))
    await storage.links.save(make_save(member="ari", place=SECRET, saved_at=NOON - day))
    await storage.links.save(make_save(member="bo", place=SECRET, saved_at=NOON + 2 * day))
    await read(storage, link, QUEUE)

    assert await sources(storage) == [ConceptSource(QUEUE, link, "", NOON, NOON + day)]
    assert await sources(storage, INSIDE) == [
        ConceptSource(QUEUE, link, "", NOON - day, NOON + 2 * day)
    ]


async def test_what_is_private_gives_nothing_to_who_does_not_see_it(storage: SqlStorage) -> None:
    private = make_save("https://a.example/1", place=SECRET, member="ari")
    link = (await storage.links.save(private)).link.id
    await read(storage, link, QUEUE)

    assert await sources(storage) == []
    for audience in (INSIDE, Audience(member=MemberId("ari")), OPERATOR):
        assert [each.link for each in await sources(storage, audience)] == [link]


async def test_sources_come_last_saved_first_and_a_concept_is_in_each(storage: SqlStorage) -> None:
    links = []
    for at in range(3):
        save = make_save(
            f"https://a.example/{at}", message=f"m{at}", saved_at=NOON + timedelta(hours=at)
        )
        links.append((await storage.links.save(save)).link.id)
        await read(storage, links[-1], QUEUE)

    assert [each.link for each in await sources(storage)] == links[::-1]


async def test_a_document_gives_concepts_too_where_it_is_seen(storage: SqlStorage) -> None:
    archive = replace(make_archive(), concepts=(QUEUE,), place=SECRET)
    await storage.archives.import_archive(LOCAL, archive)

    (found,) = await sources(storage, INSIDE)

    assert (found.concept, found.link, found.document) == (QUEUE, None, archive.file.name)
    assert found.first_at == found.last_at == archive.file.changed_at
    assert await sources(storage) == []


async def test_nothing_crosses_a_workspace(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(OTHERS, name="others")
    link = (await storage.links.save(make_save())).link.id
    await read(storage, link, QUEUE)

    assert await storage.concepts.list_sources(OTHERS, audience=OPERATOR) == []


async def test_a_save_taken_back_takes_its_concepts_along(storage: SqlStorage) -> None:
    save = make_save()
    link = (await storage.links.save(save)).link.id
    await read(storage, link, QUEUE)

    await storage.links.undo_saves(LOCAL, member=save.member, message=save.message, emoji=None)

    assert await sources(storage, OPERATOR) == []
