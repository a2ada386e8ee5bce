"""Saving by /save and by a message's menu; by reaction: see `bot.commands.reacting`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.commands.backfilling import BackfillingCommands
from bot.commands.conversation import Conversation
from bot.commands.noting import take_in
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.commands.save_results import earlier_blocks, refusal_blocks
from bot.domain.emoji import BOOKMARK
from bot.domain.models import Kind, MessageId, NewSave
from bot.domain.pasting import GivenText, cut_text, was_given
from bot.domain.urls import find_urls
from bot.errors import UserError
from bot.events import CommandCalled, ReactionAdded, ShortcutUsed
from bot.posts import Block, Post, paragraph
from bot.services.noting import NotingService
from bot.services.page_reports import SHOWN, result_blocks
from bot.services.pasting import PastingService
from bot.services.reading import Reading, ReadingService
from bot.services.saving import Saved, SavingService
from bot.services.unread import UnreadService
from bot.specs import CommandSpec, Option, Takes

SAVE = CommandSpec(
    "save",
    (
        Option("addresses", is_main=True, is_long=True),
        Option("text", is_long=True),
        Option("channel", Takes.CHANNEL),
        Option("since", Takes.DAY),
    ),
    has_form=True,
    is_private=True,
)


class SavingCommands:
    def __init__(
        self,
        saving: SavingService,
        reading: ReadingService,
        *,
        unread: UnreadService,
        pasting: PastingService,
        noting: NotingService,
        backfilling: BackfillingCommands,
    ) -> None:
        self._saving = saving
        self._reading = reading
        self._unread = unread
        self._pasting = pasting
        self._noting = noting
        self._backfilling = backfilling
        self.router = Router(commands={SAVE: self.save}, shortcuts={SAVE.name: self.save_message})

    async def save(self, event: CommandCalled, talk: Conversation) -> None:
        """Save what is named, and read a channel's past if one is named or a day is.

        A text that is given stands for the page.
        """
        arguments, given = cut_text(event.arguments)
        call = read_call(replace(event, arguments=arguments), SAVE)
        options = dict(call.options)
        given = options.pop("text", given)
        if given is not None:
            await self._save_text(event, call.words, given, talk)
            return
        plan = self._backfilling.plan(event, talk, options) if options else None
        if call.words or plan is None:
            act = act_of(event, MessageId(event.id), emoji=BOOKMARK)
            saved = await self._saving.save(act, text=call.words)
            if not saved.outcomes and not saved.refused:
                raise UserError("save.no_address")
            await self._answer_privately(act, saved, talk)
        if plan is not None:
            await self._backfilling.start(plan, talk)

    async def _save_text(
        self, event: CommandCalled, words: str, given: str, talk: Conversation
    ) -> None:
        if len(find_urls(words)) != 1:
            raise UserError("save.text_needs_one")
        if not given.strip():
            raise UserError("paste.empty")
        act = act_of(event, MessageId(event.id), emoji=BOOKMARK)
        saved = await self._saving.save(act, text=words)
        readings: list[Reading] = []
        for outcome in saved.outcomes:
            taken = await self._pasting.take(
                event.workspace,
                outcome.link,
                GivenText(given),
                save=outcome.save,
                by=event.member_name or talk.say("paste.somebody"),
                audience=talk.audience,
            )
            readings.append(Reading(taken))
        beside = [each for each in readings if not was_given(each.link)]
        blocks = (
            *result_blocks(readings, talk.wording),
            *([paragraph(talk.say("paste.beside"))] if beside else ()),
            *refusal_blocks(saved.refused, talk),
            *earlier_blocks(saved.outcomes, talk),
        )
        await talk.post(Post(blocks, is_ephemeral=True))

    async def save_message(self, event: ShortcutUsed, talk: Conversation) -> None:
        """Save the links of the message that somebody chose; its files become notes."""
        act = act_of(event, event.message, emoji=BOOKMARK)
        saved = await self._saving.save(act, text=event.message_text)
        if not saved.outcomes and not saved.refused and not event.files:
            raise UserError("save.nothing_there")
        notes = await take_in(event, talk, self._noting) if event.files else ()
        await self._answer_privately(act, saved, talk, *notes)

    async def _answer_privately(
        self, act: NewSave, saved: Saved, talk: Conversation, *notes: Block
    ) -> None:
        begun = None
        if saved.outcomes:
            begun = await talk.say_quietly("save.reading", count=len(saved.outcomes))
        readings = await self._reading.read_all(
            talk.event.workspace,
            [each.link for each in saved.outcomes],
            audience=talk.audience,
            is_wished=True,
        )
        # What was read anew may stand in messages that say something else.
        ended = [each.link.id for each in readings if not each.waits]
        await self._unread.show(talk.event.workspace, ended)
        left = [each for each in readings if each.is_left_to_job]
        anew = [each for each in left if each.is_read]
        fresh = [each for each in left if not each.is_read]
        for each in anew[:SHOWN]:
            blocks = result_blocks([each], talk.wording)
            await talk.show_until_read_anew(act.message, each.link.id, blocks)
        told = list(anew)
        if fresh and await talk.show_until_read(act.message, partial(result_blocks, fresh)):
            told += fresh
        blocks = (
            *result_blocks([each for each in readings if each not in told], talk.wording),
            *([paragraph(talk.say("save.goes_on"))] if fresh else ()),
            *([paragraph(talk.say("save.goes_on_anew"))] if anew else ()),
            *_beyond_shown(len(anew) - SHOWN, talk),
            *refusal_blocks(saved.refused, talk),
            *earlier_blocks(saved.outcomes, talk),
            *notes,
        )
        await talk.post_instead(begun, Post(blocks, is_ephemeral=True))


def _beyond_shown(count: int, talk: Conversation) -> tuple[Block, ...]:
    """Say what is read anew without a word on how it went: a post for each would be too many."""
    if count <= 0:
        return ()
    return (paragraph(talk.say("save.goes_on_anew_rest", count=count, shown=SHOWN)),)


def act_of(
    event: ReactionAdded | CommandCalled | ShortcutUsed,
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
