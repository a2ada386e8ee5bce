"""What discord.py tells, as the core's events. Pure: with what is at hand, without the network.

What is not at hand is filled in later, see `lookups`. Reactions: see `reaction_events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import discord
from discord.utils import snowflake_time

from adapters.discord.places import Spot, locate, message_id, workspace_of
from adapters.discord.words import addressed, our_roles, shared_files, whole
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.domain.pasting import is_marked
from bot.events import (
    ButtonPressed,
    ChannelJoined,
    CommandCalled,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ShortcutUsed,
)
from bot.specs import CommandSpec

# Source: docs.discord.com, "Application Commands" and "Component Reference".
SUBCOMMAND = 1
MESSAGE_COMMAND = 3
SHORTCUT = "save"  # what the only entry in a message's menu does


def is_heard(message: discord.Message) -> bool:
    """Tell whether a person said it: no bot, us included, no webhook, not Discord itself."""
    is_spoken = message.type in (discord.MessageType.default, discord.MessageType.reply)
    return is_spoken and not message.author.bot and message.webhook_id is None


def is_reply(message: discord.Message) -> bool:
    """Tell whether it answers another message; what is forwarded does not."""
    return message.type is discord.MessageType.reply


def posted(message: discord.Message, *, me: int, workspace: WorkspaceId) -> MessagePosted:
    spot = locate(message.channel)
    is_for_bot = is_to_us(message, me=me)
    identity = message_id(message.channel.id, message.id)
    return MessagePosted(
        id=f"message:{identity}",
        workspace=workspace,
        place=spot.place,
        thread=spot.thread,
        member=MemberId(str(message.author.id)),
        member_name=message.author.display_name,
        at=message.created_at,
        message=identity,
        text=addressed(message, me) if is_for_bot else whole(message),
        is_for_bot=is_for_bot,
        files=shared_files(message),
        answers=answered_by(message, me=me),
    )


def answered_by(message: discord.Message, *, me: int) -> MessageId | None:
    """Return what it replies to; over a post of ours, what that replies to."""
    if not is_reply(message):
        return None
    answered = message.reference.message_id if message.reference else None
    resolved = message.reference.resolved if message.reference else None
    if isinstance(resolved, discord.Message) and resolved.author.id == me and resolved.reference:
        answered = resolved.reference.message_id or answered
    return message_id(message.channel.id, answered) if answered else None


def is_to_us(message: discord.Message, *, me: int) -> bool:
    """Tell whether it names us, answers us, or is said in private or in a thread of ours."""
    if isinstance(message.channel, discord.DMChannel):
        return True
    if isinstance(message.channel, discord.Thread) and message.channel.owner_id == me:
        return True
    answered = message.reference.resolved if message.reference else None
    if isinstance(answered, discord.Message) and answered.author.id == me:
        return True
    return any(each.id == me for each in message.mentions) or bool(our_roles(message, me))


def may_be_to_us(message: discord.Message, *, me: int) -> bool:
    """Tell whether it is to us, or in a thread of which that must be found out.

    What people say to each other in channels is nothing that we keep.
    """
    match message.channel:
        case discord.Thread(parent=discord.ForumChannel()):
            is_left_open = False  # no thread of a forum hangs on a message of ours
        case discord.Thread() as thread:
            is_left_open = not thread.is_private()
        case channel:  # one that we were not told of is a thread
            is_left_open = isinstance(channel, discord.PartialMessageable)
    is_text = message.reference is not None and is_marked(message.content)
    return is_left_open or is_text or is_to_us(message, me=me)


def edited(message: discord.Message, *, workspace: WorkspaceId) -> MessageEdited | None:
    """Return None where nobody changed the words: previews, pins and threads are updates, too."""
    if message.edited_at is None:
        return None
    spot = locate(message.channel)
    identity = message_id(message.channel.id, message.id)
    return MessageEdited(
        id=f"edit:{identity}:{message.edited_at.isoformat()}",
        workspace=workspace,
        place=spot.place,
        thread=spot.thread,
        member=MemberId(str(message.author.id)),
        member_name=message.author.display_name,
        at=message.edited_at,
        message=identity,
        text=whole(message),
    )


def deleted(
    message: MessageId, *, spot: Spot, at: datetime, workspace: WorkspaceId
) -> MessageDeleted:
    """Discord does not tell who wrote it."""
    return MessageDeleted(
        id=f"deletion:{message}",
        workspace=workspace,
        place=spot.place,
        thread=spot.thread,
        member=MemberId(""),
        at=at,
        message=message,
    )


def called(
    interaction: discord.Interaction, *, workspace: WorkspaceId, spec: CommandSpec
) -> CommandCalled:
    """Return a slash command, `/jubo NAME` as well as `/NAME`."""
    _, options = command_of(interaction)
    given = ((each["name"], str(each["value"])) for each in options)
    return _command(interaction, spec, given, workspace=workspace)


def submitted(
    interaction: discord.Interaction, *, workspace: WorkspaceId, spec: CommandSpec
) -> CommandCalled:
    """Return a form that was filled in: the command it was opened for."""
    return _command(interaction, spec, _inputs(_data(interaction)), workspace=workspace)


def pressed(interaction: discord.Interaction, *, workspace: WorkspaceId) -> ButtonPressed:
    """Return a button, or a menu's choice."""
    action, value = action_of(interaction)
    message = interaction.message.id if interaction.message else 0
    return ButtonPressed(
        **_common(interaction, workspace),
        message=message_id(interaction.channel_id or 0, message),
        action=action,
        value=chosen_of(interaction) or value,
    )


