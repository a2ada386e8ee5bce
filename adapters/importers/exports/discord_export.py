"""Discord: the JSON of DiscordChatExporter, one channel or thread a file."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.importers.exports.chats import Message, add_message
from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import Record, first_text, instant, record, records, text
from bot.domain.archives import Archive, Form
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId

FORM = Form.DISCORD

_NO_GUILD = "0"  # of direct messages
_SAID = {"Default", "Reply", "0", "19", ""}
_OF_THEIR_CHANNEL = {"GuildPublicThread", "GuildNewsThread", "PublicThread", "NewsThread"}


def recognise(file: Opened) -> bool:
    whole = record(file.json)
    return {"guild", "channel", "messages"} <= whole.keys() and "id" in record(whole["channel"])


def parse(file: Opened) -> Archive:
    whole = record(file.json)
    guild, channel = record(whole.get("guild")), record(whole.get("channel"))
    found = Collector(FORM, first_text(channel, "name"))
    if (number := first_text(guild, "id")) not in ("", _NO_GUILD):
        found.origin = WorkspaceId(f"discord:{number}")
    for each in records(whole.get("messages")):
        if text(each.get("type")) in _SAID:
            add_message(found, _message(each, channel))
    return found.archive()


def _place(channel: Record) -> Place:
    """Return where it was said. Who may look in, the file does not say: it counts as private."""
    is_below = first_text(channel, "type") in _OF_THEIR_CHANNEL
    number = first_text(channel, "categoryId") if is_below else first_text(channel, "id")
    return Place(ChannelId(number), is_private=True)


def _message(message: Record, channel: Record) -> Message:
    author = record(message.get("author"))
    return Message(
        id=MessageId(f"{first_text(channel, 'id')}/{first_text(message, 'id')}"),
        place=_place(channel),
        member=MemberId(first_text(author, "id")),
        member_name=first_text(author, "nickname", "name"),
        at=instant(message.get("timestamp")),
        text="\n".join(_said(message)),
        is_from_bot=bool(author.get("isBot")),
        reactions=tuple(_reactions(message)),
        titles={
            first_text(each, "url"): first_text(each, "title")
            for each in records(message.get("embeds"))
        },
    )


def _said(message: Record) -> Iterator[str]:
    yield text(message.get("content"))
    yield text(record(message.get("forwardedMessage")).get("content"))
    if record(message.get("author")).get("isBot"):
        yield from (first_text(each, "url") for each in records(message.get("embeds")))


def _reactions(message: Record) -> Iterator[tuple[str, str, str]]:
    for each in records(message.get("reactions")):
        emoji = record(each.get("emoji"))
        name = first_text(emoji, "name")
        shown = f":{name}:" if first_text(emoji, "id") else name
        for user in records(each.get("users")):
            if not user.get("isBot"):
                yield shown, first_text(user, "id"), first_text(user, "nickname", "name")
