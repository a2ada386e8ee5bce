"""What the bot asks a server for, each with its reason, and the address that asks for it."""

from __future__ import annotations

from urllib.parse import urlencode

import discord

# The whole list: code that needs another permission adds it here.
REASONS = {
    "view_channel": "hears messages and reactions",
    "read_message_history": "reads what was reacted to, and what was said while it was away",
    "send_messages": "answers and posts digests",
    "embed_links": "shows digests and answers as embeds",
    "attach_files": "posts a digest's chart",
    "create_public_threads": "puts the rest of a digest into its thread",
    "send_messages_in_threads": "answers in threads",
    "add_reactions": "shows 👀, ✅ and ⚠️ at a message",
}
PERMISSIONS = discord.Permissions(**dict.fromkeys(REASONS, True))
SCOPES = ("bot", "applications.commands")


def invite_url(application_id: str) -> str:
    """Return what an administrator opens to let the bot into a server."""
    query = {
        "client_id": application_id,
        "scope": " ".join(SCOPES),
        "permissions": str(PERMISSIONS.value),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
