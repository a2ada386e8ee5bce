"""What of a message's present state was missed while the bot was away, as events. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.domain.emoji import SaveEmoji, bare_emoji
from bot.domain.models import MemberId, Place, WorkspaceId
from bot.domain.pasting import is_marked
from bot.events import Event, MessageEdited, MessagePosted, ReactionAdded, ReactionRemoved
from bot.ports import ChatHistory, MemberReaction, PastMessage, ReactionState

# A member's act carries the platform's time, which may be behind ours.
CLOCKS_APART = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)  # what is just younger than something else

_Reacted = TypeVar("_Reacted", bound=ReactionAdded | ReactionRemoved)


@dataclass(frozen=True, slots=True)
class Round:
    """One look at one workspace. `at`: what the channels show was so then, or is newer.

    `heard_until`: all from before was heard, for certain; `left_at`: as far as we know.
    `asked_since`: questions from before were not for us; `look_since`: what is reacted to.
    """

    workspace: WorkspaceId
    history: ChatHistory
    emoji: SaveEmoji
    at: datetime
    heard_until: datetime
    left_at: datetime
    asked_since: datetime
    look_since: datetime

    @property
    def reacted_at(self) -> datetime:
        """When a reaction is told to be of, so that all that is heard from now on is younger."""
        return self.at - CLOCKS_APART


def missed_events(
    this: Round, place: Place, message: PastMessage, states: Sequence[ReactionState]
) -> Iterator[Event]:
    """Yield what makes our picture of a message as it is: first what is gone, then crosses last.

    An edit comes behind the reactions: it is followed for those whose reaction stands.
    """
    # What else people react with counts for what is saved, and is shown there alone.
    is_all_shown = any(this.emoji.knows(each.emoji) for each in message.reactions)
    standing = [
        each
        for each in states
        if each.is_on and (is_all_shown or this.emoji.knows(each.reaction.emoji))
    ]
    known = {key_of(each.reaction): each.reaction for each in standing}
    shown = {key_of(each): each for each in message.reactions if is_all_shown}
    told = _Told(this, place, message)
    yield from (told.gone(each) for key, each in known.items() if key not in shown)
    crosses = [each for each in standing if this.emoji.undoes(each.reaction.emoji)]
    crossed_at = {each.reaction.member: each.changed_at for each in crosses}
    fresh = [each for key, each in shown.items() if key not in known]
    for each in sorted(fresh, key=lambda each: this.emoji.undoes(each.emoji)):
        yield told.fresh(each, crossed_at=crossed_at.get(each.member))
    if message.is_from_bot:
        return
    is_saved = any(this.emoji.saves(each.emoji) for key, each in known.items() if key in shown)
    if is_saved and message.edited_at is not None and message.edited_at >= this.heard_until:
        yield told.edited(message.edited_at)
    # Whether a thread is ours is found out later, as for the replies that are heard.
    may_be_ours = bool(message.is_for_bot or message.thread or _gives_text(message))
    if (may_be_ours or message.answers) and message.at >= this.asked_since:
        yield told.posted(may_be_ours=may_be_ours)


@dataclass(frozen=True, slots=True)
class _Told:
    """One message's events, with the ids by which the inbox knows them where they were heard."""

    this: Round
    place: Place
    message: PastMessage

    def gone(self, reaction: MemberReaction) -> ReactionRemoved:
        event = ReactionRemoved(**self._by(reaction), id="", at=self.this.at)
        return retold(event, at=self.this.reacted_at)

    def fresh(self, reaction: MemberReaction, *, crossed_at: datetime | None) -> ReactionAdded:
        """Return the event; the member's cross that we heard of before must be the older one."""
        at = self.this.reacted_at
        if self.this.emoji.undoes(reaction.emoji):
            at += MOMENT  # it is younger than what it crosses out
        elif crossed_at is not None and crossed_at < self.this.at:
            at = max(at, crossed_at + MOMENT)
        text = self.message.text
        event = ReactionAdded(**self._by(reaction), id="", at=at, message_text=text)
        return retold(event, at=at)

    def edited(self, at: datetime) -> MessageEdited:
        return MessageEdited(
            **self._by_writer(), id=f"edit:{self.message.id}:{at.isoformat()}", at=at
        )

    def posted(self, *, may_be_ours: bool) -> MessagePosted:
        event = MessagePosted(
            **self._by_writer(),
            id=f"message:{self.message.id}",
            at=self.message.at,
            is_for_bot=self.message.is_for_bot,
            files=self.message.files,
            answers=self.message.answers,
        )
        return event if may_be_ours else event.without_words()

    def _by_writer(self) -> dict[str, Any]:
        message = self.message
        who = {"member": message.member, "member_name": message.member_name}
        return {**self._where(), **who, "text": message.text}

    def _by(self, reaction: MemberReaction) -> dict[str, Any]:
        who = {"member": reaction.member, "member_name": reaction.member_name}
        return {**self._where(), **who, "emoji": reaction.emoji}

    def _where(self) -> dict[str, Any]:
        return {
            "workspace": self.this.workspace,
            "place": self.place,
            "thread": self.message.thread,
            "message": self.message.id,
        }


def retold(event: _Reacted, *, at: datetime) -> _Reacted:
    """Return the event as of then. The inbox never takes two of one state and instant."""
    state = "on" if isinstance(event, ReactionAdded) else "off"
    who = f"{event.emoji}:{event.member}"
    return replace(event, id=f"react:{event.message}:{who}:{state}@{at.isoformat()}", at=at)


def key_of(reaction: MemberReaction | ReactionAdded | ReactionRemoved) -> tuple[str, MemberId]:
    return bare_emoji(reaction.emoji), reaction.member


def _gives_text(message: PastMessage) -> bool:
    return message.answers is not None and is_marked(message.text)