def picked(interaction: discord.Interaction, *, workspace: WorkspaceId) -> ShortcutUsed:
    """Return an act from a message's menu. Its words come along, wherever the message is."""
    data = _data(interaction)
    raw = data["resolved"]["messages"][data["target_id"]]
    message = discord.Message(
        state=interaction._state,  # as the library does itself; it has no public way
        channel=interaction.channel,  # type: ignore[arg-type]  # no message is in a category
        data=raw,
    )
    return ShortcutUsed(
        **_common(interaction, workspace),
        name=SHORTCUT,
        message=message_id(interaction.channel_id or 0, message.id),
        message_text=whole(message),
        files=shared_files(message),
    )


def let_in(guild: discord.Guild, *, me: int, at: datetime) -> ChannelJoined | None:
    """Return a new guild as its channel for announcements, if it has one that we may speak in."""
    channel, us = guild.system_channel, guild.get_member(me)
    if channel is None or us is None or not channel.permissions_for(us).send_messages:
        return None
    return ChannelJoined(
        id=f"join:{guild.id}:{at.isoformat()}",
        workspace=workspace_of(guild.id),
        place=locate(channel).place,
        member=MemberId(""),
        at=at,
    )


def is_shortcut(interaction: discord.Interaction) -> bool:
    return _data(interaction).get("type") == MESSAGE_COMMAND


def command_of(interaction: discord.Interaction) -> tuple[str, list[dict[str, Any]]]:
    """Return the command that was called and the options that were given."""
    data = _data(interaction)
    options: list[dict[str, Any]] = data.get("options", [])
    if options and options[0]["type"] == SUBCOMMAND:
        return options[0]["name"], options[0].get("options", [])
    return data["name"], options


def action_of(interaction: discord.Interaction) -> tuple[str, str]:
    """Return what a component or a form is for, and its value."""
    action, _, value = str(_data(interaction)["custom_id"]).partition("|")
    return action, value


def chosen_of(interaction: discord.Interaction) -> str:
    """Return what was chosen from a menu; "" for a button."""
    values: list[str] = _data(interaction).get("values", [])
    return values[0] if values else ""


def language_of(interaction: discord.Interaction) -> str:
    language = interaction.locale.value.partition("-")[0]
    return language if language in ("ko", "en") else ""


def _data(interaction: discord.Interaction) -> Mapping[str, Any]:
    data: Mapping[str, Any] = interaction.data or {}
    return data


def _inputs(data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the text inputs of a form: rows hold them as a list, labels hold one."""
    for row in data.get("components", []):
        for part in (*row.get("components", []), row.get("component")):
            if part and "custom_id" in part:
                yield part["custom_id"], str(part.get("value") or "")


def _command(
    interaction: discord.Interaction,
    spec: CommandSpec,
    given: Iterable[tuple[str, str]],
    *,
    workspace: WorkspaceId,
) -> CommandCalled:
    return CommandCalled(
        **_common(interaction, workspace),
        name=spec.name,
        options=tuple((name, value) for name, value in given if value.strip()),
    )


def _common(interaction: discord.Interaction, workspace: WorkspaceId) -> dict[str, Any]:
    unknown = Spot(Place(ChannelId(str(interaction.channel_id)), is_private=True))
    spot = locate(interaction.channel) if interaction.channel else unknown
    return {
        "id": f"interaction:{interaction.id}",
        "workspace": workspace,
        "place": spot.place,
        "thread": spot.thread,
        "member": MemberId(str(interaction.user.id)),
        "member_name": interaction.user.display_name,
        "language": language_of(interaction),
        "at": snowflake_time(interaction.id),
        "answer_by": f"{interaction.application_id}/{interaction.id}/{interaction.token}",
    }
