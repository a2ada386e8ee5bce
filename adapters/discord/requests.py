"""Single requests to Discord: as the bot, and as the answer to an interaction."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord.utils import snowflake_time

from adapters.discord import limits
from adapters.discord.client import DiscordClient
from adapters.discord.errors import UNKNOWN_MESSAGE, Expired, translating
from adapters.discord.render import file_name
from bot.posts import Picture

Body = dict[str, Any]

_WITHIN_S = 20.0
_HOOK = "/webhooks/{application}/{token}"
ORIGINAL = "@original"


class BotRequests:
    """What the bot's token may do. Rate limits are the library's.

    It sends again what ended in 500, 502 or 504: a post carries a nonce, so that changes nothing.
    """

    def __init__(self, client: DiscordClient) -> None:
        self._client = client

    async def call(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        pictures: Sequence[Picture] = (),
        query: dict[str, str] | None = None,
        **names: str,
    ) -> Any:
        await self._client.wait_until_logged_in()
        route = discord.http.Route(method, path, **names)
        with translating():
            if pictures:
                form = _form(body or {}, pictures)
                return await self._client.http.request(route, form=form)
            if body is not None:
                return await self._client.http.request(route, json=body)
            return await self._client.http.request(route, params=query or {})


class AnswerRequests:
    """What the token of an interaction may do, each tried once.

    The library would send a follow-up again after a server error, and Discord knows no nonce
    there: a second message. Answers are exempt from the bot's rate limit and carry no bot token.
    """

    def __init__(self, session: aiohttp.ClientSession, answer_by: str) -> None:
        self._session = session
        self._application, interaction, self._token = answer_by.split("/", 2)
        self._called_at = snowflake_time(int(interaction))

    @property
    def is_new(self) -> bool:
        """Whether Discord may still learn that we answer: before, it does not know the token."""
        age = discord.utils.utcnow() - self._called_at
        return age.total_seconds() < limits.FIRST_ANSWER_S

    async def find(self, message: str = ORIGINAL) -> Any:
        return await self._call("GET", f"{_HOOK}/messages/{{message}}", message=message)

    async def edit(self, message: str, body: Body, pictures: Sequence[Picture] = ()) -> Any:
        path = f"{_HOOK}/messages/{{message}}"
        return await self._call("PATCH", path, body, pictures, message=message)

    async def delete_original(self) -> None:
        await self._call("DELETE", f"{_HOOK}/messages/{{message}}", message=ORIGINAL)

    async def follow_up(self, body: Body, pictures: Sequence[Picture] = ()) -> Any:
        return await self._call("POST", _HOOK, body, pictures)

    async def _call(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        pictures: Sequence[Picture] = (),
        **names: str,
    ) -> Any:
        names = {"application": self._application, "token": self._token, **names}
        url = discord.http.Route(method, path, **names).url
        sent: dict[str, Any] = {}
        if pictures:
            sent["data"] = aiohttp.FormData(quote_fields=False)
            for field in _form(body or {}, pictures):
                sent["data"].add_field(**field)
        elif body is not None:
            sent["json"] = body
        with translating():
            async with self._session.request(method, url, **sent) as response:
                result = await _read(response)
                if response.status < 300:
                    return result
                refused = discord.HTTPException(response, result)
                if response.status in (401, 404) and refused.code != UNKNOWN_MESSAGE:
                    raise Expired(str(refused))  # 50027, 10015, 10062: too late, or never known
                raise refused


@asynccontextmanager
async def open_answers() -> AsyncIterator[aiohttp.ClientSession]:
    """Open what `AnswerRequests` go through; each brings its own token."""
    timeout = aiohttp.ClientTimeout(total=_WITHIN_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


async def _read(response: aiohttp.ClientResponse) -> Any:
    if response.content_type == "application/json":
        return await response.json()
    return await response.text()


def _form(body: Body, pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """Return the fields of a form. Source: docs.discord.com, "Uploading Files"."""
    fields: list[dict[str, Any]] = [
        {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}
    ]
    fields += [
        {
            "name": f"files[{number}]",
            "value": picture.data,
            "filename": file_name(picture, number),
            "content_type": "image/png",
        }
        for number, picture in enumerate(pictures)
    ]
    return fields
