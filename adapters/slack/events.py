"""What Slack sends, as events: pure, with what the payload has at hand.

`lookups.py` fills in the rest. Optional fields of Slack's stay optional here.
"""

from __future__ import annotations

from datetime import datetime

from adapters.slack.action_ids import action_of, value_of
from adapters.slack.emoji_names import emoji_of
from adapters.slack.forms import FORM, options_of, origin_of
from adapters.slack.identity import Identity
from adapters.slack.messages import (
    Payload,
    edited_at_of,
    files_of,
    instant_of,
    is_from_bot,
    is_said,
    message_id,
    thread_of,
)
from adapters.slack.words import mentions, said_in, text_of, typed
from bot.domain.models import ChannelId, MemberId, Place
from bot.events import (
    ButtonPressed,
    ChannelJoined,
    CommandCalled,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    ShortcutUsed,
)

SAVE_SHORTCUT = "save"


def translate(body: Payload, *, me: Identity, now: datetime) -> Event | None:
    """Return the event; None where there is nothing for us. `now` stands in for a missing time."""
    if "command" in body:
        return _command(body, me=me, now=now)
    match body.get("type"):
        case "event_callback":
            return _event(body["event"], me=me, now=now)
        case "message_action":
            return _shortcut(body, me=me, now=now)
        case "block_actions":
            return _press(body, me=me, now=now)
        case "view_submission":
            return _form(body, me=me, now=now)
        case _:
            return None


# Events


def _event(event: Payload, *, me: Identity, now: datetime) -> Event | None:
    at = instant_of(event.get("event_ts"), otherwise=now)
    match event.get("type"):
        case "message" if event.get("subtype") == "message_changed":
            return _deletion(event, me=me, at=at) or _edit(event, me=me, at=at)
        case "message" if event.get("subtype") == "message_deleted":
            return _deletion(event, me=me, at=at)
        case "message" | "app_mention":
            return _message(event, me=me, at=at)
        case "reaction_added" | "reaction_removed":
            return _reaction(event, me=me, at=at)
        case "member_joined_channel" if event.get("user") == me.member:
            return _joined(event, me=me, at=at)
        case _:
            return None


def _message(event: Payload, *, me: Identity, at: datetime) -> MessagePosted | None:
    if not is_said(event) or is_from_bot(event, me=me):
        return None
    channel, ts = event["channel"], event["ts"]
    place = _place(channel, event.get("channel_type"))
    thread = thread_of(channel, event)
    is_called = event["type"] == "app_mention" or mentions(event, me.member) or place.is_direct
    if not is_called and thread is None:
        return None  # the talk of a channel is none of our business
    message = message_id(channel, ts)
    return MessagePosted(
        id=f"message:{message}",
        workspace=me.workspace,
        place=place,
        member=MemberId(event["user"]),
        at=instant_of(ts, otherwise=at),
        thread=thread,
        message=message,
        text=text_of(event, without=me.member),
        is_for_bot=is_called or event.get("parent_user_id") == me.member,
        files=files_of(event),
    )


def _edit(event: Payload, *, me: Identity, at: datetime) -> MessageEdited | None:
    """Previews of links come as edits too: only changed words are one."""
    new, old = event["message"], event.get("previous_message")
    if not is_said(new) or is_from_bot(new, me=me):
        return None
    if old is not None and said_in(new) == said_in(old):
        return None
    channel = event["channel"]
    message = message_id(channel, new["ts"])
    edited_at = edited_at_of(new) or instant_of(event.get("ts"), otherwise=at)
    return MessageEdited(
        id=f"edit:{message}:{edited_at.isoformat()}",
        workspace=me.workspace,
        place=_place(channel, event.get("channel_type")),
        member=MemberId(new["user"]),
        at=edited_at,
        thread=thread_of(channel, new),
        message=message,
        text=text_of(new),
    )


def _deletion(event: Payload, *, me: Identity, at: datetime) -> MessageDeleted | None:
    """Tell what was said to us and is gone; with replies it becomes a tombstone, by a change."""
    left, old = event.get("message"), event.get("previous_message")
    is_gone = left is None or left.get("subtype") == "tombstone"
    if not is_gone or old is None or not is_said(old) or is_from_bot(old, me=me):
        return None
    channel = event["channel"]
    place, thread = _place(channel, event.get("channel_type")), thread_of(channel, old)
    if not (place.is_direct or thread or mentions(old, me.member)):
        return None  # no question to us
    message = message_id(channel, old["ts"])
    return MessageDeleted(
        id=f"deletion:{message}",
        workspace=me.workspace,
        place=place,
        member=MemberId(old["user"]),
        at=at,
        thread=thread,
        message=message,
    )


