"""What an administrator needs before the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.commands.catalogue import SPECS
from bot.domain.models import LOCAL
from bot.errors import BotError, UsageError
from bot.ports import Finding, Node

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.config import Settings

_PROXY_S = 5.0


def slack_manifest(url: str, *, language: str) -> dict[str, Any]:
    """Return the manifest of the app; `url` is where Slack reaches us, "" for Socket Mode."""
    from adapters.slack.manifest import manifest

    return manifest(SPECS, url=url, language=language)


async def discord_invite(settings: Settings, application: str) -> str:
    """Return the address that brings the bot to a server.

    Raises:
        UsageError: neither the application's id nor a token is given.
        ConfigError: Discord does not tell the id.

    """
    if not (application or settings.discord_token):
        raise UsageError("cli.invite_needs")
    from adapters.discord.doctor import find_application
    from adapters.discord.invite import invite_url

    token = reveal(settings.discord_token)
    return invite_url(application or await find_application(token, settings.discord_api_url))


async def check_everything(settings: Settings) -> Sequence[Finding]:
    """Look at all that a start needs; never raises for what is found, and never waits for long."""
    slack, discord, model, embedding = await asyncio.gather(
        _check_slack(settings),
        _check_discord(settings),
        _check_model(settings),
        _check_embedding(settings),
    )
    return [
        Finding("settings", is_ok=True, key="doctor.settings"),
        *await _check_database(settings),
        _check_web(settings),
        *await _check_proxy(settings),
        *slack,
        *discord,
        model,
        embedding,
    ]


async def _check_database(settings: Settings) -> Sequence[Finding]:
    from storage import open_storage

    try:
        async with open_storage(settings.database) as storage:
            about = storage.about
            working = [each for each in await storage.nodes.list_nodes() if each.is_alive]
    except BotError as error:
        return [Finding("database", is_ok=False, key=error.message_key, values=error.values)]
    if not about.server:
        path = about.database
        return [Finding("database", is_ok=True, key="doctor.database", values={"path": path})]
    found = Finding("database", is_ok=True, key="doctor.postgresql", values=asdict(about))
    return [found, *_check_nodes(working)]


def _check_nodes(working: Sequence[Node]) -> Iterator[Finding]:
    """Say who shares the database now, and whether nobody there does the work."""
    from bot.bootstrap.parts import WORKER

    if working:
        names = " · ".join(f"{each.name} ({', '.join(sorted(each.parts))})" for each in working)
        has_worker = any(WORKER in each.parts for each in working)
        key = "doctor.nodes" if has_worker else "doctor.no_worker"
        yield Finding("nodes", is_ok=has_worker, key=key, values={"nodes": names})


def _check_web(settings: Settings) -> Finding:
    from adapters.web.server import is_loopback

    host, token = settings.web_host, settings.web_token
    if not is_loopback(host) and not token:
        return Finding("web", is_ok=False, key="web.token_needed", values={"host": host})
    address = f"{host}:{settings.web_port}"
    return Finding("web", is_ok=True, key="doctor.web", values={"address": address})


async def _check_proxy(settings: Settings) -> Sequence[Finding]:
    if settings.proxy is None:
        return []
    proxy = urlsplit(settings.proxy_address)
    values = {"address": f"{proxy.hostname}:{proxy.port}"}
    try:
        async with asyncio.timeout(_PROXY_S):
            _, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    except OSError as error:
        values["problem"] = type(error).__name__
        return [Finding("proxy", is_ok=False, key="doctor.no_proxy", values=values)]
    writer.close()
    return [Finding("proxy", is_ok=True, key="doctor.proxy", values=values)]


async def _check_slack(settings: Settings) -> Sequence[Finding]:
    chosen = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    if not any(chosen):
        return [Finding("slack", is_ok=True, key="doctor.slack_unset", is_in_use=False)]
    from adapters.slack.doctor import check_slack

    return await check_slack(
        bot_token=reveal(settings.slack_bot_token),
        app_token=reveal(settings.slack_app_token),
        signing_secret=reveal(settings.slack_signing_secret),
        api_url=settings.slack_api_url,
        listen=settings.slack_http,
        specs=SPECS,
    )


async def _check_discord(settings: Settings) -> Sequence[Finding]:
    if not settings.discord_token:
        return [Finding("discord", is_ok=True, key="doctor.discord_unset", is_in_use=False)]
    from adapters.discord.doctor import check_discord

    return await check_discord(reveal(settings.discord_token), settings.discord_api_url)


async def _check_embedding(settings: Settings) -> Finding:
    if not settings.has_embeddings:
        return Finding("embedding", is_ok=True, key="doctor.embedding_unset", is_in_use=False)
    from adapters.language_models.embeddings import check_embedder
    from bot.bootstrap.models import embedding_key

    return await check_embedder(
        settings.embedding_model, key=embedding_key(settings), url=settings.embedding_server
    )


async def _check_model(settings: Settings) -> Finding:
    if not settings.has_model:
        return Finding("model", is_ok=True, key="doctor.model_unset", is_in_use=False)
    from adapters.language_models.doctor import check_model
    from bot.bootstrap.models import accounts_of
    from bot.clock import SystemClock
    from storage import open_storage

    found, question, usage = await check_model(
        settings.openai_model,
        key=reveal(settings.openai_key),
        url=settings.openai_url,
        context_tokens=settings.model_context,
    )
    with suppress(BotError):  # what is wrong with the database has a line of its own
        async with open_storage(settings.database) as storage:
            await storage.workspaces.ensure(LOCAL, name="local")
            accounts = accounts_of(settings, storage.models, clock=SystemClock())
            if usage.tokens:
                await accounts.book(question, usage, model=settings.openai_model)
    return found


def reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
