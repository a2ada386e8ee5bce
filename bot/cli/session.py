"""What every command needs: an open app, the workspace that is meant, and a way to print."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import typer

from bot.domain.models import WorkspaceId
from bot.errors import UserError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App


def workspace_option(say: Say) -> Any:
    return typer.Option(None, "--workspace", metavar="W", help=say("cli.workspace"))


def json_option(say: Say) -> Any:
    return typer.Option(False, "--json", help=say("cli.json"))


def with_app(work: Callable[[App], Awaitable[int]]) -> int:
    """Open the app on the environment's settings, do the work, close it; return the exit code."""
    # Imported here: `--help` answers without the libraries that an open app needs.
    from bot.bootstrap import open_app
    from bot.config import Settings

    async def session() -> int:
        async with open_app(Settings.load()) as app:
            return await work(app)

    return asyncio.run(session())


async def choose_workspace(app: App, wanted: str | None) -> WorkspaceId:
    """Return the workspace that is meant: the one named, else the only one there is.

    Raises:
        UserError: none has that name, or there are several.

    """
    known = await app.storage.workspaces.list_workspaces()
    if wanted is None and len(known) == 1:
        return known[0]
    names = ", ".join(known)
    if wanted is None:
        raise UserError("cli.which_workspace", names=names)
    if wanted not in known:
        raise UserError("cli.no_workspace", name=wanted, names=names)
    return WorkspaceId(wanted)


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_line(line: str = "") -> None:
    sys.stdout.write(line + "\n")
