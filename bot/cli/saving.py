"""`jubo save`: save links as the operator, and read them at once."""

from __future__ import annotations

import secrets
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
from bot.domain.emoji import BOOKMARK
from bot.domain.models import ChannelId, MemberId, MessageId, Place
from bot.errors import UserError
from bot.services.saving import SaveRequest
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App

OPERATOR_MEMBER = MemberId("operator")
OPERATOR_PLACE = Place(ChannelId("command-line"))


def register(program: typer.Typer, say: Say) -> None:
    @program.command("save", help=say("cli.save"))
    def save(
        urls: list[str] = typer.Argument(..., metavar="URL…", help=say("cli.save_urls")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            saved = await app.saving.save(
                SaveRequest(
                    workspace=where,
                    member=OPERATOR_MEMBER,
                    member_name=say("cli.operator"),
                    place=OPERATOR_PLACE,
                    message=MessageId(f"command-line:{secrets.token_hex(8)}"),
                    emoji=BOOKMARK,
                    text="\n".join(urls),
                    at=app.clock.now(),
                )
            )
            if not saved.outcomes:
                raise UserError("save.no_address")
            results = []
            for outcome in saved.outcomes:
                reading = await app.reading.read(where, outcome.link)
                results.append(reading)
            if json_output:
                print_json(
                    [
                        {
                            "url": reading.link.url_as_saved,
                            "title": reading.link.title,
                            "state": reading.link.state,
                            "reason": reading.reason,
                        }
                        for reading in results
                    ]
                )
            else:
                for reading in results:
                    reason = say(f"unreadable.{reading.reason}") if reading.reason else ""
                    state = say(f"state.{reading.link.state}")
                    title = reading.link.title or reading.link.url
                    print_line(f"{state}: {title}" + (f" — {reason}" if reason else ""))
                for address in saved.refused:
                    print_line(say("save.bad_address", address=address))
            return 0 if all(reading.is_read for reading in results) and not saved.refused else 1

        return with_app(work)
