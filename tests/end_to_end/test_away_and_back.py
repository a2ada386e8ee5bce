"""What happens to a save reaction while the bot is away: found at the start, saved, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.commands.backfilling import BackfillingCommands
from bot.commands.reacting import ReactingCommands
from bot.commands.saving import SavingCommands
from bot.domain.models import ChannelId, LinkFilter, MemberId, MessageId, Place, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.ports import Lane, MemberReaction, PastMessage, Storage
from bot.services.catching_up import CatchingUpService
from bot.services.saving import SavingService
from bot.services.working import InboxWorker
from storage import open_storage
from tests.factories import MINA, NOON
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import make_dispatcher

TEAM = WorkspaceId("slack:TEAM")
READING = Place(ChannelId("reading"), is_private=True)


def message(name: str, reactions: Sequence[tuple[str, str]], *, edited_to: str = "") -> PastMessage:
    return PastMessage(
        id=MessageId(name),
        member=MINA,
        text=edited_to or f"see https://{name}.example/",
        at=NOON - timedelta(days=1),
        edited_at=NOON if edited_to else None,
        reactions=tuple(
            MemberReaction(emoji, MemberId(who), who.title()) for emoji, who in reactions
        ),
    )


class Bot:
    """The bot's own parts over a real store; each `come_back` is another start."""

    def __init__(self, storage: Storage, history: FakeHistory) -> None:
        self._storage = storage
        self._history = history
        self._clock = FakeClock(NOON)
        self.platform = FakePlatform()

    async def come_back(self) -> None:
        """Catch up, and work until nothing is open."""
        storage = self._storage
        self._clock.move(hours=1)
        workers = self._workers()

        def wake() -> None:
            for worker in workers:
                worker.wake()

        catching_up = CatchingUpService(
            {"slack": self._history},
            storage.workspaces,
            storage.reactions,
            storage.inbox,
            clock=self._clock,
            on_event=wake,
        )
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            for worker in workers:
                tasks.create_task(worker.run())
            await catching_up.catch_up(TEAM)
            while await self._is_busy():  # noqa: ASYNC110 - a row has no event
                await asyncio.sleep(0.005)
            for worker in workers:
                worker.stop()

    async def _is_busy(self) -> bool:
        inbox = self._storage.inbox
        return any([await inbox.list_open(lane=lane, limit=1) for lane in Lane])

    def _workers(self) -> list[InboxWorker]:
        storage = self._storage
        saving = SavingService(storage.links)
        readers = Readers(storage, FakePageFetcher(), self._clock)
        commands = SavingCommands(
            saving,
            readers.reading,
            unread=readers.unread,
            pasting=readers.make_pasting(),
            noting=readers.make_noting(),
            backfilling=BackfillingCommands(readers.make_backfilling()),
        )
        reacting = ReactingCommands(saving, readers.reading, reactions=storage.reactions)
        dispatcher = make_dispatcher(
            [commands.router, reacting.router],
            platform=self.platform,
            workspaces=storage.workspaces,
        )
        return [
            InboxWorker(
                storage.inbox, lane=lane, handle=dispatcher.dispatch, give_up=dispatcher.give_up
            )
            for lane in Lane
        ]

    async def saves(self) -> set[tuple[str, str, str]]:
        links = await self._storage.links.list_links(TEAM, LinkFilter(), audience=OPERATOR)
        return {(link.url, save.member, save.emoji) for link in links for save in link.saves}


async def test_reactions_of_every_time_away_are_saved_and_taken_back_once(tmp_path: Path) -> None:
    history = FakeHistory([READING])
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(TEAM, name="team")
        await storage.workspaces.mark_seen(TEAM, NOON - timedelta(days=2))
        bot = Bot(storage, history)

        history.messages[READING.channel] = [
            message("one", [("🔖", "mina"), ("📜", "juno")]),
            message("two", [("🔖", "juno"), ("👍", "mina")]),
        ]
        await bot.come_back()
        first = await bot.saves()
        history.messages[READING.channel] = [
            message("one", [("📜", "juno")]),
            message("two", [("🔖", "juno"), ("❌", "juno")]),
        ]
        await bot.come_back()
        await bot.come_back()

        assert first == {
            ("https://one.example/", "mina", "🔖"),
            ("https://one.example/", "juno", "📜"),
            ("https://two.example/", "juno", "🔖"),
        }
        assert await bot.saves() == {("https://one.example/", "juno", "📜")}
        assert bot.platform.reactions[MessageId("two")] == []


async def test_a_link_that_was_added_meanwhile_is_saved_for_who_saved_the_message(
    tmp_path: Path,
) -> None:
    history = FakeHistory([READING])
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(TEAM, name="team")
        await storage.workspaces.mark_seen(TEAM, NOON - timedelta(days=2))
        bot = Bot(storage, history)

        history.messages[READING.channel] = [message("one", [("📜", "juno")])]
        await bot.come_back()
        text = "see https://one.example/ and https://two.example/"
        history.messages[READING.channel] = [message("one", [("📜", "juno")], edited_to=text)]
        await bot.come_back()
        await bot.come_back()

        assert await bot.saves() == {
            ("https://one.example/", "juno", "📜"),
            ("https://two.example/", "juno", "📜"),
        }
