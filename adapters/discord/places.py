"""Discord's guilds, channels, threads and messages as the core's ids and places. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.models import ChannelId, MessageId, Place, WorkspaceId

SCHEME = "discord"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and the thread in it."""

    place: Place
    thread: MessageId | None = None


def workspace_of(guild: int) -> WorkspaceId:
    return WorkspaceId(f"{SCHEME}:{guild}")


def guild_of(workspace: WorkspaceId) -> int:
    return int(workspace.removeprefix(f"{SCHEME}:"))


def message_id(channel: int, message: int) -> MessageId:
    return MessageId(f"{channel}/{message}")


def split_id(message: MessageId) -> tuple[int, int]:
    """Return the channel, or the thread, and the message in it."""
    channel, _, number = message.partition("/")
    return int(channel), int(number)


def locate(channel: Any) -> Spot:
    """Return where a channel of the library stands; what is not known well counts as private.

    What is said in a public thread is said in its channel; a private thread is a place of its own.
    """
    here = ChannelId(str(channel.id))
    if isinstance(channel, discord.DMChannel):
        return Spot(Place(here, is_private=True, is_direct=True))
    if isinstance(channel, discord.Thread):
        if channel.is_private():
            return Spot(Place(here, is_private=True))
        above = ChannelId(str(channel.parent_id))
        place = Place(above, is_private=channel.parent is None or is_private(channel.parent))
        return Spot(place, message_id(channel.parent_id, channel.id))
    if isinstance(channel, discord.abc.GuildChannel):
        return Spot(Place(here, is_private=is_private(channel)))
    return Spot(Place(here, is_private=True))


def is_private(channel: discord.abc.GuildChannel) -> bool:
    """Tell whether not everybody in the guild may look in.

    A channel that the guild does not list to us came with an interaction, without its permissions.
    """
    if channel.guild.get_channel(channel.id) is None:
        return True
    everyone = channel.guild.default_role
    # A guild in an outage has no roles, though the library's types promise one.
    return everyone is None or not channel.permissions_for(everyone).view_channel  # type: ignore[redundant-expr]
