"""Whether Discord would let the bot work: asked over REST alone, beside a bot that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord

from adapters.discord.client import rest_base
from adapters.discord.faults import FAILURES, BadToken, Unreachable
from adapters.discord.invite import PERMISSIONS, REASONS
from bot.ports import Finding

# Source: docs.discord.com, "Application Flags": the second one is for bots in few servers.
MESSAGE_CONTENT = 1 << 18 | 1 << 19
GUILDS_PAGE = 200
TIMEOUT_S = 10.0


async def check_discord(token: str, api_url: str = "") -> Sequence[Finding]:
    """Return one finding for the token, the intent, and each server that something lacks in."""
    base = rest_base(api_url)
    try:
        async with _open(token) as session:
            return await _look(session, base)
    except FAILURES as error:
        return (_finding("unreachable", is_ok=False, address=base, problem=_problem(error)),)


async def find_application(token: str, api_url: str = "") -> str:
    """Return the application's id.

    Raises:
        ConfigError: Discord does not answer, or does not accept the token.

    """
    base = rest_base(api_url)
    try:
        async with _open(token) as session:
            application = await _get_application(session, base)
    except FAILURES as error:
        raise Unreachable(address=base, problem=_problem(error)) from error
    if application is None:
        raise BadToken
    return str(application["id"])


@asynccontextmanager
async def _open(token: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bot {token}"}
    async with asyncio.timeout(TIMEOUT_S), aiohttp.ClientSession(headers=headers) as session:
        yield session


def _problem(error: Exception) -> str:
    return str(error) or type(error).__name__


async def _look(session: aiohttp.ClientSession, base: str) -> Sequence[Finding]:
    application = await _get_application(session, base)
    if application is None:
        return (_finding("bad_token", is_ok=False),)
    has_intent = bool(application.get("flags", 0) & MESSAGE_CONTENT)
    guilds = await _get(session, f"{base}/users/@me/guilds?limit={GUILDS_PAGE}") or []
    return (
        _finding("token_ok", name=application["name"]),
        _finding("intent_ok" if has_intent else "missing_intent", is_ok=has_intent),
        _finding("guilds", count=len(guilds)) if guilds else _finding("no_guild", is_ok=False),
        *(_lacking(each) for each in guilds if _lacks(each)),
    )


async def _get_application(session: aiohttp.ClientSession, base: str) -> dict[str, Any] | None:
    told = await _get(session, f"{base}/applications/@me")
    if told is None or {"id", "name"} <= told.keys():
        return told  # type: ignore[no-any-return]  # JSON
    raise aiohttp.ClientPayloadError("it is not Discord")


async def _get(session: aiohttp.ClientSession, url: str) -> Any:
    """Return what Discord answers, None where it does not accept the token."""
    async with session.get(url) as answer:
        if answer.status == 401:
            return None
        answer.raise_for_status()
        return await answer.json()


def _lacks(guild: dict[str, Any]) -> list[str]:
    """Return the permissions that the bot's roles do not give; channels may still differ."""
    has = discord.Permissions(int(guild.get("permissions", PERMISSIONS.value)))
    if has.administrator:
        return []
    return [name for name in REASONS if not getattr(has, name)]


def _lacking(guild: dict[str, Any]) -> Finding:
    # As Discord writes them in its English settings.
    names = ", ".join(name.replace("_", " ").title() for name in _lacks(guild))
    return _finding("lacking", is_ok=False, name=guild["name"], permissions=names)


def _finding(key: str, *, is_ok: bool = True, **values: object) -> Finding:
    return Finding("discord", is_ok, f"discord.{key}", values)
