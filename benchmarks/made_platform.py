"""A chat platform that is only as slow as a network, and takes no more than the real ones do."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from adapters.discord import limits as discord_limits
from adapters.discord import render as discord_render
from adapters.slack import limits as slack_limits
from adapters.slack import render as slack_render
from bot.domain.models import MessageId
from bot.errors import RateLimited
from bot.ports import Piece, Rates, Target
from bot.posts import Post

BOT_PER_S = 50  # "All bots can make up to 50 requests per second", docs.discord.com
# "One message per second per channel", with short bursts, docs.slack.dev. What Discord takes of a
# channel its library waits for by itself, and ten digests of a channel are far from.
CHANNEL_PER_S = 1.0
CHANNEL_BURST = 5

_RENDERERS: dict[str, tuple[Any, Rates]] = {
    "discord": (discord_render, discord_limits.RATES),
    "slack": (slack_render, slack_limits.RATES),
}


class MadePlatform:
    """As much of a `ChatPlatform` as a digest needs.

    It counts what arrives by the number of its subscription, whose id is `s` and that number.
    """

    def __init__(self, scheme: str, subscriptions: int) -> None:
        self._render, self._rates = _RENDERERS[scheme]
        self.requests = self.refused = 0
        self.first_at = self.last_at = 0.0
        self._arrived = bytearray(subscriptions)
        self._chance = random.Random(9)
        self._of_bot: deque[float] = deque()
        self._of_channel: defaultdict[str, deque[float]] = defaultdict(deque)

    @property
    def rates(self) -> Rates:
        return self._rates

    @property
    def missing(self) -> int:
        return self._arrived.count(0)

    def misses_at_most(self, count: float) -> bool:
        return self.missing <= count

    @property
    def twice(self) -> int:
        return len(self._arrived) - self._arrived.count(0) - self._arrived.count(1)

    @property
    def least_s(self) -> float:
        """How long as many requests take at the limit."""
        channels = 1 if self._rates.bot else len(self._of_channel)
        return self.requests / channels / (BOT_PER_S if self._rates.bot else CHANNEL_PER_S)

    def call_of(self, command: str) -> str:
        return f"/{command}"

    def split(self, post: Post) -> Sequence[Piece]:
        found: Sequence[Piece] = self._render.split(post)
        return found

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        del piece
        await asyncio.sleep(self._chance.uniform(0.03, 0.06))
        now = asyncio.get_running_loop().time()
        self.requests += 1
        self._check(target, now)
        self.first_at, self.last_at = self.first_at or now, now
        if "/" not in key:  # else it is a reply below it
            number = int(key.removeprefix("delivery:s").partition(".")[0])
            self._arrived[number] = min(255, self._arrived[number] + 1)
        await asyncio.sleep(self._chance.uniform(0.05, 0.1))
        return MessageId(f"{target.place.channel}/{self.requests}")

    def _check(self, target: Target, now: float) -> None:
        if self._rates.bot:
            sent, most, within_s = self._of_bot, BOT_PER_S, 1.0
        else:
            sent, most = self._of_channel[target.place.channel], CHANNEL_BURST
            within_s = CHANNEL_BURST / CHANNEL_PER_S
        while sent and sent[0] <= now - within_s:
            sent.popleft()
        if len(sent) >= most:
            self.refused += 1
            raise RateLimited(sent[0] + within_s - now)
        sent.append(now)
