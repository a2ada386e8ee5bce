"""Which rights the app needs, and for what: each method and event with its scopes.

Source: docs.slack.dev/reference/methods and /reference/events, under each name.
"""

from __future__ import annotations

_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_CONVERSATIONS = ("channels:read", "groups:read", "im:read", "mpim:read")

METHODS = {
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _CONVERSATIONS,
    "conversations.open": ("im:write",),  # direct messages alone
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "users.conversations": _CONVERSATIONS,
    "users.info": ("users:read",),
    "views.open": (),
}

# With the app token instead: its one scope is `connections:write`.
APP_METHODS = ("apps.connections.open",)

EVENTS = {
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "tokens_revoked": (),
}

# Slash commands and shortcuts; loading what a file's `url_private` names.
OTHER = ("commands", "files:read")


def needed_scopes() -> list[str]:
    """Return every scope of the bot token, in the order of the alphabet."""
    of_calls = (scope for scopes in (*METHODS.values(), *EVENTS.values()) for scope in scopes)
    return sorted({*of_calls, *OTHER})
