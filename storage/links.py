"""The port `LinkStore`: links with their saves and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, null, or_, select

from bot.domain.models import (
    ChannelId,
    LinkFilter,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    NewSave,
    PageState,
    PageText,
    Passage,
    SaveId,
    SaveOutcome,
    Understanding,
    UndoOutcome,
    WorkspaceId,
)
from bot.domain.urls import InvalidUrl, canonicalise
from bot.domain.visibility import OPERATOR, Audience
from storage.columns import Instant
from storage.databases.database import Database
from storage.merging import forget_claims, resolve, unify_link
from storage.pages import has_text, is_given_to_all, mark_page, put_page
from storage.passages import passage_rows
from storage.pasting import find_link_of, put_text, remove_texts
from storage.records import read_records
from storage.rows import BATCH, batches, new_id
from storage.saving import (
    AddedSave,
    add_saves,
    ensure_links,
    find_links,
    has_reading,
    remove_reading,
    remove_saves,
)
from storage.schema import given_texts, links, pages, saves
from storage.search.index import add_passages, put_passages, read_words
from storage.spelling import is_known_to_all
from storage.understandings import (
    UnderstandingRow,
    add_understandings,
    put_model_understanding,
    remove_orphan_concepts,
)
from storage.visible import alike, is_visible, who_sees

_KNOWN = select(links.c.id).where(
    links.c.workspace == bindparam("of"), links.c.id == bindparam("known")
)
# What is to be known of a link before its page is stored.
_BEFORE = select(
    links.c.url,
    has_text(links.c.id).label("has_text"),
    has_reading(links.c.id).label("is_read"),
).where(links.c.workspace == bindparam("of"), links.c.id == bindparam("known"))
# Which text was read at an instant: the page's own, or one that came with a save.
_AT = bindparam("at", type_=Instant)
_SAVE_OF_TEXT = (
    select(null().label("save_id"))
    .where(pages.c.link_id == bindparam("of"), pages.c.read_at == _AT)
    .union_all(
        select(given_texts.c.save_id).where(
            given_texts.c.link_id == bindparam("of"), given_texts.c.read_at == _AT
        )
    )
)
FEW = 40  # a digest's worth is read the brief way: the others that do wait a few ms


class SqlLinkStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, new: NewSave) -> SaveOutcome:
        added, record = await self._database.write_briefly(
            lambda connection: _save(connection, new), takes_turn=True
        )
        # By id, in the order of saving: members' clocks need not agree.
        others = (each for each in record.saves if each.member != new.member and each.id < added.id)
        return SaveOutcome(
            link=record,
            save=added.id,
            earlier=tuple((each.member_name, each.saved_at) for each in others),
        )

    async def undo_saves(
        self,
        workspace: WorkspaceId,
        *,
        member: MemberId,
        message: MessageId,
        emoji: str | None,
        is_rehearsal: bool = False,
    ) -> UndoOutcome:
        def undo(connection: Connection) -> UndoOutcome:
            return _undo(connection, workspace, member=member, message=message, emoji=emoji)

        def rehearse(connection: Connection) -> UndoOutcome:
            savepoint = connection.begin_nested()
            try:
                return undo(connection)
            finally:
                savepoint.rollback()

        return await self._database.write_briefly(
            rehearse if is_rehearsal else undo, takes_turn=True
        )

    async def get(self, workspace: WorkspaceId, link: LinkId, *, audience: Audience) -> LinkRecord:
        def read(connection: Connection) -> list[LinkRecord]:
            known = resolve(connection, workspace, link)
            return read_records(connection, [known] if known else [], audience=audience)

        found = await self._database.read_briefly(read)
        if not found:
            raise KeyError(link)
        return found[0]

    async def find(
        self, workspace: WorkspaceId, url: str, *, audience: Audience
    ) -> LinkRecord | None:
        try:
            canonical = canonicalise(url)
        except InvalidUrl:
            return None  # what is no address belongs to no link

        def read(connection: Connection) -> list[LinkRecord]:
            known = find_links(connection, workspace, [canonical, url])
            links = [known[each] for each in (canonical, url) if each in known]
            return read_records(connection, links[:1], audience=audience)

        found = await self._database.read_briefly(read)
        return found[0] if found else None

    async def list_links(
        self, workspace: WorkspaceId, which: LinkFilter, *, audience: Audience
    ) -> Sequence[LinkRecord]:
        given = {"since": which.since, "until": which.until, "members": sorted(which.members)}
        bounds = {name: value for name, value in given.items() if value}
        values = {"of": workspace, **bounds, **who_sees(audience)}
        chosen_ids, few_ids = _select_saved(frozenset(bounds), alike(audience))

        def read_few(connection: Connection) -> list[LinkRecord] | None:
            ids = connection.scalars(few_ids, values).all()
            if len(ids) > FEW:
                return None
            return read_records(connection, [LinkId(id_) for id_ in ids], audience=audience)

        few = await self._database.read_briefly(read_few)
        if few is not None:
            return [record for record in few if _matches(record, which)][: which.limit]
        found: list[LinkRecord] = []
        # A few more than asked for: kind and topic are judged after reading.
        size = BATCH if which.limit is None else min(BATCH, 2 * which.limit + 1)
        async with self._database.read() as connection:
            chosen = await connection.scalars(chosen_ids, values)
            for batch in batches([LinkId(id_) for id_ in chosen], size):
                records = await connection.run_sync(read_records, batch, audience=audience)
                found += [record for record in records if _matches(record, which)]
                if which.limit is not None and len(found) >= which.limit:
                    break
        return found[: which.limit]

    async def mark_reading(self, workspace: WorkspaceId, link: LinkId) -> None:
        await self._mark(workspace, link, PageState.READING)

    async def mark_waiting(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        *,
        reason: str = "",
        retry_at: datetime | None = None,
    ) -> None:
        await self._mark(workspace, link, PageState.WAITING, reason=reason, retry_at=retry_at)

    async def mark_unreadable(self, workspace: WorkspaceId, link: LinkId, reason: str) -> None:
        await self._mark(workspace, link, PageState.UNREADABLE, reason=reason)

    async def _mark(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        state: PageState,
        *,
        reason: str = "",
        retry_at: datetime | None = None,
    ) -> None:
        def mark(connection: Connection) -> None:
            if _is_known(connection, workspace, link):
                mark_page(connection, link, state, reason=reason, retry_at=retry_at)

        await self._database.write_briefly(mark, takes_turn=True)

    async def store_page(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        page: PageText,
        understanding: Understanding,
        passages: Sequence[Passage],
        *,
        asked: str = "",
    ) -> LinkId:
        identity = canonicalise(page.identity) if page.identity else ""
        rows = passage_rows(passages, title=page.title, link_id=link)
        worded = await asyncio.to_thread(read_words, rows)

        def store(connection: Connection) -> LinkId:
            before = connection.execute(_BEFORE, {"of": workspace, "known": link}).one_or_none()
            if before is None:
                # Undone while it was being read, it stays gone. If it became part of another, that
                # one counts: its readers may not have seen what was read here.
                return resolve(connection, workspace, link) or link
            called = before.url
            if asked and not is_known_to_all(connection, link, asked, called=called):
                return link
            if asked:
                place = identity or canonicalise(asked)
                forget_claims(connection, link, called=called, asked=asked, place=place)
            if before.is_read:
                remove_reading(connection, [link])
            if before.has_text:
                remove_texts(connection, link)
            put_page(connection, link, page)
            made = UnderstandingRow(new_id(), link, None, understanding)
            add_understandings(connection, workspace, [made])
            if before.is_read or before.has_text:
                remove_orphan_concepts(connection, workspace)
            put_passages(connection, workspace, worded)
            return unify_link(connection, workspace, link, identity) if identity else link

        return await self._database.write_briefly(store, takes_turn=True)

    async def store_text(
        self,
        workspace: WorkspaceId,
        save: SaveId,
        page: PageText,
        understanding: Understanding,
        passages: Sequence[Passage],
    ) -> None:
        async with self._database.write() as connection:
            link = await connection.run_sync(find_link_of, workspace, save)
            if link is None:
                return  # taken back meanwhile
            await connection.run_sync(put_text, link, page, save=save)
            made = UnderstandingRow(new_id(), link, save, understanding)
            await connection.run_sync(add_understandings, workspace, [made])
            await connection.run_sync(remove_orphan_concepts, workspace)
            rows = list(passage_rows(passages, title=page.title, link_id=link, save_id=save))
            await add_passages(connection, workspace, rows)

    async def store_understanding(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        understanding: Understanding,
        *,
        read_at: datetime | None,
    ) -> None:
        def store(connection: Connection) -> None:
            if read_at is None or not _is_known(connection, workspace, link):
                return
            found = connection.execute(_SAVE_OF_TEXT, {"of": link, "at": read_at}).first()
            if found is None:
                return
            save = None if found.save_id is None else SaveId(found.save_id)
            put_model_understanding(connection, workspace, link, understanding, save=save)

        await self._database.write_briefly(store, takes_turn=True)

    async def unify(self, workspace: WorkspaceId, link: LinkId, url: str) -> LinkId:
        canonical = canonicalise(url)

        def unify(connection: Connection) -> LinkId:
            known = resolve(connection, workspace, link)
            if known is None:
                raise KeyError(link)
            return unify_link(connection, workspace, known, canonical)

        return await self._database.write_briefly(unify, takes_turn=True)

    async def list_of_message(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[LinkRecord]:
        saved = (
            select(saves.c.link_id)
            .where(saves.c.workspace == workspace, saves.c.message == message)
            .group_by(saves.c.link_id)
            .order_by(func.min(saves.c.id))
        )

        def read(connection: Connection) -> list[LinkRecord]:
            ids = [LinkId(id_) for id_ in connection.scalars(saved)]
            return read_records(connection, ids, audience=OPERATOR)

        return await self._database.read_briefly(read)

    async def list_unread(self, workspace: WorkspaceId, *, limit: int) -> Sequence[LinkId]:
        query = _select_unread(workspace).limit(limit)
        return await self._database.list(query)


def _save(connection: Connection, new: NewSave) -> tuple[AddedSave, LinkRecord]:
    ensured = ensure_links(connection, new.workspace, [new.url])
    [added] = add_saves(connection, [new], ensured.ids)
    # The answer appears where the save was made: it shows what that channel may see.
    audience = Audience.of_channel(new.place.channel)
    [record] = read_records(connection, ensured.ids, audience=audience)
    return added, record


def _undo(
    connection: Connection,
    workspace: WorkspaceId,
    *,
    member: MemberId,
    message: MessageId,
    emoji: str | None,
) -> UndoOutcome:
    of_message = select(saves).where(saves.c.workspace == workspace, saves.c.message == message)
    undone = of_message.where(saves.c.member == member)
    if emoji is not None:
        undone = undone.where(saves.c.emoji == emoji)
    rows = connection.execute(undone.order_by(saves.c.id)).all()
    # Who saved in a channel may see what others save there.
    channels = frozenset(ChannelId(row.channel) for row in rows)
    audience = Audience(channels=channels, member=member)
    ids = list(dict.fromkeys(LinkId(row.link_id) for row in rows))
    before = read_records(connection, ids, audience=audience)
    if rows:
        remove_saves(connection, workspace, [SaveId(row.id) for row in rows])
    kept = {each.id for each in read_records(connection, ids, audience=audience)}
    is_message_saved = connection.execute(of_message.limit(1)).first() is not None
    return UndoOutcome(
        gone=tuple(record.title for record in before if record.id not in kept),
        kept=tuple(record.title for record in before if record.id in kept),
        is_message_saved=is_message_saved,
    )


@cache
def _select_saved(bounds: frozenset[str], audience: Audience) -> tuple[Select[Any], Select[Any]]:
    """Return what selects all, and the first few. Made once: that costs more than running it."""
    counted = select(saves.c.link_id).where(
        saves.c.workspace == bindparam("of"), is_visible(saves, audience)
    )
    if "since" in bounds:
        counted = counted.where(saves.c.saved_at >= bindparam("since"))
    if "until" in bounds:
        counted = counted.where(saves.c.saved_at < bindparam("until"))
    if "members" in bounds:
        counted = counted.where(saves.c.member.in_(bindparam("members", expanding=True)))
    newest = func.max(saves.c.saved_at)
    chosen = counted.group_by(saves.c.link_id).order_by(newest.desc(), saves.c.link_id)
    return chosen, chosen.limit(FEW + 1)


def _matches(record: LinkRecord, which: LinkFilter) -> bool:
    # Kind and topics are decided from all that the audience may see, so not by the query.
    return (which.kind is None or record.kind == which.kind) and (
        which.topic is None or which.topic in record.topics
    )


def _select_unread(workspace: WorkspaceId) -> Select[Any]:
    is_saved = select(saves.c.id).where(saves.c.link_id == links.c.id).exists()
    return (
        select(links.c.id)
        .join_from(links, pages, pages.c.link_id == links.c.id, isouter=True)
        .where(
            links.c.workspace == workspace,
            or_(
                pages.c.state.is_(None),
                pages.c.state.in_([PageState.WAITING, PageState.READING]),
            ),
            ~is_given_to_all(links.c.id),
            is_saved,
        )
        .order_by(links.c.id)
    )


def _is_known(connection: Connection, workspace: WorkspaceId, link: LinkId) -> bool:
    return connection.scalar(_KNOWN, {"of": workspace, "known": link}) is not None
