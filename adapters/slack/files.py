"""Loading files that members shared, from Slack alone."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TransientError, UserError
from bot.events import SharedFile

MAX_FILE_BYTES = 10 * 1024 * 1024  # what the readers of notes take; Slack itself keeps up to 1 GB
MAX_REDIRECTS = 3
_CHUNK_BYTES = 64 * 1024


async def load_file(session: ClientSession, client: AsyncWebClient, file: SharedFile) -> bytes:
    """Load a file. The token goes to Slack only, wherever the file's address leads.

    Raises:
        UserError: it is gone, too large, not on Slack, or our token may not read files.
        TransientError: Slack cannot be reached.

    """
    if file.size_bytes > MAX_FILE_BYTES:
        raise _too_large(file)
    url = file.url
    for _ in range(MAX_REDIRECTS):
        if not is_on_slack(url, api_url=client.base_url):
            raise UserError("slack.file_unreadable", name=file.name)
        headers = {"Authorization": f"Bearer {client.token}"}
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if "Location" not in response.headers:
                    return await _read(response, file)
                url = urljoin(url, response.headers["Location"])
        except (ClientError, TimeoutError) as error:
            raise TransientError(f"file not loaded: {type(error).__name__}") from error
    raise UserError("slack.file_unreadable", name=file.name)


def is_on_slack(url: str, *, api_url: str) -> bool:
    """Whether our token may go to this address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.netloc == urlsplit(api_url).netloc and parts.scheme in ("http", "https"):
        return True
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(".slack.com")


async def _read(response: ClientResponse, file: SharedFile) -> bytes:
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(f"file not loaded: {response.status}")
    # Without the right to read a file Slack answers 200 with its sign-in page.
    is_page = response.content_type == "text/html" and file.media_type != "text/html"
    if response.status != HTTPStatus.OK or is_page:
        raise UserError("slack.file_unreadable", name=file.name)
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise _too_large(file)
    return bytes(data)


def _too_large(file: SharedFile) -> UserError:
    return UserError("slack.file_too_large", name=file.name, limit_mb=MAX_FILE_BYTES // 2**20)
