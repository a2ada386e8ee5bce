"""Files at messages, loaded from Discord alone."""

from __future__ import annotations

import asyncio

import aiohttp
import yarl

from bot.errors import TransientError, UserError
from bot.events import SharedFile

# Where Discord keeps attachments. Source: docs.discord.com, "Signed Attachment CDN URLs".
CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
LARGEST_MB = 10  # the most that members attach without a subscription
_LARGEST = LARGEST_MB * 1024 * 1024
_TIMEOUT_S = 30.0


class Files:
    """`api_url` names another server to trust: one that stands in for Discord keeps files too."""

    def __init__(self, api_url: str = "") -> None:
        self._own = yarl.URL(api_url).origin() if api_url else None

    async def fetch(self, file: SharedFile) -> bytes:
        """Return the file.

        Raises:
            UserError: it is gone, too large, or not on Discord.

        """
        url = yarl.URL(file.url, encoded=True)
        if not self._is_ours(url):
            raise UserError("discord.file_elsewhere", name=file.name)
        if file.size_bytes > _LARGEST:
            raise UserError("discord.file_too_large", name=file.name, limit=LARGEST_MB)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await _load(url, file.name)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TransientError(str(error)) from error

    def _is_ours(self, url: yarl.URL) -> bool:
        if self._own is not None and url.is_absolute() and url.origin() == self._own:
            return True
        return url.scheme == "https" and url.host in CDN_HOSTS and url.port == 443


async def _load(url: yarl.URL, name: str) -> bytes:
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        if answer.status in (403, 404):  # deleted, or its signed address is too old
            raise UserError("discord.file_gone", name=name)
        if answer.status != 200:
            raise TransientError(f"{url.host} answered {answer.status}")
        data = bytearray()
        async for chunk in answer.content.iter_chunked(65536):
            data += chunk
            if len(data) > _LARGEST:
                raise UserError("discord.file_too_large", name=name, limit=LARGEST_MB)
        return bytes(data)
