"""A digest that was compiled ahead keeps no text of what nobody saves any more."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import create_engine, text

from bot.domain.digests import Digest, DigestItem, DigestSection, Style
from bot.domain.models import LOCAL, Kind, LinkId, LinkRecord
from bot.domain.periods import parse_period
from bot.domain.visibility import OPERATOR
from storage import SqlStorage
from tests.contract.test_watch_store import make_delivery
from tests.factories import MINA, NOON, make_save

OWN, SHARED = "https://example.com/own", "https://example.com/shared"


async def save(storage: SqlStorage, url: str, *, member: str = MINA) -> LinkRecord:
    outcome = await storage.links.save(make_save(url, member=member, message=f"{url}-{member}"))
    return outcome.link


async def prepare(storage: SqlStorage, id_: str, link: LinkId) -> None:
    item = DigestItem(link, "https://x", "A title", Kind.PAPER, "", NOON.date(), (), None)
    digest = Digest(
        period=parse_period("2024-11-04", today=NOON.date()),
        style=Style.WEEKLY,
        language="en",
        title="Week",
        sections=(DigestSection("Papers", "", (item,)),),
        chart=None,
    )
    await storage.deliveries.prepare(
        replace(make_delivery(id_), subscription=id_), digest, fingerprint="f"
    )


def kept(database_url: str) -> int:
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(digest) FROM deliveries")) or 0)
    finally:
        engine.dispose()


async def test_it_goes_with_the_last_save_of_a_link_that_it_tells(
    storage: SqlStorage, database_url: str
) -> None:
    own, shared = await save(storage, OWN), await save(storage, SHARED)
    await save(storage, SHARED, member="joon")
    await prepare(storage, "d1", own.id)
    await prepare(storage, "d2", shared.id)

    for link in (own, shared):
        (found,) = [
            each.message
            for each in (await storage.links.get(LOCAL, link.id, audience=OPERATOR)).saves
            if each.member == MINA
        ]
        await storage.links.undo_saves(LOCAL, member=MINA, message=found, emoji=None)

    assert kept(database_url) == 1


async def test_it_goes_when_a_member_is_forgotten(storage: SqlStorage, database_url: str) -> None:
    shared = await save(storage, SHARED)
    await save(storage, SHARED, member="joon")
    await prepare(storage, "d1", shared.id)

    await storage.members.forget(LOCAL, MINA)

    assert kept(database_url) == 0
