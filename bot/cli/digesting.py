"""`jubo digest`: a period's links as a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.session import choose_workspace, json_option, print_line, with_app, workspace_option
from bot.domain.digests import DigestFormat, Style
from bot.domain.periods import parse_period
from bot.domain.visibility import OPERATOR
from bot.errors import UserError
from bot.texts import LANGUAGES, Say

if TYPE_CHECKING:
    from bot.bootstrap import App

ENDINGS = {
    DigestFormat.TEXT: "txt",
    DigestFormat.MARKDOWN: "md",
    DigestFormat.HTML: "html",
    DigestFormat.JSON: "json",
}


def register(program: typer.Typer, say: Say) -> None:
    @program.command("digest", help=say("cli.digest"))
    def digest(
        period: str = typer.Option(..., "--period", metavar="P", help=say("cli.digest_period")),
        style: Style = typer.Option(Style.WEEKLY, "--style", help=say("cli.digest_style")),
        lang: str | None = typer.Option(
            None, "--lang", metavar="ko|en", help=say("cli.digest_lang")
        ),
        form: DigestFormat = typer.Option(
            DigestFormat.TEXT, "--format", help=say("cli.digest_format")
        ),
        out: Path | None = typer.Option(None, "--out", metavar="DIR", help=say("cli.digest_out")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        if lang is not None and lang not in LANGUAGES:
            raise typer.BadParameter(say("cli.bad_language", languages=", ".join(LANGUAGES)))
        form = DigestFormat.JSON if json_output else form

        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            today = app.clock.now().astimezone(app.zone).date()
            compiled = await app.digesting.compile(
                where,
                parse_period(period, today=today),
                style=style,
                language=lang or app.settings.language,
                audience=OPERATOR,
            )
            needs_chart = out is not None or form is DigestFormat.HTML
            picture = app.charts.draw(compiled.chart) if compiled.chart and needs_chart else b""
            post = app.digesting.document(compiled, picture=picture)
            document = app.documents.write(compiled, post, form=form)
            if out is None:
                print_line(document.rstrip("\n"))
                return 0
            files = {f"digest.{ENDINGS[form]}": document.encode()}
            if compiled.chart is not None:
                files[compiled.chart.name] = picture
            for path in _write(out, files):
                print_line(str(path))
            return 0

        return with_app(work)


def _write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise UserError("cli.cannot_write", folder=folder, problem=error.strerror) from error
    return [folder / name for name in files]
