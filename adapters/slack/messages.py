"""Parts of a Slack message that events, history and posts have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack.identity import Identity
from bot.domain.models import MessageId
from bot.events import SharedFile

Payload = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAID = {None, "file_share", "thread_broadcast", "me_message"}  # subtypes that people write


def message_id(channel: str, ts: str) -> MessageId:
    return MessageId(f"{channel}/{ts}")


def split_message_id(message: MessageId) -> tuple[str, str]:
    channel, _, ts = message.partition("/")
    return channel, ts


def thread_of(channel: str, message: Payload) -> MessageId | None:
    """Return the thread that a message is a reply in; what starts a thread is none itself."""
    thread_ts = message.get("thread_ts")
    return message_id(channel, thread_ts) if thread_ts and thread_ts != message.get("ts") else None


def instant_of(ts: str | None, *, otherwise: datetime) -> datetime:
    """Return a Slack timestamp, seconds with six decimals, as an instant."""
    seconds, _, fraction = (ts or "").partition(".")
    try:
        micros = timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
        return datetime.fromtimestamp(int(seconds), UTC) + micros
    except (ValueError, OverflowError, OSError):  # none at all, or of no year that there is
        return otherwise


def edited_at_of(message: Payload) -> datetime | None:
    """Return when somebody changed its words last; previews and replies are no edits."""
    ts = (message.get("edited") or {}).get("ts")
    return instant_of(ts, otherwise=_EPOCH) if ts else None


def files_of(message: Payload) -> tuple[SharedFile, ...]:
    """Return the files that Slack itself keeps; others are links of the message."""
    return tuple(_files(message))


def is_from_bot(message: Payload, *, me: Identity) -> bool:
    """Tell what programs say from what people do; ours included."""
    return bool(message.get("bot_id")) or message.get("user") in (None, me.member)


def is_said(message: Payload) -> bool:
    """Tell messages from the notes that Slack makes of joining, renaming and the like."""
    return message.get("subtype") in _SAID


def _files(message: Payload) -> Iterator[SharedFile]:
    for each in message.get("files") or ():
        url = each.get("url_private_download") or each.get("url_private")
        if url and not each.get("is_external"):
            yield SharedFile(
                name=str(each.get("name") or each.get("title") or each["id"]),
                url=str(url),
                media_type=str(each.get("mimetype") or ""),
                size_bytes=int(each.get("size") or 0),
            )
