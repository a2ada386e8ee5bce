"""Use case: somebody saves the links of a message, or takes a save back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.emoji import bare_emoji
from bot.domain.models import MemberId, MessageId, NewSave, SaveOutcome, UndoOutcome, WorkspaceId
from bot.domain.urls import InvalidUrl, find_urls
from bot.ports import LinkStore


@dataclass(frozen=True, slots=True)
class Saved:
    """`refused` are addresses that cannot be saved, as written."""

    outcomes: tuple[SaveOutcome, ...]
    refused: tuple[str, ...] = ()


class SavingService:
    def __init__(self, links: LinkStore) -> None:
        self._links = links

    async def save(self, act: NewSave, *, text: str) -> Saved:
        """Save every link of the text once; the same act again changes nothing."""
        outcomes: list[SaveOutcome] = []
        refused: list[str] = []
        act = replace(act, emoji=bare_emoji(act.emoji))
        for url in find_urls(text):
            try:
                outcomes.append(await self._links.save(replace(act, url=url)))
            except InvalidUrl:
                refused.append(url)
        return Saved(tuple(outcomes), tuple(refused))

    async def undo(
        self, workspace: WorkspaceId, *, member: MemberId, message: MessageId, emoji: str = ""
    ) -> UndoOutcome:
        """Take back one member's save of a message; without an emoji, all that they made."""
        return await self._links.undo_saves(
            workspace, member=member, message=message, emoji=bare_emoji(emoji) or None
        )
