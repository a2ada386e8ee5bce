"""Saving by reaction: following edits, and taking back by un-reacting or ❌."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.commands.conversation import Conversation
from bot.commands.marks import show_mark
from bot.commands.router import Router
from bot.commands.save_results import earlier_blocks, join_titles, refusal_blocks
from bot.commands.saving import act_of
from bot.domain.emoji import LOOKING, TROUBLE, bare_emoji
from bot.domain.models import Kind, MessageId, NewSave, SaveOutcome, UndoOutcome
from bot.domain.urls import find_urls
from bot.errors import PlaceClosed, UserError
from bot.events import Event, MessageEdited, ReactionAdded, ReactionRemoved
from bot.ports import MemberReaction, ReactionStore
from bot.posts import Block, Context, Post, Text
from bot.services.marking import mark_of
from bot.services.page_reports import board_blocks, needs_words, reading_of, result_blocks
from bot.services.reading import Reading, ReadingService
from bot.services.saving import SavingService


class ReactingCommands:
    def __init__(
        self, saving: SavingService, reading: ReadingService, *, reactions: ReactionStore
    ) -> None:
        self._saving = saving
        self._reading = reading
        self._reactions = reactions
        self.router = Router(
            on_edit=[self.follow],
            on_reaction=[self.react],
            on_unreaction=[self.unreact],
            on_give_up=[self.give_up],
        )

    async def react(self, event: ReactionAdded, talk: Conversation) -> None:
        if talk.emoji.undoes(event.emoji):
            await self._undo(event, talk)
        elif talk.emoji.saves(event.emoji) and not await self._is_crossed_out(event, talk):
            try:
                await self._save_by_reaction(event, talk)
            finally:
                if await self._stands(event) is False:
                    await self._undo(event, talk, emoji=event.emoji)

    async def unreact(self, event: ReactionRemoved, talk: Conversation) -> None:
        if talk.emoji.saves(event.emoji) and not await self._stands(event):
            await self._undo(event, talk, emoji=event.emoji)

    async def follow(self, event: MessageEdited, talk: Conversation) -> None:
        """Save what an edit added for everyone whose save reaction stands.

        A link that an edit took out stays saved: somebody wanted it.
        """
        added: list[SaveOutcome] = []
        for reaction in await self._standing(event, talk):
            act = _act_by_edit(reaction, event, kind=talk.emoji.kind_of(reaction.emoji))
            added += await self._saving.save_missing(act, text=event.text)
        if not added:
            return
        await show_mark(talk, event.message, LOOKING)
        by_link = {outcome.link.id: outcome for outcome in added}
        await self._read_all(tuple(by_link.values()), talk)
        # Of all its links: one that was there before may wait or be unreadable.
        links = await self._saving.list_of_message(
            event.workspace, event.message, audience=talk.audience
        )
        readings = [reading_of(each) for each in links]
        await show_mark(talk, event.message, mark_of(readings))
        await self._tell(event, readings, talk)

    async def give_up(self, event: Event, talk: Conversation) -> None:
        """Leave no sign of work at a message whose links nobody works on any more."""
        is_save = isinstance(event, ReactionAdded) and talk.emoji.saves(event.emoji)
        if isinstance(event, ReactionAdded | MessageEdited) and (
            is_save or await self._standing(event, talk)
        ):
            await show_mark(talk, event.message, TROUBLE)

    async def _standing(
        self, event: ReactionAdded | MessageEdited, talk: Conversation
    ) -> list[MemberReaction]:
        standing = await self._reactions.list_reactions(event.workspace, event.message)
        return [
            each
            for each in standing
            if talk.emoji.saves(each.emoji) and not _is_taken_back(each, standing, talk)
        ]

    async def _is_crossed_out(self, event: ReactionAdded, talk: Conversation) -> bool:
        """Whether the member's later cross was delivered before this."""
        standing = await self._reactions.list_reactions(event.workspace, event.message)
        emoji = bare_emoji(event.emoji)
        return any(
            _is_taken_back(each, standing, talk)
            for each in standing
            if (each.member, each.emoji) == (event.member, emoji)
        )

    async def _stands(self, event: ReactionAdded | ReactionRemoved) -> bool | None:
        """Whether the reaction stands by now, whatever this event said; None if nobody told.

        Where a node was held up for long, another one may have seen the later act through before:
        then nobody else undoes what comes of this one.
        """
        states = await self._reactions.list_states(event.workspace, event.message)
        key = event.member, bare_emoji(event.emoji)
        found = (each for each in states if (each.reaction.member, each.reaction.emoji) == key)
        return next((each.is_on for each in found), None)

    async def _save_by_reaction(self, event: ReactionAdded, talk: Conversation) -> None:
        act = act_of(event, event.message, emoji=event.emoji, kind=talk.emoji.kind_of(event.emoji))
        saved = await self._saving.save(act, text=event.message_text)
        if not saved.outcomes and not saved.refused:
            raise UserError("save.no_link")
        problem = await show_mark(talk, event.message, LOOKING)
        readings = await self._read_all(saved.outcomes, talk)
        mark = TROUBLE if saved.refused else mark_of(readings)
        problem = problem or await show_mark(talk, event.message, mark)
        refusals = refusal_blocks(saved.refused, talk)
        if problem is not None:
            results = result_blocks(readings, talk.wording)
            blocks = (*results, *refusals, *_unmarked(problem, talk))
            await talk.post(Post(blocks, is_ephemeral=True))
        else:
            await self._tell(event, readings, talk)
            if refusals:
                await talk.post(Post(refusals), thread=_below(event))
        if earlier := earlier_blocks(saved.outcomes, talk):
            # Not this event's answer: a second reaction may find the same save made already.
            key = f"earlier:{saved.outcomes[0].save}"
            await talk.post(Post(earlier, is_ephemeral=True), key=key)

    async def _read_all(self, outcomes: Sequence[SaveOutcome], talk: Conversation) -> list[Reading]:
        links = [each.link for each in outcomes]
        return await self._reading.read_all(talk.event.workspace, links, audience=talk.audience)

    async def _tell(
        self, event: ReactionAdded | MessageEdited, readings: Sequence[Reading], talk: Conversation
    ) -> None:
        """Say below the message what its mark does not; what was said there before is changed."""
        await talk.show_board(
            event.message,
            partial(board_blocks, readings),
            thread=_below(event),
            may_post=needs_words(readings),
        )

    async def _undo(
        self,
        event: ReactionAdded | ReactionRemoved,
        talk: Conversation,
        *,
        emoji: str = "",
    ) -> None:
        """Take back the save with this emoji; without one, all that the member saved of it."""
        undo = partial(
            self._saving.undo,
            event.workspace,
            member=event.member,
            message=event.message,
            emoji=emoji,
        )
        undone = await undo(is_rehearsal=True)
        has_links = isinstance(event, ReactionAdded) and bool(find_urls(event.message_text))
        # Told before it is done: after a crash a second try would no longer find what was undone.
        try:
            await self._tell_undone(undone, talk, is_cross=not emoji, has_links=has_links)
        finally:
            await undo()
        if not undone.is_message_saved:
            await show_mark(talk, event.message, "")

    async def _tell_undone(
        self, undone: UndoOutcome, talk: Conversation, *, is_cross: bool, has_links: bool
    ) -> None:
        if undone.gone:
            await talk.say_quietly("save.undone", titles=join_titles(undone.gone, talk))
        if undone.kept:
            await talk.say_quietly("save.undone_kept", titles=join_titles(undone.kept, talk))
        if not is_cross or undone.gone or undone.kept:
            return
        if undone.is_message_saved:
            await talk.say_quietly("save.nothing_to_undo")
        elif has_links:  # a cross at mere words is not said to us
            await talk.say_quietly("save.nothing_saved")


def _act_by_edit(reaction: MemberReaction, event: MessageEdited, *, kind: Kind | None) -> NewSave:
    """Return what the member who reacted does by an edit that somebody made."""
    return NewSave(
        workspace=event.workspace,
        member=reaction.member,
        member_name=reaction.member_name,
        place=event.place,
        message=event.message,
        emoji=reaction.emoji,
        saved_at=event.at,
        kind=kind,
    )


def _is_taken_back(
    reaction: MemberReaction, standing: Sequence[MemberReaction], talk: Conversation
) -> bool:
    """Whether its member crossed it out later. `standing` is oldest first."""
    later = standing[standing.index(reaction) + 1 :]
    return any(each.member == reaction.member and talk.emoji.undoes(each.emoji) for each in later)


def _below(event: ReactionAdded | MessageEdited) -> MessageId:
    return event.thread or event.message


def _unmarked(problem: UserError, talk: Conversation) -> tuple[Block, ...]:
    """Say why this is told in words, and who can change that."""
    said = [talk.say("save.no_marks")]
    if isinstance(problem, PlaceClosed):
        said.append(talk.say(problem.message_key, **problem.values))
    return tuple(Context((Text(each),)) for each in said)
