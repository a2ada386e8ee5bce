"""Who we are in the one workspace that a bot token belongs to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.reading import ask
from bot.domain.models import MemberId, WorkspaceId

SCHEME = "slack"


@dataclass(frozen=True, slots=True)
class Identity:
    """`bot_id` is the app's own beside its user's: messages carry it."""

    workspace: WorkspaceId
    workspace_name: str
    team: str
    member: MemberId
    bot_id: str = ""


class WhoWeAre:
    """Asks Slack once, when it is first needed."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Identity | None = None
        self._asking = asyncio.Lock()

    async def get(self) -> Identity:
        """Return who we are.

        Raises:
            ConfigError: Slack does not take the token.

        """
        async with self._asking:
            if self._known is None:
                told = await ask(self._client.auth_test())
                self._known = Identity(
                    workspace=WorkspaceId(f"{SCHEME}:{told['team_id']}"),
                    workspace_name=str(told.get("team") or told["team_id"]),
                    team=str(told["team_id"]),
                    member=MemberId(told["user_id"]),
                    bot_id=str(told.get("bot_id") or ""),
                )
        return self._known
