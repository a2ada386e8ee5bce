"""Which guild's archive answers a member's direct messages: asked once where they share several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.client import DiscordClient
from adapters.discord.members import Members
from adapters.discord.places import guild_of, workspace_of
from bot.domain.models import ChannelId, MemberId, WorkspaceId
from bot.ports import HomeStore
from bot.texts import Say

ACTION = "home"


class Homes:
    def __init__(self, client: DiscordClient, homes: HomeStore, members: Members) -> None:
        self._client = client
        self._homes = homes
        self._members = members

    async def find(self, user: int) -> WorkspaceId | None:
        """Return the home as far as it is known without asking for the member.

        That the member is in that guild is not looked at: `lookups` does before anything is said.
        """
        home = await self._homes.find_home(MemberId(str(user)))
        if home is None:
            guilds = await self._client.list_guilds()
            home = workspace_of(guilds[0].id) if len(guilds) == 1 else None
        guild = await self._look(guild_of(home)) if home else None
        if guild is None or self._members.is_known_absent(guild, user):
            return None
        return home

    async def find_of_channel(self, channel: int) -> WorkspaceId | None:
        """Return the home that a direct channel was spoken in last."""
        return await self._homes.find_direct(ChannelId(str(channel)))

    async def _look(self, guild: int) -> discord.Guild | None:
        return self._client.get_guild(guild) or await self._client.find_guild(guild)

    async def settle(self, user: int) -> WorkspaceId | Sequence[discord.Guild]:
        """Return the home if there is but one guild that could be; else all that could."""
        shared = await self._members.list_shared(user)
        if len(shared) != 1:
            return shared
        home = workspace_of(shared[0].id)
        await self._homes.set_home(MemberId(str(user)), home)
        return home

    async def choose(self, user: int, chosen: str) -> discord.Guild | None:
        """Keep what a member chose; None if it is no guild of theirs any more."""
        guild = await self._client.find_guild(int(chosen)) if chosen.isdecimal() else None
        if guild is None or await self._members.find(guild, user) is None:
            return None
        await self._homes.set_home(MemberId(str(user)), workspace_of(guild.id))
        return guild


def question_of(guilds: Sequence[discord.Guild], say: Say, *, about: str = "") -> dict[str, Any]:
    """Return a message that asks for a home, or says that there is none to choose.

    `about` comes back with the choice: the message to take up then.
    """
    if not guilds:
        return {"content": say("discord.no_server")}
    return {"content": say("discord.which_server"), "view": _menu(guilds, say, about=about)}


def _menu(guilds: Sequence[discord.Guild], say: Say, *, about: str) -> discord.ui.View:
    menu: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=f"{ACTION}|{about}",
        placeholder=say("discord.choose_server"),
        options=[
            discord.SelectOption(label=each.name[: limits.CHOICE_LABEL], value=str(each.id))
            for each in guilds[: limits.CHOICES]
        ],
    )
    view = discord.ui.View(timeout=None)
    view.add_item(menu)
    view.stop()  # choices come back as interactions, also after a restart: the library keeps none
    return view
