"""`jubo ask`: an answer from what was saved, with citations, or a plain refusal."""

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
from bot.domain.answers import Citation
from bot.domain.visibility import OPERATOR
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App


def _source(citation: Citation) -> str:
    parts = (citation.title, citation.heading, citation.url)
    return " · ".join(part for part in parts if part)


def register(program: typer.Typer, say: Say) -> None:
    @program.command("ask", help=say("cli.ask"))
    def ask(
        question: str = typer.Argument(..., help=say("cli.ask_question")),
        workspace: str | None = workspace_option(say),
        json_output: bool = json_option(say),
    ) -> int:
        async def work(app: App) -> int:
            where = await choose_workspace(app, workspace)
            answer = await app.answering.answer(where, question, audience=OPERATOR)
            if json_output:
                print_json(
                    {
                        "answer": "\n\n".join(f"{c.quote} [{c.n}]" for c in answer.citations),
                        "citations": [
                            {"n": c.n, "url": c.url, "title": c.title, "quote": c.quote}
                            for c in answer.citations
                        ],
                        "answered": answer.is_answered,
                    }
                )
                return 0
            for citation in answer.citations:
                print_line(f"[{citation.n}] {citation.quote}")
                print_line(f"    {_source(citation)}")
            if not answer.is_answered:
                print_line(say("ask.nothing"))
                for citation in answer.nearest:
                    print_line(f"    {say('ask.nearest')} {_source(citation)}")
            return 0

        return with_app(work)
