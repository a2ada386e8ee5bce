"""`jubo status`: how the bot stands, for people; what waits, what failed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.asking_models import Spending
    from bot.domain.status import Status


def register(program: click.Group, say: Say) -> None:
    @program.command("status", help=say("cli.status"))
    @workspace_option(say)
    @json_option(say)
    def status(*, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.commands.status_lines import tell_status

            where = await choose_workspace(app, workspace) if workspace else None
            found = await app.watching.look(where)
            if as_json:
                print_json(_as_json(found))
            else:
                for line in tell_status(found, app.say, zone=app.zone):
                    print_line(line)
            return 0

        return with_app(work)


def _as_json(status: Status) -> dict[str, object]:
    counts = status.counts
    return {
        "needs_a_look": status.needs_a_look,
        "nodes": [
            {
                "name": each.name,
                "parts": list(each.parts),
                "alive": each.is_alive,
                "silent_s": round(each.silent_s, 1),
            }
            for each in status.workers
        ],
        "events": {
            "open": counts.events,
            "oldest_s": round(counts.oldest_event_s, 1),
            "set_aside": counts.events_set_aside,
        },
        "jobs": [
            {"kind": kind, "state": state, "count": count}
            for (kind, state), count in sorted(status.jobs.items())
        ],
        "links": {str(state): count for state, count in counts.pages.items()},
        "unreadable": dict(counts.unreadable),
        "retrying": dict(counts.retrying),
        "deliveries": {str(state): count for state, count in counts.deliveries.items()},
        "overdue_s": round(counts.late_s, 1),
        "failed": [
            {
                "id": each.id,
                "workspace": each.workspace,
                "channel": each.place.channel,
                "due_at": each.due_at.isoformat(),
                "reason": each.reason,
            }
            for each in counts.failed
        ],
        "subscriptions": {"all": counts.subscriptions, "paused": counts.paused},
        "feeds": {"all": counts.feeds, "failing": counts.feeds_failing},
        "model": _spending_as_json(status.spending),
    }


def _spending_as_json(spending: Spending) -> dict[str, object]:
    """Return tokens by stage; what has no price costs nothing here, `unpriced` counts it."""
    return {
        "name": spending.model,
        "month": spending.month,
        "cap": spending.cap,
        "tokens": spending.tokens,
        "cost": float(spending.cost),
        "stages": [
            {
                "stage": each.stage,
                "calls": each.calls,
                "tokens_in": each.usage.tokens_in,
                "tokens_out": each.usage.tokens_out,
                "cost": float(each.cost),
                "unpriced": each.unpriced,
            }
            for each in spending.stages
        ],
    }
