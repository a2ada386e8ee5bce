"""Joins the commands into one program and turns errors into one line and an exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

import click
import typer

from bot.cli import asking, digesting, importing, listing, saving, serving
from bot.errors import BotError, ConfigError
from bot.texts import Say

DONE, FAILED, BAD_USAGE, BAD_CONFIGURATION, INTERRUPTED = 0, 1, 2, 78, 130
GROUPS = (serving, importing, saving, listing, digesting, asking)


def build(say: Say) -> typer.Typer:
    """Return the program with its help in one language."""
    program = typer.Typer(
        name="jubo",
        help=say("cli.jubo"),
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @program.callback()
    def settings(
        verbose: bool = typer.Option(False, "--verbose", "-v", help=say("cli.verbose")),
    ) -> None:
        from bot.log import set_up_logging

        set_up_logging(verbose=verbose)

    for group in GROUPS:
        group.register(program, say)
    return program


def invoke(program: typer.Typer, arguments: Sequence[str], say: Say) -> int:
    """Run a command line. Every failure prints one sentence on stderr that says what to do."""
    try:
        code = typer.main.get_command(program).main(
            args=list(arguments), prog_name="jubo", standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as error:
        return _tell(error.format_message(), DONE)
    except click.UsageError as error:
        return _tell(say("cli.usage_error", problem=error.format_message()), BAD_USAGE)
    except click.ClickException as error:
        return _tell(error.format_message(), error.exit_code)
    except ConfigError as error:
        return _tell(say(error.message_key, **error.values), BAD_CONFIGURATION)
    except BotError as error:
        code = BAD_USAGE if error.message_key in _USAGE_ERRORS else FAILED
        return _tell(say(error.message_key, **error.values), code)
    except (KeyboardInterrupt, asyncio.CancelledError, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return code if isinstance(code, int) else DONE


# What the person typed cannot be meant: no such period, style, workspace.
_USAGE_ERRORS = frozenset(
    {"period.unknown", "period.too_long", "cli.no_workspace", "cli.which_workspace"}
)


def _tell(sentence: str, code: int) -> int:
    sys.stderr.write(sentence.rstrip() + "\n")
    return code
