"""What of a message's present state was missed while the bot was away, as events. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.emoji import SaveEmoji, bare_emoji
from bot.domain.models import MemberId, Place, WorkspaceId
from bot.events import Event, MessageEdited, MessagePosted, ReactionAdded, ReactionRemoved
from bot.ports import ChatHistory, MemberReaction, PastMessage

# A member's act carries the platform's time, which may be behind ours.
CLOCKS_APART = timedelta(minutes=1)
_MOMENT = timedelta(microseconds=1)  # a cross is younger than what it crosses out


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
    this: Round, place: Place, message: PastMessage, standing: Sequence[MemberReaction]
) -> Iterator[Event]:
    """Yield what makes our picture of a message as it is: first what is gone, then crosses last.

    An edit comes behind the reactions: it is followed for those whose reaction stands.
    """
    known = {_key(each): each for each in standing if this.emoji.knows(each.emoji)}
    shown = {_key(each): each for each in message.reactions if this.emoji.knows(each.emoji)}
    told = _Told(this, place, message)
    yield from (told.gone(each) for key, each in known.items() if key not in shown)
    crossed_by = {each.member for each in known.values() if this.emoji.undoes(each.emoji)}
    fresh = [each for key, each in shown.items() if key not in known]
    for each in sorted(fresh, key=lambda each: this.emoji.undoes(each.emoji)):
        yield told.fresh(each, is_after_cross=each.member in crossed_by)
    if message.is_from_bot:
        return
    is_saved = any(this.emoji.saves(each.emoji) for key, each in known.items() if key in shown)
    if is_saved and message.edited_at is not None and message.edited_at >= this.heard_until:
        yield told.edited(message.edited_at)
    # Whether a thread is ours is found out later, as for the replies that are heard.
    if (message.is_for_bot or message.thread) and message.at >= this.asked_since:
        yield told.posted()


@dataclass(frozen=True, slots=True)
class _Told:
    """One message's events, with the ids by which the inbox knows them where they were heard."""

    this: Round
    place: Place
    message: PastMessage

    def gone(self, reaction: MemberReaction) -> ReactionRemoved:
        return ReactionRemoved(
            **self._by(reaction), id=self._reaction_id(reaction, "off"), at=self.this.reacted_at
        )

    def fresh(self, reaction: MemberReaction, *, is_after_cross: bool) -> ReactionAdded:
        """Return the event; the member's cross that we heard of before must be the older one."""
        at = self.this.at if is_after_cross else self.this.reacted_at
        is_cross = self.this.emoji.undoes(reaction.emoji)
        return ReactionAdded(
            **self._by(reaction),
            id=self._reaction_id(reaction, "on"),
            at=at + _MOMENT if is_cross else at,
            message_text=self.message.text,
        )

    def edited(self, at: datetime) -> MessageEdited:
        return MessageEdited(
            **self._by_writer(), id=f"edit:{self.message.id}:{at.isoformat()}", at=at
        )

    def posted(self) -> MessagePosted:
        return MessagePosted(
            **self._by_writer(),
            id=f"message:{self.message.id}",
            at=self.message.at,
            is_for_bot=self.message.is_for_bot,
            files=self.message.files,
        )

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

    def _reaction_id(self, reaction: MemberReaction, state: str) -> str:
        who = f"{reaction.emoji}:{reaction.member}"
        return f"react:{self.message.id}:{who}:{state}@{self.this.at.isoformat()}"


def _key(reaction: MemberReaction) -> tuple[str, MemberId]:
    return bare_emoji(reaction.emoji), reaction.member
