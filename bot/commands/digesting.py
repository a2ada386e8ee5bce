"""/digest: a period's links as a head post with the chart, the rest in its thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.digests import Style
from bot.domain.periods import parse_period
from bot.events import CommandCalled
from bot.ports import ChartDrawer
from bot.services.digesting import DigestingService
from bot.texts import LANGUAGES

DEFAULT_PERIOD = "7d"


class DigestingCommands:
    def __init__(self, digesting: DigestingService, charts: ChartDrawer, *, zone: ZoneInfo) -> None:
        self._digesting = digesting
        self._charts = charts
        self._zone = zone
        self.router = Router(commands={"digest": self.digest})

    async def digest(self, event: CommandCalled, talk: Conversation) -> None:
        style, language, words = _read_arguments(event.arguments.split())
        # The day of asking: a second try, after midnight perhaps, finishes the same digest.
        today = event.at.astimezone(self._zone).date()
        period = parse_period(" ".join(words) or DEFAULT_PERIOD, today=today)
        digest = await self._digesting.compile(
            event.workspace,
            period,
            style=style,
            language=language or talk.language,
            audience=talk.audience,
        )
        picture = b""
        if digest.chart is not None:
            picture = await asyncio.to_thread(self._charts.draw, digest.chart)
        await talk.post(self._digesting.chat(digest, picture=picture))


def _read_arguments(words: Sequence[str]) -> tuple[Style, str, list[str]]:
    """Return style, language ("" if none was named) and the words that are left: the period."""
    style, language, rest = Style.WEEKLY, "", []
    for word in words:
        if word.lower() in tuple(Style):
            style = Style(word.lower())
        elif word.lower() in LANGUAGES:
            language = word.lower()
        else:
            rest.append(word)
    return style, language, rest
