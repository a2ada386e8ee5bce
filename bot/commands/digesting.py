"""/digest: a period's links as a head post with the chart, the rest in its thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.commands.conversation import Conversation
from bot.commands.digest_details import buttons_of
from bot.commands.options import parse_language, parse_style, read_call
from bot.commands.router import Router
from bot.domain.digests import Digest, Period, Style
from bot.domain.material import Reach
from bot.domain.periods import parse_period
from bot.domain.selection import HIGHLIGHTS
from bot.domain.writing import Progress
from bot.events import ButtonPressed, CommandCalled
from bot.ports import ChartDrawer
from bot.posts import Button, Buttons, Post, say
from bot.services.digesting import DigestingService
from bot.services.waiting import Patience
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for; "" where they said nothing."""

    period: str = ""
    style: Style = Style.WEEKLY
    language: str = ""


class DigestingCommands:
    def __init__(
        self,
        digesting: DigestingService,
        charts: ChartDrawer,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._digesting = digesting
        self._charts = charts
        self._patience = patience or Patience()
        self.router = Router(commands={DIGEST: self.digest}, buttons={"digest": self.press})

    async def digest(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_call(event, DIGEST)
        await self._post(event, _choose(_read_words(call.words), call.options), talk)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        await self._post(event, _read_words(event.value), talk)

    async def _post(
        self, event: CommandCalled | ButtonPressed, wanted: Wanted, talk: Conversation
    ) -> None:
        # The day of asking: a second try, after midnight perhaps, finishes the same digest.
        today = event.at.astimezone(talk.zone).date()
        period = parse_period(wanted.period or DEFAULT_PERIOD, today=today)
        language = wanted.language or talk.language
        progress = Progress()

        async def make() -> Post:
            digest, post = await compose(
                self._digesting,
                self._charts,
                talk,
                period,
                style=wanted.style,
                language=language,
                zone=talk.zone,
                progress=progress,
            )
            if digest.sections:
                details = buttons_of(digest, talk.say_in(digest.language))
                blocks = (*post.blocks, *details, _other_styles(digest, talk))
                post = replace(post, blocks=blocks)
            return replace(post, is_ephemeral=not digest.sections)

        def note() -> Post:
            key = "digest.writing" if progress.parts else "digest.compiling"
            text = talk.say_in(language)(key, done=progress.done, parts=progress.parts)
            return say(text, language=language)

        await talk.post_when_made(make(), note, patience=self._patience)


async def compose(
    digesting: DigestingService,
    charts: ChartDrawer,
    talk: Conversation,
    period: Period,
    *,
    style: Style,
    language: str,
    zone: ZoneInfo,
    reach: Reach | None = None,
    highlights: int = HIGHLIGHTS,
    progress: Progress | None = None,
) -> tuple[Digest, Post]:
    """Compile what this talk's place may see, and lay it out with its chart."""
    digest = await digesting.compile(
        talk.event.workspace,
        period,
        style=style,
        language=language,
        zone=zone,
        audience=talk.audience,
        reach=reach,
        highlights=highlights,
        channel=talk.place.channel,
        progress=progress,
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


def _read_words(text: str) -> Wanted:
    """Read a style, a language and a period, in any order."""
    wanted, rest = Wanted(), []
    for word in text.split():
        if word.lower() in tuple(Style):
            wanted = replace(wanted, style=Style(word.lower()))
        elif word.lower() in LANGUAGES:
            wanted = replace(wanted, language=word.lower())
        else:
            rest.append(word)
    return replace(wanted, period=" ".join(rest))


def _choose(wanted: Wanted, options: Mapping[str, str]) -> Wanted:
    """Prefer what was chosen by name."""
    if style := options.get("style"):
        wanted = replace(wanted, style=parse_style(style))
    if language := options.get("language"):
        wanted = replace(wanted, language=parse_language(language))
    return wanted
