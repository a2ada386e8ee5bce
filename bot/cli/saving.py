"""`jubo save`: save links as the operator, and read them at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    progress,
    with_app,
    workspace_option,
)
from bot.domain.emoji import BOOKMARK
from bot.domain.models import ChannelId, MemberId, MessageId, NewSave, Place
from bot.errors import UsageError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.models import LinkRecord, WorkspaceId
    from bot.services.reading import Reading
    from bot.services.saving import Saved

OPERATOR_MEMBER = MemberId("operator")
OPERATOR_PLACE = Place(ChannelId("command-line"))


def register(program: click.Group, say: Say) -> None:
    @program.command("save", help=say("cli.save"))
    @click.argument("urls", nargs=-1, required=True, metavar="URL…", help=say("cli.save_urls"))
    @workspace_option(say)
    @json_option(say)
    def save(urls: tuple[str, ...], workspace: str | None, *, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.services.unread import LOOKED_AT

            where = await choose_workspace(app, workspace)
            saved = await _save_all(app, where, [clean(url) for url in urls], say)
            links = [each.link for each in saved.outcomes]
            # They are read here; what an interrupted command leaves is read by a bot.
            later = app.clock.now() + LOOKED_AT
            await app.unread.ask(where, [link.id for link in links], run_at=later)
            readings = await _read_all(app, where, links, say)
            if as_json:
                print_json([*map(_as_json, readings), *map(_refused_as_json, saved.refused)])
            else:
                for reading in readings:
                    _print(reading, say)
                for address in saved.refused:
                    print_line(say("save.bad_address", address=address))
            return 0 if all(reading.is_read for reading in readings) and not saved.refused else 1

        return with_app(work)


async def _save_all(app: App, workspace: WorkspaceId, urls: Sequence[str], say: Say) -> Saved:
    """Save what is an address; the rest of the arguments is refused, none is passed over."""
    from bot.domain.urls import find_urls
    from bot.services.saving import Saved

    addresses = [url for url in urls if any(find_urls(url))]
    if not addresses:
        raise UsageError("cli.no_address", given=" ".join(urls)[:200])
    saved = await app.saving.save(
        NewSave(
            workspace=workspace,
            member=OPERATOR_MEMBER,
            member_name=say("cli.operator"),
            place=OPERATOR_PLACE,
            message=MessageId(f"command-line:{secrets.token_hex(8)}"),
            emoji=BOOKMARK,
            saved_at=app.clock.now(),
        ),
        text="\n".join(addresses),
    )
    strange = tuple(url for url in urls if url not in addresses)
    return Saved(saved.outcomes, (*saved.refused, *strange))


async def _read_all(
    app: App, workspace: WorkspaceId, links: Sequence[LinkRecord], say: Say
) -> list[Reading]:
    """Read side by side (the service sets the bound); the results are in the order given."""
    import asyncio  # a third of what `--help` would load, and without use there

    from bot.domain.visibility import OPERATOR

    with progress(say("cli.reading"), steps=len(links)) as step:

        async def read(link: LinkRecord) -> Reading:
            reading = await app.reading.read(workspace, link, audience=OPERATOR)
            step(link.url)
            return reading

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read(link)) for link in links]
    return [task.result() for task in tasks]


def _as_json(reading: Reading) -> dict[str, object]:
    return {
        "url": reading.link.url_as_saved,
        "title": reading.link.title,
        "state": reading.link.state,
        "reason": reading.reason,
    }


def _refused_as_json(address: str) -> dict[str, object]:
    return {"url": address, "title": "", "state": "refused", "reason": "bad_address"}


def _print(reading: Reading, say: Say) -> None:
    reason = say(f"unreadable.{reading.reason}") if reading.reason else ""
    state = say(f"state.{reading.link.state}")
    print_line(f"{state}: {reading.link.title}" + (f" — {reason}" if reason else ""))
