"""Makes one link of two that are the same thing, and shows nobody more than they saw before.

What was read at a link is seen wherever one of its saves is. So two links become one only where
that stays true: both are public, or both are known to the same channels; or one is public and its
page is the one that counts. What was read for a private channel alone then goes to its save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)

from bot.domain.models import LinkId, SaveId, WorkspaceId
from bot.domain.urls import canonicalise
from storage.pages import has_text
from storage.rows import insert_new, now
from storage.saving import bind_reading, call_link, drop_digests_of, find_links, remove_reading
from storage.schema import (
    addresses,
    concept_sources,
    given_texts,
    link_merges,
    links,
    model_answer_links,
    pages,
    passages,
    relations,
    saves,
    understandings,
    votes,
)
from storage.understandings import remove_orphan_concepts

_OF_LINKS = (
    saves,
    given_texts,
    addresses,
    passages,
    understandings,
    concept_sources,
    relations,
    link_merges,
    model_answer_links,
)
_OF_SAVES = (given_texts, passages, understandings, concept_sources)

_LINK = bindparam("link", type_=links.c.id.type)
_BECAME = select(link_merges.c.link_id).where(link_merges.c.gone_id == _LINK)
_RESOLVED = select(links.c.id).where(
    links.c.workspace == bindparam("of"),
    # Not with OR: SQLite would read all links of the workspace.
    links.c.id.in_([_LINK, _BECAME.scalar_subquery()]),
)


def resolve(connection: Connection, workspace: WorkspaceId, link: LinkId) -> LinkId | None:
    """Return this link, or the one that it became part of."""
    found = connection.scalar(_RESOLVED, {"of": workspace, "link": link})
    return None if found is None else LinkId(found)


def unify_link(
    connection: Connection, workspace: WorkspaceId, link: LinkId, canonical: str
) -> LinkId:
    """Let this address lead to the link, or make one of it and the link that has it already."""
    other = find_links(connection, workspace, [canonical]).get(canonical)
    if other == link:
        return link
    if other is None:
        row = {"workspace": workspace, "url": canonical, "link_id": link}
        connection.execute(insert_new(addresses).values(row))
        call_link(connection, link, canonical)
        return link
    order = _order(_look_at(connection, link), _look_at(connection, other))
    if order is None:
        return link
    stays, goes = order
    _merge(connection, stays, goes)
    if stays.id == link:
        call_link(connection, link, canonical)
    drop_digests_of(connection, workspace, [stays.id, goes.id])
    remove_orphan_concepts(connection, workspace)
    return stays.id


def join_links(connection: Connection, one: LinkId, other: LinkId) -> LinkId:
    """Make one of two that have an address in common, wherever each is seen; return which stays.

    Where the rule would keep them apart, that is `other`: what was read at either then is for those
    alone who saved it, and one act that was seen in different places stays two.
    """
    ours, theirs = _look_at(connection, one), _look_at(connection, other)
    order = _order(ours, theirs)
    if order is None:
        for side in (ours, theirs):
            if side.is_read and not side.is_public:
                bind_reading(connection, side.id, SaveId(side.saves[0].id))
        _tell_apart(connection, ours, theirs)
        ours, theirs = _look_at(connection, one), _look_at(connection, other)
        order = theirs, ours
    stays, goes = order
    _merge(connection, stays, goes)
    return stays.id


def forget_claims(
    connection: Connection, link: LinkId, *, called: str, asked: str, place: str
) -> None:
    """Let go of addresses that nobody saved, where the one that led to them leads elsewhere by now.

    Else whoever saves one of them later is shown what is read at `asked`: an address that somebody
    else may change at will.
    """
    own = canonicalise(asked)
    if called in (own, place):
        return
    spelled = select(saves.c.url).where(saves.c.link_id == link)
    below = select(relations.c.url).where(relations.c.related_id == link)
    kept = set(connection.scalars(spelled.union(below)))
    kept |= {own, *map(canonicalise, kept)}
    known = connection.scalars(select(addresses.c.url).where(addresses.c.link_id == link))
    for url in set(known) - kept:
        gone = (addresses.c.link_id == link, addresses.c.url == url)
        connection.execute(delete(addresses).where(*gone))
    call_link(connection, link, own)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two links that are the same thing; `page` is None where nobody has tried."""

    id: LinkId
    saves: Sequence[Row[Any]]  # in the order of saving
    page: Row[Any] | None
    has_text: bool

    @property
    def is_public(self) -> bool:
        return any(not save.is_private for save in self.saves)

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(save.channel for save in self.saves)

    @property
    def is_read(self) -> bool:
        """Whether there is a text that was read here, though it may be read once more just now."""
        return self.page is not None and bool(self.page.read_at)

    @property
    def worth(self) -> tuple[bool, bool]:
        """What is there to keep: what was read before what came with a save."""
        return self.is_read, self.is_read or self.has_text


def _look_at(connection: Connection, link: LinkId) -> _Side:
    of_link = select(saves).where(saves.c.link_id == link).order_by(saves.c.id)
    page = select(pages).where(pages.c.link_id == link)
    return _Side(
        link,
        connection.execute(of_link).all(),
        connection.execute(page).one_or_none(),
        bool(connection.scalar(select(has_text(literal(link))))),
    )


