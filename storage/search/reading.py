"""What a search reads beside its candidates: statistics, other names, and what a hit says.

Statements are built once for those who see alike: building one costs more than running it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from bot.domain.models import LinkFilter, PassageId, SearchHit, WorkspaceId
from bot.domain.visibility import Audience
from bot.text.glossary import load_glossary
from bot.text.queries import OtherName, find_other_names, weigh_words
from bot.text.ranking import Fields, Statistics
from storage.columns import Text
from storage.schema import concept_sources, concepts, links, notes, passages, saves
from storage.search.filters import was_saved
from storage.search.index import FULL_TEXT
from storage.search.words import LENGTHS, scoped_words, scopes, vocabulary
from storage.visible import alike, is_visible, is_visible_source, who_sees

_NAMES = (concepts.c.term, concepts.c.other_name)
_SCOPE = select(scopes).where(scopes.c.workspace == bindparam("of"))
_COUNTS = select(vocabulary.c.term, vocabulary.c.doc).where(
    vocabulary.c.term.in_(bindparam("terms", expanding=True))
)


def read_statistics(
    connection: Connection, workspace: WorkspaceId, words: Collection[str]
) -> tuple[int, Statistics]:
    """Return the number that the workspace's words carry, and what is known of these words."""
    scope = connection.execute(_SCOPE, {"of": workspace}).mappings().one_or_none()
    if scope is None or not scope["passages"]:
        return 0, Statistics(0, Fields(0, 0, 0), {})
    number, count = scope["number"], scope["passages"]
    terms = dict(zip(scoped_words(words, number), words, strict=True))
    rows = connection.execute(_COUNTS, {"terms": list(terms)})
    return number, Statistics(
        passages=count,
        average_words=Fields(*(scope[name] / count for name in LENGTHS)),
        passages_with={terms[term]: holding for term, holding in rows},
    )


def read_other_names(
    connection: Connection, workspace: WorkspaceId, query: str, audience: Audience
) -> tuple[OtherName, ...]:
    """Return the other names of the query's terms: of the glossary, and harvested if visible."""
    statement = _select_other_names(connection.dialect.name, alike(audience))
    folded = unicodedata.normalize("NFKC", query).lower()
    asked = {"of": workspace, "folded": folded, **who_sees(audience)}
    harvested = sorted(
        (term, other_name) for term, other_name in connection.execute(statement, asked)
    )
    return find_other_names(weigh_words(query), [*harvested, *load_glossary()])


@lru_cache(maxsize=16)
def _select_other_names(dialect: str, audience: Audience) -> Select[Any]:
    folded = bindparam("folded", type_=Text)
    is_seen = (
        select(concept_sources.c.id)
        .where(concept_sources.c.concept_id == concepts.c.id)
        .where(is_visible_source(concept_sources, audience))
        .exists()
    )
    return (
        select(*_NAMES)
        .distinct()
        .where(concepts.c.workspace == bindparam("of"), concepts.c.other_name != "")
        .where(or_(*(FULL_TEXT[dialect].occurs_in(folded, name) for name in _NAMES)), is_seen)
    )


def read_hits(
    connection: Connection, chosen: Mapping[int, float], audience: Audience, which: LinkFilter
) -> list[SearchHit]:
    """Return the passages in the order of `chosen`, each with its score."""
    statement = _select_hits(alike(audience), which)
    rows = connection.execute(statement, {"chosen": list(chosen), **who_sees(audience)})
    hits = {row.id: _hit(row, chosen[row.id]) for row in rows}
    return [hits[passage] for passage in chosen]


@lru_cache(maxsize=64)
def _select_hits(audience: Audience, which: LinkFilter) -> Select[Any]:
    of_link = saves.c.link_id == passages.c.link_id
    first_save = (
        select(saves.c.url)
        .where(of_link, is_visible(saves, audience))
        .order_by(saves.c.saved_at, saves.c.id)
        .limit(1)
        .scalar_subquery()
    )
    first_said = (
        select(func.min(saves.c.saved_at))
        .where(or_(of_link, saves.c.id == passages.c.save_id), is_visible(saves, audience))
        .where(was_saved(which))
        .scalar_subquery()
    )
    return (
        select(
            passages,
            func.coalesce(first_save, links.c.url, "").label("url"),
            func.coalesce(first_said, notes.c.noted_at).label("said_at"),
            notes.c.source,
        )
        .outerjoin(links, links.c.id == passages.c.link_id)
        .outerjoin(notes, notes.c.id == passages.c.note_id)
        .where(passages.c.id.in_(bindparam("chosen", expanding=True)))
    )


def _hit(row: Any, score: float) -> SearchHit:
    return SearchHit(
        passage=PassageId(row.id),
        text=row.text,
        heading=row.heading,
        title=row.title,
        score=score,
        link=row.link_id,
        note=row.note_id,
        url=row.url,
        said_at=row.said_at,
        source=row.source or "",
    )
