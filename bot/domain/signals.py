"""What people said of links beyond saving them: how they answered, and what they like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.emoji import UNDO, bare_emoji
from bot.domain.models import LinkRecord, MemberId, MessageId
from bot.domain.taste import Taste

THUMBS_DOWN = "👎"
_NO_PRAISE = frozenset(map(bare_emoji, (THUMBS_DOWN, UNDO)))


@dataclass(frozen=True, slots=True)
class Response:
    """A member reacted to a message with this bare emoji; "": replied to it."""

    message: MessageId
    member: MemberId
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Signals:
    """`responses` to the messages that links were saved from."""

    responses: tuple[Response, ...] = ()
    taste: Taste = field(default_factory=Taste)


@dataclass(frozen=True, slots=True)
class Resonance:
    """Who responded to what a story was saved from, but for those who saved it: they count once."""

    reacted: frozenset[MemberId] = frozenset()
    replied: frozenset[MemberId] = frozenset()
    opposed: frozenset[MemberId] = frozenset()


class Responses:
    """Those of many messages, found by message."""

    def __init__(self, responses: Iterable[Response]) -> None:
        self._by_message: defaultdict[MessageId, list[Response]] = defaultdict(list)
        for each in responses:
            self._by_message[each.message].append(each)

    def to(self, links: Iterable[LinkRecord]) -> Resonance:
        if not self._by_message:
            return Resonance()
        saves = [save for link in links for save in link.saves]
        savers = {save.member for save in saves}
        messages = {save.message for save in saves}
        found = [
            each
            for message in messages
            for each in self._by_message.get(message, ())
            if each.member not in savers
        ]
        return Resonance(
            reacted=frozenset(
                each.member for each in found if each.emoji and each.emoji not in _NO_PRAISE
            ),
            replied=frozenset(each.member for each in found if not each.emoji),
            opposed=frozenset(
                each.member for each in found if each.emoji == bare_emoji(THUMBS_DOWN)
            ),
        )
