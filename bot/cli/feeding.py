"""`jubo feeds`: follow sites by their feeds, as the operator."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from bot.cli.help import Program
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
from bot.domain.emoji import TROUBLE
from bot.errors import UsageError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.feeds import Feed


def register(program: click.Group, say: Say) -> None:
    @program.group("feeds", cls=Program, invoke_without_command=True, help=say("feeds.cli.feeds"))
    @click.pass_context
    def feeds(context: click.Context) -> int:
        if context.invoked_subcommand is None:  # as in chat, where the list is what is meant
            return int(context.invoke(list_feeds))
        return 0

    _register_add(feeds, say)
    list_feeds = _register_list(feeds, say)
    _register_remove(feeds, say)


def _register_add(feeds: click.Group, say: Say) -> None:
    @feeds.command("add", help=say("feeds.cli.add"))
    @click.argument("address", help=say("feeds.cli.address"))
    @workspace_option(say)
    @json_option(say)
    def add(address: str, *, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.domain.feeds import FEEDS_PLACE
            from bot.domain.urls import find_urls
            from bot.domain.visibility import OPERATOR
            from bot.services.feeding import Asked

            if not find_urls(clean(address)):
                raise UsageError("cli.no_address", given=clean(address)[:200])
            asked = Asked(
                event=f"command-line:{secrets.token_hex(8)}",
                workspace=await choose_workspace(app, workspace),
                place=FEEDS_PLACE,
                member=OPERATOR_MEMBER,
                member_name=say("cli.operator"),
            )
            added = await app.feeding.add(asked, clean(address), audience=OPERATOR)
            if as_json:
                counts = {"entries": added.entries, "others": list(added.others)}
                print_json({**_as_json(added.feed), **counts})
            else:
                title = added.feed.title
                print_line(say("feeds.cli.added", title=title, count=added.entries))
                if added.others:
                    names = ", ".join(added.others)
                    print_line(say("feeds.cli.others", url=added.feed.url, others=names))
            return 0

        return with_app(work)


def _register_list(feeds: click.Group, say: Say) -> click.Command:
    @feeds.command("list", help=say("feeds.cli.list"))
    @workspace_option(say)
    @json_option(say)
    def list_feeds(*, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.domain.visibility import OPERATOR

            where = await choose_workspace(app, workspace)
            found = list(enumerate(await app.feeding.list_feeds(where, audience=OPERATOR), start=1))
            if as_json:
                print_json([{"number": number, **_as_json(feed)} for number, feed in found])
                return 0
            for number, feed in found:
                _print(number, feed, app, say)
            if not found:
                print_line(say("feeds.cli.none"))
            return 0

        return with_app(work)

    return list_feeds


def _register_remove(feeds: click.Group, say: Say) -> None:
    @feeds.command("remove", help=say("feeds.cli.remove"))
    @click.argument("which", help=say("feeds.cli.which"))
    @workspace_option(say)
    @json_option(say)
    def remove(which: str, *, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.domain.visibility import OPERATOR

            where = await choose_workspace(app, workspace)
            gone = await app.feeding.remove(where, clean(which), audience=OPERATOR)
            if as_json:
                print_json(_as_json(gone))
            else:
                print_line(say("feeds.cli.removed", title=gone.title))
            return 0

        return with_app(work)


def _print(number: int, feed: Feed, app: App, say: Say) -> None:
    print_line(f"{number:>3}  {feed.title}")
    print_line(f"     {feed.url}")
    if feed.failing_since is not None:
        day = feed.failing_since.astimezone(app.zone).date()
        why = say(f"feeds.trouble.{feed.reason}")
        print_line(f"     {TROUBLE} {say('feeds.failing', day=day, why=why)}")


def _as_json(feed: Feed) -> dict[str, object]:
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "site": feed.site,
        "channel": feed.place.channel,
        "added_by": feed.made_by_name,
        "added_at": feed.made_at.isoformat(),
        "checked_at": feed.checked_at.isoformat() if feed.checked_at else None,
        "failing_since": feed.failing_since.isoformat() if feed.failing_since else None,
        "reason": feed.reason,
    }
