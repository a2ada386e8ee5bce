"""What the stores of workspaces and homes promise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.emoji import SaveEmoji
from bot.domain.models import LOCAL, ChannelId, MemberId, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.ports import WorkspaceStore
from storage import SqlStorage
from storage.rows import now
from tests.factories import NOON
from tests.fakes.workspaces import FakeWorkspaces

TEAM = WorkspaceId("discord:7")
MINA = MemberId("mina")
CHOSEN = WorkspaceSettings(
    language="ko", zone="Asia/Seoul", emoji=SaveEmoji(bookmark=":save:", fun="😂")
)


@pytest.fixture(params=["memory", "database"])
async def workspaces(request: pytest.FixtureRequest, storage: SqlStorage) -> WorkspaceStore:
    return FakeWorkspaces() if request.param == "memory" else storage.workspaces


async def test_a_workspace_is_made_once(workspaces: WorkspaceStore) -> None:
    await workspaces.ensure(TEAM, name="팀")
    await workspaces.ensure(TEAM, name="Team")

    assert await workspaces.list_workspaces() == [TEAM, LOCAL]


async def test_nothing_is_chosen_at_first(workspaces: WorkspaceStore) -> None:
    await workspaces.ensure(TEAM, name="Team")

    assert await workspaces.get_settings(TEAM) == WorkspaceSettings()


async def test_choices_stay_when_the_name_changes(workspaces: WorkspaceStore) -> None:
    await workspaces.ensure(TEAM, name="Team")
    await workspaces.change_settings(TEAM, lambda _: CHOSEN)
    await workspaces.ensure(TEAM, name="Better team")

    assert await workspaces.get_settings(TEAM) == CHOSEN
    assert await workspaces.get_settings(LOCAL) == WorkspaceSettings()


async def test_an_unknown_workspace_is_a_key_error(workspaces: WorkspaceStore) -> None:
    with pytest.raises(KeyError):
        await workspaces.get_settings(TEAM)


async def test_what_was_heard_never_goes_back(workspaces: WorkspaceStore) -> None:
    await workspaces.ensure(TEAM, name="Team")
    assert await workspaces.find_seen(TEAM) is None

    for minutes in (5, 7, 6):
        await workspaces.mark_seen(TEAM, NOON + timedelta(minutes=minutes))

    assert await workspaces.find_seen(TEAM) == NOON + timedelta(minutes=7)
    assert await workspaces.find_seen(LOCAL) is None


async def test_it_is_known_since_when_a_workspace_is_there(storage: SqlStorage) -> None:
    before = now()
    await storage.workspaces.ensure(TEAM, name="Team")
    began = await storage.workspaces.find_beginning(TEAM)
    await storage.workspaces.ensure(TEAM, name="Better team")

    assert began is not None
    assert before <= began <= now()
    assert await storage.workspaces.find_beginning(TEAM) == began
    assert await storage.workspaces.find_beginning(WorkspaceId("discord:8")) is None


async def test_a_member_is_at_home_in_one_workspace_at_a_time(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    assert await storage.homes.find_home(MINA) is None

    for workspace in (LOCAL, TEAM):
        await storage.homes.set_home(MINA, workspace)
        assert await storage.homes.find_home(MINA) == workspace


async def test_direct_messages_belong_to_one_workspace_at_a_time(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    assert await storage.homes.list_directs(TEAM) == []

    await storage.homes.keep_direct(ChannelId("two"), TEAM)
    for workspace in (LOCAL, TEAM, TEAM):
        await storage.homes.keep_direct(ChannelId("one"), workspace)

    assert await storage.homes.list_directs(TEAM) == ["one", "two"]
    assert await storage.homes.find_direct(ChannelId("one")) == TEAM
    assert await storage.homes.find_direct(ChannelId("three")) is None
    assert await storage.homes.list_directs(LOCAL) == []
