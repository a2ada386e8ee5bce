"""A digest that was compiled ahead keeps no text of what nobody saves any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import create_engine, text

from bot.domain.deliveries import Delivery
from bot.domain.digests import Digest, DigestItem, DigestSection, Style
from bot.domain.models import LOCAL, Kind, LinkId, LinkRecord, MemberId
from bot.domain.periods import parse_period
from bot.domain.visibility import OPERATOR
from bot.ports import NodeId
from storage import SqlStorage
from tests.contract.test_subscription_store import make_subscription
from tests.contract.test_watch_store import make_delivery
from tests.factories import MINA, NOON, make_save

NODE, JOON = NodeId("me"), MemberId("joon")
OWN, SHARED = "https://example.com/own", "https://example.com/shared"


async def save(storage: SqlStorage, url: str, *, member: str = MINA) -> LinkRecord:
    outcome = await storage.links.save(make_save(url, member=member, message=f"{url}-{member}"))
    return outcome.link


async def prepare(storage: SqlStorage, id_: str, link: LinkId) -> None:
    delivery = replace(make_delivery(id_), subscription=id_)
    await storage.deliveries.prepare(delivery, make_digest(link), fingerprint="f")


async def keep(storage: SqlStorage, id_: str, link: LinkId) -> Delivery:
    """Let a node be about to post it."""
    subscription = make_subscription(id_)
    await storage.subscriptions.add(subscription)
    delivery = replace(make_delivery(id_), subscription=id_)
    assert await storage.deliveries.plan(subscription, subscription, delivery)
    assert await storage.deliveries.claim(LOCAL, id_, node=NODE)
    assert await storage.deliveries.keep_digest(delivery, make_digest(link), node=NODE)
    return delivery


def make_digest(link: LinkId) -> Digest:
    item = DigestItem(link, "https://x", "A title", Kind.PAPER, "", NOON.date(), (), None)
    return Digest(
        period=parse_period("2024-11-04", today=NOON.date()),
        style=Style.WEEKLY,
        language="en",
        title="Week",
        sections=(DigestSection("Papers", "", (item,)),),
        chart=None,
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


async def test_what_nobody_has_seen_yet_is_compiled_anew(
    storage: SqlStorage, database_url: str
) -> None:
    own = await save(storage, OWN)
    seen, unseen = await keep(storage, "d1", own.id), await keep(storage, "d2", own.id)
    await storage.ledger.begin(LOCAL, seen.post_key, at=NOON)

    (found,) = own.saves
    await storage.links.undo_saves(LOCAL, member=MINA, message=found.message, emoji=None)

    assert kept(database_url) == 1  # what was begun is finished as it was begun
    claim = await storage.deliveries.claim(LOCAL, unseen.id, node=NODE)
    assert claim is not None
    assert claim.digest is None


async def test_of_a_forgotten_member_nothing_is_posted_that_was_not_begun(
    storage: SqlStorage, database_url: str
) -> None:
    shared = await save(storage, SHARED)
    await save(storage, SHARED, member="joon")
    await keep(storage, "d1", shared.id)

    await storage.members.forget(LOCAL, MINA)

    assert kept(database_url) == 0


async def test_what_others_said_of_a_link_earlier_counts(storage: SqlStorage) -> None:
    since, until = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
    earlier = replace(
        make_save(OWN, member="joon", message="joon's"), saved_at=NOON - timedelta(days=9)
    )
    await storage.links.save(earlier)
    await save(storage, OWN)
    before = await storage.deliveries.fingerprint(LOCAL, since=since, until=until)

    await storage.links.undo_saves(LOCAL, member=JOON, message=earlier.message, emoji=None)

    assert await storage.deliveries.fingerprint(LOCAL, since=since, until=until) != before
