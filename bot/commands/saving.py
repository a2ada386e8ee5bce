"""Saving by reaction and by /save; taking back by un-reacting or ❌."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.commands.conversation import Conversation
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.emoji import (
    BOOKMARK,
    DONE,
    LOOKING,
    TROUBLE,
)
from bot.domain.models import KIND_EMOJI, Kind, MessageId, NewSave, SaveOutcome
from bot.errors import UserError
from bot.events import CommandCalled, Event, ReactionAdded, ReactionRemoved
from bot.posts import Anchor, Block, Bullets, Context, Inline, Item, Post, Text, paragraph
from bot.services.reading import Reading, ReadingService
from bot.services.saving import Saved, SavingService
from bot.specs import CommandSpec, Option

SAVE = CommandSpec(
    "save",
    (Option("addresses", is_main=True, is_long=True),),
    has_form=True,
    is_private=True,
)


class SavingCommands:
    def __init__(self, saving: SavingService, reading: ReadingService) -> None:
        self._saving = saving
        self._reading = reading
        self.router = Router(
            commands={SAVE: self.save},
            on_reaction=[self.react],
            on_unreaction=[self.unreact],
            on_give_up=[self.give_up],
        )

    async def react(self, event: ReactionAdded, talk: Conversation) -> None:
        if talk.emoji.undoes(event.emoji):
            await self._undo(event, talk)
        elif talk.emoji.saves(event.emoji):
            await self._save_message(event, talk)

    async def unreact(self, event: ReactionRemoved, talk: Conversation) -> None:
        if talk.emoji.saves(event.emoji):
            await self._undo(event, talk, emoji=event.emoji)

    async def give_up(self, event: Event, talk: Conversation) -> None:
        """Leave no sign of work at a message whose links nobody works on any more."""
        if isinstance(event, ReactionAdded) and talk.emoji.saves(event.emoji):
            await talk.unreact(event.message, LOOKING)
            await talk.react(event.message, TROUBLE)

    async def save(self, event: CommandCalled, talk: Conversation) -> None:
        message = MessageId(event.id)
        act = _act(event, message, emoji=BOOKMARK)
        saved = await self._saving.save(act, text=read_call(event, SAVE).words)
        if not saved.outcomes and not saved.refused:
            raise UserError("save.no_address")
        if saved.outcomes:
            await talk.say_quietly("save.reading", count=len(saved.outcomes))
        readings = await self._read_all(saved.outcomes, talk)
        blocks = (*_results(readings, talk), *_refusals(saved, talk), *self._earlier(saved, talk))
        await talk.post(Post(blocks, is_ephemeral=True))

    async def _save_message(self, event: ReactionAdded, talk: Conversation) -> None:
        act = _act(event, event.message, emoji=event.emoji, kind=talk.emoji.kind_of(event.emoji))
        saved = await self._saving.save(act, text=event.message_text)
        if not saved.outcomes and not saved.refused:
            raise UserError("save.no_link")
        await talk.react(event.message, LOOKING)
        readings = await self._read_all(saved.outcomes, talk)
        failed = [reading for reading in readings if not reading.is_read]
        await talk.unreact(event.message, LOOKING)
        is_fine = not failed and not saved.refused
        await talk.unreact(event.message, TROUBLE if is_fine else DONE)
        await talk.react(event.message, DONE if is_fine else TROUBLE)
        if not is_fine:
            blocks = (*_results(failed, talk), *_refusals(saved, talk))
            await talk.post(Post(blocks), thread=event.thread or event.message)
        if earlier := self._earlier(saved, talk):
            # Not this event's answer: a second reaction may find the same save made already.
            key = f"earlier:{saved.outcomes[0].save}"
            await talk.post(Post(earlier, is_ephemeral=True), key=key)

    async def _read_all(self, outcomes: Sequence[SaveOutcome], talk: Conversation) -> list[Reading]:
        workspace, audience = talk.event.workspace, talk.audience
        return await asyncio.gather(
            *(self._reading.read(workspace, each.link, audience=audience) for each in outcomes)
        )

    async def _undo(
        self,
        event: ReactionAdded | ReactionRemoved,
        talk: Conversation,
        *,
        emoji: str = "",
    ) -> None:
        """Take back the save with this emoji; without one, all that the member saved of it."""
        undone = await self._saving.undo(
            event.workspace, member=event.member, message=event.message, emoji=emoji
        )
        if not undone.is_message_saved:
            for mark in (LOOKING, DONE, TROUBLE):
                await talk.unreact(event.message, mark)
        if undone.gone:
            await talk.say_quietly("save.undone", titles=", ".join(undone.gone))
        if undone.kept:
            await talk.say_quietly("save.undone_kept", titles=", ".join(undone.kept))
        if not (undone.gone or undone.kept or emoji):
            await talk.say_quietly("save.nothing_to_undo")

    def _earlier(self, saved: Saved, talk: Conversation) -> tuple[Block, ...]:
        lines: list[Block] = []
        for outcome in saved.outcomes:
            if outcome.earlier:
                name, at = outcome.earlier[0]
                day = at.astimezone(talk.zone).date()
                inlines: tuple[Inline, ...] = (
                    Anchor(outcome.link.title, outcome.link.url_as_saved),
                    Text(f" — {talk.say('save.earlier', name=name, day=day)}"),
                )
                lines.append(Context(inlines))
        return tuple(lines)


def _act(
    event: ReactionAdded | CommandCalled,
    message: MessageId,
    *,
    emoji: str,
    kind: Kind | None = None,
) -> NewSave:
    return NewSave(
        workspace=event.workspace,
        member=event.member,
        member_name=event.member_name,
        place=event.place,
        message=message,
        emoji=emoji,
        saved_at=event.at,
        kind=kind,
    )


def _results(readings: Sequence[Reading], talk: Conversation) -> tuple[Block, ...]:
    """Show what became of each link: its title and summary, or the reason and a next step."""
    items: list[Item] = []
    for reading in readings:
        link = reading.link
        title = Anchor(link.title, link.url_as_saved)
        if not reading.is_read:
            reason = talk.say(f"unreadable.{reading.reason}")
            items.append(Item((Text(f"{TROUBLE} "), title, Text(f" — {reason}"))))
            continue
        label = f"{DONE} {KIND_EMOJI[link.kind]} "
        points = link.summary.points if link.summary else ()
        nested = tuple(Item((Text(point.text),)) for point in points)
        items.append(Item((Text(label), title), (Bullets(nested),) if nested else ()))
    return (Bullets(tuple(items)),) if items else ()


def _refusals(saved: Saved, talk: Conversation) -> tuple[Block, ...]:
    return tuple(paragraph(talk.say("save.bad_address", address=each)) for each in saved.refused)
