"""`jubo import`: archives, exports and notes into the workspace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
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
from bot.domain.archives import Form, ImportReport, Refusal
from bot.domain.models import WorkspaceId
from bot.errors import UserError
from bot.services.importing import merge_reports
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App


def register(program: typer.Typer, say: Say) -> None:
    @program.command("import", help=say("cli.import"))
    def import_(
        paths: list[str] = typer.Argument(..., metavar="PATH…", help=say("cli.import_paths")),
        form: Form | None = typer.Option(None, "--format", help=say("cli.import_format")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            report = await _import_all(app, where, paths, form, say)
            if json_output:
                print_json(_as_json(report, say))
            else:
                _print(report, say)
            came_in = report.links or report.saves or report.notes or report.duplicates
            return 0 if came_in else 1

        return with_app(work)


async def _import_all(
    app: App, workspace: WorkspaceId, paths: Sequence[str], form: Form | None, say: Say
) -> ImportReport:
    """Import each document by itself: one that is refused does not keep the others out."""
    documents = app.find_documents(paths)
    reports: list[ImportReport] = []
    with _progress(len(documents), say) as step:
        for path in documents:
            try:
                document = app.open_document(path)
                reports.append(await app.importing.import_document(workspace, document, form=form))
            except UserError as error:
                reason = say(error.message_key, **error.values)
                reports.append(ImportReport(refused=((str(path), Refusal(0, "", reason)),)))
            step(path)
    return merge_reports(reports)


@contextmanager
def _progress(total: int, say: Say) -> Iterator[Callable[[Path], None]]:
    """Show a bar on a terminal when there is more than one document; else nothing."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(say("cli.importing"), total=total)
        yield lambda _: progress.advance(task)


def _reason(refusal: Refusal, say: Say) -> str:
    if not refusal.reason:
        return refusal.excerpt
    reason = say(f"refusal.{refusal.reason}")
    return f"{reason}: {refusal.excerpt}" if refusal.excerpt else reason


def _as_json(report: ImportReport, say: Say) -> dict[str, object]:
    return {
        "links": report.links,
        "saves": report.saves,
        "notes": report.notes,
        "concepts": report.concepts,
        "duplicates": report.duplicates,
        "refused": [
            {"file": file, "line": refusal.line, "reason": _reason(refusal, say)}
            for file, refusal in report.refused
        ],
    }


def _print(report: ImportReport, say: Say) -> None:
    print_line(
        say(
            "cli.imported",
            links=report.links,
            saves=report.saves,
            notes=report.notes,
            concepts=report.concepts,
            duplicates=report.duplicates,
        )
    )
    if report.refused:
        print_line(say("cli.refused", count=len(report.refused)))
    for file, refusal in report.refused:
        where = f"{file}:{refusal.line}" if refusal.line else file
        print_line(f"  {where}: {_reason(refusal, say)}")
