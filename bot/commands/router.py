"""Which code answers which event: every command group owns a Router, a Dispatcher joins them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.commands.conversation import Conversation
from bot.errors import BotError, TransientError, UserError
from bot.events import (
    ButtonPressed,
    CommandCalled,
    Event,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.ports import ChatPlatform
from bot.texts import Texts

log = logging.getLogger(__name__)

CommandHandler: TypeAlias = Callable[[CommandCalled, Conversation], Awaitable[None]]
ButtonHandler: TypeAlias = Callable[[ButtonPressed, Conversation], Awaitable[None]]
MessageHandler: TypeAlias = Callable[[MessagePosted, Conversation], Awaitable[None]]
ReactionHandler: TypeAlias = Callable[[ReactionAdded, Conversation], Awaitable[None]]
EventHandler: TypeAlias = Callable[[Event, Conversation], Awaitable[None]]
UnreactionHandler: TypeAlias = Callable[[ReactionRemoved, Conversation], Awaitable[None]]


@dataclass(slots=True)
class Router:
    """Handlers by what they answer. A command's texts are `command.NAME` and `…_usage`."""

    commands: dict[str, CommandHandler] = field(default_factory=dict)
    buttons: dict[str, ButtonHandler] = field(default_factory=dict)
    on_message: list[MessageHandler] = field(default_factory=list)
    on_reaction: list[ReactionHandler] = field(default_factory=list)
    on_unreaction: list[UnreactionHandler] = field(default_factory=list)
    on_give_up: list[EventHandler] = field(default_factory=list)


class Dispatcher:
    """Takes an event to its handler and answers people when that fails: the one place that does."""

    def __init__(self, routers: Sequence[Router], *, platform: ChatPlatform, texts: Texts) -> None:
        self._platform = platform
        self._texts = texts
        self._all = Router()
        for router in routers:
            self._all.commands |= router.commands
            self._all.buttons |= router.buttons
            self._all.on_message += router.on_message
            self._all.on_reaction += router.on_reaction
            self._all.on_unreaction += router.on_unreaction
            self._all.on_give_up += router.on_give_up

    @property
    def command_names(self) -> Sequence[str]:
        return tuple(self._all.commands)

    async def dispatch(self, event: Event, *, language: str) -> None:
        """Handle one event. Raises only `TransientError`, so that it can be tried again."""
        talk = Conversation(event, self._platform, self._texts, language=event.language or language)
        try:
            await self._handle(event, talk)
        except UserError as error:
            await talk.say_quietly(error.message_key, **error.values)
        except TransientError:
            raise
        except Exception as error:
            number = secrets.token_hex(4)  # what the person sees finds the line in the log
            log.exception("event failed", extra={"event": event.id, "number": number})
            if isinstance(error, BotError) and self._texts.has(error.message_key):
                await talk.say_quietly(error.message_key, **error.values)
            else:
                await talk.say_quietly("error.unexpected", number=number)

    async def give_up(self, event: Event, *, language: str) -> None:
        """Tell the person that trying again did not help."""
        language = event.language or language
        # Not an answer like those of the tries before: they may have said something already.
        talk = Conversation(event, self._platform, self._texts, language=language, part="end:")
        await talk.say_quietly("error.try_again")
        for on_give_up in self._all.on_give_up:
            await on_give_up(event, talk)

    async def _handle(self, event: Event, talk: Conversation) -> None:
        match event:
            case CommandCalled():
                await self._command(event.name)(event, talk)
            case ButtonPressed():
                await self._button(event.action)(event, talk)
            case MessagePosted():
                for on_message in self._all.on_message:
                    await on_message(event, talk)
            case ReactionAdded():
                for on_reaction in self._all.on_reaction:
                    await on_reaction(event, talk)
            case ReactionRemoved():
                for on_unreaction in self._all.on_unreaction:
                    await on_unreaction(event, talk)

    def _command(self, name: str) -> CommandHandler:
        if name not in self._all.commands:
            raise UserError("command.unknown", name=name)
        return self._all.commands[name]

    def _button(self, action: str) -> ButtonHandler:
        if action not in self._all.buttons:
            raise UserError("command.old_button")
        return self._all.buttons[action]
