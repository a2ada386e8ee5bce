"""What the link store promises about what a language model made of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    Engine,
    Kind,
    LinkRecord,
    Place,
    Point,
    Summary,
    Understanding,
)
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from tests.factories import NOON, make_page, make_save, make_understanding

EVERYONE = Audience()
PRIVATE = Place(ChannelId("secrets"), is_private=True)


def written(text: str, *, language: str = "ko", **fields: object) -> Understanding:
    summary = Summary((Point(text),), Engine.MODEL, language, f"model 1 {language}")
    return replace(Understanding(Kind.NEWS, ("agents",), summary), **fields)  # type: ignore[arg-type]  # fields of it


async def read(
    storage: SqlStorage, *, kind: Kind = Kind.DEV, topics: tuple[str, ...] = ()
) -> LinkRecord:
    saved = await storage.links.save(make_save(kind=None))
    page = make_page(title="A page")
    made = make_understanding("As the page says.", kind=kind, topics=topics)
    await storage.links.store_page(LOCAL, saved.link.id, page, made, [])
    return await look(storage, saved.link)


async def look(storage: SqlStorage, link: LinkRecord) -> LinkRecord:
    return await storage.links.get(LOCAL, link.id, audience=OPERATOR)


async def write(storage: SqlStorage, link: LinkRecord, made: Understanding) -> None:
    await storage.links.store_understanding(LOCAL, link.id, made, read_at=link.read_at)


async def test_what_a_model_wrote_stands_before_what_we_took_from_the_page(
    storage: SqlStorage,
) -> None:
    link = await read(storage)

    await write(storage, link, written("모델의 요약"))

    after = await look(storage, link)
    assert after.summary == Summary((Point("모델의 요약"),), Engine.MODEL, "ko", "model 1 ko")
    assert [each.engine for each in after.summaries] == [Engine.MODEL, Engine.EXTRACTIVE]


@pytest.mark.parametrize(("ours", "told"), [(Kind.DEV, Kind.DEV), (Kind.FUN, Kind.NEWS)])
async def test_what_we_could_place_stays_there_whatever_a_model_says(
    storage: SqlStorage, ours: Kind, told: Kind
) -> None:
    link = await read(storage, kind=ours, topics=())

    await write(storage, link, written("모델의 요약"))

    after = await look(storage, link)
    assert (after.kind, after.topics) == (told, ("agents",))


async def test_topics_that_we_found_stand_before_a_models(storage: SqlStorage) -> None:
    link = await read(storage, topics=("science",))

    await write(storage, link, written("모델의 요약"))

    assert (await look(storage, link)).topics == ("science",)


async def test_of_each_language_the_last_one_is_kept(storage: SqlStorage) -> None:
    link = await read(storage)

    for text, language in (("첫째", "ko"), ("in English", "en"), ("둘째", "ko")):
        await write(storage, link, written(text, language=language))

    told = [(each.language, each.points[0].text) for each in (await look(storage, link)).summaries]
    assert told == [("ko", "둘째"), ("en", "in English"), ("", "As the page says.")]


async def test_nothing_is_kept_of_a_page_that_was_read_anew_meanwhile(
    storage: SqlStorage,
) -> None:
    link = await read(storage)
    page, made = make_page(title="Another"), make_understanding("Another.", kind=Kind.DEV)
    await storage.links.store_page(LOCAL, link.id, page, made, [])

    await write(storage, link, written("of the old page"))

    assert [each.engine for each in (await look(storage, link)).summaries] == [Engine.EXTRACTIVE]


async def test_reading_a_page_anew_takes_along_what_a_model_made_of_it(
    storage: SqlStorage,
) -> None:
    link = await read(storage)
    await write(storage, link, written("of the old page"))

    page, made = make_page(title="Another"), make_understanding("Another.", kind=Kind.DEV)
    await storage.links.store_page(LOCAL, link.id, page, made, [])

    assert [each.engine for each in (await look(storage, link)).summaries] == [Engine.EXTRACTIVE]


async def test_a_concept_is_given_once_however_often_it_is_written(storage: SqlStorage) -> None:
    link = await read(storage)
    queue = Concept("대기열", "차례를 기다리는 줄", "queue")

    for _ in range(2):
        await write(storage, link, written("요약", concepts=(queue,)))

    assert (await look(storage, link)).concepts.count(queue) == 1
    assert list(await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)).count(queue) == 1


async def test_what_is_made_of_a_private_text_is_seen_where_the_text_is(
    storage: SqlStorage,
) -> None:
    secret = await storage.links.save(make_save(kind=None, place=PRIVATE, message="p"))
    await storage.links.save(make_save(kind=None, member="jun", message="q"))
    page, made = make_page(title="Pasted"), make_understanding("Pasted.", kind=Kind.DEV)
    await storage.links.store_text(LOCAL, secret.save, page, made, [])
    link = await look(storage, secret.link)

    await write(storage, link, written("비밀 요약", concepts=(Concept("비밀", "숨긴 뜻"),)))

    insiders = Audience.of_channel(PRIVATE.channel)
    inside = await storage.links.get(LOCAL, link.id, audience=insiders)
    outside = await storage.links.get(LOCAL, link.id, audience=EVERYONE)
    assert inside.summary is not None
    assert inside.summary.points == (Point("비밀 요약"),)
    assert (outside.summary, outside.summaries, outside.concepts) == (None, (), ())
    assert list(await storage.concepts.list_concepts(LOCAL, audience=EVERYONE)) == []


async def test_a_digest_that_was_prepared_stays_as_it_is_when_a_model_wrote_of_its_links(
    storage: SqlStorage,
) -> None:
    link = await read(storage)
    window = {"since": NOON - timedelta(days=1), "until": NOON + timedelta(days=1)}
    before = await storage.deliveries.fingerprint(LOCAL, **window)

    await write(storage, link, written("요약"))

    assert await storage.deliveries.fingerprint(LOCAL, **window) == before
