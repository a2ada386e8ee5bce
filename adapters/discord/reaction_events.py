"""What discord.py tells of reactions, as the core's events. Pure: without the network.

A reaction's message, and often its member's name, are filled in later, see `lookups`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

import discord

from adapters.discord.places import Spot, message_id
from bot.domain.emoji import bare_emoji, without_skin_tone
from bot.domain.models import MemberId, WorkspaceId
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import MemberReaction

Clearing: TypeAlias = discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent


def reacted(
    payload: discord.RawReactionActionEvent, *, spot: Spot, at: datetime, workspace: WorkspaceId
) -> ReactionAdded | ReactionRemoved:
    """Discord gives reactions neither an id nor a time: `at` must be a new one each time."""
    kind = ReactionAdded if payload.event_type == "REACTION_ADD" else ReactionRemoved
    identity = message_id(payload.channel_id, payload.message_id)
    emoji = emoji_of(payload.emoji)
    return kind(
        id=f"react:{identity}:{emoji}:{payload.user_id}:{at.isoformat()}",
        workspace=workspace,
        place=spot.place,
        thread=spot.thread,
        member=MemberId(str(payload.user_id)),
        member_name=payload.member.display_name if payload.member else "",
        at=at,
        message=identity,
        emoji=emoji,
    )


def clears(payload: Clearing, standing: MemberReaction) -> bool:
    if isinstance(payload, discord.RawReactionClearEvent):
        return True
    return bare_emoji(emoji_of(payload.emoji)) == bare_emoji(standing.emoji)


def cleared(
    payload: Clearing,
    standing: MemberReaction,
    *,
    spot: Spot,
    at: datetime,
    workspace: WorkspaceId,
) -> ReactionRemoved:
    """Return how one of the reactions that stood went away."""
    identity = message_id(payload.channel_id, payload.message_id)
    return ReactionRemoved(
        id=f"react:{identity}:{standing.emoji}:{standing.member}:{at.isoformat()}",
        workspace=workspace,
        place=spot.place,
        thread=spot.thread,
        member=standing.member,
        member_name=standing.member_name,
        at=at,
        message=identity,
        emoji=standing.emoji,
    )


def emoji_of(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """Return Unicode as it is drawn, without skin tone; `:name:` for one of a guild's own."""
    if isinstance(emoji, str):
        return without_skin_tone(emoji)
    if emoji.id is not None:
        return f":{emoji.name or emoji.id}:"
    return without_skin_tone(emoji.name or "")
