"""Which addresses of a link all may know who see it: what is read there, all of them are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.domain.models import LinkId
from bot.domain.urls import canonicalise
from storage.schema import saves

_SPELLED: Select[Any] = select(saves.c.url, saves.c.channel, saves.c.is_private).where(
    saves.c.link_id == bindparam("of")
)


def choose_spelling(canonical: str, spelled: Sequence[Row[Any]]) -> str:
    """Return what people open and we read: the thing's own address before one that leads there."""
    common = _known_to_all(spelled)
    if len(set(common)) > 1:
        own = (url for url in common if canonicalise(url) == canonical)
        return next(own, common[0])
    return common[0] if common else canonical


def is_known_to_all(connection: Connection, link: LinkId, url: str, *, called: str) -> bool:
    spelled = connection.execute(_SPELLED, {"of": link}).all()
    return canonicalise(url) in map(canonicalise, _known_to_all(spelled) or [called])


def _known_to_all(spelled: Sequence[Row[Any]]) -> list[str]:
    if public := [row.url for row in spelled if not row.is_private]:
        return public
    every = [row.url for row in spelled]
    has_one_place = len({row.channel for row in spelled}) == 1
    return every if has_one_place or len(set(map(canonicalise, every))) == 1 else []
