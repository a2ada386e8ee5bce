"""`jubo subscribe`: a channel's standing order for digests, as the operator.

It only writes: a running bot sees what is due and posts it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from bot.cli.saving import OPERATOR_MEMBER
from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.cli.subscriptions import as_json_object, name_channel, print_heading
from bot.domain.digests import Style
from bot.domain.models import LOCAL, ChannelId, Kind, Place, WorkspaceId
from bot.domain.subscriptions import Size, Subscription
from bot.errors import UsageError
from bot.texts import LANGUAGES, Say

if TYPE_CHECKING:
    from bot.bootstrap import App

WEB_CHANNELS = ("reading", "random")
_EVERY = ("daily", "weekdays", "weekly", "monthly")
_SHOWN_TIMES = 3
# A channel's id as the platforms write it; direct messages are their members' own matter.
_CHANNELS: Mapping[str, re.Pattern[str]] = {
    "slack": re.compile(r"slack:(?P<of>[A-Z0-9]+)/(?P<channel>[CG][A-Z0-9]+)"),
    "discord": re.compile(r"discord:(?P<of>\d+)/(?P<channel>\d+)"),
    "web": re.compile(r"web:(?P<channel>\S+)"),
}


def register(program: click.Group, say: Say) -> None:
    @program.command("subscribe", help=say("subscriptions.cli.subscribe"))
    @click.argument("channel", metavar="CHANNEL", help=say("subscriptions.cli.channel"))
    @click.option("--every", type=click.Choice(_EVERY), help=say("subscriptions.cli.every"))
    @click.option("--at", metavar="TIME", default="", help=say("subscriptions.cli.at"))
    @click.option("--on", metavar="DAY", default="", help=say("subscriptions.cli.on"))
    @click.option("--zone", metavar="Z", default="", help=say("subscriptions.cli.zone"))
    @click.option("--cron", metavar="EXPR", default="", help=say("subscriptions.cli.cron"))
    @click.option(
        "--style", type=click.Choice(list(map(str, Style))), help=say("subscriptions.cli.style")
    )
    @click.option("--lang", type=click.Choice(LANGUAGES), help=say("subscriptions.cli.lang"))
    @click.option(
        "--size", type=click.Choice(list(map(str, Size))), help=say("subscriptions.cli.size")
    )
    @click.option(
        "--kind",
        type=click.Choice(list(map(str, Kind))),
        multiple=True,
        help=say("subscriptions.cli.kind"),
    )
    @click.option("--topic", metavar="T", multiple=True, help=say("subscriptions.cli.topic"))
    @click.option("--source", metavar="C", multiple=True, help=say("subscriptions.cli.source"))
    @click.option(
        "--empty", is_flag=True, flag_value="yes", default="", help=say("subscriptions.cli.empty")
    )
    @workspace_option(say)
    @json_option(say)
    def subscribe(
        channel: str, *, workspace: str | None, as_json: bool, **given: str | tuple[str, ...]
    ) -> int:
        async def work(app: App) -> int:
            where, place = await _find_place(app, clean(channel), workspace)
            wanted = await _read(app, where, place, _options(given), say)
            await app.subscribing.add(wanted, is_language_chosen=bool(given["lang"]))
            kept = await app.subscribing.get(where, wanted.id)
            if as_json:
                print_json(as_json_object(kept, None, say))
            else:
                print_line(say("subscriptions.cli.subscribed", channel=name_channel(kept)))
                _print_details(kept, say)
            return 0

        return with_app(work)


async def _find_place(app: App, channel: str, workspace: str | None) -> tuple[WorkspaceId, Place]:
    """Return the channel that is meant, private as long as nobody knows better.

    A platform is not asked here: whether it can be posted there shows when it is due. As for who
    sees what, a channel's digest tells what is public and what was saved in that very channel,
    private or not; what else a private place is kept from holds for it, which is the safe side.

    Raises:
        UsageError: it is no channel's name, or of a workspace that is not known.

    """
    scheme = channel.partition(":")[0]
    match = _CHANNELS[scheme].fullmatch(channel) if scheme in _CHANNELS else None
    if match is None:
        raise UsageError("subscriptions.cli.bad_channel", channel=channel[:80])
    if scheme == "web":
        if match["channel"] not in WEB_CHANNELS:
            names = ", ".join(f"web:{each}" for each in WEB_CHANNELS)
            raise UsageError("subscriptions.cli.no_web_channel", channel=channel[:80], names=names)
        where = await choose_workspace(app, workspace or LOCAL)
        return where, Place(ChannelId(match["channel"]))
    where = await choose_workspace(app, f"{scheme}:{match['of']}")
    if workspace and workspace != where:
        raise UsageError("subscriptions.cli.other_workspace", channel=channel[:80], name=workspace)
    known = await app.subscribing.list_all(where, channel=ChannelId(match["channel"]))
    places = [each.place for each in known]
    return where, places[0] if places else Place(ChannelId(match["channel"]), is_private=True)


def _options(given: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """Return what was given as chat's options.

    Raises:
        UsageError: a cron line beside what it says by itself.

    """
    if given["cron"] and (given["every"] or given["at"] or given["on"]):
        raise UsageError("subscriptions.cli.cron_alone")
    names = {"lang": "language", "kind": "kinds", "topic": "topics", "source": "channels"}
    options = {
        names.get(name, name): clean(",".join(value) if isinstance(value, tuple) else value)
        for name, value in given.items()
        if value
    }
    if sources := options.get("channels"):
        options["channels"] = ",".join(map(_bare_channel, sources.split(",")))
    return options


def _bare_channel(channel: str) -> str:
    """Return the id of a channel, also of one that is written as for `CHANNEL`."""
    return channel.rpartition("/")[2].removeprefix("web:")


async def _read(
    app: App, workspace: WorkspaceId, place: Place, options: Mapping[str, str], say: Say
) -> Subscription:
    from bot.commands.subscription_options import Asked, read_new

    chosen = await app.storage.workspaces.get_settings(workspace)
    asked = Asked(
        act=f"command-line:{secrets.token_hex(8)}",
        workspace=workspace,
        place=place,
        member=OPERATOR_MEMBER,
        member_name=say("cli.operator"),
        at=app.clock.now(),
        zone=chosen.zone or app.settings.zone,
        language=chosen.language or app.settings.language,
        emoji=chosen.emoji,
    )
    return read_new(options, asked)


def _print_details(subscription: Subscription, say: Say) -> None:
    from bot.commands.subscription_words import next_moments

    print_heading(subscription, say)
    print_line(f"    {say('subscribe.next')}")
    for moment in next_moments(subscription, say, count=_SHOWN_TIMES):
        print_line(f"      {moment}")
