"""What the exports of chats have in common: links of messages, saved by who said them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.importers.exports.collecting import Collector
from bot.domain.archives import Said
from bot.domain.emoji import SaveEmoji, bare_emoji
from bot.domain.models import MemberId, MessageId, Place
from bot.domain.urls import InvalidUrl, canonicalise, find_urls

_EMOJI = SaveEmoji()
_BOOKMARK = bare_emoji(_EMOJI.bookmark)


@dataclass(frozen=True, slots=True)
class Message:
    """`reactions`: emoji, id and name of who reacted. `titles`: of pages, by their addresses."""

    id: MessageId
    place: Place
    member: MemberId
    member_name: str
    at: datetime | None
    text: str
    is_from_bot: bool = False
    reactions: Iterable[tuple[str, str, str]] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


def add_message(found: Collector, message: Message) -> None:
    """Take in its links: for who said them, and for each member who reacted with a save emoji.

    These are the saves that we would have made then; what programs say is nobody's save by itself.
    """
    urls = find_urls(message.text)
    if not urls:
        return
    titles = {_key(url): title for url, title in message.titles.items()}
    savers = [] if message.is_from_bot else [(message.member, message.member_name, _BOOKMARK)]
    savers += [
        (MemberId(member), name, bare_emoji(emoji))
        for emoji, member, name in message.reactions
        if member and _EMOJI.saves(emoji)
    ]
    if not savers:
        found.refuse("said_by_bot", urls[0])
    for member, name, emoji in dict.fromkeys(savers):
        said = Said(member, name, message.place, message.id, emoji)
        kind = _EMOJI.kind_of(emoji)
        for url in urls:
            found.add(url, titles.get(_key(url), ""), at=message.at, said=said, kind=kind)


def _key(url: str) -> str:
    try:
        return canonicalise(url)
    except InvalidUrl:
        return url
