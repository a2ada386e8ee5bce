"""The writing side of links: finding or making them, adding saves, and taking both away again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Text,
    delete,
    or_,
    select,
    type_coerce,
    update,
)

from bot.domain.models import LinkId, NewSave, SaveId, WorkspaceId
from bot.domain.urls import canonicalise
from storage.columns import clean
from storage.rows import batches, insert_all, insert_new, new_ids, now
from storage.schema import (
    addresses,
    concept_sources,
    deliveries,
    links,
    pages,
    passages,
    relations,
    saves,
    understandings,
)
from storage.understandings import remove_orphan_concepts
from storage.unposted import drop_unposted

_MADE_OF_PAGE = (passages, concept_sources, understandings)


@dataclass(frozen=True, slots=True)
class AddedSave:
    id: SaveId
    link_id: LinkId
    is_new: bool


@dataclass(frozen=True, slots=True)
class EnsuredLinks:
    """`ids` follow the order of the addresses that were asked for."""

    ids: tuple[LinkId, ...]
    new: frozenset[LinkId]


def ensure_links(
    connection: Connection, workspace: WorkspaceId, urls: Sequence[str]
) -> EnsuredLinks:
    """Find the links that these addresses lead to, make those that nobody saved before.

    Raises:
        InvalidUrl: one of them is no address.

    """
    canonical = [canonicalise(url) for url in urls]
    there = find_links(connection, workspace, [*canonical, *urls])
    known = dict(there)
    # A spelling that was used leads where it led, though we call the thing otherwise by now.
    for url, form in zip(urls, canonical, strict=True):
        if form not in known and url in known:
            known[form] = known[url]
    unknown = [url for url in dict.fromkeys(canonical) if url not in known]
    made = dict(zip(unknown, map(LinkId, new_ids(len(unknown))), strict=True))
    created_at = now()
    insert_all(
        connection,
        links,
        [
            {"id": id_, "workspace": workspace, "url": url, "created_at": created_at}
            for url, id_ in made.items()
        ],
    )
    by_url = known | made
    forms = zip(urls, canonical, strict=True)
    spellings = {each: by_url[form] for url, form in forms for each in (url, form)}
    rows = [
        {"workspace": workspace, "url": url, "link_id": id_}
        for url, id_ in spellings.items()
        if url not in there
    ]
    if rows:
        connection.execute(insert_new(addresses), rows)
    return EnsuredLinks(tuple(by_url[form] for form in canonical), frozenset(made.values()))


def find_links(
    connection: Connection, workspace: WorkspaceId, urls: Iterable[str]
) -> dict[str, LinkId]:
    """Return the links by those of the addresses that are known."""
    found: dict[str, LinkId] = {}
    for batch in batches(list(dict.fromkeys(urls))):
        rows = connection.execute(
            select(addresses.c.url, addresses.c.link_id).where(
                addresses.c.workspace == workspace, addresses.c.url.in_(batch)
            )
        )
        found |= {row.url: LinkId(row.link_id) for row in rows}
    return found


def add_saves(
    connection: Connection, to_add: Sequence[NewSave], link_ids: Sequence[LinkId]
) -> list[AddedSave]:
    """Add what is not there yet; return all in the order given. `link_ids` go with `to_add`."""
    earlier = _find_saves(connection, link_ids)
    known = {(row.member, row.message, row.emoji, row.link_id): SaveId(row.id) for row in earlier}
    added: list[AddedSave] = []
    rows = []
    fresh_ids = new_ids(len(to_add))
    for new, link_id, fresh_id in zip(to_add, link_ids, fresh_ids, strict=True):
        key = (clean(new.member), clean(new.message), clean(new.emoji), link_id)
        is_new = key not in known
        id_ = known.setdefault(key, SaveId(fresh_id))
        added.append(AddedSave(id_, link_id, is_new))
        if is_new:
            rows.append({"id": id_, "link_id": link_id, **_columns(new)})
    _keep_apart(connection, earlier, zip(to_add, link_ids, strict=True))
    insert_all(connection, saves, rows)
    return added


def _columns(new: NewSave) -> dict[str, object]:
    return {
        "workspace": new.workspace,
        "member": new.member,
        "member_name": new.member_name,
        "channel": new.place.channel,
        "is_private": new.place.is_private,
        "message": new.message,
        "emoji": new.emoji,
        "url": new.url,
        "saved_at": new.saved_at,
        "kind": new.kind,
        "title": new.title,
        "who": new.who,
        "note": new.note,
        "label": new.label,
        "marks": new.marks,
    }


def _find_saves(connection: Connection, link_ids: Sequence[LinkId]) -> list[Row[Any]]:
    """Return the saves of these links, oldest first.

    The links alone name their workspace: by both SQLite would read all saves of it.
    """
    names = ("id", "link_id", "member", "message", "emoji", "channel", "is_private")
    found: list[Row[Any]] = []
    for batch in batches(list(dict.fromkeys(link_ids))):
        found += connection.execute(
            select(*(saves.c[name] for name in names))
            .where(saves.c.link_id.in_(batch))
            .order_by(saves.c.id)
        )
    return found


def _keep_apart(
    connection: Connection, earlier: Iterable[Row[Any]], joining: Iterable[tuple[NewSave, LinkId]]
) -> None:
    """Let what was read at another address than theirs stay with those who saved it before.

    A link that led elsewhere, or was made of two, is found by addresses whose readers may never
    have been shown what the others were.
    """
    before: defaultdict[LinkId, list[Row[Any]]] = defaultdict(list)
    for row in earlier:
        before[row.link_id].append(row)
    for new, link in joining:
        told = before[link]
        if told and _is_wider(new, told) and _has_another_address(connection, link, new.url):
            bind_reading(connection, link, SaveId(told[0].id))
            call_link(connection, link, canonicalise(new.url))
            before[link] = []


def _is_wider(new: NewSave, told: Iterable[Row[Any]]) -> bool:
    """Whether somebody would see what nobody of those could see before."""
    if any(not row.is_private for row in told):
        return False
    return not (new.place.is_private and any(row.channel == new.place.channel for row in told))


def _has_another_address(connection: Connection, link: LinkId, url: str) -> bool:
    known = connection.scalars(select(addresses.c.url).where(addresses.c.link_id == link))
    return {canonicalise(each) for each in known} != {canonicalise(url)}


def call_link(connection: Connection, link: LinkId, canonical: str) -> None:
    connection.execute(update(links).where(links.c.id == link).values(url=canonical))


def bind_reading(connection: Connection, link: LinkId, save: SaveId) -> None:
    """Let what was made of the page come with this save from now on; the page is to be read."""
    for table in _MADE_OF_PAGE:
        of_page = (table.c.link_id == link, table.c.save_id.is_(None))
        connection.execute(update(table).where(*of_page).values(save_id=save))
    connection.execute(delete(pages).where(pages.c.link_id == link))


def remove_saves(
    connection: Connection, workspace: WorkspaceId, save_ids: Sequence[SaveId]
) -> None:
    """Remove saves with all that came with them, and what nobody's save holds any more."""
    touched = _touched_links(connection, save_ids)
    connection.execute(delete(saves).where(saves.c.id.in_(save_ids)))
    bare = _without(connection, touched, saves.c.link_id)
    # A link may stay for an entry that it stands under; nobody vouches for its page any more.
    remove_reading(connection, bare)
    connection.execute(delete(pages).where(pages.c.link_id.in_(bare)))
    drop_digests_of(connection, workspace, bare)
    orphans = _without(connection, bare, relations.c.related_id)
    connection.execute(delete(links).where(links.c.id.in_(orphans)))
    remove_orphan_concepts(connection, workspace)


