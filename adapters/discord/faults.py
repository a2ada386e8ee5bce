"""Discord's refusals as the core's errors: of reads, and of the bot as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import ConfigError, MessageGone, PlaceClosed, TransientError

# What a request may end in: the library lets some of aiohttp's errors through.
FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


@contextmanager
def reading() -> Iterator[None]:
    """Translate what a read may raise.

    Raises:
        MessageGone: what was asked for is not there.
        PlaceClosed: we may not look in.
        TransientError: the library tried several times and gave up.

    """
    try:
        yield
    except discord.NotFound as error:
        raise MessageGone from error
    except discord.Forbidden as error:
        raise PlaceClosed("discord.cannot_read") from error
    except FAILURES as error:
        raise TransientError(str(error)) from error


class BadToken(ConfigError):
    message_key = "discord.bad_token"


class MissingIntent(ConfigError):
    message_key = "discord.missing_intent"


class Unreachable(ConfigError):
    message_key = "discord.unreachable"


class ConnectionRefused(ConfigError):
    """Discord closed the gateway with a code that says: do not come back."""

    message_key = "discord.refused"
