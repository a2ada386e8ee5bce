"""Help: every command that is there, one line each, from the same table that routes them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.models import Kind
from bot.events import CommandCalled
from bot.posts import Bullets, Heading, Item, Post, Text, paragraph
from bot.specs import CommandSpec

HELP = CommandSpec("help", is_private=True)


class HelpCommands:
    def __init__(self, names: Sequence[str]) -> None:
        self._names = (*names, HELP.name)
        self.router = Router(commands={HELP: self.help})

    async def help(self, event: CommandCalled, talk: Conversation) -> None:
        del event
        items = tuple(
            Item(
                (
                    Text(talk.say(f"command.{name}_usage"), code=True),
                    Text(f" — {talk.say(f'command.{name}')}"),
                )
            )
            for name in self._names
        )
        blocks = (
            Heading((Text(talk.say("help.title")),), level=2),
            paragraph(talk.say("help.saving", **_emoji(talk))),
            Bullets(items),
            paragraph(talk.say("help.asking")),
        )
        await talk.post(Post(blocks, is_ephemeral=True))


def _emoji(talk: Conversation) -> dict[str, str]:
    emoji = talk.emoji
    kinds = " ".join(getattr(emoji, kind) for kind in Kind)
    return {"bookmark": emoji.bookmark, "kinds": kinds, "undo": emoji.undo}
