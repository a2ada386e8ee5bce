"""Discord's refusals of what we post, as the core's errors.

Codes: docs.discord.com, "Opcodes and Status Codes", JSON Error Codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import BotError, MessageGone, PlaceClosed, RateLimited, SendUnsure, TransientError

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_EMOJI = 10014
EMPTY_MESSAGE = 50006
INVALID_FORM = 50035
THREAD_EXISTS = 160004

# No server shared, or direct messages switched off.
_NO_DIRECT = {50007, 50278}
_CLOSED = {
    UNKNOWN_CHANNEL: "discord_post.no_channel",
    50001: "discord_post.cannot_see",
    50013: "discord_post.cannot_send",
    50083: "discord_post.thread_closed",
    160002: "discord_post.cannot_reply",
    160005: "discord_post.thread_closed",
}
_PATIENCE_S = 5.0  # where a 429 does not say for how long


class Expired(Exception):
    """The way back to who acted has aged out: the answer must take another one."""


class Dropped(SendUnsure):
    """The connection ended after the request went out and before the answer came."""


class DirectClosed(PlaceClosed):
    """The member takes no direct messages from us."""

    def __init__(self) -> None:
        super().__init__("discord_post.no_direct")


class Missing(PlaceClosed):
    """Discord says no for good; the sentence names what is missing, `code` is Discord's reason."""


class BadForm(Missing):
    """Discord does not take this message as it is."""


@contextmanager
def translating() -> Iterator[None]:
    """Translate what one request that changes something may raise.

    Raises:
        RateLimited: nothing was done.
        SendUnsure: it may have been done.
        TransientError: it never left.
        PlaceClosed: Discord says no for good; the subclass says why.
        MessageGone: the message that it is about is not there.

    """
    try:
        yield
    except discord.RateLimited as error:
        raise RateLimited(error.retry_after) from error
    except discord.HTTPException as error:
        raise _translate(error) from error
    except aiohttp.ClientConnectorError as error:
        raise TransientError(str(error)) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Dropped(str(error)) from error


def _translate(error: discord.HTTPException) -> BotError:
    if error.status == 429:
        return RateLimited(_wait_of(error))
    if error.status >= 500:
        return SendUnsure(str(error))
    if error.code in _NO_DIRECT:
        return DirectClosed()
    if error.code in (INVALID_FORM, EMPTY_MESSAGE):
        return BadForm("discord_post.refused", code=error.code)
    if error.code == UNKNOWN_MESSAGE:
        return MessageGone()
    if error.status == 401:
        return TransientError(str(error))  # the connection finds out, and tells the operator
    return Missing(_CLOSED.get(error.code, "discord_post.refused"), code=error.code)


def _wait_of(error: discord.HTTPException) -> float:
    # The library keeps the headers of an answer, not its words.
    headers = error.response.headers
    told = headers.get("Retry-After") or headers.get("X-RateLimit-Reset-After") or ""
    try:
        return max(float(told), 0.0)
    except ValueError:
        return _PATIENCE_S
