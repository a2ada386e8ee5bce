"""What every command needs: an open app, the workspace that is meant, and a way to print."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from bot.domain.models import LOCAL, LinkFilter
from bot.domain.visibility import OPERATOR
from bot.errors import UsageError
from bot.text.printable import dump_json, printable
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.models import WorkspaceId

_NAME_SHOWN = 20  # beside the bar and the time left, on 80 columns

Decorator = Callable[[Callable[..., int]], Callable[..., int]]


def workspace_option(say: Say) -> Decorator:
    return click.option("--workspace", metavar="W", help=say("cli.workspace"))


def json_option(say: Say) -> Decorator:
    return click.option("--json", "as_json", is_flag=True, help=say("cli.json"))


def with_app(work: Callable[[App], Awaitable[int]]) -> int:
    """Open the app on the environment's settings, do the work, close it; return the exit code."""
    # Imported here: `--help` answers without the libraries that an open app needs.
    import asyncio

    from bot.bootstrap import open_app
    from bot.config import Settings

    async def session() -> int:
        async with open_app(Settings.load()) as app:
            return await work(app)

    return asyncio.run(session())


async def choose_workspace(app: App, wanted: str | None) -> WorkspaceId:
    """Return the workspace that is meant: the one named, else the only one there is.

    The local one is always there; as long as it is empty, it is not meant beside others.

    Raises:
        UsageError: none has that name, or there are several.

    """
    known = await app.storage.workspaces.list_workspaces()
    by_name = {str(each): each for each in known}
    if wanted is None:
        others = [each for each in known if each != LOCAL]
        if others and await _is_empty(app, LOCAL):
            known = others
    if wanted is None and len(known) == 1:
        return known[0]
    names = ", ".join(known)
    if wanted is None:
        raise UsageError("cli.which_workspace", names=names)
    if wanted not in by_name:
        raise UsageError("cli.no_workspace", name=clean(wanted), names=names)
    return by_name[wanted]


async def _is_empty(app: App, workspace: WorkspaceId) -> bool:
    newest = LinkFilter(limit=1)
    if await app.storage.links.list_links(workspace, newest, audience=OPERATOR):
        return False
    return not await app.storage.notes.list_notes(workspace, audience=OPERATOR)


def clean(words: str) -> str:
    """Replace what no text can hold: bytes of an argument that were not UTF-8."""
    return words.encode("utf-8", "replace").decode()


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    print_line(dump_json(value))


def print_line(line: str = "") -> None:
    sys.stdout.write(printable(line) + "\n")


def print_problem(sentence: str) -> None:
    """Tell people, on stderr, what is wrong and what to do."""
    sys.stderr.write(printable(sentence).rstrip() + "\n")


@contextmanager
def progress(label: str, *, steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal; what it yields is told the name of each step when it is done."""
    with click.progressbar(
        length=steps,
        label=label,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda name: printable(name)[:_NAME_SHOWN] if name else None,
    ) as bar:
        bar.render_progress()
        yield lambda name: bar.update(1, name)


@contextmanager
def growing_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal once it is told how many steps are done, of how many so far."""
    with ExitStack() as stack:
        bar: Any = None

        def show(done: int, steps: int) -> None:
            nonlocal bar
            if bar is None:
                hidden = not sys.stderr.isatty()
                bar = stack.enter_context(
                    click.progressbar(length=steps, label=label, file=sys.stderr, hidden=hidden)
                )
            # What was complete may have become longer.
            bar.length, bar.finished = steps, False
            bar.update(done - bar.pos)
            bar.render_progress()

        yield show
