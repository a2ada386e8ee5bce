"""`jubo import`: archives, exports and notes into the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    json_option,
    print_json,
    print_line,
    print_problem,
    progress,
    with_app,
    workspace_option,
)
from bot.domain.archives import Form, ImportReport, Refusal
from bot.errors import UserError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.models import WorkspaceId


def register(program: click.Group, say: Say) -> None:
    forms = [str(each) for each in Form]

    @program.command("import", help=say("cli.import"))
    @click.argument("paths", nargs=-1, required=True, metavar="PATH…", help=say("cli.import_paths"))
    @click.option("--format", "form", type=click.Choice(forms), help=say("cli.import_format"))
    @workspace_option(say)
    @json_option(say)
    def import_(
        paths: tuple[str, ...], form: str | None, workspace: str | None, *, as_json: bool
    ) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            report = await _import_all(app, where, paths, form, say)
            await app.unread.ask_for_all(where)  # by a bot that runs, or the next that does
            if as_json:
                print_json(_as_json(report, say))
            else:
                _print(report, say)
            return 0 if _came_in(report) else 1

        return with_app(work)


async def _import_all(
    app: App, workspace: WorkspaceId, paths: Sequence[str], form: str | None, say: Say
) -> ImportReport:
    """Import each document by itself: one that is refused does not keep the others out."""
    from bot.services.importing import merge_reports

    documents = app.find_documents(paths)
    reports: list[ImportReport] = []
    with progress(say("cli.importing"), steps=len(documents)) as step:
        for path in documents:
            reports.append(await _import_one(app, workspace, path, form, say))
            step(path.name)
    return merge_reports(reports)


async def _import_one(
    app: App, workspace: WorkspaceId, path: Path, form: str | None, say: Say
) -> ImportReport:
    try:
        document = app.open_document(path)
        report = await app.importing.import_document(workspace, document, form=form)
    except UserError as error:
        reason = say(error.message_key, **{**error.values, "path": path})
        return ImportReport(refused=((str(path), Refusal(0, "", reason)),))
    # Where to look is the path that was given: two folders may hold files of one name.
    return replace(report, refused=tuple((str(path), refusal) for _, refusal in report.refused))


def _reason(refusal: Refusal, say: Say) -> str:
    if not refusal.reason:
        return refusal.excerpt
    reason = say(f"refusal.{refusal.reason}")
    if refusal.excerpt:
        reason = f"{reason.rstrip('.')}: {refusal.excerpt}"
    return f"{reason} ×{refusal.count}" if refusal.count > 1 else reason


def _as_json(report: ImportReport, say: Say) -> dict[str, object]:
    return {
        "links": report.links,
        "saves": report.saves,
        "notes": report.notes,
        "concepts": report.concepts,
        "feeds": report.feeds,
        "duplicates": report.duplicates,
        "repaired_chars": report.repaired_chars,
        "lost_chars": report.lost_chars,
        "refused": [
            {
                "file": file,
                "line": refusal.line,
                "reason": _reason(refusal, say),
                "count": refusal.count,
            }
            for file, refusal in report.refused
        ],
    }


def _came_in(report: ImportReport) -> bool:
    found = (report.links, report.saves, report.notes, report.feeds, report.duplicates)
    return any(found)


def _print(report: ImportReport, say: Say) -> None:
    places = [(file, refusal) for file, refusal in report.refused if refusal.reason]
    if _came_in(report) or places:
        counts = asdict(replace(report, refused=()))
        print_line(say("cli.imported", **counts))
        if report.feeds:
            print_line(say("cli.followed", count=report.feeds))
        if report.repaired_chars or report.lost_chars:
            print_line(say("cli.repaired", **counts))
    for _, refusal in report.refused:
        if not refusal.reason:  # a whole document, in a sentence that names it
            print_problem(refusal.excerpt)
    if places:
        print_line(say("cli.refused", count=sum(refusal.count for _, refusal in places)))
    for file, refusal in places:
        place = f"{file}:{refusal.line}" if refusal.line else file
        print_line(f"  {place}: {_reason(refusal, say)}")