def _order(one: _Side, two: _Side) -> tuple[_Side, _Side] | None:
    """Return who stays and who goes; None where both have to stay apart."""
    if any(_place(ours) != _place(theirs) for ours, theirs in _twins(one, two)):
        return None
    if not (one.saves and two.saves):
        first = max(one, two, key=lambda side: len(side.saves))
    elif one.is_public != two.is_public:
        first = one if one.is_public else two
    elif not one.is_public and one.channels != two.channels:
        return None
    elif one.worth != two.worth:
        first = max(one, two, key=lambda side: side.worth)
    else:
        first = min(one, two, key=lambda side: side.id)
    return (one, two) if first is one else (two, one)


def _place(save: Row[Any]) -> tuple[str, bool]:
    return save.channel, save.is_private


def _twins(one: _Side, two: _Side) -> list[tuple[Row[Any], Row[Any]]]:
    """Return the acts that both links have, as when a message spelled one thing in two ways."""
    known = {(save.member, save.message, save.emoji): save for save in one.saves}
    keyed = [((save.member, save.message, save.emoji), save) for save in two.saves]
    return [(known[key], save) for key, save in keyed if key in known]


def _tell_apart(connection: Connection, ours: _Side, theirs: _Side) -> None:
    """Give acts that were seen in different places a key of their own each."""
    for save, twin in _twins(ours, theirs):
        if _place(save) != _place(twin):
            own = update(saves).where(saves.c.id == save.id)
            connection.execute(own.values(message=f"{save.message}#{save.id}"))


def _merge(connection: Connection, stays: _Side, goes: _Side) -> None:
    is_narrower = stays.is_public and not goes.is_public
    if goes.saves and goes.is_read and not stays.is_read:  # by those alone who see it
        bind_reading(connection, goes.id, SaveId(goes.saves[0].id))
    else:
        remove_reading(connection, [goes.id])
    if stays.page is None and goes.saves and not is_narrower:
        _repoint(connection, pages.c.link_id, goes.id, stays.id)
    for ours, theirs in _twins(stays, goes):
        _join(connection, *sorted((ours, theirs), key=lambda save: str(save.id)))
    for table in _OF_LINKS:
        _repoint(connection, table.c.link_id, goes.id, stays.id)
    _repoint(connection, relations.c.related_id, goes.id, stays.id)
    _repoint_votes(connection, goes.id, stays.id)
    of_itself = (relations.c.link_id == stays.id, relations.c.related_id == stays.id)
    connection.execute(delete(relations).where(*of_itself))
    trace = {"gone_id": goes.id, "link_id": stays.id, "merged_at": now()}
    connection.execute(link_merges.insert().values(trace))
    connection.execute(delete(links).where(links.c.id == goes.id))


def _join(connection: Connection, kept: Row[Any], twin: Row[Any]) -> None:
    """Make one save of two that are one act, with what came with either."""
    has_own = select(given_texts.c.save_id).where(given_texts.c.save_id == kept.id)
    if connection.scalar(has_own) is not None:
        connection.execute(delete(given_texts).where(given_texts.c.save_id == twin.id))
    _drop_said_twice(connection, kept.id, twin.id)
    for table in _OF_SAVES:
        _repoint(connection, table.c.save_id, twin.id, kept.id)
    used = select(func.max(relations.c.position)).where(relations.c.save_id == kept.id)
    begin = (connection.scalar(used) or 0) + 1
    below = update(relations).where(relations.c.save_id == twin.id)
    connection.execute(below.values(save_id=kept.id, position=relations.c.position + begin))
    values = {
        "kind": kept.kind or twin.kind,
        "title": kept.title or twin.title,
        "who": kept.who or twin.who,
        "label": kept.label or twin.label,
        "note": "\n".join(dict.fromkeys(filter(None, (kept.note, twin.note)))),
        "marks": tuple(mark for mark in kept.marks if mark in twin.marks),
    }
    connection.execute(update(saves).where(saves.c.id == kept.id).values(values))
    connection.execute(delete(saves).where(saves.c.id == twin.id))


def _drop_said_twice(connection: Connection, kept: str, twin: str) -> None:
    """Drop passages of the twin that came with the other, too: one archive that was read twice."""
    other = passages.alias()
    is_same = (other.c[name] == passages.c[name] for name in ("title", "heading", "text"))
    is_known = exists().where(other.c.save_id == kept, *is_same)
    connection.execute(delete(passages).where(passages.c.save_id == twin, is_known))


def _repoint_votes(connection: Connection, old: str, new: str) -> None:
    """Let a member's vote on what stays count, where they gave one on each."""
    twin = votes.alias()
    is_twin = (twin.c[name] == votes.c[name] for name in ("workspace", "channel", "member"))
    has_twin = exists().where(twin.c.link_id == new, *is_twin)
    connection.execute(update(votes).where(votes.c.link_id == old, ~has_twin).values(link_id=new))


def _repoint(connection: Connection, column: Column[Any], old: str, new: str) -> None:
    connection.execute(update(column.table).where(column == old).values({column: new}))
