"""Forms (modals): for a command called bare whose main words may fill several lines."""

from __future__ import annotations

import discord

from bot.specs import CommandSpec, Option, Takes
from bot.texts import Say

ACTION = "form"
# Source: docs.discord.com, "Component Reference" and "Interaction Callback Data Structure".
TITLE = 45
INPUTS = 5
INPUT_LABEL = 45
INPUT_TEXT = 4000


def needs_form(spec: CommandSpec) -> bool:
    """Tell whether a bare call opens a form. Elsewhere typed options are all that is needed."""
    return spec.has_form and spec.main is not None and spec.main.is_long


def form_of(spec: CommandSpec, say: Say) -> discord.ui.Modal:
    form = discord.ui.Modal(
        title=f"/{spec.name}"[:TITLE], custom_id=f"{ACTION}|{spec.name}", timeout=None
    )
    written = [each for each in spec.options if each.takes in (Takes.WORDS, Takes.DAY)]
    for option in written[:INPUTS]:
        form.add_item(_input(option, say))
    form.stop()  # what comes back is read as it comes, also after a restart
    return form


def _input(option: Option, say: Say) -> discord.ui.TextInput[discord.ui.Modal]:
    style = discord.TextStyle.paragraph if option.is_long else discord.TextStyle.short
    return discord.ui.TextInput(
        label=say(f"option.{option.name}")[:INPUT_LABEL],
        custom_id=option.name,
        style=style,
        default=option.default or None,
        required=option.is_main,
        max_length=INPUT_TEXT,
    )
