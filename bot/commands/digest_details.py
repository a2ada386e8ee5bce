"""The buttons under a digest: its key concepts, why it chose these, and the links left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.commands.concepts import all_concepts_button
from bot.commands.conversation import Conversation
from bot.commands.feedback import vote_menus
from bot.commands.router import Router
from bot.domain.digests import Digest, Period, Style
from bot.domain.styles.details import (
    CONCEPTS,
    MORE,
    WHY,
    concept_blocks,
    detail_buttons,
    more_blocks,
    why_blocks,
)
from bot.errors import UserError
from bot.events import ButtonPressed
from bot.posts import Block, Button, Buttons, Post
from bot.services.digesting import DigestingService
from bot.services.retelling import RetellingService
from bot.texts import LANGUAGES, Say


@dataclass(frozen=True, slots=True)
class _Asked:
    """A digest that somebody asked for, by its days: `7d` is another one tomorrow."""

    period: Period
    style: Style
    language: str


def buttons_of(digest: Digest, say: Say) -> tuple[Block, ...]:
    """Return the buttons of a digest that somebody asked for."""
    period = digest.period
    return detail_buttons(
        digest, f"{period.first}/{period.end} {digest.style} {digest.language}", say
    )


class DigestDetails:
    """What they show is for who pressed: the channel has the digest itself."""

    def __init__(self, digesting: DigestingService, retelling: RetellingService) -> None:
        self._digesting = digesting
        self._retelling = retelling
        self.router = Router(buttons={CONCEPTS: self.concepts, WHY: self.why, MORE: self.more})

    async def concepts(self, event: ButtonPressed, talk: Conversation) -> None:
        digest = await self._find(event.value, talk)
        say = talk.say_in(digest.language)
        onward = Buttons((all_concepts_button(say("concepts.all_button")),))
        await self._post((*concept_blocks(digest, say), onward), digest, talk)

    async def why(self, event: ButtonPressed, talk: Conversation) -> None:
        digest = await self._find(event.value, talk)
        say = talk.say_in(digest.language)
        why = why_blocks(digest, say, has_buttons=True)
        await self._post((*why, *vote_menus(digest, say)), digest, talk)

    async def more(self, event: ButtonPressed, talk: Conversation) -> None:
        which, _, skipped = event.value.partition("+")
        skip = int(skipped) if skipped.isdecimal() else 0
        digest = await self._find(which, talk)
        say = talk.say_in(digest.language)
        blocks, following = more_blocks(digest, say, skip=skip)
        if following:
            button = Button(say("digest.more_button"), MORE, f"{which}+{following}")
            blocks = (*blocks, Buttons((button,)))
        await self._post(blocks, digest, talk)

    async def _post(self, blocks: tuple[Block, ...], digest: Digest, talk: Conversation) -> None:
        if digest.is_empty:  # what it told was taken back meanwhile
            raise UserError("digest.is_gone")
        await talk.post(Post(blocks, is_ephemeral=True, language=digest.language))

    async def _find(self, which: str, talk: Conversation) -> Digest:
        workspace = talk.event.workspace
        if asked := _read(which):
            return await self._digesting.compile(
                workspace,
                asked.period,
                style=asked.style,
                language=asked.language,
                zone=talk.zone,
                audience=talk.audience,
                channel=talk.place.channel,
                is_written=False,
            )
        return await self._retelling.retell(workspace, which, audience=talk.audience)


def _read(which: str) -> _Asked | None:
    """Return None for the id of a delivery."""
    days, *rest = which.split()
    first, mark, end = days.partition("/")
    if not mark:
        return None
    try:
        style, language = rest
        period = Period(days, date.fromisoformat(first), date.fromisoformat(end))
        chosen = Style(style)
    except ValueError as error:
        raise UserError("command.old_button") from error
    if language not in LANGUAGES:
        raise UserError("command.old_button")
    return _Asked(period, chosen, language)
