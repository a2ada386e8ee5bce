"""One sentence for each way to call a command wrongly. click says these in English alone."""

from __future__ import annotations

import click
from click.exceptions import NoSuchCommand

from bot.texts import Say


def explain_usage(error: click.UsageError, say: Say) -> str:
    """Say what is wrong with a call, and where to see what is right."""
    called = error.ctx.command_path if error.ctx else "jubo"
    return f"{_problem(error, say)} {say('cli.see_help', command=f'{called} --help')}"


def _problem(error: click.UsageError, say: Say) -> str:
    match error:
        case NoSuchCommand():
            return say("cli.no_such_command", name=error.command_name)
        case click.NoSuchOption():
            return say("cli.no_such_option", name=error.option_name)
        case click.BadOptionUsage():
            return say("cli.needs_value", name=error.option_name)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return say("cli.missing", name=_name(parameter))
        case click.BadParameter(param=click.Parameter(type=click.Choice() as choice) as parameter):
            choices = ", ".join(map(str, choice.choices))
            return say("cli.not_a_choice", name=_name(parameter), choices=choices)
        case click.BadParameter(
            param=click.Parameter(type=click.IntRange() as range_) as parameter
        ):
            low, high = range_.min, range_.max
            return say("cli.not_in_range", name=_name(parameter), low=low, high=high)
        case _:
            return say("cli.bad_call", problem=error.format_message().rstrip("."))


def _name(parameter: click.Parameter) -> str:
    return (
        parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
    )