def drop_digests_of(
    connection: Connection, workspace: WorkspaceId, link_ids: Sequence[LinkId]
) -> None:
    """Drop digests that were compiled and tell of these links, unless people may have seen them."""
    digest = type_coerce(deliveries.c.digest, Text)
    for link in link_ids:
        drop_unposted(connection, workspace, digest.contains(link, autoescape=True))


def has_reading(link: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether something is there that was made of the page read at a link."""
    return or_(
        *(
            select(table.c.id).where(table.c.link_id == link, table.c.save_id.is_(None)).exists()
            for table in _MADE_OF_PAGE
        )
    )


def remove_reading(connection: Connection, link_ids: Sequence[LinkId]) -> None:
    """Remove what was made of the pages read at links; what came with saves stays."""
    for table in _MADE_OF_PAGE:
        connection.execute(
            delete(table).where(table.c.link_id.in_(link_ids), table.c.save_id.is_(None))
        )


def _touched_links(connection: Connection, save_ids: Sequence[SaveId]) -> Sequence[LinkId]:
    own = select(saves.c.link_id).where(saves.c.id.in_(save_ids))
    below = select(relations.c.related_id).where(relations.c.save_id.in_(save_ids))
    return [LinkId(id_) for id_ in connection.scalars(own.union(below))]


def _without(
    connection: Connection, link_ids: Sequence[LinkId], holder: Column[Any]
) -> Sequence[LinkId]:
    """Return those of the links that no row of `holder`'s table points to."""
    held = set(connection.scalars(select(holder).where(holder.in_(link_ids))))
    return [id_ for id_ in link_ids if id_ not in held]
