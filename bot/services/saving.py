"""Use case: somebody saves the links of a message, or takes a save back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.emoji import bare_emoji
from bot.domain.models import (
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    NewSave,
    PageState,
    SaveOutcome,
    UndoOutcome,
    WorkspaceId,
)
from bot.domain.urls import InvalidUrl, can_be_saved, find_urls
from bot.domain.visibility import OPERATOR, Audience
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

    async def save_missing(self, act: NewSave, *, text: str) -> list[SaveOutcome]:
        """Save the links of the text that were not saved before this act; return them.

        What an interrupted call for the same act saved is among them, and what nobody read yet.
        """
        outcomes: list[SaveOutcome] = []
        act = replace(act, emoji=bare_emoji(act.emoji))
        for url in filter(can_be_saved, find_urls(text)):
            known = await self._links.find(act.workspace, url, audience=OPERATOR)
            if known is None or not _is_settled(known, act):
                outcomes.append(await self._links.save(replace(act, url=url)))
        return outcomes

    async def save_unsaved(
        self, act: NewSave, *, text: str
    ) -> tuple[frozenset[LinkId], frozenset[LinkId]]:
        """Save the links of the text that no save of this message holds, whoever made it.

        Return these, and those that the message's saves held already.
        """
        act = replace(act, emoji=bare_emoji(act.emoji))
        saved: set[LinkId] = set()
        held: set[LinkId] = set()
        for url in filter(can_be_saved, find_urls(text)):
            known = await self._links.find(act.workspace, url, audience=OPERATOR)
            if known is None or all(save.message != act.message for save in known.saves):
                saved.add((await self._links.save(replace(act, url=url))).link.id)
            else:
                held.add(known.id)
        return frozenset(saved), frozenset(held - saved)

    async def list_of_message(
        self, workspace: WorkspaceId, message: MessageId, *, audience: Audience
    ) -> list[LinkRecord]:
        """Return the links that the message's saves hold, as this audience sees them."""
        found = await self._links.list_of_message(workspace, message)
        return [await self._links.get(workspace, each.id, audience=audience) for each in found]

    async def undo(
        self,
        workspace: WorkspaceId,
        *,
        member: MemberId,
        message: MessageId,
        emoji: str = "",
        is_rehearsal: bool = False,
    ) -> UndoOutcome:
        """Take back one member's save of a message; without an emoji, all that they made."""
        return await self._links.undo_saves(
            workspace,
            member=member,
            message=message,
            emoji=bare_emoji(emoji) or None,
            is_rehearsal=is_rehearsal,
        )


def _is_settled(link: LinkRecord, act: NewSave) -> bool:
    """Whether an earlier act saved the link under the same key, and what is behind it is known."""
    key = (act.member, act.message, act.emoji)
    is_saved = any(
        (save.member, save.message, save.emoji) == key and save.saved_at != act.saved_at
        for save in link.saves
    )
    return is_saved and link.page.state in (PageState.READ, PageState.UNREADABLE)
