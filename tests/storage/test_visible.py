"""The SQL form of the visibility rule says what the pure function says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from bot.domain.models import ChannelId, MemberId, Place
from bot.domain.visibility import Audience, is_visible
from storage import visible
from storage.schema import links, metadata, notes, saves, understandings
from tests.factories import NOON

CHANNELS = st.sampled_from(["general", "papers", "secret"]).map(ChannelId)
MEMBERS = st.sampled_from(["mina", "jun", "ari"]).map(MemberId)
PLACES = st.builds(Place, CHANNELS, st.booleans())
AUDIENCES = st.builds(
    Audience,
    channels=st.frozensets(CHANNELS),
    member=st.none() | MEMBERS,
    is_operator=st.booleans(),
)

ENGINE = create_engine("sqlite://", poolclass=StaticPool)
metadata.create_all(ENGINE)


@given(st.lists(st.tuples(PLACES, MEMBERS), min_size=1, max_size=6), AUDIENCES)
def test_the_query_shows_exactly_what_the_rule_allows(
    said: list[tuple[Place, MemberId]], audience: Audience
) -> None:
    with ENGINE.connect() as connection:
        for number, (place, member) in enumerate(said):
            connection.execute(notes.insert().values(_note(number, place, member)))
        shown = connection.scalars(
            select(notes.c.number).where(visible.is_visible(notes, audience))
        ).all()

    allowed = [
        n for n, (place, member) in enumerate(said) if is_visible(place, member, audience=audience)
    ]
    assert sorted(shown) == allowed


def _note(number: int, place: Place, member: MemberId) -> dict[str, object]:
    return {
        "id": str(number),
        "workspace": "local",
        "member": member,
        "channel": place.channel,
        "is_private": place.is_private,
        "source": "talks.md",
        "title": "A talk",
        "number": number,
        "noted_at": NOON,
        "fingerprint": "",
    }


@given(st.lists(st.tuples(PLACES, MEMBERS), max_size=4), AUDIENCES)
def test_a_part_follows_its_save_and_else_any_save_of_its_link(
    said: list[tuple[Place, MemberId]], audience: Audience
) -> None:
    with ENGINE.connect() as connection:
        for link in ("saved", "other"):
            connection.execute(links.insert().values(_link(link)))
        for number, (place, member) in enumerate(said):
            connection.execute(saves.insert().values(_save(number, place, member)))
            connection.execute(understandings.insert().values(_part(f"of {number}", str(number))))
        connection.execute(understandings.insert().values(_part("of the page", None)))
        shown = connection.scalars(
            select(understandings.c.id).where(visible.is_visible_part(understandings, audience))
        ).all()

    seen = [is_visible(place, member, audience=audience) for place, member in said]
    of_saves = {f"of {number}" for number, is_seen in enumerate(seen) if is_seen}
    assert set(shown) == of_saves | ({"of the page"} if any(seen) else set())


def _link(id_: str) -> dict[str, object]:
    return {"id": id_, "workspace": "local", "url": id_, "created_at": NOON}


def _save(number: int, place: Place, member: MemberId) -> dict[str, object]:
    return {
        "id": str(number),
        "workspace": "local",
        "link_id": "saved",
        "member": member,
        "channel": place.channel,
        "is_private": place.is_private,
        "message": str(number),
        "emoji": "",
        "url": "saved",
        "saved_at": NOON,
        "marks": (),
    }


def _part(id_: str, save_id: str | None) -> dict[str, object]:
    return {
        "id": id_,
        "link_id": "saved",
        "save_id": save_id,
        "kind": "paper",
        "points": (),
        "topics": (),
        "key_phrases": (),
    }
