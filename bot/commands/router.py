"""Which code answers which event: every command group owns a Router, a Dispatcher joins them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from bot.commands.conversation import Conversation, Habits
from bot.commands.spelling import speller
from bot.commands.spoken import as_command, list_phrases, read_command
from bot.domain.settings import WorkspaceSettings
from bot.domain.visibility import Audience
from bot.errors import BotError, ConfigError, TransientError, UserError
from bot.events import (
    ButtonPressed,
    ChannelJoined,
    CommandCalled,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    ShortcutUsed,
)
from bot.ports import WorkspaceStore
from bot.services.posting import PostingService
from bot.specs import EVERYTHING, CommandSpec
from bot.texts import Texts

log = logging.getLogger(__name__)

HELP = "help"

CommandHandler: TypeAlias = Callable[[CommandCalled, Conversation], Awaitable[None]]
ButtonHandler: TypeAlias = Callable[[ButtonPressed, Conversation], Awaitable[None]]
ShortcutHandler: TypeAlias = Callable[[ShortcutUsed, Conversation], Awaitable[None]]
Claim: TypeAlias = Callable[[MessagePosted, Conversation], Awaitable[bool]]
MessageHandler: TypeAlias = Callable[[MessagePosted, Conversation], Awaitable[None]]
EditHandler: TypeAlias = Callable[[MessageEdited, Conversation], Awaitable[None]]
DeletionHandler: TypeAlias = Callable[[MessageDeleted, Conversation], Awaitable[None]]
ReactionHandler: TypeAlias = Callable[[ReactionAdded, Conversation], Awaitable[None]]
UnreactionHandler: TypeAlias = Callable[[ReactionRemoved, Conversation], Awaitable[None]]
JoinHandler: TypeAlias = Callable[[ChannelJoined, Conversation], Awaitable[None]]
EventHandler: TypeAlias = Callable[[Event, Conversation], Awaitable[None]]


@dataclass(slots=True)
class Router:
    """Handlers by what they answer; what a command takes is in its spec.

    `claims` are asked about a message before all others: who returns True has answered it.
    """

    commands: dict[CommandSpec, CommandHandler] = field(default_factory=dict)
    buttons: dict[str, ButtonHandler] = field(default_factory=dict)
    shortcuts: dict[str, ShortcutHandler] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    on_message: list[MessageHandler] = field(default_factory=list)
    on_edit: list[EditHandler] = field(default_factory=list)
    on_deletion: list[DeletionHandler] = field(default_factory=list)
    on_reaction: list[ReactionHandler] = field(default_factory=list)
    on_unreaction: list[UnreactionHandler] = field(default_factory=list)
    on_join: list[JoinHandler] = field(default_factory=list)
    on_give_up: list[EventHandler] = field(default_factory=list)

    def __iadd__(self, other: Router) -> Router:
        self.commands |= other.commands
        self.buttons |= other.buttons
        self.shortcuts |= other.shortcuts
        self.claims += other.claims
        self.on_message += other.on_message
        self.on_edit += other.on_edit
        self.on_deletion += other.on_deletion
        self.on_reaction += other.on_reaction
        self.on_unreaction += other.on_unreaction
        self.on_join += other.on_join
        self.on_give_up += other.on_give_up
        return self


class Dispatcher:
    """Takes an event to its handler and answers people when that fails: the one place that does.

    `language` and `zone` are the operator's, for workspaces that chose none.
    """

    def __init__(
        self,
        routers: Sequence[Router],
        *,
        posting: PostingService,
        workspaces: WorkspaceStore,
        texts: Texts,
        language: str,
        zone: str,
    ) -> None:
        self._posting = posting
        self._workspaces = workspaces
        self._texts = texts
        self._language = language
        self._zone = zone
        self._all = Router()
        for router in routers:
            self._all += router
        self._commands = {spec.name: handler for spec, handler in self._all.commands.items()}
        self._phrases = {name: list_phrases(texts, name) for name in self._commands}

    async def dispatch(self, event: Event) -> None:
        """Handle one event. Raises only `TransientError`, so that it can be tried again."""
        if await self.is_idle(event):
            return
        talk = await self._talk(event)
        try:
            completed = await self._posting.platform(event.workspace).complete(event)
            if completed is None:
                return
            talk = await self._talk(completed)
            talk.audience = await self._audience(completed)
            await self._handle(completed, talk)
        except UserError as error:
            if error.language:
                talk = await self._talk(replace(event, language=error.language))
            await self._tell(talk, error.message_key, **error.values)
        except TransientError:
            raise
        except Exception as error:
            number = secrets.token_hex(4)  # what the person sees finds the line in the log
            log.exception("event failed", extra={"event": event.id, "number": number})
            if isinstance(error, BotError) and self._texts.has(error.message_key):
                await self._tell(talk, error.message_key, **error.values)
            else:
                await self._tell(talk, "error.unexpected", number=number)

    async def give_up(self, event: Event) -> None:
        """Tell the person that trying again did not help."""
        # Not an answer like those of the tries before: they may have said something already.
        if await self.is_idle(event):
            return
        talk = await self._talk(await self._as_far_as_known(event), part="end:")
        await self._tell(talk, "error.try_again")
        for on_give_up in self._all.on_give_up:
            await on_give_up(event, talk)

    async def _as_far_as_known(self, event: Event) -> Event:
        """Return the event with the language of its member, if the platform tells it now."""
        try:
            return await self._posting.platform(event.workspace).complete(event) or event
        except UserError as error:
            return replace(event, language=error.language or event.language)
        except BotError:
            return event

    async def is_idle(self, event: Event) -> bool:
        """Whether this is a reaction that means nothing here: the platform need not be asked."""
        if not isinstance(event, ReactionAdded | ReactionRemoved):
            return False
        return not (await self._chosen(event)).emoji.knows(event.emoji)

    async def _chosen(self, event: Event) -> WorkspaceSettings:
        try:
            return await self._workspaces.get_settings(event.workspace)
        except KeyError:
            return WorkspaceSettings()

    async def _talk(self, event: Event, *, part: str = "") -> Conversation:
        """Return a talk that an error can be told in: the platform is not asked who reads it."""
        chosen = await self._chosen(event)
        habits = Habits.of(event, chosen, language=self._language, zone=self._zone)
        platform = self._posting.platform(event.workspace)
        spell = speller(self._commands, platform.call_of)
        return Conversation(
            event,
            self._posting,
            self._texts.spelt(spell, where=platform.where),
            habits=habits,
            audience=Audience.of_channel(event.place.channel),
            part=part,
        )

    async def _audience(self, event: Event) -> Audience:
        """Return who reads an answer: the channel, or in a direct message the member alone."""
        here = event.place.channel
        if not (event.place.is_direct and event.member):  # who deletes may not be told
            return Audience.of_channel(here)
        platform = self._posting.platform(event.workspace)
        channels = await platform.list_private_channels(event.workspace, event.member)
        return Audience(channels=channels | {here}, member=event.member)

    async def _tell(self, talk: Conversation, key: str, /, **values: object) -> None:
        if not _is_asked(talk.event):
            log.info("event without an answer: %s", key, extra={"event": talk.event.id})
            return
        try:
            await talk.say_quietly(key, **values)
        except (UserError, ConfigError) as error:  # nobody can be told there; the operator can
            log.warning(
                "%s — %s",
                self._texts.get(self._language, key, **values),
                self._texts.get(self._language, error.message_key, **error.values),
                extra={"event": talk.event.id},
            )

    async def _handle(self, event: Event, talk: Conversation) -> None:
        match event:
            case CommandCalled():
                await self._call(event, talk)
            case ButtonPressed():
                await _find(self._all.buttons, event.action)(event, talk)
            case ShortcutUsed():
                await _find(self._all.shortcuts, event.name)(event, talk)
            case MessagePosted():
                await self._hear(event, talk)
            case MessageEdited():
                await _each(self._all.on_edit, event, talk)
            case MessageDeleted():
                await _each(self._all.on_deletion, event, talk)
            case ReactionAdded():
                await _each(self._all.on_reaction, event, talk)
            case ReactionRemoved():
                await _each(self._all.on_unreaction, event, talk)
            case ChannelJoined():
                await _each(self._all.on_join, event, talk)

    async def _hear(self, event: MessagePosted, talk: Conversation) -> None:
        """Call a command that is named to us in a message: Slack's threads take no slashes."""
        for claim in self._all.claims:
            if await claim(event, talk):
                return
        called = None
        if event.is_for_bot and not event.files:
            called = read_command(event.text, self._commands, self._phrases)
        if called is None:
            await _each(self._all.on_message, event, talk)
        else:
            await self._call(as_command(event, *called), talk)

    async def _call(self, event: CommandCalled, talk: Conversation) -> None:
        if event.name == EVERYTHING:
            name, _, rest = event.arguments.strip().partition(" ")
            name = name.lower().removeprefix("/") or HELP
            event = replace(event, name=name, arguments=rest.strip())
        if event.name not in self._commands:
            raise UserError("command.unknown", name=event.name)
        await self._commands[event.name](event, talk)


def _is_asked(event: Event) -> bool:
    """Whether somebody wants something of us: who talks to others is not bothered."""
    if isinstance(event, MessagePosted):
        return event.is_for_bot
    return not isinstance(event, MessageEdited | MessageDeleted)


_Handler = TypeVar("_Handler")
_Event = TypeVar("_Event", bound=Event)


def _find(handlers: dict[str, _Handler], name: str) -> _Handler:
    if name not in handlers:
        raise UserError("command.old_button")
    return handlers[name]


async def _each(
    handlers: Sequence[Callable[[_Event, Conversation], Awaitable[None]]],
    event: _Event,
    talk: Conversation,
) -> None:
    for handler in handlers:
        await handler(event, talk)
