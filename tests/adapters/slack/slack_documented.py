"""What Slack's own pages say each method and event asks of a bot token.

Source: docs.slack.dev/reference/methods/METHOD and /reference/events/EVENT, "Required scopes". It
stands here a second time on purpose: what the adapter's table lacks must be missed by somebody.
"""

from __future__ import annotations

from typing import Any

HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
CONVERSATIONS = {"channels:read", "groups:read", "im:read", "mpim:read"}

METHODS: dict[str, set[str]] = {
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    "conversations.info": CONVERSATIONS,
    "conversations.open": {"channels:manage", "groups:write", "im:write", "mpim:write"},
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "reactions.add": {"reactions:write"},
    "reactions.get": {"reactions:read"},
    "reactions.remove": {"reactions:write"},
    "users.conversations": CONVERSATIONS,
    "users.info": {"users:read"},
    "views.open": set(),
}
# A scope for each kind of conversation: with one member we open direct messages alone.
NOT_ASKED_FOR = {"conversations.open": {"channels:manage", "groups:write", "mpim:write"}}

# Slash commands and shortcuts; what a file's `url_private` leads to.
FEATURES = {"commands", "files:read"}

# Of the bot events all that we know; the message events go by the kind of their channel.
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "channel_archive": {"channels:read"},
    "channel_created": {"channels:read"},
    "channel_left": {"channels:read"},
    "channel_rename": {"channels:read"},
    "emoji_changed": {"emoji:read"},
    "file_change": {"files:read"},
    "file_created": {"files:read"},
    "file_shared": {"files:read"},
    "group_left": {"groups:read"},
    "link_shared": {"links:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "pin_added": {"pins:read"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}
_KINDS = {"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}


def payload_of(event: str, *, member: str, us: str) -> dict[str, Any]:
    """Return such an event about us: something is said to us, or done by a member or with us."""
    kind, _, channels = event.partition(".")
    return {
        "type": kind,
        "channel": "C1",
        "channel_type": _KINDS.get(channels, "C"),
        "user": us if kind.startswith("member_") else member,
        "text": f"<@{us}> hello",
        "reaction": "bookmark",
        "item": {"type": "message", "channel": "C1", "ts": "1700000000.000100"},
        "tokens": {"bot": [us]},
        "ts": "1700000000.000100",
        "event_ts": "1700000000.000200",
    }
