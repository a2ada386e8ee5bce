"""The port `ModelStore`: answers that were paid for, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, delete, func, select

from bot.domain.asking_models import Spent, Stage, Usage
from bot.domain.models import LinkId, WorkspaceId
from storage.databases.database import Database
from storage.rows import insert_new, upsert
from storage.schema import links, model_answer_links, model_answers, model_usage

# For what no link's end takes along, such as answers to questions: long enough for any retry.
_KEPT = timedelta(days=30)
_MILLION = 1_000_000

_counted = upsert(model_usage)
_SUMS = ("calls", "tokens_in", "tokens_out", "cost_millionths", "unpriced")
_ADD = _counted.on_conflict_do_update(
    index_elements=list(model_usage.primary_key.columns),
    set_={name: model_usage.c[name] + _counted.excluded[name] for name in _SUMS},
)


class SqlModelStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_answer(self, workspace: WorkspaceId, key: str) -> str | None:
        return await self._database.find(
            select(model_answers.c.answer).where(
                model_answers.c.workspace == workspace, model_answers.c.key == key
            )
        )

    async def keep_answer(
        self,
        workspace: WorkspaceId,
        key: str,
        *,
        text: str,
        at: datetime,
        links: Sequence[LinkId] = (),
    ) -> None:
        wanted = tuple(dict.fromkeys(links))

        def keep(connection: Connection) -> None:
            _forget_old(connection, workspace, before=at - _KEPT)
            if not _are_there(connection, workspace, wanted):
                return
            row = {
                "workspace": workspace,
                "key": key,
                "answer": text,
                "asked_at": at,
                "is_of_links": bool(wanted),
            }
            new = insert_new(model_answers).values(row).returning(model_answers.c.id)
            number = connection.scalar(new)
            if number is not None and wanted:
                connection.execute(
                    model_answer_links.insert(),
                    [{"answer_id": number, "link_id": link} for link in wanted],
                )

        await self._database.write_briefly(keep, takes_turn=True)

    async def add_usage(
        self,
        workspace: WorkspaceId,
        usage: Usage,
        *,
        month: str,
        stage: Stage,
        model: str,
        digest: str = "",
        cost: Decimal | None = None,
    ) -> None:
        row = {
            "workspace": workspace,
            "month": month,
            "stage": stage,
            "model": model,
            "digest": digest,
            "calls": 1,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cost_millionths": round((cost or 0) * _MILLION),
            "unpriced": int(cost is None),
        }
        await self._database.change(_ADD.values(row))

    async def count_tokens(self, workspace: WorkspaceId | None = None, *, month: str) -> int:
        spent = func.sum(model_usage.c.tokens_in + model_usage.c.tokens_out).label("spent")
        query = select(spent).where(model_usage.c.month == month)
        if workspace is not None:
            query = query.where(model_usage.c.workspace == workspace)
        each = query.group_by(model_usage.c.workspace).subquery()
        return int(await self._database.find(select(func.max(each.c.spent))) or 0)

    async def list_spent(
        self, workspace: WorkspaceId | None = None, *, month: str, digest: str | None = None
    ) -> Sequence[Spent]:
        sums = [func.sum(model_usage.c[name]).label(name) for name in _SUMS]
        query = select(model_usage.c.stage, *sums).where(model_usage.c.month == month)
        if workspace is not None:
            query = query.where(model_usage.c.workspace == workspace)
        if digest is not None:
            query = query.where(model_usage.c.digest == digest)
        query = query.group_by(model_usage.c.stage).order_by(model_usage.c.stage)
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        return [
            Spent(
                stage=Stage(row.stage),
                calls=int(row.calls),
                usage=Usage(int(row.tokens_in), int(row.tokens_out)),
                cost=Decimal(int(row.cost_millionths)) / _MILLION,
                unpriced=int(row.unpriced),
            )
            for row in rows
        ]


def _forget_old(connection: Connection, workspace: WorkspaceId, *, before: datetime) -> None:
    connection.execute(
        delete(model_answers).where(
            model_answers.c.workspace == workspace,
            model_answers.c.is_of_links.is_(False),
            model_answers.c.asked_at < before,
        )
    )


def _are_there(connection: Connection, workspace: WorkspaceId, wanted: Sequence[LinkId]) -> bool:
    there = select(func.count()).where(links.c.workspace == workspace, links.c.id.in_(wanted))
    return connection.scalar(there) == len(wanted)
