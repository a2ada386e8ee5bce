"""/digest: a period's links as a head post with the chart, the rest in its thread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.digests import Digest, Period, Style
from bot.domain.periods import parse_period
from bot.events import ButtonPressed, CommandCalled
from bot.ports import ChartDrawer
from bot.posts import Button, Buttons, Post
from bot.services.digesting import DigestingService
from bot.specs import CommandSpec, Option, Takes
from bot.texts import LANGUAGES

DEFAULT_PERIOD = "7d"

DIGEST = CommandSpec(
    "digest",
    (
        Option("period", default=DEFAULT_PERIOD, is_main=True, is_suggested=True),
        Option("style", Takes.CHOICE, choices=tuple(Style), default=Style.WEEKLY),
        Option("language", Takes.CHOICE, choices=LANGUAGES),
    ),
    has_form=True,
)


class DigestingCommands:
    def __init__(self, digesting: DigestingService, charts: ChartDrawer) -> None:
        self._digesting = digesting
        self._charts = charts
        self.router = Router(commands={DIGEST: self.digest}, buttons={"digest": self.press})

    async def digest(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_call(event, DIGEST)
        chosen = (call.options.get("style", ""), call.options.get("language", ""))
        await self._post(event, " ".join((call.words, *chosen)), talk)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        await self._post(event, event.value, talk)

    async def _post(
        self, event: CommandCalled | ButtonPressed, arguments: str, talk: Conversation
    ) -> None:
        style, language, words = _read_arguments(arguments.split())
        # The day of asking: a second try, after midnight perhaps, finishes the same digest.
        today = event.at.astimezone(talk.zone).date()
        period = parse_period(" ".join(words) or DEFAULT_PERIOD, today=today)
        digest, post = await compose(
            self._digesting,
            self._charts,
            talk,
            period,
            style=style,
            language=language or talk.language,
            zone=talk.zone,
        )
        if digest.sections:
            post = replace(post, blocks=(*post.blocks, _other_styles(digest, talk)))
        await talk.post(post)


async def compose(
    digesting: DigestingService,
    charts: ChartDrawer,
    talk: Conversation,
    period: Period,
    *,
    style: Style,
    language: str,
    zone: ZoneInfo,
) -> tuple[Digest, Post]:
    """Compile what this talk's place may see, and lay it out with its chart."""
    digest = await digesting.compile(
        talk.event.workspace,
        period,
        style=style,
        language=language,
        zone=zone,
        audience=talk.audience,
    )
    picture = b""
    if digest.chart is not None:
        picture = await asyncio.to_thread(charts.draw, digest.chart)
    return digest, digesting.chat(digest, picture=picture)


def _other_styles(digest: Digest, talk: Conversation) -> Buttons:
    """Offer the same period in every other style: a press asks for it like the command."""
    say = talk.say_in(digest.language)
    return Buttons(
        tuple(
            Button(
                say(f"digest.as.{style}"),
                action="digest",
                value=f"{digest.period.name} {style} {digest.language}",
            )
            for style in Style
            if style is not digest.style
        )
    )


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
