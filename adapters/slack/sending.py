"""Sending and changing one message: each call once, and another way where one is closed.

What only one member sees, or goes where we are no member, leaves no trace that we could find. If
the connection broke after it went out, it counts as sent: it may be missing, it is never there
twice. After a 5xx it is sent again: Slack seldom keeps what it answers so, and silence is worse.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.client import SlackClients
from adapters.slack.errors import RESTRICTED, BlocksRefused, Dropped, translate, translate_answer
from adapters.slack.files import is_on_slack
from adapters.slack.lines import Json
from adapters.slack.messages import message_id, split_message_id
from adapters.slack.pictures import FileId, Pictures, image_block, words_block
from adapters.slack.render import SlackMessage
from bot.domain.models import MessageId
from bot.errors import MessageGone, PlaceClosed, SendUnsure, TransientError
from bot.ports import Target
from bot.posts import Picture

log = logging.getLogger(__name__)

EVENT_TYPE = "jubo_post"  # our mark in a message's metadata
# A new file can be shown when Slack has processed it; until then it refuses the blocks.
PICTURE_PAUSES_S = (0.5, 1.0, 2.0, 4.0)

Call: TypeAlias = Callable[[Json], Awaitable[Mapping[str, Any]]]
Pause: TypeAlias = Callable[[float], Awaitable[None]]


class Sender:
    def __init__(self, clients: SlackClients, *, pause: Pause) -> None:
        self._clients = clients
        self._pictures = Pictures(clients)
        self._pause = pause

    async def send(self, target: Target, message: SlackMessage, *, key: str) -> MessageId:
        if is_for_one(target):
            return await self._send_to_one(target, message, key=key)
        try:
            return await self._post(target.place.channel, thread_of(target), message, key=key)
        except PlaceClosed as closed:
            if not target.answer_by:
                raise
            # An administrator's rule about who may post holds for the way back too.
            seen_by = "ephemeral" if closed.message_key == RESTRICTED else "in_channel"
            answer = self._answer(target, message, key=key, response_type=seen_by)
            return await _once(answer, target, key)

    async def edit(self, target: Target, which: MessageId, message: SlackMessage) -> None:
        try:
            await self._update(which, message)
        except (MessageGone, PlaceClosed):
            # Only the way back of a press reaches a message that one member sees.
            if not target.answer_by:
                raise
            await self._answer(
                target, message, key=which, response_type="ephemeral", replace_original=True
            )

    async def _update(self, which: MessageId, message: SlackMessage) -> None:
        channel, ts = split_message_id(which)
        if not is_timestamp(ts):
            raise MessageGone

        async def update(shown: Json) -> Mapping[str, Any]:
            return await self._call("chat.update", {"channel": channel, "ts": ts, **shown})

        await self._lay_out(message, update, key=which)

    # Ways to a place

    async def _send_to_one(self, target: Target, message: SlackMessage, *, key: str) -> MessageId:
        """Try one way after the other, so that nobody is left without an answer."""
        ways = [self._whisper, self._answer_one, self._write_to]
        if not target.answer_by:
            ways.remove(self._answer_one)
        closed: PlaceClosed | MessageGone | None = None
        for way in ways:
            try:
                return await _once(way(target, message, key), target, key)
            except (PlaceClosed, MessageGone) as error:
                closed = closed or error
        raise closed or MessageGone

    async def _whisper(self, target: Target, message: SlackMessage, key: str) -> MessageId:
        channel = target.place.channel
        where = {"channel": channel, "user": target.only_for, "thread_ts": thread_of(target)}

        async def whisper(shown: Json) -> Mapping[str, Any]:
            return await self._call("chat.postEphemeral", {**where, **shown})

        told, _ = await self._lay_out(message, whisper, key=key)
        return message_id(channel, str(told.get("message_ts") or f"one:{key}"))

    async def _answer_one(self, target: Target, message: SlackMessage, key: str) -> MessageId:
        return await self._answer(target, message, key=key, response_type="ephemeral")

    async def _write_to(self, target: Target, message: SlackMessage, key: str) -> MessageId:
        opened = await self._call("conversations.open", {"users": target.only_for})
        return await self._post(str(opened["channel"]["id"]), None, message, key=key)

    async def _post(
        self, channel: str, thread_ts: str | None, message: SlackMessage, *, key: str
    ) -> MessageId:
        where = {
            "channel": channel,
            "thread_ts": thread_ts,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }

        async def post(shown: Json) -> Mapping[str, Any]:
            await notice_deadline()  # pictures went up first, which may have taken long
            return await self._call("chat.postMessage", {**where, **shown})

        told, left_out = await self._lay_out(message, post, key=key)
        for picture in left_out:
            await self._pictures.share(
                picture, channel=channel, thread_ts=thread_ts or str(told["ts"])
            )
        return message_id(str(told.get("channel") or channel), str(told["ts"]))

    async def _answer(
        self, target: Target, message: SlackMessage, *, key: str, **how: Any
    ) -> MessageId:
        """Answer by the address that came with what a member did: five times in 30 minutes.

        Raises:
            PlaceClosed: it is used up, too old, or not Slack's.

        """
        if not is_on_slack(target.answer_by, api_url=self._clients.posting.base_url):
            raise PlaceClosed("slack_post.not_in_channel")
        where = {"replace_original": False, "thread_ts": thread_of(target), **how}

        async def answer(shown: Json) -> Mapping[str, Any]:
            return await self._answer_by(target.answer_by, _without_none({**where, **shown}))

        await self._lay_out(message, answer, key=key)
        return _unnamed(target, key)

    # Layout

    async def _lay_out(
        self, message: SlackMessage, call: Call, *, key: str
    ) -> tuple[Mapping[str, Any], list[Picture]]:
        """Show the message as richly as Slack takes it; return the pictures that it left out."""
        files: dict[int, FileId] = {}
        for place, block in enumerate(message.blocks):
            if isinstance(block, Picture):
                file = await self._pictures.upload(block, key=key)
                files |= {place: file} if file else {}
        for pause_s in PICTURE_PAUSES_S if files else ():
            try:
                return await call(_shown(message, files)), []
            except BlocksRefused:
                await self._pause(pause_s)
        left_out = [block for place in files if isinstance(block := message.blocks[place], Picture)]
        try:
            return await call(_shown(message, {})), left_out
        except BlocksRefused as refused:
            log.warning("layout refused, sent as plain text", extra={"reason": str(refused)})
            return await call({"text": message.mrkdwn}), left_out

    # The calls

    async def _call(self, method: str, args: Json) -> Mapping[str, Any]:
        try:
            answer: AsyncSlackResponse = await self._clients.posting.api_call(
                method, json=_without_none(args)
            )
        except (SlackApiError, SlackClientError, ClientError, TimeoutError, OSError) as error:
            raise translate(error) from error
        return answer.data if isinstance(answer.data, dict) else {}

    async def _answer_by(self, url: str, body: Json) -> Mapping[str, Any]:
        try:
            async with self._clients.session.post(
                url, json=body, allow_redirects=False
            ) as response:
                # Success is the word `ok`, or JSON; what went wrong is JSON, or a word.
                is_json = response.content_type == "application/json"
                told = await response.json() if is_json else {}
                if response.status == HTTPStatus.OK and told.get("ok", True):
                    return told
                error = told.get("error") or (await response.text()).strip()[:50] or "refused"
                status, headers = response.status, dict(response.headers)
        except (ClientError, TimeoutError, OSError, ValueError) as failure:
            raise translate(failure) from failure
        raise translate_answer(status, headers, {"error": error})


def is_for_one(target: Target) -> bool:
    """Whether it must be ephemeral: in a direct message nobody else is there to see it."""
    return target.only_for is not None and not target.place.is_direct


def thread_of(target: Target) -> str | None:
    if target.thread is None:
        return None
    _, ts = split_message_id(target.thread)
    return ts if is_timestamp(ts) else None


def is_timestamp(ts: str) -> bool:
    """Whether Slack gave it: messages that went out without a timestamp have a name of ours."""
    return ts.replace(".", "", 1).isdecimal()


async def _once(way: Awaitable[MessageId], target: Target, key: str) -> MessageId:
    """Send what leaves no trace to look for."""
    try:
        return await way
    except Dropped:
        log.warning("a message may be missing: Slack did not say that it came", extra={"key": key})
        return _unnamed(target, key)
    except SendUnsure as error:
        raise TransientError(str(error)) from error


async def notice_deadline() -> None:
    """Let the caller's deadline end this if it is over.

    A process that was frozen goes on where it stood, before its loop looks at the clock: what it
    would send then, others have sent meanwhile. The loop looks once, and acts the next time.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _unnamed(target: Target, key: str) -> MessageId:
    return message_id(target.place.channel, f"answer:{key}")


def _shown(message: SlackMessage, files: Mapping[int, FileId]) -> Json:
    blocks = [
        block
        if not isinstance(block, Picture)
        else image_block(block, files[place])
        if place in files
        else words_block(block)
        for place, block in enumerate(message.blocks)
    ]
    return {"text": message.text, "blocks": blocks}


def _without_none(args: Json) -> Json:
    return {key: value for key, value in args.items() if value is not None}
