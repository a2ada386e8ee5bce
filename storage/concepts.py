"""The port `ConceptStore`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.models import Concept, WorkspaceId
from bot.domain.visibility import Audience
from storage.databases.database import Database
from storage.schema import concept_sources, concepts
from storage.visible import is_visible_source


class SqlConceptStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_concepts(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[Concept]:
        seen = select(concept_sources.c.id).where(
            concept_sources.c.concept_id == concepts.c.id,
            is_visible_source(concept_sources, audience),
        )
        chosen = select(concepts).where(concepts.c.workspace == workspace, seen.exists())
        async with self._database.read() as connection:
            rows = (await connection.execute(chosen.order_by(concepts.c.id))).all()
        # Here, not in the query: databases fold the case of Latin letters only.
        rows = sorted(rows, key=lambda row: (row.term.casefold(), row.term))
        return [Concept(row.term, row.definition, row.other_name, row.points) for row in rows]
