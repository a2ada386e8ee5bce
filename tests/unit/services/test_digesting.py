"""Digests over a real store: what belongs to a period, and who may see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digests import Digest, Style, Tally
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.domain.periods import parse_period
from bot.domain.taste import Vote
from bot.domain.visibility import OPERATOR, Audience
from bot.ports import Storage
from bot.posts import Picture
from bot.services.digesting import DigestingService
from bot.texts import Texts
from storage import open_storage
from tests.compact import compact
from tests.factories import GENERAL, make_archive, make_entry, make_note, make_save

SEOUL = ZoneInfo("Asia/Seoul")
SECRET = Place(ChannelId("secret"), is_private=True)
PUBLIC = Audience.of_channel(ChannelId("general"))


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        yield opened


@pytest.fixture
def digesting(storage: Storage) -> DigestingService:
    return DigestingService(storage.links, storage.notes, storage.signals, texts=Texts.load())


async def _compile(
    digesting: DigestingService,
    period: str,
    *,
    style: Style = Style.WEEKLY,
    audience: Audience = OPERATOR,
    channel: ChannelId | None = None,
) -> Digest:
    return await digesting.compile(
        LOCAL,
        parse_period(period, today=date(2024, 11, 9)),
        style=style,
        language="en",
        zone=SEOUL,
        audience=audience,
        channel=channel,
    )


def _titles(digest: Digest) -> list[str]:
    return [item.title for section in digest.sections for item in section.items]


async def test_days_begin_at_midnight_of_the_zone(
    storage: Storage, digesting: DigestingService
) -> None:
    # 15:00 UTC is midnight in Seoul.
    late = make_entry(
        "https://a.example/1", title="Late", saved_at=datetime(2024, 11, 4, 14, 59, tzinfo=UTC)
    )
    early = make_entry(
        "https://b.example/2", title="Early", saved_at=datetime(2024, 11, 4, 15, 0, tzinfo=UTC)
    )
    await storage.archives.import_archive(LOCAL, make_archive(late, early))

    assert _titles(await _compile(digesting, "2024-11-04")) == ["Late"]
    assert _titles(await _compile(digesting, "2024-11-05")) == ["Early"]


async def test_a_clock_that_is_set_back_doubles_no_link(
    storage: Storage, digesting: DigestingService
) -> None:
    noon = datetime(2024, 11, 4, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    await storage.links.save(make_save("https://a.example/1", title="One", saved_at=noon))
    await storage.links.save(make_save("https://a.example/1", saved_at=noon - hour))  # again
    await storage.links.save(
        make_save("https://a.example/1", member="jun", message="two", saved_at=noon - hour)
    )
    await storage.links.save(
        make_save("https://b.example/2", title="Two", message="three", saved_at=noon - hour)
    )

    assert sorted(_titles(await _compile(digesting, "2024-11-04"))) == ["One", "Two"]


async def test_what_was_shared_in_private_stays_there(
    storage: Storage, digesting: DigestingService
) -> None:
    hidden = make_entry("https://a.example/1", "A secret", title="Hidden", place=SECRET)
    open_one = make_entry("https://b.example/2", "No secret", title="Open")
    await storage.archives.import_archive(
        LOCAL,
        make_archive(
            hidden, open_one, notes=(make_note("A whisper", title="Whispers", place=SECRET),)
        ),
    )

    public = await _compile(digesting, "2024-W45", audience=PUBLIC)
    private = await _compile(digesting, "2024-W45", audience=Audience.of_channel(SECRET.channel))

    assert (_titles(public), public.notes) == (["Open"], ())
    assert sorted(_titles(private)) == ["Hidden", "Open"]
    assert [note.title for note in private.notes] == ["Whispers"]


async def test_what_grew_is_compared_with_what_the_reader_may_see(
    storage: Storage, digesting: DigestingService
) -> None:
    week = timedelta(days=7)
    noon = datetime(2024, 11, 6, 12, tzinfo=UTC)
    topics = ("retrieval-rag",)
    before = make_entry("https://a.example/1", topics=topics, saved_at=noon - week)
    hidden = make_entry("https://b.example/2", topics=topics, saved_at=noon - week, place=SECRET)
    older = make_entry("https://c.example/3", topics=topics, saved_at=noon - 2 * week)
    now = make_entry("https://d.example/4", topics=topics, saved_at=noon)
    await storage.archives.import_archive(LOCAL, make_archive(before, hidden, older, now))

    public = await _compile(digesting, "2024-W45", style=Style.NEWSLETTER, audience=PUBLIC)
    everything = await _compile(digesting, "2024-W45", style=Style.NEWSLETTER)

    assert public.topics == (Tally("Retrieval and RAG", 1, 1),)
    assert everything.topics == (Tally("Retrieval and RAG", 1, 2),)


async def test_the_chart_counts_and_names_what_the_reader_may_see(
    storage: Storage, digesting: DigestingService
) -> None:
    week = timedelta(days=7)
    noon = datetime(2024, 11, 6, 12, tzinfo=UTC)
    for number in range(12):
        place, member = (SECRET, "sora") if number % 4 == 3 else (GENERAL, "mina")
        saved_at = noon - week if number < 8 else noon
        url, message = f"https://{number}.example/", f"m{number}"
        await storage.links.save(
            make_save(
                url,
                member=member,
                member_name=member,
                message=message,
                place=place,
                saved_at=saved_at,
            )
        )
    again = make_save(
        "https://8.example/", member="joon", member_name="joon", message="again", saved_at=noon
    )
    await storage.links.save(again)

    public = (await _compile(digesting, "2024-W45", audience=PUBLIC)).chart
    everything = (await _compile(digesting, "2024-W45")).chart

    assert public is not None
    assert everything is not None
    assert [total.count for total in public.totals] == [3, 6]
    assert [total.count for total in everything.totals] == [4, 8]
    assert [bar.label for bar in public.panels[-1].bars] == ["mina", "joon"]
    assert "sora" not in repr(public)
    assert "sora" in repr(everything)


async def test_a_daily_digest_tells_what_a_note_of_the_day_analyses(
    storage: Storage, digesting: DigestingService
) -> None:
    entry = make_entry("https://a.example/1", title="Arms at half price", label="Robots")
    notes = (
        make_note("- Cheaper arms", title="Report", heading="Robots › Main subjects"),
        make_note("Arms are cheap.", title="Report", heading="Robots › Final summary"),
    )
    await storage.archives.import_archive(LOCAL, make_archive(entry, notes=notes))

    digest = await _compile(digesting, "2024-11-04", style=Style.DAILY)

    (section,) = digest.sections
    assert section.heading == "Robots"
    assert section.analysis is not None
    assert [each.text for each in section.analysis.subjects] == ["Cheaper arms"]
    assert [each.text for each in section.analysis.conclusion] == ["Arms are cheap."]
    assert digest.notes == ()


@pytest.mark.parametrize("style", list(Style))
async def test_the_same_archive_gives_the_same_posts_twice(
    style: Style, storage: Storage, digesting: DigestingService
) -> None:
    entries = [make_entry(f"https://{n}.example/", f"Point {n}") for n in range(15)]
    await storage.archives.import_archive(LOCAL, make_archive(*entries))

    first, second = [await _compile(digesting, "2024-W45", style=style) for _ in range(2)]

    assert digesting.document(first) == digesting.document(second)
    assert digesting.chat(first) == digesting.chat(second)


async def test_the_chart_is_in_both_posts_with_its_counts_in_words(
    storage: Storage, digesting: DigestingService
) -> None:
    entry = make_entry("https://a.example/1", topics=("retrieval-rag",))
    await storage.archives.import_archive(LOCAL, make_archive(entry))

    digest = await _compile(digesting, "2024-W45")

    picture = Picture("chart.png", "Links by topic: Retrieval and RAG 1", b"png")
    assert picture in digesting.document(digest, picture=b"png").blocks
    assert picture in digesting.chat(digest, picture=b"png").blocks


async def test_an_empty_period_is_answered(digesting: DigestingService) -> None:
    digest = await _compile(digesting, "2024-W45")

    assert digest.reason in compact(digesting.chat(digest))


async def test_an_empty_period_names_the_day_that_is_nearest_to_what_its_reader_may_see(
    storage: Storage, digesting: DigestingService
) -> None:
    shared = await storage.links.save(make_save("https://a.example/1"))
    hidden = make_save("https://b.example/2", message="other")
    later = replace(hidden, place=SECRET, saved_at=hidden.saved_at + timedelta(days=9))
    await storage.links.save(later)
    day = f"{shared.link.saved_at.astimezone(SEOUL):%Y-%m-%d}"

    for period in ("2019-W02", "2031-W02"):
        digest = await _compile(digesting, period, audience=PUBLIC)

        assert day in digest.reason
        assert "React to a message" in digest.reason
        assert not digest.sections


async def test_an_empty_period_names_the_nearest_days_on_both_sides_the_nearest_first(
    storage: Storage, digesting: DigestingService
) -> None:
    for number, month in enumerate((3, 6, 9)):
        entry = make_entry(
            f"https://a.example/{number}", saved_at=datetime(2024, month, 20, 3, tzinfo=UTC)
        )
        await storage.archives.import_archive(LOCAL, make_archive(entry))

    early, late = [
        (await _compile(digesting, period, audience=PUBLIC)).reason
        for period in ("2024-04", "2024-05")
    ]

    assert "2024-09" not in early + late
    assert early.index("2024-03-20") < early.index("2024-06-20")
    assert late.index("2024-06-20") < late.index("2024-03-20")


async def test_what_many_channels_may_see_is_compiled_once_and_anew_when_it_changes(
    storage: Storage, digesting: DigestingService
) -> None:
    await storage.archives.import_archive(LOCAL, make_archive(make_entry("https://a.example/1")))
    here, there = (Audience.of_channel(ChannelId(name)) for name in ("here", "there"))
    first = await _compile(digesting, "2024-W45", audience=here)

    again = await _compile(digesting, "2024-W45", audience=there)
    await storage.links.save(make_save("https://b.example/2", title="Two", message="another"))
    changed = await _compile(digesting, "2024-W45", audience=there)

    assert again is first
    assert "Two" in _titles(changed)


async def test_a_month_of_very_many_links_is_compiled_once_too(
    storage: Storage, digesting: DigestingService
) -> None:
    entries = [make_entry(f"https://a.example/{number}") for number in range(120)]
    await storage.archives.import_archive(LOCAL, make_archive(*entries))

    first = await _compile(digesting, "2024-11")

    assert len(first.links) == 120
    assert await _compile(digesting, "2024-11") is first


async def test_a_vote_counts_in_its_channel_alone_and_until_it_is_taken_back(
    storage: Storage, digesting: DigestingService
) -> None:
    here, there = ChannelId("here"), ChannelId("there")
    link = (await storage.links.save(make_save("https://b.example/2", title="Two"))).link
    day = f"{link.saved_at.astimezone(SEOUL):%Y-%m-%d}"
    plain = await _compile(digesting, day, channel=here)

    vote = Vote.on(link, by=MemberId("joon"), is_liked=False, at=link.saved_at)
    await storage.signals.vote(LOCAL, here, vote)
    voted = await _compile(digesting, day, channel=here)
    elsewhere = await _compile(digesting, day, channel=there)
    await storage.signals.take_back(LOCAL, here, member=vote.member, link=link.id)

    assert _score(voted) < _score(plain) == _score(elsewhere)
    assert await _compile(digesting, day, channel=here) == plain


def _score(digest: Digest) -> int:
    (section,) = digest.sections
    (item,) = section.items
    return item.score
