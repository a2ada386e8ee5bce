"""Slack's own server, for every test of its adapter."""

from __future__ import annotations

from tests.servers.slack_server import slack as slack
from tests.servers.slack_server import slack_url as slack_url
