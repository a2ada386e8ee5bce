"""`jubo reindex`: make the search index anew; a running bot does it by the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    json_option,
    print_json,
    print_line,
    progress,
    with_app,
    workspace_option,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App


def register(program: click.Group, say: Say) -> None:
    @program.command("reindex", help=say("jobs.cli.reindex"))
    @workspace_option(say)
    @json_option(say)
    def reindex(*, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            is_later = await app.overseeing.is_worked_on()
            if is_later:
                await app.reindexing.ask(where)
            else:
                steps = await app.reindexing.count_steps(where)
                with progress(say("jobs.cli.reindexing"), steps=steps) as step:
                    await app.reindexing.reindex(where, told=lambda: step(where))
            state = "enqueued" if is_later else "done"
            if as_json:
                print_json({"workspace": where, "state": state})
            else:
                print_line(say(f"jobs.cli.reindex_{state}", workspace=where))
            return 0

        return with_app(work)
