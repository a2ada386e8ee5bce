"""Writes what workspaces hold into a folder, in open formats."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.models import LinkFilter
from bot.domain.visibility import OPERATOR
from bot.errors import UserError

if TYPE_CHECKING:
    from adapters.exporters import Exported
    from bot.bootstrap.app import App
    from bot.domain.models import WorkspaceId

_MOST_DELIVERIES = 100_000


async def export_workspaces(app: App, workspaces: Sequence[WorkspaceId], folder: Path) -> list[str]:
    """Return the names of the files, each workspace's in a folder of its own.

    Raises:
        UserError: the folder holds something already, or nothing can be written to it.

    """
    from adapters.exporters import folder_name, write_files

    names: list[str] = []
    try:
        await asyncio.to_thread(_prepare, folder)
        for workspace in workspaces:
            files = write_files(await _gather(app, workspace))
            below = folder / folder_name(workspace)
            names += await asyncio.to_thread(_write_all, below, list(files))
    except OSError as error:
        raise UserError("keeping.cannot_write", file=folder, problem=error.strerror) from error
    return names


async def _gather(app: App, workspace: WorkspaceId) -> Exported:
    from adapters.exporters import Exported

    storage = app.storage
    return Exported(
        name=f"Jubo · {workspace}",
        settings=await storage.workspaces.get_settings(workspace),
        links=await storage.links.list_links(workspace, LinkFilter(), audience=OPERATOR),
        notes=await storage.notes.list_notes(workspace, audience=OPERATOR),
        passages=await storage.notes.list_note_passages(workspace, audience=OPERATOR),
        concepts=await storage.concepts.list_concepts(workspace, audience=OPERATOR),
        feeds=await storage.feeds.list_feeds(workspace),
        subscriptions=await storage.subscriptions.list_subscriptions(workspace),
        votes=await storage.signals.list_all_votes(workspace),
        deliveries=await storage.deliveries.list_recent(workspace, limit=_MOST_DELIVERIES),
    )


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UserError("keeping.folder_in_use", folder=folder)


def _write_all(folder: Path, files: Sequence[tuple[str, str]]) -> list[str]:
    paths = [folder / name for name, _ in files]
    for path, (_, text) in zip(paths, files, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [str(path) for path in paths]
