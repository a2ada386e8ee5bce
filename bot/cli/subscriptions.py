"""`jubo subscriptions`: what is subscribed, and what became of it; pause, skip, run, remove.

The commands only write; a running bot sees what is due and posts it.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.cli.help import Program
from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.domain.models import LOCAL
from bot.domain.subscriptions import Subscription
from bot.errors import UsageError, UserError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.deliveries import Delivery

Act = Callable[["App", Subscription], Awaitable[Subscription]]


def register(program: click.Group, say: Say) -> None:
    @program.group(
        "subscriptions",
        cls=Program,
        invoke_without_command=True,
        help=say("subscriptions.cli.subscriptions"),
    )
    @workspace_option(say)
    @json_option(say)
    @click.pass_context
    def subscriptions(context: click.Context, *, workspace: str | None, as_json: bool) -> int:
        if context.invoked_subcommand is None:  # as in chat, where the list is what is meant
            return int(context.invoke(list_all, workspace=workspace, as_json=as_json))
        return 0

    @subscriptions.command("list", help=say("subscriptions.cli.list"))
    @workspace_option(say)
    @json_option(say)
    def list_all(*, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            found = await app.subscribing.list_all(where)
            lasts = [await app.subscribing.find_last(each) for each in found]
            if as_json:
                print_json([as_json_object(*each, say) for each in zip(found, lasts, strict=True)])
                return 0
            for each, last in zip(found, lasts, strict=True):
                _print(each, last, say)
            if not found:
                print_line(say("subscriptions.cli.none"))
            return 0

        return with_app(work)

    _register_acts(subscriptions, say)


def _register_acts(subscriptions: click.Group, say: Say) -> None:
    by = say("cli.operator")

    async def pause(app: App, found: Subscription) -> Subscription:
        return await app.subscribing.pause(found, is_paused=True, by=by, act=_act()) or found

    async def resume(app: App, found: Subscription) -> Subscription:
        return await app.subscribing.pause(found, is_paused=False, by=by, act=_act()) or found

    async def skip(app: App, found: Subscription) -> Subscription:
        return await app.subscribing.skip(found, by=by, act=_act())

    async def remove(app: App, found: Subscription) -> Subscription:
        await app.subscribing.remove(found)
        return found

    acts: Mapping[str, Act] = {"pause": pause, "resume": resume, "skip": skip, "remove": remove}
    for name, act in acts.items():
        _register_act(subscriptions, name, act, say)

    @subscriptions.command("run", help=say("subscriptions.cli.run"))
    @click.argument("which", metavar="ID", help=say("subscriptions.cli.which"))
    @click.option("--next", "moves_on", is_flag=True, help=say("subscriptions.cli.run_next"))
    @workspace_option(say)
    @json_option(say)
    def run(which: str, *, moves_on: bool, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            found = await _find(app, clean(which), workspace)
            planned = await app.subscribing.run_now(found, act=_act(), moves_on=moves_on)
            if as_json:
                print_json(_delivery_as_json(planned, found, say))
            else:
                print_line(say("subscriptions.cli.will_run", channel=name_channel(found)))
            return 0

        return with_app(work)


def _register_act(subscriptions: click.Group, name: str, act: Act, say: Say) -> None:
    @subscriptions.command(name, help=say(f"subscriptions.cli.{name}"))
    @click.argument("which", metavar="ID", help=say("subscriptions.cli.which"))
    @workspace_option(say)
    @json_option(say)
    def do(which: str, *, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            after = await act(app, await _find(app, clean(which), workspace))
            last = await app.subscribing.find_last(after)
            if as_json:
                print_json(as_json_object(after, last, say))
            elif name == "remove":
                print_line(say("subscriptions.cli.removed", channel=name_channel(after)))
            else:
                _print(after, last, say)
            return 0

        return with_app(work)


async def _find(app: App, which: str, workspace: str | None) -> Subscription:
    where = await choose_workspace(app, workspace)
    try:
        return await app.subscribing.get(where, which)
    except UserError as error:
        raise UsageError("subscriptions.cli.unknown", id=which) from error


def _act() -> str:
    return f"cli-{secrets.token_hex(6)}"


def name_channel(subscription: Subscription) -> str:
    if subscription.workspace == LOCAL:
        return f"web:{subscription.place.channel}"
    return f"{subscription.workspace}/{subscription.place.channel}"


def _print(subscription: Subscription, last: Delivery | None, say: Say) -> None:
    from bot.commands.subscription_words import say_fate, say_state

    print_heading(subscription, say)
    print_line(f"    {say_state(subscription, say)}")
    if last is not None:
        print_line(f"    {say_fate(last, subscription, say)}")


def print_heading(subscription: Subscription, say: Say) -> None:
    from bot.commands.subscription_words import say_limits, say_what
    from bot.domain.schedules import describe

    print_line(f"{subscription.id}  {name_channel(subscription)}")
    schedule = describe(subscription.cron, subscription.zone, say)
    print_line(f"    {schedule} · {say_what(subscription, say)}")
    limits = [say_limits(subscription, say), ", ".join(subscription.sources)]
    if any(limits):
        print_line(f"    {say('subscribe.only')} {' · '.join(filter(None, limits))}")


def as_json_object(
    subscription: Subscription, last: Delivery | None, say: Say
) -> dict[str, object]:
    from bot.domain.schedules import describe

    return {
        "id": subscription.id,
        "channel": name_channel(subscription),
        "schedule": describe(subscription.cron, subscription.zone, say),
        "cron": subscription.cron,
        "zone": subscription.zone,
        "style": subscription.style,
        "language": subscription.language,
        "size": subscription.size,
        "kinds": list(subscription.kinds),
        "topics": list(subscription.topics),
        "sources": list(subscription.sources),
        "empty": subscription.posts_empty,
        "paused": subscription.is_paused,
        "paused_by": subscription.paused_by_name,
        "paused_why": subscription.pause_reason,
        "next_at": _instant(subscription.next_run_at),
        "covered_until": _instant(subscription.covered_until),
        "made_by": subscription.made_by_name,
        "made_at": subscription.made_at.isoformat(),
        "last": _delivery_as_json(last, subscription, say) if last else None,
    }


def _delivery_as_json(
    delivery: Delivery, subscription: Subscription, say: Say
) -> dict[str, object]:
    from bot.commands.subscription_words import say_fate

    return {
        "id": delivery.id,
        "due_at": delivery.due_at.isoformat(),
        "since": delivery.since.isoformat(),
        "until": delivery.until.isoformat(),
        "state": delivery.state,
        "number": delivery.number,
        "reason": delivery.reason,
        "words": say_fate(delivery, subscription, say),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
