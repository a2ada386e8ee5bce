"""Posting to Discord: once, where it belongs, and to nobody that it is not for.

A post goes to a channel or thread with a nonce made from its key: Discord gives the first message
back when the same nonce comes again within some minutes. What answers an interaction takes the
interaction's own way back, which alone can show something to one member. That way lasts 15 minutes,
and reactions have none: then who it is for gets a direct message. Whose direct messages are closed
is told in the channel that there is something for them, quietly and without what it says.

What one member alone sees beside the first answer leaves no trace to look for. If the connection
broke after it went out, it counts as sent: it may be missing, it is never there twice. After a 5xx
it is sent again: silence is worse.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord

from adapters.discord import limits
from adapters.discord.client import DiscordClient
from adapters.discord.errors import BadForm, DirectClosed, Dropped, Expired
from adapters.discord.places import guild_of, message_id
from adapters.discord.render import Message, file_name, message_of, plain, split
from adapters.discord.requests import ORIGINAL, AnswerRequests, BotRequests
from adapters.discord.threads import Spot, Threads
from bot.domain.models import MessageId
from bot.errors import MessageGone
from bot.ports import Piece, Target
from bot.posts import say
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts

log = logging.getLogger(__name__)

# Source: docs.discord.com, "Message Flags".
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SILENT = 1 << 12

# Discord keeps a nonce for "the past few minutes"; within these a repeat is safe.
NONCE_KEPT = timedelta(minutes=2)
_CLOCKS_APART = timedelta(seconds=30)
_PAGES_BACK = 5
# Bounded, as Discord's clock and ours may be apart.
_LOOKS = 10
_LOOK_AGAIN_S = limits.FIRST_ANSWER_S / _LOOKS


def nonce_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[: limits.NONCE]


class Sender:
    def __init__(
        self, client: DiscordClient, texts: Texts, *, answers: aiohttp.ClientSession
    ) -> None:
        self._client = client
        self._answers = answers
        self._texts = texts
        self._requests = BotRequests(client)
        self._threads = Threads(client, self._requests)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        try:
            return await self._send(target, message_of(piece), key=key)
        except BadForm:
            log.exception("message refused, sending its words alone", extra={"key": key})
        first, *rest = plain(piece.text)
        message = await self._send(target, message_of(first), key=f"{key}~")
        for number, each in enumerate(rest, start=1):
            await self._send(target, message_of(each), key=f"{key}~{number}")
        return message

    async def find(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        """Look for what may have arrived. None while the nonce makes a repeat harmless."""
        del key  # Discord tells no nonce afterwards: what was said is all there is to compare
        wanted = message_of(piece)
        if target.answer_by:
            found = await self._find_answer(target.answer_by, wanted)
            if found is not None or target.only_for is not None:
                return found
        elif timedelta(0) <= discord.utils.utcnow() - since < NONCE_KEPT:
            return None
        if target.only_for is not None:
            spot = Spot(await self._open_direct(target.only_for))
        else:
            spot = await self._threads.find(target)
        return await self._find_in_history(spot.channel, wanted, since=since)

    async def edit(self, target: Target, message: MessageId, wanted: Message) -> None:
        await self._edit(target, message, wanted)
        # A thread is called by what stands above it, not by the note that stood there before.
        self._threads.remember(message.partition("/")[2], wanted.content or wanted.description)

    async def _edit(self, target: Target, message: MessageId, wanted: Message) -> None:
        channel, _, number = message.partition("/")
        # Source: docs.discord.com, "Edit Message": flags that were set must be named again.
        kept = EPHEMERAL if target.only_for and target.answer_by else 0
        body = wanted.payload(flags=kept, is_edit=True)
        if target.answer_by:
            # Too late for that, the bot's own way is left, which private answers do not have.
            with suppress(Expired, MessageGone):
                answer = AnswerRequests(self._answers, target.answer_by)
                await answer.edit(number, body, wanted.pictures)
                return
        await self._requests.call(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            body,
            pictures=wanted.pictures,
            channel_id=channel,
            message_id=number,
        )

    async def _send(self, target: Target, message: Message, *, key: str) -> MessageId:
        if target.answer_by:
            try:
                return await self._answer(target, message, key=key)
            except Expired:
                log.info("too late to answer an interaction, posting", extra={"key": key})
        if target.only_for is not None:
            return await self._whisper(target, message, key=key)
        return await self._post(await self._threads.find(target), message, key=key)

    async def _answer(self, target: Target, message: Message, *, key: str) -> MessageId:
        """Fill in the "thinking" of an interaction if it still stands there, else add to it."""
        answer = AnswerRequests(self._answers, target.answer_by)
        is_private = target.only_for is not None
        original = await _find_original(answer)
        flags = int(original.get("flags", 0)) if original else 0
        if flags & LOADING and (flags & EPHEMERAL or not is_private):
            body = message.payload(flags=flags & EPHEMERAL, is_edit=True)
            return self._sent(await answer.edit(ORIGINAL, body, message.pictures), message)
        if flags & LOADING:
            # Everybody sees it think, but what came of it is for one: it stops thinking.
            with suppress(MessageGone):
                await answer.delete_original()
        elif original and not is_private and target.thread is not None:
            return await self._post(await self._threads.find(target), message, key=key)
        body = message.payload(flags=EPHEMERAL if is_private else 0)
        try:
            return self._sent(await answer.follow_up(body, message.pictures), message)
        except Dropped:
            if not is_private:
                raise
            log.warning("a message may be missing: Discord did not say that it came")
            return MessageId(f"{target.place.channel}/answer:{key}")

    async def _post(self, spot: Spot, message: Message, *, key: str, flags: int = 0) -> MessageId:
        body = message.payload(flags=flags)
        body |= {"nonce": nonce_of(key), "enforce_nonce": True}
        if spot.reply_to:
            body["message_reference"] = {
                "message_id": spot.reply_to,
                "fail_if_not_exists": False,  # whoever asked may have deleted the question
            }
        made = await self._requests.call(
            "POST",
            "/channels/{channel_id}/messages",
            body,
            pictures=message.pictures,
            channel_id=spot.channel,
        )
        return self._sent(made, message)

    async def _whisper(self, target: Target, message: Message, *, key: str) -> MessageId:
        if target.place.is_direct:  # nobody else is there
            return await self._post(await self._threads.find(target), message, key=key)
        try:
            spot = Spot(await self._open_direct(target.only_for or ""))
            return await self._post(spot, message, key=key)
        except DirectClosed:
            log.info("direct messages are closed", extra={"key": key})
        spot = await self._threads.find(target)
        (piece,) = split(say(await self._closed_door(target), language=""))
        return await self._post(spot, message_of(piece), key=f"{key}~", flags=SILENT)

    async def _closed_door(self, target: Target) -> str:
        """Return what may be said in public: that there is something, not what."""
        guild = await self._client.find_guild(guild_of(target.workspace))
        spoken = str(guild.preferred_locale)[:2] if guild else ""
        language = spoken if spoken in LANGUAGES else DEFAULT_LANGUAGE
        return self._texts.get(language, "discord_post.for_one_alone")

    async def _open_direct(self, member: str) -> str:
        made = await self._requests.call("POST", "/users/@me/channels", {"recipient_id": member})
        return str(made["id"])

    async def _find_answer(self, answer_by: str, wanted: Message) -> MessageId | None:
        try:
            original = await _find_original(AnswerRequests(self._answers, answer_by))
        except Expired:
            return None
        if original is None or int(original.get("flags", 0)) & LOADING:
            return None
        return _id_of(original) if _says(original, wanted) else None

    async def _find_in_history(
        self, channel: str, wanted: Message, *, since: datetime
    ) -> MessageId | None:
        begun = min(since, discord.utils.utcnow())  # a clock may have been put back since
        after = discord.utils.time_snowflake(begun - _CLOCKS_APART)
        for _ in range(_PAGES_BACK):
            page = await self._requests.call(
                "GET",
                "/channels/{channel_id}/messages",
                query={"after": str(after), "limit": str(limits.HISTORY_PAGE)},
                channel_id=channel,
            )
            for found in page:
                if self._is_ours(found) and _says(found, wanted):
                    return _id_of(found)
            if len(page) < limits.HISTORY_PAGE:
                break
            after = max(int(found["id"]) for found in page)
        return None

    def _is_ours(self, found: dict[str, Any]) -> bool:
        me = self._client.user
        return me is not None and found["author"]["id"] == str(me.id)

    def _sent(self, made: dict[str, Any], message: Message) -> MessageId:
        self._threads.remember(str(made["id"]), message.content or message.description)
        return _id_of(made)


async def _find_original(answer: AnswerRequests) -> dict[str, Any] | None:
    """Return the first answer of an interaction; None where it was deleted.

    Work may be faster than the word to Discord that the answer follows: then it is waited for.
    """
    for _ in range(_LOOKS):
        with suppress(Expired):
            return await _look_for_original(answer)
        if not answer.is_new:
            break
        await asyncio.sleep(_LOOK_AGAIN_S)
    return await _look_for_original(answer)


async def _look_for_original(answer: AnswerRequests) -> dict[str, Any] | None:
    try:
        return dict(await answer.find())
    except MessageGone:
        return None


def _id_of(made: dict[str, Any]) -> MessageId:
    return message_id(int(made["channel_id"]), int(made["id"]))


def _says(found: dict[str, Any], wanted: Message) -> bool:
    """Tell whether a message reads like this one; Discord trims what it keeps."""
    embeds = [str(each.get("description", "")).strip() for each in found.get("embeds", ())]
    files = [each.get("filename") for each in found.get("attachments", ())]
    return (
        str(found.get("content", "")).strip() == wanted.content.strip()
        and embeds == ([wanted.description.strip()] if wanted.description else [])
        and files == [file_name(each, at) for at, each in enumerate(wanted.pictures)]
    )
