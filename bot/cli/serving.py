"""`jubo demo` and `jubo serve`: the bot at work until it is stopped."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    Decorator,
    choose_workspace,
    json_option,
    print_line,
    workspace_option,
)
from bot.domain.models import LOCAL
from bot.texts import Say

if TYPE_CHECKING:
    import asyncio

    from bot.bootstrap import App
    from bot.domain.models import WorkspaceId

CHANNELS = ("reading", "random")


def register(program: click.Group, say: Say) -> None:
    @program.command("demo", help=say("cli.demo"))
    @_port_option(say)
    @click.option("--no-browser", is_flag=True, help=say("cli.no_browser"))
    @json_option(say)
    def demo(*, port: int | None, no_browser: bool, as_json: bool) -> int:
        import asyncio
        import tempfile

        from bot.bootstrap import open_app
        from bot.config import Settings

        announce = _announcer(
            say, as_json=as_json, opens_browser=not no_browser, hint=say("cli.demo_hint")
        )

        async def work(settings: Settings) -> int:
            stop = _stop_on_signals()
            async with open_app(settings) as app:
                await app.sampling.load(LOCAL, channel=CHANNELS[0], now=app.clock.now())
                parts = frozenset({"web", "worker"})
                return await _run(app, LOCAL, parts, port, stop, announce)

        with tempfile.TemporaryDirectory(prefix="jubo-demo-") as folder:
            apart = dict.fromkeys(("JUBO_DATABASE_URL", "SLACK_BOT_TOKEN", "DISCORD_TOKEN"))
            return asyncio.run(work(Settings.load({**apart, "JUBO_HOME": folder})))

    @program.command("serve", help=say("cli.serve"))
    @click.option("--only", metavar="PARTS", help=say("cli.only"))
    @_port_option(say)
    @workspace_option(say)
    @json_option(say)
    def serve(*, only: str | None, port: int | None, workspace: str | None, as_json: bool) -> int:
        import asyncio

        from bot.bootstrap import open_app
        from bot.bootstrap.parts import choose_parts
        from bot.config import Settings
        from bot.log import set_form

        def connected(platform: str) -> None:
            if not as_json:
                print_line(say("cli.listening", platform=platform))
                sys.stdout.flush()

        async def work(settings: Settings) -> int:
            set_form(settings.log_format)
            # Nothing between two commas is no part either: it may be a variable that is not set.
            named = [] if only is None else [part.strip() for part in only.split(",")]
            parts = choose_parts(settings, named)
            if named and not parts.issubset(named) and not as_json:
                print_line(say("cli.works_too"))
            stop = _stop_on_signals()
            async with open_app(settings, is_worker=True) as app:
                where = await choose_workspace(app, workspace) if workspace else LOCAL
                announce = _announcer(say, as_json=as_json, opens_browser=False)
                return await _run(app, where, parts, port, stop, announce, connected)

        return asyncio.run(work(Settings.load()))


def _port_option(say: Say) -> Decorator:
    return click.option("--port", type=click.IntRange(0, 65535), metavar="N", help=say("cli.port"))


def _stop_on_signals() -> asyncio.Event:
    """Return an event that Ctrl+C and SIGTERM set: from here on they end the program in order."""
    import asyncio

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    return stop


async def _run(
    app: App,
    workspace: WorkspaceId,
    parts: Collection[str],
    port: int | None,
    stop: asyncio.Event,
    announce: Callable[[str], None],
    connected: Callable[[str], None] = lambda _: None,
) -> int:
    from bot.bootstrap.running import run_bot

    def ready(url: str) -> None:
        # What is loaded by now stays; to look through it for garbage stops everybody for .1 s.
        gc.freeze()
        announce(url)

    chosen = app.settings.web_port if port is None else port
    await run_bot(
        app,
        workspace=workspace,
        channels=CHANNELS,
        port=chosen,
        parts=parts,
        stop=stop,
        ready=ready,
        connected=connected,
    )
    return 0


def _announcer(
    say: Say, *, as_json: bool, opens_browser: bool, hint: str = ""
) -> Callable[[str], None]:
    """Return what tells people, or a script, that the chat can be opened."""

    def announce(url: str) -> None:
        if as_json:
            print_line(json.dumps({"url": url}))
        else:
            ready = say("cli.ready", url=url) if url else ""
            for line in (ready, hint, say("cli.stop_hint")):
                if line:
                    print_line(line)
        sys.stdout.flush()
        if opens_browser and not as_json and sys.stdout.isatty():
            import webbrowser

            webbrowser.open(url)

    return announce
