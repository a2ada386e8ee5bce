"""What filters of a search promise: chosen before candidates are, and the same as a list's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Engine,
    Kind,
    LinkFilter,
    LinkId,
    MemberId,
    NewSave,
    Passage,
    Place,
    Point,
    SearchHit,
    Sharer,
    Summary,
    Understanding,
)
from bot.domain.visibility import OPERATOR, Audience
from storage import SqlStorage
from storage.search.words import CANDIDATES
from tests.factories import (
    GENERAL,
    NOON,
    make_archive,
    make_entry,
    make_note,
    make_page,
    make_save,
    make_understanding,
)

DAY = timedelta(days=1)
SECRET = Place(ChannelId("secret"), is_private=True)
EVERYONE = Audience()
INSIDE = Audience.of_channel(SECRET.channel)
JUN = MemberId("jun")


async def search(
    storage: SqlStorage, which: LinkFilter, *, audience: Audience = EVERYONE, limit: int = 100
) -> Sequence[SearchHit]:
    return await storage.search.search(LOCAL, "walrus", limit=limit, audience=audience, which=which)


async def titles(
    storage: SqlStorage, which: LinkFilter, audience: Audience = EVERYONE
) -> list[str]:
    return [hit.title for hit in await search(storage, which, audience=audience)]


async def read(
    storage: SqlStorage,
    *saves: NewSave,
    kind: Kind = Kind.DEV,
    topics: tuple[str, ...] = (),
    text: str = "A walrus sleeps.",
) -> LinkId:
    """Save one link and read its page, whose title is the last part of its address."""
    links = [(await storage.links.save(save)).link.id for save in saves]
    url = saves[0].url
    page = make_page(url, title=url.rpartition("/")[2])
    understanding = make_understanding("A point.", kind=kind, topics=topics)
    await storage.links.store_page(LOCAL, links[0], page, understanding, [Passage(text)])
    return links[0]


def save(
    name: str,
    *,
    day: int = 0,
    member: str = "mina",
    place: Place = GENERAL,
    kind: Kind | None = None,
) -> NewSave:
    return make_save(
        f"https://example.org/{name}",
        message=f"{name}:{member}:{day}",
        member=member,
        member_name=member.title(),
        place=place,
        saved_at=NOON + day * DAY,
        kind=kind,
    )


@pytest.fixture
async def filled(storage: SqlStorage) -> SqlStorage:
    """Hold links that differ by audience in kind, and notes; some know no kind from people."""
    await read(storage, save("page"), kind=Kind.NEWS, topics=("retrieval-rag",))
    await read(storage, save("said", kind=Kind.PAPER), kind=Kind.NEWS, topics=("programming",))
    await read(
        storage,
        save("twice", day=1),
        save("twice", day=5, member=JUN, place=SECRET, kind=Kind.FUN),
        topics=("programming", "retrieval-rag"),
    )
    await read(storage, save("hidden", day=2, place=SECRET, kind=Kind.PAPER))
    under = make_entry(
        "https://example.org/code", "The code of a walrus.", title="code", kind=Kind.DEV
    )
    entry = make_entry(
        "https://example.org/entry",
        "An entry on the walrus.",
        title="entry",
        saved_at=NOON + 3 * DAY,
        kind=Kind.PAPER,
        topics=("retrieval-rag",),
        related=(under,),
    )
    note = make_note("A walrus was mentioned.", title="note", noted_at=NOON + 2 * DAY)
    await storage.archives.import_archive(LOCAL, make_archive(entry, notes=(note,)))
    return storage


async def test_a_filter_of_nothing_filters_nothing(filled: SqlStorage) -> None:
    plain = await filled.search.search(LOCAL, "walrus", limit=100, audience=EVERYONE)

    assert await search(filled, LinkFilter()) == plain


# Each of the values at least once with each other: all combinations take a minute.
_DAYS = [(None, None), (0, 2), (3, None), (None, 4), (5, 6)]
_MEMBERS = [(), ("mina",), ("jun",), ("import", "jun")]
_KINDS = [None, *Kind]
_TOPICS = [None, "retrieval-rag", "programming"]


def some_filters() -> list[LinkFilter]:
    return [
        LinkFilter(
            since=None if days[0] is None else NOON + days[0] * DAY,
            until=None if days[1] is None else NOON + days[1] * DAY,
            kind=kind,
            topic=topic,
            members=frozenset(map(MemberId, members)),
        )
        for n, (kind, topic) in enumerate(product(_KINDS, _TOPICS))
        for days, members in [(_DAYS[0], _MEMBERS[0]), (_DAYS[n % 5], _MEMBERS[n % 4])]
    ]


@pytest.mark.parametrize("audience", [EVERYONE, INSIDE, OPERATOR], ids=["all", "inside", "op"])
async def test_what_is_found_is_what_a_list_has(filled: SqlStorage, audience: Audience) -> None:
    for which in some_filters():
        listed = await filled.links.list_links(LOCAL, which, audience=audience)
        hits = await search(filled, which, audience=audience)

        found = {hit.title for hit in hits if hit.link is not None}
        assert found - {"code"} == {link.title for link in listed}


async def test_what_stands_under_an_entry_is_of_its_day_and_has_a_kind(filled: SqlStorage) -> None:
    on_its_day = LinkFilter(since=NOON + 3 * DAY, until=NOON + 4 * DAY)

    assert set(await titles(filled, on_its_day)) == {"entry", "code"}
    assert await titles(filled, LinkFilter(since=NOON + 3 * DAY, kind=Kind.DEV)) == ["code"]


async def test_a_note_has_a_day_and_a_member_but_no_kind_and_no_topic(filled: SqlStorage) -> None:
    on_its_day = LinkFilter(since=NOON + 2 * DAY, until=NOON + 3 * DAY)

    assert await titles(filled, on_its_day) == ["note"]
    assert await titles(filled, replace(on_its_day, members=frozenset({JUN}))) == []
    assert await titles(filled, replace(on_its_day, kind=Kind.NEWS)) == []
    assert await titles(filled, replace(on_its_day, topic="programming")) == []


async def test_candidates_are_chosen_among_what_passes(storage: SqlStorage) -> None:
    near = [
        make_entry(f"https://example.org/{n}", "Walrus, walrus, walrus.", title=f"{n}")
        for n in range(CANDIDATES + 20)
    ]
    far = make_entry(
        "https://example.org/far",
        f"A walrus {'among many other words ' * 20}",
        title="far",
        kind=Kind.NEWS,
    )
    await storage.archives.import_archive(LOCAL, make_archive(*near, far))

    assert "far" not in await titles(storage, LinkFilter())
    assert await titles(storage, LinkFilter(kind=Kind.NEWS)) == ["far"]


async def test_the_day_of_a_hit_is_that_of_a_save_that_passes(filled: SqlStorage) -> None:
    (hit,) = await search(filled, LinkFilter(since=NOON + 5 * DAY), audience=INSIDE)

    assert hit.title == "twice"
    assert hit.said_at == NOON + 5 * DAY


async def test_the_kind_is_what_these_readers_are_told(filled: SqlStorage) -> None:
    assert "twice" in await titles(filled, LinkFilter(kind=Kind.DEV))
    assert "twice" not in await titles(filled, LinkFilter(kind=Kind.FUN))
    assert "twice" in await titles(filled, LinkFilter(kind=Kind.FUN), INSIDE)


@pytest.mark.parametrize(("ours", "kind"), [("programming", Kind.NEWS), ("", Kind.FUN)])
async def test_of_what_a_model_understood_as_much_counts_as_in_a_list(
    storage: SqlStorage, ours: str, kind: Kind
) -> None:
    link = await read(storage, save("page"), kind=kind, topics=(ours,) if ours else ())
    told = Summary((Point("Told."),), Engine.MODEL, language="ko")
    understood = Understanding(Kind.PAPER, topics=("retrieval-rag",), summary=told)
    record = await storage.links.get(LOCAL, link, audience=OPERATOR)
    await storage.links.store_understanding(LOCAL, link, understood, read_at=record.read_at)

    (listed,) = await storage.links.list_links(LOCAL, LinkFilter(), audience=EVERYONE)
    which = [LinkFilter(topic=topic) for topic in ("programming", "retrieval-rag")]
    which += [LinkFilter(kind=kind) for kind in Kind]
    found = [each for each in which if await titles(storage, each)]
    assert found == [LinkFilter(topic=listed.topics[0]), LinkFilter(kind=listed.kind)]


async def test_sharers_are_told_to_those_who_may_see_what_they_shared(filled: SqlStorage) -> None:
    mina, jun = Sharer(MemberId("mina"), "Mina"), Sharer(JUN, "Jun")
    imported = Sharer(MemberId("import"), "Mina")

    assert await filled.search.list_sharers(LOCAL, audience=EVERYONE) == [imported, mina]
    assert await filled.search.list_sharers(LOCAL, audience=INSIDE) == [jun, imported, mina]
