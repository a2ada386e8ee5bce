"""`jubo backup`, `restore`, `migrate`, `export` and `forget`: looking after what is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.errors import UsageError, UserError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.bootstrap.keeping import Moved, Told
    from bot.config import Settings
    from bot.ports import KnownMember


def register(program: click.Group, say: Say) -> None:
    @program.command("backup", help=say("cli.backup"))
    @click.argument("file", type=_a_path(), metavar="FILE", help=say("cli.backup_file"))
    @json_option(say)
    def backup(file: Path, *, as_json: bool) -> int:
        from bot.bootstrap.keeping import back_up

        moved = _with_settings(
            lambda settings: _told(say, lambda told: back_up(settings, file, told=told))
        )
        _report(moved, say("cli.backed_up", file=file, rows=moved.total), as_json=as_json)
        return 0

    @program.command("restore", help=say("cli.restore"))
    @click.argument("file", type=_a_path(), metavar="FILE", help=say("cli.restore_file"))
    @_replace_option(say)
    @json_option(say)
    def restore(file: Path, *, replace: bool, as_json: bool) -> int:
        from bot.bootstrap.keeping import restore as put_back

        moved = _with_settings(
            lambda settings: _told(
                say, lambda told: put_back(settings, file, replaces=replace, told=told)
            )
        )
        _report(moved, _sentence(moved, "cli.restored", say), as_json=as_json)
        return 0

    @program.command("migrate", help=say("cli.migrate"))
    @click.option("--from", "source", required=True, metavar="URL", help=say("cli.migrate_from"))
    @click.option("--to", "target", required=True, metavar="URL", help=say("cli.migrate_to"))
    @_replace_option(say)
    @json_option(say)
    def migrate(source: str, target: str, *, replace: bool, as_json: bool) -> int:
        from bot.bootstrap.keeping import migrate as move

        moved = _with_settings(
            lambda _: _told(say, lambda told: move(source, target, replaces=replace, told=told))
        )
        _report(moved, _sentence(moved, "cli.migrated", say), as_json=as_json)
        return 0

    @program.command("export", help=say("cli.export"))
    @click.argument("folder", type=_a_path(), metavar="DIR", help=say("cli.export_folder"))
    @workspace_option(say)
    @json_option(say)
    def export(folder: Path, workspace: str | None, *, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.bootstrap.exporting import export_workspaces

            known = await app.storage.workspaces.list_workspaces()
            chosen = [await choose_workspace(app, workspace)] if workspace else known
            names = await export_workspaces(app, chosen, folder)
            if as_json:
                print_json({"folder": str(folder), "files": names})
            else:
                print_line(say("cli.exported", count=len(names), folder=folder))
            return 0

        return with_app(work)

    @program.command("forget", help=say("cli.forget"))
    @click.argument("member", metavar="MEMBER", help=say("cli.forget_member"))
    @click.option("--yes", is_flag=True, help=say("cli.forget_yes"))
    @workspace_option(say)
    @json_option(say)
    def forget(member: str, workspace: str | None, *, yes: bool, as_json: bool) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            found = _only(await app.storage.members.find_members(where, clean(member)), member)
            make_sure(
                say("cli.forget_sure", name=found.name or found.id),
                is_sure=yes,
                unasked="keeping.say_yes",
                declined="keeping.not_forgotten",
            )
            gone = asdict(await app.storage.members.forget(where, found.id))
            if as_json:
                print_json({"member": found.id, **gone})
            else:
                print_line(say("cli.forgotten", name=found.name or found.id, **gone))
            return 0

        return with_app(work)


def _a_path() -> click.Path:
    return click.Path(path_type=Path)


def _replace_option(say: Say) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return click.option("--replace", is_flag=True, help=say("cli.replace"))


def _with_settings(work: Callable[[Settings], Coroutine[Any, Any, Moved]]) -> Moved:
    import asyncio

    from bot.config import Settings

    return asyncio.run(work(Settings.load()))


async def _told(say: Say, work: Callable[[Told], Coroutine[Any, Any, Moved]]) -> Moved:
    with counting(say("cli.copying")) as told:
        return await work(told)


@contextmanager
def counting(label: str) -> Iterator[Told]:
    """Show on a terminal which table is worked on and how many rows are done by now."""
    total = 0
    is_shown = sys.stderr.isatty()

    def told(name: str, rows: int) -> None:
        nonlocal total
        total += rows
        if is_shown:
            sys.stderr.write(f"\r\x1b[K{label}: {name} · {total:,}")
            sys.stderr.flush()

    try:
        yield told
    finally:
        if is_shown and total:
            sys.stderr.write("\r\x1b[K")


def _sentence(moved: Moved, key: str, say: Say) -> str:
    return say(key, rows=moved.total) if moved.total else say("cli.nothing_to_copy")


def _report(moved: Moved, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"rows": moved.total, "tables": dict(moved.rows)})
    else:
        print_line(sentence)


def _only(found: Sequence[KnownMember], wanted: str) -> KnownMember:
    """Return the one who is meant.

    Raises:
        UserError: nobody is called so, or several are.

    """
    ids = list(dict.fromkeys(each.id for each in found))
    if not ids:
        raise UserError("keeping.no_member", name=wanted)
    if len(ids) > 1:
        names = ", ".join(ids)
        raise UsageError("keeping.several_members", name=wanted, names=names)
    return next(each for each in reversed(found) if each.id == ids[0])


def make_sure(question: str, *, is_sure: bool, unasked: str, declined: str) -> None:
    """Ask on a terminal; a script says so beforehand.

    Raises:
        UsageError: nobody can be asked; `unasked` says what to do.
        UserError: they said no.

    """
    if is_sure:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(unasked)
    if not click.confirm(question, err=True):
        raise UserError(declined)
