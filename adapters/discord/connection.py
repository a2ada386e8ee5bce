"""Staying connected to Discord, and saying plainly what an operator must do when that fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from typing import Any

import aiohttp
import discord

from adapters.discord.client import DiscordClient, Handler, NoStartsLeft, SendingClient
from adapters.discord.commands import commands_of, sync_commands
from adapters.discord.faults import FAILURES, BadToken, ConnectionRefused, MissingIntent
from adapters.discord.files import Files
from adapters.discord.history import DiscordHistory
from adapters.discord.homes import Homes
from adapters.discord.interactions import Interactions
from adapters.discord.keeping import Keeper
from adapters.discord.languages import Languages
from adapters.discord.listening import Listener
from adapters.discord.lookups import DiscordLookups
from adapters.discord.members import Members
from adapters.discord.places import SCHEME
from adapters.discord.platform import DiscordPlatform
from adapters.discord.sharing import ShardSharing, SharedClient
from bot.errors import ConfigError
from bot.ports import ChatHistory, ChatPlatform, Intake, Sharing

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
SETTLED_S = 600.0  # a connection that lasted so long was a good one
FINISH_WITHIN_S = 5.0
# Source: docs.discord.com, "Gateway Close Event Codes".
AUTHENTICATION_FAILED = 4004


class DiscordConnection:
    def __init__(
        self,
        client: DiscordClient,
        *,
        token: str,
        api_url: str,
        intake: Intake,
        answers: aiohttp.ClientSession,
        sharing: Sharing | None = None,
    ) -> None:
        self._token = token
        self._intake = intake
        self._sharing = sharing
        self.client = client
        members, languages = Members(self.client), Languages()
        homes = Homes(self.client, intake.homes, members)
        keeper = Keeper(self.client, intake)
        self._listener = Listener(
            self.client, intake, keeper=keeper, homes=homes, languages=languages
        )
        self._interactions = Interactions(
            self.client, intake, keeper=keeper, homes=homes, languages=languages
        )
        lookups = DiscordLookups(
            self.client,
            members,
            Files(api_url),
            languages=languages,
            workspaces=intake.workspaces,
        )
        self._platform = DiscordPlatform(self.client, lookups, texts=intake.texts, answers=answers)
        self._history = DiscordHistory(self.client, intake.homes)
        self.client.listen_to(self._handlers())

    @property
    def scheme(self) -> str:
        return SCHEME

    @property
    def platform(self) -> ChatPlatform:
        return self._platform

    @property
    def history(self) -> ChatHistory | None:
        return self._history

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set.

        Raises:
            ConfigError: Discord refuses the token, an intent, or us altogether.

        """
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            started_at = time.monotonic()
            try:
                await self._listen(stop)
            except NoStartsLeft as error:
                log.warning("Discord lets this bot connect again in %.0f s", error.reset_after_s)
                pause_s = error.reset_after_s
            except ConfigError:
                raise
            except (*FAILURES, discord.GatewayNotFound) as error:
                log.warning("Discord cannot be reached, trying again in %.0f s: %s", pause_s, error)
            except Exception:  # the library could not read what came
                log.exception("Discord's connection broke, trying again in %.0f s", pause_s)
            if not stop.is_set():  # else what is left fails at once: it is done at the next start
                self.client.rest()
            await _wait(stop, pause_s)
            lasted_s = time.monotonic() - started_at
            pause_s = FIRST_PAUSE_S if lasted_s > SETTLED_S else min(2 * pause_s, LONGEST_PAUSE_S)

    async def _listen(self, stop: asyncio.Event) -> None:
        """Keep one connection, which the library resumes by itself, until the stop or its end."""
        async with self.client:
            self.client.reopen()
            listening = asyncio.create_task(self._serve())
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait((listening, stopping), return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                await self.client.finish_handling(within_s=FINISH_WITHIN_S)
                await self.client.close()
                listening.cancel()
                await asyncio.wait((listening,))
                await self.client.finish_handling(within_s=FINISH_WITHIN_S)
        if not stop.is_set():
            _complain(listening)

    async def _serve(self) -> None:
        await self.client.login(self._token)
        beside = [asyncio.create_task(work) for work in self._work_beside()]
        try:
            await self.client.connect()
        finally:
            for task in beside:
                task.cancel()
            if beside:
                await asyncio.wait(beside)

    def _work_beside(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what nobody has to wait for while we are connected."""
        if not isinstance(self.client, SendingClient):
            yield self._register()
        if self._sharing is not None and isinstance(self.client, SharedClient):
            yield ShardSharing(self.client, self._sharing).run()

    async def _register(self) -> None:
        wanted = commands_of(self._intake.specs, self._intake.texts)
        try:
            await sync_commands(self.client, wanted)
        except FAILURES:
            log.exception("commands not registered, those that stand stay")

    def _handlers(self) -> dict[str, Handler]:
        listener = self._listener
        return {
            "message": listener.hear,
            "raw_message_edit": listener.hear_edit,
            "raw_message_delete": listener.hear_deletion,
            "raw_bulk_message_delete": listener.hear_deletion,
            "raw_reaction_add": listener.hear_reaction,
            "raw_reaction_remove": listener.hear_reaction,
            "raw_reaction_clear": listener.hear_clearing,
            "raw_reaction_clear_emoji": listener.hear_clearing,
            "interaction": self._interactions.hear,
            "guild_available": listener.take_up,
            "guild_join": listener.join,
            "guild_update": listener.rename,
            "guild_remove": _say_left,
            "connect": _say_connected,
            "disconnect": _say_disconnected,
            "resumed": _say_resumed,
        }


async def _say_connected() -> None:
    log.info("Discord connected")


async def _say_disconnected() -> None:
    log.warning("Discord connection lost, coming back")


async def _say_resumed() -> None:
    """Nothing was missed: what resumes a session is told first what happened meanwhile.

    Where it cannot be resumed, a new one announces the guilds again.
    Source: docs.discord.com, "Gateway", Resuming.
    """
    log.info("Discord connection resumed")


async def _say_left(guild: discord.Guild) -> None:
    log.info("removed from a server", extra={"guild": guild.id})


def _complain(listening: asyncio.Task[None]) -> None:
    """Raise what ended the connection, in words for the operator where they must act."""
    try:
        listening.result()
    except discord.LoginFailure as error:
        raise BadToken from error
    except discord.PrivilegedIntentsRequired as error:
        raise MissingIntent from error
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise BadToken from error
        raise ConnectionRefused(code=error.code) from error


async def _wait(stop: asyncio.Event, pause_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(pause_s):
            await stop.wait()
