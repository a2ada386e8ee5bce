"""Joins the commands into one program and turns errors into one line and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from bot.cli import (
    asking,
    concepts,
    connecting,
    digesting,
    feeding,
    importing,
    jobs,
    keeping,
    listing,
    reindexing,
    saving,
    serving,
    status,
    subscribing,
    subscriptions,
    workspaces,
)
from bot.cli.complaints import explain_usage
from bot.cli.help import Program
from bot.cli.session import print_problem
from bot.errors import BadSettings, BotError, ConfigError, UsageError
from bot.texts import Say

log = logging.getLogger(__name__)

DONE, FAILED, BAD_USAGE, BAD_CONFIGURATION, INTERRUPTED = 0, 1, 2, 78, 130
GROUPS = (
    serving,
    importing,
    saving,
    feeding,
    listing,
    concepts,
    digesting,
    asking,
    subscribing,
    subscriptions,
    status,
    jobs,
    reindexing,
    keeping,
    workspaces,
    connecting,
)


def build(say: Say) -> click.Group:
    """Return the program with its help in one language."""

    @click.group(
        name="jubo",
        cls=Program,
        help=say("cli.jubo"),
        context_settings={"help_option_names": ["-h", "--help"], "obj": say},
    )
    @click.option("-v", "--verbose", is_flag=True, help=say("cli.verbose"))
    def program(*, verbose: bool) -> None:
        from bot.log import set_up_logging

        set_up_logging(verbose=verbose)

    for group in GROUPS:
        group.register(program, say)
    return program


def invoke(program: click.Group, arguments: Sequence[str], say: Say) -> int:
    """Run a command line. Every failure prints one sentence on stderr that says what to do."""
    try:
        code = _run(program, arguments or ["--help"])
        sys.stdout.flush()  # here, where a full disk or a reader that left can still be told
    except click.UsageError as error:
        return _tell(explain_usage(error, say), BAD_USAGE)
    except BadSettings as error:
        return _tell("\n".join(say(f"setting.{name}") for name in error.names), BAD_CONFIGURATION)
    except ConfigError as error:
        return _tell(say(error.message_key, **error.values), BAD_CONFIGURATION)
    except BotError as error:
        code = BAD_USAGE if isinstance(error, UsageError) else FAILED
        return _tell(say(error.message_key, **error.values), code)
    except KeyboardInterrupt:
        return _tell(say("cli.interrupted"), INTERRUPTED)
    except BrokenPipeError:
        _drop_output()  # the reader left (`| head`): nobody is left to tell
        return DONE
    except OSError as error:
        _drop_output()
        return _tell(say("cli.system", problem=error.strerror or error), FAILED)
    except Exception as error:
        log.info("command failed", exc_info=True)
        return _tell(say("cli.unexpected", problem=f"{type(error).__name__}: {error}"), FAILED)
    return code


def _run(program: click.Group, arguments: Sequence[str]) -> int:
    # Not `program.main`: it has exit codes of its own for a closed pipe and for Ctrl+C.
    try:
        with program.make_context("jubo", list(arguments)) as context:
            code = program.invoke(context)
    except click.exceptions.Exit as done:  # --help
        return done.exit_code
    return code if isinstance(code, int) else DONE


def _drop_output() -> None:
    """Let nothing that is still buffered fail again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(sentence: str, code: int) -> int:
    print_problem(sentence)
    return code
