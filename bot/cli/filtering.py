"""Filters of `jubo links` and `jubo ask`, as options and among the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.session import clean
from bot.domain.models import Kind, WorkspaceId
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.filters import Query

Function = TypeVar("Function", bound=Callable[..., object])


def filter_options(say: Say) -> Callable[[Function], Function]:
    options = (
        click.option("--kind", type=click.Choice([*map(str, Kind)]), help=say("cli.links_kind")),
        click.option("--topic", metavar="T", help=say("cli.links_topic")),
        click.option("--by", metavar="NAME", help=say("cli.links_by")),
        click.option("--since", metavar="D", help=say("cli.links_since")),
        click.option("--until", metavar="D", help=say("cli.links_until")),
    )

    def add(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add


async def read_query(
    app: App, workspace: WorkspaceId, words: Sequence[str], options: Mapping[str, str | None]
) -> Query:
    from bot.domain.visibility import OPERATOR

    return await app.querying.read(
        workspace,
        clean(" ".join(words)),
        chosen={name: clean(value) for name, value in options.items() if value},
        now=app.clock.now(),
        zone=app.zone,
        audience=OPERATOR,
    )
