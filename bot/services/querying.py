"""Use case: understand what people type as a query, its filters and its words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from bot.domain.filters import Query, read_values
from bot.domain.models import Sharer, WorkspaceId
from bot.domain.spoken_filters import may_name_sharer, read_query
from bot.domain.visibility import Audience
from bot.ports import SearchIndex


class QueryingService:
    def __init__(self, search: SearchIndex) -> None:
        self._search = search

    async def read(
        self,
        workspace: WorkspaceId,
        text: str,
        *,
        chosen: Mapping[str, str] | None = None,
        now: datetime,
        zone: tzinfo,
        audience: Audience,
    ) -> Query:
        """Read a query as it was typed; `chosen` are values of options, which beat what is typed.

        Raises:
            UsageError: a value that means nothing; says what is known.

        """
        today = now.astimezone(zone).date()
        sharers: Sequence[Sharer] = ()
        if "by" in (chosen or {}) or may_name_sharer(text):
            sharers = await self._search.list_sharers(workspace, audience=audience)
        filters = read_values(chosen or {}, today=today, sharers=sharers)
        filters.within(zone)  # refused before it is asked for
        query = await asyncio.to_thread(read_query, text, today=today, sharers=sharers)
        query.filters.within(zone)
        return query.under(filters)