def _reaction(
    event: Payload, *, me: Identity, at: datetime
) -> ReactionAdded | ReactionRemoved | None:
    item = event.get("item") or {}
    if item.get("type") != "message" or event.get("user") in (None, me.member):
        return None
    emoji = emoji_of(event["reaction"])
    message = message_id(item["channel"], item["ts"])
    kind = ReactionAdded if event["type"] == "reaction_added" else ReactionRemoved
    return kind(
        id=f"react:{message}:{emoji}:{event['user']}:{event.get('event_ts') or at.isoformat()}",
        workspace=me.workspace,
        place=_place(item["channel"]),
        member=MemberId(event["user"]),
        at=at,
        message=message,
        emoji=emoji,
    )


def _joined(event: Payload, *, me: Identity, at: datetime) -> ChannelJoined:
    return ChannelJoined(
        id=f"joined:{event['channel']}:{event.get('event_ts') or at.isoformat()}",
        workspace=me.workspace,
        place=_place(
            event["channel"], {"C": "channel"}.get(event.get("channel_type") or "", "group")
        ),
        member=MemberId(event.get("inviter") or me.member),
        at=at,
    )


# What people call


def _command(body: Payload, *, me: Identity, now: datetime) -> CommandCalled:
    return CommandCalled(
        id=f"command:{body['trigger_id']}",
        workspace=me.workspace,
        place=_place(body["channel_id"], _TYPE_OF_NAME.get(body.get("channel_name") or "")),
        member=MemberId(body["user_id"]),
        at=now,
        member_name=body.get("user_name") or "",
        answer_by=body.get("response_url") or "",
        name=body["command"].removeprefix("/"),
        arguments=typed(body.get("text") or ""),
    )


def _shortcut(body: Payload, *, me: Identity, now: datetime) -> ShortcutUsed | None:
    channel, message = body["channel"]["id"], body["message"]
    if body.get("callback_id") != SAVE_SHORTCUT:
        return None
    return ShortcutUsed(
        id=f"shortcut:{body['trigger_id']}",
        workspace=me.workspace,
        place=_place(channel, _TYPE_OF_NAME.get(body["channel"].get("name") or "")),
        member=MemberId(body["user"]["id"]),
        at=instant_of(body.get("action_ts"), otherwise=now),
        member_name=_name(body["user"]),
        thread=thread_of(channel, message),
        answer_by=body.get("response_url") or "",
        name=SAVE_SHORTCUT,
        message=message_id(channel, body.get("message_ts") or message["ts"]),
        message_text=text_of(message),
        files=files_of(message),
    )


def _press(body: Payload, *, me: Identity, now: datetime) -> ButtonPressed | None:
    container, action = body.get("container") or {}, body["actions"][0]
    shown_in = body.get("channel") or {}
    channel, ts = container.get("channel_id") or shown_in.get("id"), container.get("message_ts")
    if not channel or not ts:
        return None
    post = {**container, **(body.get("message") or {}), "ts": ts}
    chosen = action.get("selected_option") or action
    return ButtonPressed(
        id=f"press:{body['trigger_id']}:{action['action_id']}",
        workspace=me.workspace,
        place=_place(channel, _TYPE_OF_NAME.get(shown_in.get("name") or "")),
        member=MemberId(body["user"]["id"]),
        at=instant_of(action.get("action_ts"), otherwise=now),
        member_name=_name(body["user"]),
        thread=thread_of(channel, post),
        answer_by=body.get("response_url") or "",
        message=message_id(channel, ts),
        action=action_of(action["action_id"]),
        value=value_of(chosen.get("value") or ""),
    )


def _form(body: Payload, *, me: Identity, now: datetime) -> CommandCalled | None:
    """Answer a form where its command was called: it has no way back of its own."""
    view = body["view"]
    origin = origin_of(view)
    if view.get("callback_id") != FORM or origin is None:
        return None
    return CommandCalled(
        id=f"form:{view['id']}",
        workspace=me.workspace,
        place=_place(origin.channel),
        member=MemberId(body["user"]["id"]),
        at=now,
        member_name=_name(body["user"]),
        name=origin.command,
        options=(*options_of(view), *origin.options),
    )


# What Slack says of channels and members

# How slash commands and shortcuts name channels whose names are not for everyone.
_TYPE_OF_NAME = {"directmessage": "im", "privategroup": "group"}


def _place(channel: str, kind: str | None = None) -> Place:
    """Return the place as far as the payload tells; conversations with ids on D are direct."""
    is_direct = kind == "im" or channel.startswith("D")
    is_private = is_direct or kind in ("group", "mpim") or channel.startswith("G")
    return Place(ChannelId(channel), is_private=is_private, is_direct=is_direct)


def _name(user: Payload) -> str:
    return str(user.get("username") or user.get("name") or "")
