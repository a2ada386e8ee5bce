"""`jubo links`: what is saved, newest first, or what answers a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.filtering import filter_options, read_query
from bot.cli.session import (
    choose_workspace,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.domain.models import KIND_EMOJI, LinkRecord, Summary
from bot.domain.points import walk
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App

SHOWN, MOST_SHOWN = 50, 100_000


def register(program: click.Group, say: Say) -> None:
    @program.command("links", help=say("cli.links"))
    @click.argument("query", nargs=-1, metavar="[QUERY]", help=say("cli.links_query"))
    @filter_options(say)
    @click.option(
        "--limit",
        type=click.IntRange(1, MOST_SHOWN),
        metavar="N",
        default=SHOWN,
        help=say("cli.links_limit", default=SHOWN),
    )
    @workspace_option(say)
    @json_option(say)
    def links(
        query: tuple[str, ...],
        *,
        limit: int,
        workspace: str | None,
        as_json: bool,
        **options: str | None,
    ) -> int:
        async def work(app: App) -> int:
            from bot.domain.filter_words import describe_filters
            from bot.domain.visibility import OPERATOR

            where = await choose_workspace(app, workspace)
            asked = await read_query(app, where, query, options)
            found, used = await app.listing.find_links(
                where, asked, zone=app.zone, audience=OPERATOR
            )
            if as_json:
                print_json([_as_json(link) for link in found[:limit]])
                return 0
            if asked.nobody:
                print_line(say(asked.nobody.message_key, **asked.nobody.values))
            if asked.filters and query and found:
                key = "filters.told" if used is asked else "filters.silent_list"
                told = describe_filters(asked.filters, say, language=app.settings.language)
                print_line(say(key, filters=told))
            for link in found[:limit]:
                _print(link, app)
            if not found:
                print_line(say("cli.none"))
            elif len(found) > limit:
                print_line(say("cli.more", count=len(found) - limit))
            return 0

        return with_app(work)


def _print(link: LinkRecord, app: App) -> None:
    from bot.services.page_reports import Wording

    day = link.saved_at.astimezone(app.zone).date()
    who = f"[{link.who}] " if link.who else ""
    print_line(f"{day}  {KIND_EMOJI[link.kind]} {who}{link.title}")
    wording = Wording(app.say, app.zone, app.clock.now())
    state = "" if link.is_known else f"  ({wording.state(link)})"
    gaps = f"  ({wording.gaps(link)})" if link.gaps else ""
    print_line(f"            {link.url_as_saved}{state}{gaps}")


def _as_json(link: LinkRecord) -> dict[str, object]:
    return {
        "url": link.url_as_saved,
        "title": link.title,
        "kind": link.kind,
        "topics": list(link.topics),
        "saved_by": [save.member_name for save in link.saves],
        "saved_at": link.saved_at.isoformat(),
        "state": link.state,
        "reason": link.reason,
        "retry_at": link.retry_at.isoformat() if link.retry_at else None,
        "gaps": list(link.gaps),
        "summary": list(_lines(link.summary)) if link.summary else [],
        "who": link.who,
        "related": [
            {"url": each.url, "title": each.title, "kind": each.kind} for each in link.related
        ],
    }


def _lines(summary: Summary) -> Iterator[str]:
    return ("  " * depth + point.text for depth, point in walk(summary.points))
