"""A short hello in a channel that let the bot in."""

from __future__ import annotations

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.events import ChannelJoined
from bot.posts import say


class JoiningGreeting:
    def __init__(self) -> None:
        self.router = Router(on_join=[self.greet])

    async def greet(self, event: ChannelJoined, talk: Conversation) -> None:
        text = talk.say("join.hello", bookmark=talk.emoji.bookmark)
        # Once a channel: platforms tell of joining more than once, and bots are sent out and in.
        await talk.post(say(text, language=talk.language), key=f"hello:{event.place.channel}")
