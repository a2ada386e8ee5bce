"""Commands, buttons, menus and forms: Discord waits three seconds for an answer to each."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import discord

from adapters.discord import events, forms, homes, limits
from adapters.discord.faults import FAILURES, reading
from adapters.discord.homes import Homes, question_of
from adapters.discord.keeping import Keeper
from adapters.discord.languages import Languages
from adapters.discord.places import locate, split_id, workspace_of
from bot.domain.models import MemberId, MessageId, WorkspaceId
from bot.errors import BotError, TransientError
from bot.events import Event
from bot.ports import Intake
from bot.specs import Choice
from bot.texts import Say

log = logging.getLogger(__name__)

# Of the three seconds that Discord waits. A database that takes longer is waited for behind a
# "thinking".
WRITE_WITHIN_S = 1.5
SUGGEST_WITHIN_S = 2.0

Build = Callable[..., Event]  # of its `workspace`, which is known last


class Interactions:
    def __init__(
        self,
        client: discord.Client,
        intake: Intake,
        *,
        keeper: Keeper,
        homes: Homes,
        languages: Languages,
    ) -> None:
        self._client = client
        self._intake = intake
        self._keeper = keeper
        self._homes = homes
        self._languages = languages
        self._specs = {each.name: each for each in intake.specs}

    async def hear(self, interaction: discord.Interaction) -> None:
        self._languages.learn(interaction)
        try:
            await self._hear(interaction)
        except Exception:
            number = secrets.token_hex(4)  # what the person sees finds the line in the log
            log.exception("interaction broke", extra={"number": number})
            await _reply(interaction, self._say(interaction)("error.unexpected", number=number))

    async def _hear(self, interaction: discord.Interaction) -> None:
        match interaction.type:
            case discord.InteractionType.autocomplete:
                await self._suggest(interaction)
            case discord.InteractionType.application_command:
                await self._hear_command(interaction)
            case discord.InteractionType.component:
                await self._hear_component(interaction)
            case discord.InteractionType.modal_submit:
                await self._hear_form(interaction)
            case _:
                pass

    async def _hear_command(self, interaction: discord.Interaction) -> None:
        if events.is_shortcut(interaction):
            shortcut = partial(events.picked, interaction)
            return await self._take(interaction, shortcut, is_private=True)
        name, options = events.command_of(interaction)
        spec = self._specs.get(name)
        if spec is None:  # registered by another version of us
            return await _reply(interaction, self._say(interaction)("command.unknown", name=name))
        if not options and forms.needs_form(spec):
            with _answering(interaction):
                form = forms.form_of(spec, self._say(interaction))
                await interaction.response.send_modal(form)
            return None
        build = partial(events.called, interaction, spec=spec)
        return await self._take(interaction, build, is_private=spec.is_private)

    async def _hear_form(self, interaction: discord.Interaction) -> None:
        _, name = events.action_of(interaction)
        spec = self._specs.get(name)
        if spec is None:
            return await _reply(interaction, self._say(interaction)("command.old_form"))
        build = partial(events.submitted, interaction, spec=spec)
        return await self._take(interaction, build, is_private=spec.is_private)

    async def _hear_component(self, interaction: discord.Interaction) -> None:
        action, value = events.action_of(interaction)
        if action == homes.ACTION:
            return await self._choose_home(interaction, MessageId(value))
        spec = self._specs.get(action)  # what a button does is as private as its command
        build = partial(events.pressed, interaction)
        return await self._take(interaction, build, is_private=spec is None or spec.is_private)

    async def _take(
        self, interaction: discord.Interaction, build: Build, *, is_private: bool
    ) -> None:
        if interaction.guild_id is not None:
            if self._client.get_guild(interaction.guild_id) is None:
                # Commands may be in a server that the bot itself was never let into.
                return await _reply(interaction, self._say(interaction)("discord.not_here"))
            workspace: WorkspaceId | None = workspace_of(interaction.guild_id)
        else:
            workspace = await self._homes.find(interaction.user.id)
        if workspace is None:
            return await self._settle(interaction, build)
        return await self._write(interaction, build(workspace=workspace), is_private=is_private)

    async def _write(
        self, interaction: discord.Interaction, event: Event, *, is_private: bool
    ) -> None:
        """Write it down, tell Discord that the answer follows, and only then have it made.

        An answer that overtakes the "thinking" would find no place to go to.
        """
        writing = asyncio.create_task(self._keeper.write(event))
        done, _ = await asyncio.wait([writing], timeout=WRITE_WITHIN_S)
        if not done or writing.exception() is None:
            await _defer(interaction, is_private=is_private)
        try:
            is_new = await writing
        except TransientError:
            log.warning("event not written", extra={"event": event.id}, exc_info=True)
            await _reply(interaction, self._say(interaction)("error.try_again"))
        else:
            if is_new:
                self._keeper.wake()

    async def _settle(self, interaction: discord.Interaction, build: Build) -> None:
        """Find the home of who calls us in private for the first time, or ask for it."""
        await _defer(interaction, is_private=False)
        say = self._say(interaction)
        try:
            found = await self._homes.settle(interaction.user.id)
            if isinstance(found, str):
                await self._keeper.keep(build(workspace=found))
            else:
                with _answering(interaction):
                    await interaction.edit_original_response(**question_of(found, say))
        except BotError:
            log.warning("direct command not taken up", exc_info=True)
            await _reply(interaction, say("error.try_again"))

    async def _choose_home(self, interaction: discord.Interaction, about: MessageId) -> None:
        """Keep the choice and take up the question that led to it."""
        say = self._say(interaction)
        try:
            guild = await self._homes.choose(interaction.user.id, events.chosen_of(interaction))
            if guild is None:
                return await _reply(interaction, say("discord.home_gone"))
            if about:
                await self._take_up(about, workspace_of(guild.id))
        except BotError:
            log.warning("home not chosen", exc_info=True)
            return await _reply(interaction, say("error.try_again"))
        key = "discord.home_set" if about else "discord.home_set_again"
        with _answering(interaction):
            await interaction.response.edit_message(content=say(key, name=guild.name))
        return None

    async def _take_up(self, about: MessageId, workspace: WorkspaceId) -> None:
        channel, number = split_id(about)
        me = self._client.user.id if self._client.user else 0
        with reading():
            direct = await self._client.fetch_channel(channel)
            message = await direct.fetch_message(number)  # type: ignore[union-attr]  # of ours
        await self._keeper.keep(events.posted(message, me=me, workspace=workspace))

    async def _suggest(self, interaction: discord.Interaction) -> None:
        choices: Sequence[Choice] = ()
        try:
            async with asyncio.timeout(SUGGEST_WITHIN_S):
                choices = await self._suggestions(interaction)
        except (BotError, TimeoutError):
            log.warning("no suggestions in time", exc_info=True)
        with _answering(interaction):
            await interaction.response.autocomplete(_fitting(choices))

    async def _suggestions(self, interaction: discord.Interaction) -> Sequence[Choice]:
        name, options = events.command_of(interaction)
        typed = next((each for each in options if each.get("focused")), None)
        guild, user = interaction.guild_id, interaction.user.id
        workspace = workspace_of(guild) if guild else await self._homes.find(user)
        if typed is None or workspace is None or interaction.channel is None:
            return ()
        return await self._intake.suggests.suggest(
            name,
            typed["name"],
            str(typed["value"]),
            workspace=workspace,
            place=locate(interaction.channel).place,
            member=MemberId(str(user)),
            language=events.language_of(interaction) or self._intake.language,
        )

    def _say(self, interaction: discord.Interaction) -> Say:
        language = events.language_of(interaction) or self._intake.language
        return self._intake.texts.bind(language)


async def _defer(interaction: discord.Interaction, *, is_private: bool) -> None:
    with _answering(interaction):
        # The library tries again for much longer than Discord takes it.
        async with asyncio.timeout(limits.FIRST_ANSWER_S):
            await interaction.response.defer(ephemeral=is_private, thinking=True)


async def _reply(interaction: discord.Interaction, words: str) -> None:
    """Say something to who acted alone, now or in place of what they wait for."""
    with _answering(interaction):
        if interaction.response.is_done():
            await interaction.edit_original_response(content=words)
        else:
            await interaction.response.send_message(words, ephemeral=True)


@contextmanager
def _answering(interaction: discord.Interaction) -> Iterator[None]:
    """Let an answer fail: the event is written down, and what it asks for is done all the same.

    It fails where the three seconds are over, and where another delivery was answered already.
    """
    try:
        yield
    except (*FAILURES, discord.InteractionResponded) as error:
        log.warning("interaction not answered: %s", error, extra={"interaction": interaction.id})


def _fitting(choices: Sequence[Choice]) -> list[discord.app_commands.Choice[Any]]:
    """Return suggestions as far as Discord takes them."""
    fitting = [each for each in choices if 0 < len(each.value) <= limits.CHOICE_VALUE]
    return [
        discord.app_commands.Choice(
            name=each.label[: limits.CHOICE_LABEL] or each.value, value=each.value
        )
        for each in fitting[: limits.CHOICES]
    ]
