"""The local Discord for every test of this folder."""

from tests.servers.discord_server import discord_process, discord_server

__all__ = ["discord_process", "discord_server"]
