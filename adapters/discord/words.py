"""What a Discord message says, with every link in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.domain.urls import find_urls
from bot.events import SharedFile

_CUSTOM_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_MEMBER = re.compile(r"<@!?(\d+)>")


def addressed(message: discord.Message, me: int) -> str:
    """Return what was said to us, without our name: the member's words, or those they forwarded."""
    forwarded = (snapshot.content for snapshot in message.message_snapshots)
    text = "\n".join(filter(None, (message.content, *forwarded)))
    roles = "".join(rf"|<@&{role}>" for role in our_roles(message, me))
    text = re.sub(rf"<@!?{me}>{roles}", " ", text)
    return _readable(text, message.mentions).strip()


def our_roles(message: discord.Message, me: int) -> list[int]:
    """Return the mentioned roles that are us: Discord gives each bot one of its own."""
    return [
        role.id
        for role in message.role_mentions
        if role.tags is not None and role.tags.bot_id == me
    ]


def whole(message: discord.Message) -> str:
    """Return the words with every link, those in embeds and in what was forwarded included.

    People cannot write embeds: theirs are previews of the links in their words, which may name
    another address of the same page. They count only where the words have no link.
    """
    parts = [message.content, *_embedded(message.content, message.embeds, _is_from_person(message))]
    for snapshot in message.message_snapshots:
        parts += [snapshot.content, *_embedded(snapshot.content, snapshot.embeds, True)]
    return _readable("\n".join(filter(None, parts)), message.mentions)


def shared_files(message: discord.Message) -> tuple[SharedFile, ...]:
    snapshots = (each.attachments for each in message.message_snapshots)
    return tuple(
        SharedFile(
            name=each.filename,
            url=each.url,
            media_type=each.content_type or "",
            size_bytes=each.size,
        )
        for attachments in (message.attachments, *snapshots)
        for each in attachments
    )


def _is_from_person(message: discord.Message) -> bool:
    return not (message.author.bot or message.webhook_id)


def _embedded(content: str, embeds: Sequence[discord.Embed], are_previews: bool) -> Iterable[str]:
    if are_previews and find_urls(content):
        return ()
    return (text for embed in embeds for text in _texts(embed))


def _texts(embed: discord.Embed) -> Iterator[str]:
    yield embed.title or ""
    yield embed.url or ""
    yield embed.description or ""
    for each in embed.fields:
        yield f"{each.name}\n{each.value}"


def _readable(text: str, mentions: Iterable[discord.abc.User]) -> str:
    """Write members and custom emoji as people see them."""
    names = {str(each.id): each.display_name for each in mentions}
    text = _MEMBER.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)
    return _CUSTOM_EMOJI.sub(r"\1", text)
