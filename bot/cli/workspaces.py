"""`jubo workspace`: what there is, and one made part of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.help import Program
from bot.cli.keeping import counting, make_sure
from bot.cli.session import clean, json_option, print_json, print_line, with_app
from bot.errors import UsageError, UserError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.models import WorkspaceId


def register(program: click.Group, say: Say) -> None:
    @program.group("workspace", cls=Program, help=say("workspaces.cli.workspace"))
    def workspace() -> None:
        pass

    _register_list(workspace, say)
    _register_merge(workspace, say)


def _register_list(workspace: click.Group, say: Say) -> None:
    @workspace.command("list", help=say("workspaces.cli.list"))
    @json_option(say)
    def list_workspaces(*, as_json: bool) -> int:
        async def work(app: App) -> int:
            found = []
            for each in await app.storage.workspaces.list_workspaces():
                counts = await app.storage.watch.count(app.clock.now(), workspace=each)
                links = sum(counts.pages.values())
                standing = {"subscriptions": counts.subscriptions, "feeds": counts.feeds}
                found.append({"workspace": each, "links": links, **standing})
            if as_json:
                print_json(found)
            else:
                for row in found:
                    print_line(say("workspaces.cli.row", **row))
            return 0

        return with_app(work)


def _register_merge(workspace: click.Group, say: Say) -> None:
    @workspace.command("merge", help=say("workspaces.cli.merge"))
    @click.argument("source", metavar="FROM", help=say("workspaces.cli.merge_from"))
    @click.argument("target", metavar="INTO", help=say("workspaces.cli.merge_into"))
    @click.option("--yes", is_flag=True, help=say("workspaces.cli.merge_yes"))
    @json_option(say)
    def merge(source: str, target: str, *, yes: bool, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.bootstrap.keeping import merge_workspaces

            known = await app.storage.workspaces.list_workspaces()
            one, other = (_named(each, known) for each in (source, target))
            if one == other:
                raise UserError("workspaces.same")
            make_sure(
                say("workspaces.cli.merge_sure", source=one, target=other),
                is_sure=yes,
                unasked="workspaces.say_yes",
                declined="workspaces.not_merged",
            )
            with counting(say("workspaces.cli.merging")) as told:
                moved = await merge_workspaces(app.settings, one, other, told=told)
            if as_json:
                print_json({"from": one, "into": other, **moved})
            else:
                print_line(say("workspaces.cli.merged", source=one, target=other, **moved))
            return 0

        return with_app(work)


def _named(name: str, known: Sequence[WorkspaceId]) -> WorkspaceId:
    for each in known:
        if each == name:
            return each
    raise UsageError("workspaces.unknown", name=clean(name), names=", ".join(known))
