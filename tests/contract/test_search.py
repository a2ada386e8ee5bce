"""What every search index promises: who sees what, a total order, nothing that is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations, product

import pytest

from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    LinkId,
    MemberId,
    MessageId,
    NewSave,
    Passage,
    Place,
    SearchHit,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR, Audience, is_visible
from storage import SqlStorage
from tests.factories import (
    GENERAL,
    MINA,
    NOON,
    make_archive,
    make_entry,
    make_note,
    make_page,
    make_save,
    make_understanding,
)

OTHER = WorkspaceId("slack:T1")
EVERYONE = Audience()


async def search(
    storage: SqlStorage,
    query: str,
    *,
    audience: Audience = EVERYONE,
    limit: int = 100,
    workspace: WorkspaceId = LOCAL,
) -> Sequence[SearchHit]:
    return await storage.search.search(workspace, query, limit=limit, audience=audience)


async def texts(storage: SqlStorage, query: str, audience: Audience = EVERYONE) -> list[str]:
    return [hit.text for hit in await search(storage, query, audience=audience)]


async def read(
    storage: SqlStorage, save: NewSave, *parts: str, title: str = "", heading: str = ""
) -> LinkId:
    """Save a link and keep its page with these passages."""
    saved = await storage.links.save(save)
    await storage.links.store_page(
        save.workspace,
        saved.link.id,
        make_page(save.url, title=title),
        make_understanding(),
        [Passage(part, heading) for part in parts],
    )
    return saved.link.id


@pytest.fixture
async def page(storage: SqlStorage) -> LinkId:
    return await read(
        storage,
        make_save("https://example.org/index?utm_source=chat"),
        "색인은 밤마다 새로 만든다.",
        title="Nightly indexing",
        heading="How it works",
    )


async def test_a_hit_carries_what_a_citation_needs(storage: SqlStorage, page: LinkId) -> None:
    (hit,) = await search(storage, "색인을 언제 만드나요?")

    assert (hit.link, hit.note) == (page, None)
    assert hit.title == "Nightly indexing"
    assert hit.heading == "How it works"
    assert hit.url == "https://example.org/index?utm_source=chat"
    assert hit.said_at == NOON


@pytest.mark.parametrize("query", ["nightly", "works", "밤마다", "INDEXED how?"])
async def test_titles_headings_and_texts_are_searched(
    storage: SqlStorage, page: LinkId, query: str
) -> None:
    assert [hit.link for hit in await search(storage, query)] == [page]


@pytest.mark.parametrize("query", ["", "?!", "the of and", "nothing like that", "0x 1x"])
async def test_a_query_whose_words_do_not_occur_finds_nothing(
    storage: SqlStorage, page: LinkId, query: str
) -> None:
    assert await search(storage, query) == []


@pytest.mark.parametrize(
    "query",
    [
        '"nightly',
        "nightly AND NOT nightly",
        "body : nightly*",
        "NEAR(nightly indexing, 2)",
        "nightly) OR (title:x",
        "^nightly + 'indexing' -- ; DROP TABLE passages",
        "nightly\x00 {indexing}",
    ],
)
async def test_query_syntax_means_nothing(storage: SqlStorage, page: LinkId, query: str) -> None:
    assert [hit.link for hit in await search(storage, query)] == [page]


async def test_a_question_of_ten_thousand_characters_is_cut_to_what_tells_most(
    storage: SqlStorage, page: LinkId
) -> None:
    filler = " ".join(f"word{n}" for n in range(1_000))

    assert [hit.link for hit in await search(storage, f"밤마다 색인 {filler}"[:10_000])] == [page]


async def test_a_rarer_word_counts_more(storage: SqlStorage) -> None:
    for n in range(8):
        await read(storage, make_save(f"https://example.org/{n}"), "An index of queues.")
    rare = await read(storage, make_save("https://example.org/rare"), "A walrus sleeps here.")

    assert (await search(storage, "index walrus"))[0].link == rare


async def test_equal_passages_are_ordered_by_id(storage: SqlStorage) -> None:
    for n in range(6):
        await read(storage, make_save(f"https://example.org/{n}"), "The same words.")

    first = await search(storage, "same words")

    assert [hit.passage for hit in first] == sorted(hit.passage for hit in first)
    assert len(first) == 6
    assert list(await search(storage, "same words", limit=4)) == list(first[:4])


async def test_one_page_does_not_fill_the_list(storage: SqlStorage) -> None:
    await read(storage, make_save("https://example.org/long"), *["Index, index."] * 6)
    other = await read(storage, make_save("https://example.org/short"), "One index of many words.")

    found = [hit.link for hit in await search(storage, "index", limit=3)]

    assert found[-1] == other


async def test_workspaces_do_not_see_or_move_each_other(storage: SqlStorage) -> None:
    await read(storage, make_save("https://example.org/a"), "queues and walrus")
    await read(storage, make_save("https://example.org/b"), "queues of requests")
    before = await search(storage, "queues walrus")

    await storage.workspaces.ensure(OTHER, name="Other")
    for n in range(9):
        save = make_save(f"https://example.org/{n}", workspace=OTHER)
        await read(storage, save, "walrus walrus queues " * n)

    assert await search(storage, "queues walrus") == before
    there = await search(storage, "queues walrus", workspace=OTHER)
    assert len(there) == 8
    assert not {hit.link for hit in there} & {hit.link for hit in before}


async def test_an_unknown_workspace_finds_nothing(storage: SqlStorage, page: LinkId) -> None:
    assert await search(storage, "nightly", workspace=OTHER) == []
    assert (await storage.search.measure(OTHER, ["nightli"])).passages == 0


async def test_what_nobody_keeps_is_found_no_more(storage: SqlStorage, page: LinkId) -> None:
    await read(storage, make_save("https://example.org/b", message="two"), "밤에는 쉰다.")

    await storage.links.undo_saves(LOCAL, member=MINA, message=MessageId("two"), emoji="📜")

    assert await texts(storage, "밤에는") == []
    measured = await storage.search.measure(LOCAL, ["밤에", "색인"])
    assert measured.passages == 1
    assert dict(measured.passages_with) == {"색인": 1}


async def test_averages_follow_deletions(storage: SqlStorage, page: LinkId) -> None:
    before = await storage.search.measure(LOCAL, ["색인"])
    await read(storage, make_save("https://example.org/b", message="two"), "word " * 90)

    await storage.links.undo_saves(LOCAL, member=MINA, message=MessageId("two"), emoji="📜")

    assert await storage.search.measure(LOCAL, ["색인"]) == before


async def test_a_term_is_found_under_its_other_name(storage: SqlStorage) -> None:
    beacon = Concept("등대", other_name="Beacon")
    await storage.archives.import_archive(LOCAL, make_archive(concepts=(beacon,)))
    await read(storage, make_save("https://example.org/en"), "A beacon of queues.")
    await read(storage, make_save("https://example.org/ko"), "등대는 밤마다 만든다.")

    assert await texts(storage, "등대는 언제?") == ["등대는 밤마다 만든다.", "A beacon of queues."]
    assert await texts(storage, "BEACON when?") == ["A beacon of queues.", "등대는 밤마다 만든다."]


async def test_a_private_term_widens_no_question_of_others(storage: SqlStorage) -> None:
    hidden = Place(ChannelId("secret"), is_private=True)
    archive = make_archive(concepts=(Concept("등대", other_name="beacon"),), place=hidden)
    await storage.archives.import_archive(LOCAL, archive)
    await read(storage, make_save("https://example.org/en"), "A beacon of queues.")

    assert await texts(storage, "등대는 언제?") == []
    assert await texts(storage, "등대는 언제?", Audience.of_channel(ChannelId("secret"))) != []


async def test_a_known_term_is_found_in_the_other_language(storage: SqlStorage) -> None:
    await read(storage, make_save("https://example.org/en"), "Fine-tuning of small models.")

    assert await texts(storage, "미세 조정은 언제?") == ["Fine-tuning of small models."]


async def test_other_names_are_told_to_those_who_may_see_them(storage: SqlStorage) -> None:
    secret = ChannelId("secret")
    archive = make_archive(
        concepts=(Concept("등대", other_name="beacon"),), place=Place(secret, is_private=True)
    )
    await storage.archives.import_archive(LOCAL, archive)

    async def find(audience: Audience) -> list[set[str]]:
        found = await storage.search.find_other_names(LOCAL, "등대는?", audience=audience)
        return [set(name.translation) for name in found]

    assert await find(EVERYONE) == []
    assert await find(Audience.of_channel(secret)) == [{"beacon"}]


async def test_notes_are_found_with_their_headings(storage: SqlStorage) -> None:
    await storage.archives.import_archive(
        LOCAL, make_archive(notes=(make_note("Walrus sleep.", title="Talk", heading="Animals"),))
    )

    (hit,) = await search(storage, "animals walrus")

    assert (hit.link, hit.url, hit.title, hit.said_at) == (None, "", "Talk", NOON)
    assert hit.note


PLACES = [Place(ChannelId(name), private) for name in "ab" for private in (False, True)]
MEMBERS = [MINA, MemberId("jun")]
AUDIENCES = [
    Audience(channels=frozenset(map(ChannelId, channels)), member=member)
    for size in range(3)
    for channels in combinations("ab", size)
    for member in (None, *MEMBERS)
]


async def test_exactly_what_the_audience_may_see_is_found(storage: SqlStorage) -> None:
    """A page follows any visible save, an archive's text its own save, a note its place."""
    said: dict[str, list[tuple[Place, MemberId]]] = {}
    for n, saved in enumerate(combinations(product(PLACES, MEMBERS), 2)):
        for place, member in saved:
            url, message = f"https://example.org/{n}", f"{place.channel} {place.is_private}"
            save = make_save(url, place=place, member=member, message=message)
            await read(storage, save, f"walrus {n}")
        said[f"walrus {n}"] = list(saved)
    for n, (place, member) in enumerate(product(PLACES, MEMBERS)):
        entry = make_entry(
            f"https://example.org/entry{n}", f"entry walrus {n}", place=place, member=member
        )
        note = make_note(f"note walrus {n}", title=f"Note {n}", place=place, member=member)
        archive = make_archive(entry, notes=(note,), place=place, member=member)
        await storage.archives.import_archive(LOCAL, archive)
        said[f"entry walrus {n}"] = [(place, member)]
        said[f"note walrus {n}"] = [(place, member)]

    for audience in (*AUDIENCES, OPERATOR):
        allowed = {
            text
            for text, sources in said.items()
            if any(is_visible(place, member, audience=audience) for place, member in sources)
        }
        assert set(await texts(storage, "walrus", audience)) == allowed


async def test_a_citation_names_only_what_its_readers_may_see(storage: SqlStorage) -> None:
    hidden = Place(ChannelId("secret"), is_private=True)
    early = NOON - timedelta(days=1)
    url = "https://example.org/a"
    await read(storage, make_save(f"{url}?utm_source=secret", place=hidden, saved_at=early), "x")
    await read(storage, make_save(url, place=GENERAL, message="two"), "walrus")

    (everyone,) = await search(storage, "walrus")
    (insider,) = await search(storage, "walrus", audience=Audience.of_channel(ChannelId("secret")))

    assert (everyone.url, everyone.said_at) == (url, NOON)
    assert (insider.url, insider.said_at) == (f"{url}?utm_source=secret", early)
