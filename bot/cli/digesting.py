"""`jubo digest`: a period's links as a document."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    clean,
    growing_progress,
    json_option,
    print_line,
    with_app,
    workspace_option,
)
from bot.domain.digests import DigestFormat, Style
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


def register(program: click.Group, say: Say) -> None:
    styles, forms = [str(each) for each in Style], [str(each) for each in DigestFormat]

    @program.command("digest", help=say("cli.digest"))
    @click.option("--period", metavar="P", required=True, help=say("cli.digest_period"))
    @click.option(
        "--style",
        type=click.Choice(styles),
        default=str(Style.WEEKLY),
        help=say("cli.digest_style", default=Style.WEEKLY),
    )
    @click.option("--lang", type=click.Choice(LANGUAGES), help=say("cli.digest_lang"))
    @click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=str(DigestFormat.TEXT),
        help=say("cli.digest_format", default=DigestFormat.TEXT),
    )
    @click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help=say("cli.digest_out")
    )
    @click.option("--explain", is_flag=True, help=say("cli.digest_explain"))
    @workspace_option(say)
    @json_option(say)
    def digest(
        *,
        period: str,
        style: str,
        lang: str | None,
        form: str,
        out: Path | None,
        explain: bool,
        workspace: str | None,
        as_json: bool,
    ) -> int:
        async def work(app: App) -> int:
            document, chart = await _compile(
                app,
                clean(period),
                workspace=workspace,
                style=Style(style),
                language=lang or app.settings.language,
                form=chosen,
                needs_chart=out is not None or chosen is DigestFormat.HTML,
                explains=explain,
                say=say,
            )
            if out is None:
                print_line(document.rstrip("\n"))
                return 0
            files = {f"digest.{ENDINGS[chosen]}": document.encode(), **chart}
            for path in _write(out, files):
                print_line(str(path))
            return 0

        chosen = DigestFormat.JSON if as_json else DigestFormat(form)
        return with_app(work)


async def _compile(
    app: App,
    period: str,
    *,
    workspace: str | None,
    style: Style,
    language: str,
    form: DigestFormat,
    needs_chart: bool,
    explains: bool,
    say: Say,
) -> tuple[str, dict[str, bytes]]:
    """Return the document and its chart, as PNG by file name; no chart when nothing was saved."""
    from bot.domain.periods import parse_period
    from bot.domain.visibility import OPERATOR
    from bot.domain.writing import Progress

    today = app.clock.now().astimezone(app.zone).date()
    chosen = await choose_workspace(app, workspace)
    with growing_progress(say("cli.writing")) as show:
        compiled = await app.digesting.compile(
            chosen,
            parse_period(period, today=today),
            style=style,
            language=language,
            zone=app.zone,
            audience=OPERATOR,
            next_step="digest.next_command",
            progress=Progress(watch=lambda progress: show(progress.done, progress.parts)),
        )
    chart: dict[str, bytes] = {}
    if compiled.chart is not None and needs_chart:
        chart[compiled.chart.name] = app.charts.draw(compiled.chart)
    post = app.digesting.document(compiled, picture=b"".join(chart.values()))
    if explains:
        post = replace(post, blocks=(*post.blocks, *app.digesting.explanation(compiled)))
    return app.documents.write(compiled, post, form=form), chart


def _write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write all files or none: each appears whole, and only once all could be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".jubo-", dir=folder) as beside:
            for name, data in files.items():
                (Path(beside) / name).write_bytes(data)
            for name in files:
                (Path(beside) / name).replace(folder / name)
    except OSError as error:
        problem = os.strerror(error.errno) if error.errno else str(error)
        raise UserError("cli.cannot_write", folder=folder, problem=problem) from error
    return [folder / name for name in files]
