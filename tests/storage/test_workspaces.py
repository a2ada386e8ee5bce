"""The settings are the one truth about a workspace; its row follows them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.domain.models import LOCAL
from storage.database import open_database
from storage.migrations import migrate
from storage.schema import workspaces
from storage.workspaces import SqlWorkspaceStore


async def test_a_workspace_follows_its_settings(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'jubo.db'}") as database:
        await migrate(database)
        store = SqlWorkspaceStore(database)

        await store.ensure(LOCAL, name="local")
        await store.ensure(LOCAL, name="local")

        columns = select(workspaces.c.zone, workspaces.c.language)
        async with database.read() as connection:
            assert (await connection.execute(columns)).all() == [("Europe/Paris", "en")]
