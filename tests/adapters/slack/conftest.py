"""Slack's own server, and our clients on it, for every test of its adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.client import SlackClients, open_clients
from tests.servers.slack_server import BOT_TOKEN, SlackServer
from tests.servers.slack_server import slack as slack
from tests.servers.slack_server import slack_url as slack_url


@pytest.fixture
async def clients(slack: SlackServer) -> AsyncIterator[SlackClients]:
    async with open_clients(token=BOT_TOKEN, api_url=slack.api_url) as opened:
        yield opened
