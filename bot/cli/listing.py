"""`jubo links`: what is saved, newest first, or what answers a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.session import (
    choose_workspace,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.commands.options import parse_midnight
from bot.domain.models import KIND_EMOJI, Kind, LinkFilter, LinkRecord, Point, Summary
from bot.domain.visibility import OPERATOR
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App

SHOWN = 50


def register(program: typer.Typer, say: Say) -> None:
    @program.command("links", help=say("cli.links"))
    def links(
        query: str = typer.Argument("", help=say("cli.links_query")),
        kind: Kind | None = typer.Option(None, "--kind", help=say("cli.links_kind")),
        topic: str | None = typer.Option(None, "--topic", help=say("cli.links_topic")),
        since: str | None = typer.Option(None, "--since", metavar="D", help=say("cli.links_since")),
        until: str | None = typer.Option(None, "--until", metavar="D", help=say("cli.links_until")),
        limit: int = typer.Option(SHOWN, "--limit", min=1, help=say("cli.links_limit")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        async def work(app: App) -> int:
            which = LinkFilter(
                since=parse_midnight(since, app.zone) if since else None,
                until=parse_midnight(until, app.zone) if until else None,
                kind=kind,
                topic=topic,
            )
            where = await choose_workspace(app, workspace)
            found = await app.listing.list_links(where, query, which, audience=OPERATOR)
            if json_output:
                print_json([_as_json(link) for link in found[:limit]])
                return 0
            for link in found[:limit]:
                _print(link, app)
            if not found:
                print_line(say("links.none"))
            elif len(found) > limit:
                print_line(say("cli.more", count=len(found) - limit))
            return 0

        return with_app(work)


def _print(link: LinkRecord, app: App) -> None:
    day = link.saved_at.astimezone(app.zone).date()
    who = f"[{link.who}] " if link.who else ""
    print_line(f"{day}  {KIND_EMOJI[link.kind]} {who}{link.title or link.url}")
    print_line(f"            {link.url_as_saved}  ({app.say(f'state.{link.state}')})")


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
        "summary": _lines(link.summary),
        "who": link.who,
        "related": [
            {"url": each.url, "title": each.title, "kind": each.kind} for each in link.related
        ],
    }


def _lines(summary: Summary | None) -> list[str]:
    def walk(points: tuple[Point, ...], depth: int) -> list[str]:
        return [
            line
            for point in points
            for line in ("  " * depth + point.text, *walk(point.points, depth + 1))
        ]

    return walk(summary.points, 0) if summary else []
