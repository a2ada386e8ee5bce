"""The running bot: what listens, what works, and what ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from bot.bootstrap.app import routers_of
from bot.bootstrap.background import Background
from bot.bootstrap.installing import reveal
from bot.bootstrap.parts import WEB, WORKER, openings_of
from bot.bootstrap.timers import Timers
from bot.commands.catalogue import SPECS
from bot.commands.router import Dispatcher
from bot.commands.spelling import speller
from bot.commands.suggesting import Suggestions
from bot.errors import ConfigError
from bot.ports import ChatHistory, ChatPlatform, Connection, Intake, Lane, Sharing
from bot.services.catching_up import CatchingUpService
from bot.services.deadlines import Deadlines
from bot.services.membership import Membership
from bot.services.posting import PostingService, scheme_of
from bot.services.settling import SettlingService
from bot.services.watching import MeteredInbox
from bot.services.working import InboxWorker

if TYPE_CHECKING:
    from adapters.web.hub import Hub
    from bot.bootstrap.app import App
    from bot.domain.models import WorkspaceId

log = logging.getLogger(__name__)

ADOPT_EVERY_S = 2.0
FOLLOW_EVERY_S = 1.0  # other nodes write into the web chat, too


async def run_bot(
    app: App,
    *,
    workspace: WorkspaceId,
    channels: Sequence[str],
    port: int,
    parts: Collection[str],
    stop: asyncio.Event,
    ready: Callable[[str], None],
    connected: Callable[[str], None],
) -> None:
    """Run these parts until `stop` is set.

    `workspace` is that of the web chat; `ready` gets its address, "" if it does not run.
    `connected` gets the name of each platform as soon as it is listened to for the first time.

    Raises:
        ConfigError: nothing is left to run; it says what was refused.

    """
    from adapters.watching import PrometheusMeter, open_watch
    from adapters.web.following import Follower
    from adapters.web.hub import Hub
    from adapters.web.platform import WebPlatform

    membership = Membership(
        app.storage.nodes,
        app.node,
        parts=tuple(parts),
        lease_s=app.settings.lease_s,
        clock=app.clock,
    )
    bot = _Bot(app, connected, parts=parts, membership=membership)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(membership.belong())
        hub = Hub()
        bot.platforms["local"] = WebPlatform(chat=app.storage.chat, hub=hub, clock=app.clock)
        openings = openings_of(app.settings, bot.intake, parts, sharing=bot.sharing)
        connections = [await stack.enter_async_context(opening) for opening in openings]
        for connection in connections:
            bot.connect(connection)
        listen = app.settings.watch_http
        if listen and isinstance(app.meter, PrometheusMeter):  # a demo has none
            watch = open_watch(
                listen,
                meter=app.meter,
                look=app.watching.look,
                find_trouble=lambda: "" if membership.holds(membership.term) else "lease",
            )
            await stack.enter_async_context(watch)
        running = set(parts) - {WORKER} or {WORKER}
        async with _plainly(), asyncio.TaskGroup() as tasks:
            for worker in bot.workers:
                tasks.create_task(worker.run())
            tasks.create_task(bot.end_workers(stop))
            catching_up = tasks.create_task(bot.catching_up.run(stop))
            tasks.create_task(bot.timers.run(stop))
            if bot.background is not None:
                tasks.create_task(bot.background.run(stop))
            for connection in connections:
                tasks.create_task(_listen(app, connection, stop, running))
            if WEB in parts:
                if bot.sharing is not None:
                    bot.timers.every(
                        FOLLOW_EVERY_S, Follower(hub, app.storage.chat).look, name="chat"
                    )
                await _serve_web(app, bot, hub, workspace, channels, port, stop, ready)
            else:
                ready("")
                await stop.wait()
            stop.set()
            catching_up.cancel()


class _Bot:
    """What the parts share: one inbox seen through, one way of posting."""

    def __init__(
        self,
        app: App,
        connected: Callable[[str], None],
        *,
        parts: Collection[str],
        membership: Membership,
    ) -> None:
        storage, clock, language = app.storage, app.clock, app.settings.language
        self._app = app
        self._connected = connected
        # Anybody may see the web chat's events through: it is in the database.
        self._served = frozenset({"local", *parts})
        self.sharing: Sharing | None = None
        if app.settings.is_shared:
            self.sharing = Sharing(
                app.node, storage.nodes, term=lambda: membership.term, holds=membership.holds
            )
        self._listened_to: set[str] = set()
        self.platforms: dict[str, ChatPlatform] = {}  # by the scheme of a workspace's id
        self._histories: dict[str, ChatHistory] = {}
        self._posting = PostingService(
            self.platforms,
            storage.ledger,
            clock=clock,
            deadlines=Deadlines(scheduled_s=app.settings.post_timeout_s),
        )
        app.backfilling.connect(posting=self._posting, histories=self._histories)
        app.unread.connect(
            SettlingService(
                storage.links,
                storage.reactions,
                storage.workspaces,
                self._posting,
                clock=clock,
                texts=app.texts,
                spelling=partial(speller, [spec.name for spec in SPECS]),
                language=language,
                zone=app.settings.zone,
            )
        )
        self.catching_up = CatchingUpService(
            self._histories,
            storage.workspaces,
            storage.reactions,
            storage.inbox,
            clock=clock,
            on_event=self.wake,
            sharing=self.sharing,
        )
        dispatcher = Dispatcher(
            routers_of(app, self._histories),
            posting=self._posting,
            workspaces=storage.workspaces,
            texts=app.texts,
            language=language,
            zone=app.settings.zone,
        )
        self.workers = [
            InboxWorker(
                storage.inbox,
                lane=lane,
                handle=dispatcher.dispatch,
                give_up=dispatcher.give_up,
                is_idle=dispatcher.is_idle,
                is_served=self._serves,
                is_one_of_many=self.sharing is not None,
            )
            for lane in Lane
        ]
        self.timers = Timers(clock=clock)
        self.background: Background | None = None
        if WORKER in parts:
            self.background = Background(
                app,
                posting=self._posting,
                catching_up=self.catching_up,
                timers=self.timers,
                membership=membership,
                meter=app.meter,
            )
        if self.sharing is not None and self._served - {"local", WORKER}:
            self.timers.every(ADOPT_EVERY_S, self._adopt, name="events of dead nodes")
        self.events = MeteredInbox(storage.inbox, app.meter)
        self.intake = Intake(
            inbox=self.events,
            reactions=storage.reactions,
            workspaces=storage.workspaces,
            homes=storage.homes,
            clock=clock,
            texts=app.texts,
            language=language,
            specs=SPECS,
            suggests=Suggestions(
                SPECS,
                texts=app.texts,
                clock=clock,
                zone=app.zone,
                workspaces=storage.workspaces,
                subscriptions=storage.subscriptions,
            ),
            on_event=self.wake,
            on_connected=self._catch_up,
        )

    def connect(self, connection: Connection) -> None:
        self.platforms[connection.scheme] = connection.platform
        if connection.history is not None:
            self._histories[connection.scheme] = connection.history

    def _serves(self, workspace: WorkspaceId) -> bool:
        return scheme_of(workspace) in self._served

    async def _adopt(self) -> None:
        if count := await self._app.storage.inbox.adopt(self._serves):
            log.info("took over events of a node that is gone", extra={"events": count})

    def _catch_up(self, workspace: WorkspaceId) -> None:
        scheme = workspace.partition(":")[0]
        if scheme not in self._listened_to:
            self._listened_to.add(scheme)
            self._connected(scheme.title())
        self.catching_up.ask(workspace)

    async def end_workers(self, stop: asyncio.Event) -> None:
        """Take no new events from a stop on, while those who listen say goodbye."""
        await stop.wait()
        for worker in self.workers:
            worker.stop()

    def wake(self) -> None:
        for worker in self.workers:
            worker.wake()


@asynccontextmanager
async def _plainly() -> AsyncIterator[None]:
    """Let what an operator must mend out of the group that its task ended in."""
    try:
        yield
    except ExceptionGroup as group:
        refused: Exception | None = group.subgroup(ConfigError)
        if refused is None:
            raise
        while isinstance(refused, ExceptionGroup):
            refused = refused.exceptions[0]
        raise refused from None


async def _listen(app: App, connection: Connection, stop: asyncio.Event, running: set[str]) -> None:
    """Stay connected; a platform that refuses us ends the others only if none is left."""
    try:
        await connection.run(stop)
    except ConfigError as error:
        running.discard(connection.scheme)
        if not running:
            raise
        log.error("%s", _goodbye(app, connection.scheme, error, rest=running))  # noqa: TRY400 - the sentence says it all


def _goodbye(app: App, part: str, error: ConfigError, *, rest: Collection[str]) -> str:
    return app.say(
        "cli.part_refused",
        platform=part.title(),
        problem=app.say(error.message_key, **error.values),
        others=" · ".join(
            app.say("cli.web_chat") if each == WEB else each.title() for each in sorted(rest)
        ),
    )


async def _serve_web(
    app: App,
    bot: _Bot,
    hub: Hub,
    workspace: WorkspaceId,
    channels: Sequence[str],
    port: int,
    stop: asyncio.Event,
    ready: Callable[[str], None],
) -> None:
    from adapters.web.app import create_app
    from adapters.web.server import serve

    token = reveal(app.settings.web_token)
    site = create_app(
        workspace=workspace,
        inbox=bot.events,
        chat=app.storage.chat,
        hub=hub,
        clock=app.clock,
        texts=app.texts,
        language=app.settings.language,
        channels=channels,
        commands=[spec.name for spec in SPECS],
        on_event=bot.wake,
        token=token,
    )
    await serve(
        site,
        hub=hub,
        host=app.settings.web_host,
        port=port,
        token=token,
        stop=stop,
        ready=ready,
    )
