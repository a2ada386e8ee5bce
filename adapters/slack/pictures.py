"""Pictures go up as files of their own; a message shows them by their id."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError

from adapters.slack import limits
from adapters.slack.client import SlackClients
from adapters.slack.lines import Json
from adapters.slack.reading import ask
from adapters.slack.runs import clean, shorten
from bot.errors import BotError, TransientError
from bot.posts import Picture

log = logging.getLogger(__name__)

UPLOAD_WITHIN_S = 15.0  # the post waits for it
KEPT = 100

FileId = str


class Pictures:
    """Uploads each picture of a post once, also when the post is sent again."""

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients
        self._files: dict[tuple[str, str], FileId] = {}

    async def upload(self, picture: Picture, *, key: str) -> FileId | None:
        """Return the file's id; None, and the post goes without it, if Slack does not take it."""
        name = key, hashlib.sha256(picture.data).hexdigest()
        if name not in self._files:
            file = await self._try(picture)
            if file is None:
                return None
            self._files[name] = file
            if len(self._files) > KEPT:
                del self._files[next(iter(self._files))]
        return self._files[name]

    async def share(self, picture: Picture, *, channel: str, thread_ts: str) -> None:
        """Show a picture as a message of its own, below the one that could not hold it."""
        await self._try(picture, channel_id=channel, thread_ts=thread_ts)

    async def _try(self, picture: Picture, **where: Any) -> FileId | None:
        if not picture.data:
            return None
        try:
            async with asyncio.timeout(UPLOAD_WITHIN_S):
                return await self._upload(picture, where)
        except (BotError, TimeoutError, ClientError, OSError, KeyError):
            log.warning("picture not uploaded, its words stand for it", exc_info=True)
            return None

    async def _upload(self, picture: Picture, where: Mapping[str, Any]) -> FileId:
        client = self._clients.reading  # a file that nobody sees yet may be uploaded again
        alt = shorten(clean(picture.alt), limits.FILE_ALT)
        begun = await ask(
            client.files_getUploadURLExternal(
                filename=picture.name, length=len(picture.data), alt_txt=alt
            )
        )
        async with self._clients.session.post(begun["upload_url"], data=picture.data) as answer:
            if not answer.ok:
                raise TransientError(f"upload refused: {answer.status}")
        files = [{"id": begun["file_id"], "title": alt}]
        complete = (self._clients.posting if where else client).files_completeUploadExternal
        await ask(complete(files=files, **where))
        return str(begun["file_id"])


def image_block(picture: Picture, file: FileId) -> Json:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": _alt(picture)}


def words_block(picture: Picture) -> dict[str, Any]:
    """Return what stands for a picture that cannot be shown."""
    element = {"type": "plain_text", "text": _alt(picture), "emoji": True}
    return {"type": "context", "elements": [element]}


def _alt(picture: Picture) -> str:
    return shorten(clean(picture.alt).strip(), limits.IMAGE_ALT) or picture.name
