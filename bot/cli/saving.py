"""`jubo save`: save links as the operator, and read them at once."""

from __future__ import annotations

import secrets
import sys
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
    from bot.domain.pasting import GivenText
    from bot.services.reading import Reading
    from bot.services.saving import Saved

OPERATOR_MEMBER = MemberId("operator")
OPERATOR_PLACE = Place(ChannelId("command-line"))


def register(program: click.Group, say: Say) -> None:
    @program.command("save", help=say("cli.save"))
    @click.argument("urls", nargs=-1, required=True, metavar="URL…", help=say("cli.save_urls"))
    @click.option("--text", metavar="FILE|-", help=say("cli.save_text"))
    @workspace_option(say)
    @json_option(say)
    def save(
        urls: tuple[str, ...], *, text: str | None, workspace: str | None, as_json: bool
    ) -> int:
        async def work(app: App) -> int:
            from bot.services.unread import LOOKED_AT

            where = await choose_workspace(app, workspace)
            given = await _open_text(app, text, urls) if text else None
            saved = await _save_all(app, where, [clean(url) for url in urls], say)
            links = [each.link for each in saved.outcomes]
            # They are read here; what an interrupted command leaves is read by a bot.
            later = app.clock.now() + LOOKED_AT
            await app.unread.ask(where, [link.id for link in links], run_at=later)
            if given is not None:
                readings = await _take_text(app, where, saved, given, say)
            else:
                readings = await _read_all(app, where, links, say)
            if as_json:
                print_json([*map(_as_json, readings), *map(_refused_as_json, saved.refused)])
            else:
                for reading in readings:
                    _print(reading, app)
                for address in saved.refused:
                    print_line(say("save.bad_address", address=address))
            return 1 if saved.refused or any(reading.reason for reading in readings) else 0

        return with_app(work)


async def _open_text(app: App, path: str, urls: Sequence[str]) -> GivenText:
    """Return the text of a file, or what comes on stdin.

    Raises:
        UserError: it cannot be read, or nobody knows of which page it is.

    """
    import asyncio
    from pathlib import Path

    from bot.domain.archives import Document
    from bot.errors import UserError

    if len(urls) != 1:
        raise UsageError("cli.text_needs_one")
    try:
        read = sys.stdin.buffer.read if path == "-" else Path(path).read_bytes
        data = await asyncio.to_thread(read)
    except OSError as error:
        problem = error.strerror or str(error)
        raise UserError("cli.no_such_text", path=clean(path), problem=problem) from error
    name = "text.txt" if path == "-" else Path(path).name
    return await app.pasting.open(Document(clean(name), data, app.clock.now()))


async def _take_text(
    app: App, workspace: WorkspaceId, saved: Saved, given: GivenText, say: Say
) -> list[Reading]:
    from bot.domain.visibility import OPERATOR
    from bot.services.reading import Reading

    return [
        Reading(
            await app.pasting.take(
                workspace,
                outcome.link,
                given,
                save=outcome.save,
                by=say("cli.operator"),
                audience=OPERATOR,
            )
        )
        for outcome in saved.outcomes
    ]


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
            reading = await app.reading.read(workspace, link, audience=OPERATOR, is_wished=True)
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
        "retry_at": reading.retry_at.isoformat() if reading.retry_at else None,
        "gaps": list(reading.link.gaps),
    }


def _refused_as_json(address: str) -> dict[str, object]:
    return {"url": address, "title": "", "state": "refused", "reason": "bad_address"}


def _print(reading: Reading, app: App) -> None:
    from bot.services.page_reports import Wording

    say, link = app.say, reading.link
    wording = Wording(say, app.zone, app.clock.now())
    told = [f"{say(f'state.{link.state}')}: {link.title}"]
    if reading.is_kept:
        told.append(say("save.kept", reason=wording.cause(reading.reason)))
    elif reading.waits and reading.retry_at is not None:
        told.append(wording.put_off(reading.reason, reading.retry_at))
    elif reading.reason:
        told.append(say(f"unreadable.{reading.reason}"))
    if reading.is_too_soon:
        told.append(say("save.too_soon"))
    if link.gaps:
        told.append(say("save.gaps", gaps=wording.gaps(link)))
    print_line(" — ".join(told))
