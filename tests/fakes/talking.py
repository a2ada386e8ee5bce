"""A dispatcher over fakes, for tests of what people can do in chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.router import Dispatcher, Router
from bot.ports import ChatPlatform, PostLedger, WorkspaceStore
from bot.services.posting import PostingService
from bot.texts import Texts
from tests.factories import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.workspaces import FakeWorkspaces

TEXTS = Texts.load()


async def no_pause(seconds: float) -> None:
    """Stand in for waiting."""


def make_posting(platform: ChatPlatform, *, ledger: PostLedger | None = None) -> PostingService:
    platforms = {"local": platform, "slack": platform, "discord": platform}
    return PostingService(platforms, ledger or FakeLedger(), clock=FakeClock(NOON), pause=no_pause)


def make_dispatcher(
    routers: Sequence[Router],
    *,
    platform: ChatPlatform,
    workspaces: WorkspaceStore | None = None,
    language: str = "en",
    zone: str = "Asia/Seoul",
    posting: PostingService | None = None,
) -> Dispatcher:
    return Dispatcher(
        routers,
        posting=posting or make_posting(platform),
        workspaces=workspaces or FakeWorkspaces(),
        texts=TEXTS,
        language=language,
        zone=zone,
    )
