"""Who sees what: one decision, by the audience of the place where a post appears."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.models import ChannelId, MemberId, Place


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can read a place: a channel's members, one member, or the operator.

    `channels` are those whose private saves these readers may see: the channel itself,
    or all that the one member is in. The operator sees everything.
    """

    channels: frozenset[ChannelId] = frozenset()
    member: MemberId | None = None
    is_operator: bool = False

    @classmethod
    def of_channel(cls, channel: ChannelId) -> Audience:
        return cls(channels=frozenset({channel}))


OPERATOR = Audience(is_operator=True)


def is_visible(place: Place, saved_by: MemberId, *, audience: Audience) -> bool:
    """Whether these readers may see what was saved there. Stores apply the same rule in SQL."""
    return (
        audience.is_operator
        or not place.is_private
        or place.channel in audience.channels
        or (audience.member is not None and saved_by == audience.member)
    )
