"""Help pages in either language, 80 columns wide.

click's own frame is English and counts a Hangul syllable as one column, so they are laid out here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import click

from bot.texts import Say

_WIDTH = 80
_TEXT_COLUMN = 24  # where the explanations of commands and options start


class Command(click.Command):
    """A command whose context carries the texts: `ctx.obj` is a `Say`."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        say: Say = ctx.obj
        usage = " ".join([ctx.command_path, *self.collect_usage_pieces(ctx)])
        formatter.write(f"{say('cli.usage')}: {usage}\n\n")
        formatter.write("".join(f"  {line}\n" for line in _wrap(self.help or "", _WIDTH - 2)))
        arguments = [each for each in self.params if isinstance(each, click.Argument)]
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        _write_table(formatter, say("cli.arguments"), _rows(arguments, ctx))
        _write_table(formatter, say("cli.options"), _rows(options, ctx))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = ctx.obj("cli.show_help")
        return option


class Program(Command, click.Group):
    """The program itself: its help lists the commands in the order in which they were added."""

    command_class = Command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help(ctx, formatter)
        rows = [(name, command.help or "") for name, command in self.commands.items()]
        _write_table(formatter, ctx.obj("cli.commands"), rows)


def _rows(parameters: Iterable[click.Parameter], ctx: click.Context) -> list[tuple[str, str]]:
    rows = []
    for parameter in parameters:
        if record := parameter.get_help_record(ctx):
            text = parameter.help or ""
            is_told = isinstance(parameter, click.Option) and parameter.required
            rows.append((record[0], f"{text} {ctx.obj('cli.required')}" if is_told else text))
    return rows


def _write_table(
    formatter: click.HelpFormatter, title: str, rows: Iterable[tuple[str, str]]
) -> None:
    lines = [line for name, text in rows for line in _row_lines(name, text)]
    if lines:
        formatter.write(f"\n{title}:\n" + "".join(f"{line}\n" for line in lines))


def _row_lines(name: str, text: str) -> Iterator[str]:
    """Yield one row; a name too long for its column has a line of its own."""
    head = f"  {name}"
    rest = _wrap(text, _WIDTH - _TEXT_COLUMN)
    if _columns(head) > _TEXT_COLUMN - 2:
        yield head
    elif rest:
        yield head + " " * (_TEXT_COLUMN - _columns(head)) + rest.pop(0)
    else:
        yield head
    yield from (" " * _TEXT_COLUMN + line for line in rest)


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _columns(lines[-1]) + 1 + _columns(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
