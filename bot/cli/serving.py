"""`jubo demo` and `jubo serve`: the bot at work until it is stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from bot.cli.session import choose_workspace, json_option, print_line, workspace_option
from bot.domain.models import LOCAL, WorkspaceId
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App

CHANNELS = ("reading", "random")


def register(program: typer.Typer, say: Say) -> None:
    @program.command("demo", help=say("cli.demo"))
    def demo(
        port: int | None = typer.Option(None, "--port", metavar="N", help=say("cli.port")),
        no_browser: bool = typer.Option(False, "--no-browser", help=say("cli.no_browser")),
        json_output: bool = json_option(say),
    ) -> int:
        from bot.bootstrap import open_app
        from bot.config import Settings

        with tempfile.TemporaryDirectory(prefix="jubo-demo-") as folder:
            settings = Settings.load({"JUBO_HOME": folder, "JUBO_DATABASE_URL": ""})

            async def work() -> int:
                async with open_app(settings) as app:
                    await app.sampling.load(LOCAL, channel=CHANNELS[0], now=app.clock.now())
                    announce = _announcer(
                        say, json_output=json_output, opens_browser=not no_browser, is_demo=True
                    )
                    chosen = settings.web_port if port is None else port
                    return await _run(app, LOCAL, chosen, announce)

            return asyncio.run(work())

    @program.command("serve", help=say("cli.serve"))
    def serve(
        port: int | None = typer.Option(None, "--port", metavar="N", help=say("cli.port")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        from bot.bootstrap import open_app, sole_worker
        from bot.config import Settings

        settings = Settings.load()

        async def work() -> int:
            async with sole_worker(settings.folder), open_app(settings) as app:
                where = await choose_workspace(app, workspace)
                announce = _announcer(
                    say, json_output=json_output, opens_browser=False, is_demo=False
                )
                chosen = settings.web_port if port is None else port
                return await _run(app, where, chosen, announce)

        return asyncio.run(work())


async def _run(app: App, workspace: WorkspaceId, port: int, announce: Callable[[str], None]) -> int:
    from bot.bootstrap import run_bot

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    await run_bot(app, workspace=workspace, channels=CHANNELS, port=port, stop=stop, ready=announce)
    return 0


def _announcer(
    say: Say, *, json_output: bool, opens_browser: bool, is_demo: bool
) -> Callable[[str], None]:
    """Return what tells people, or a script, that the chat can be opened."""

    def announce(url: str) -> None:
        if json_output:
            print_line(json.dumps({"url": url}))
            sys.stdout.flush()
            return
        print_line(say("cli.ready", url=url))
        if is_demo:
            print_line(say("cli.demo_hint"))
        print_line(say("cli.stop_hint"))
        sys.stdout.flush()
        if opens_browser and sys.stdout.isatty():
            import webbrowser

            webbrowser.open(url)

    return announce
